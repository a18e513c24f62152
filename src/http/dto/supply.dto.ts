/** The supply of the token as it is answered. */
import { ApiProperty } from '@nestjs/swagger';

export class FeeWalletDto {
  @ApiProperty({ example: 'bpsc_wallet_address' })
  readonly address!: string;

  @ApiProperty({ description: 'All fees that it was ever credited', example: '50' })
  readonly fees_collected!: string;

  @ApiProperty({ description: 'What it may send', example: '50' })
  readonly available!: string;
}

/** circulating + held = allocated + issued − burnt, exactly. */
export class SupplyDto {
  @ApiProperty({ example: 'AKA' })
  readonly symbol!: string;

  @ApiProperty({
    enum: ['open', 'signed'],
    example: 'open',
    description:
      'Under `open` tokens come from outside: wallets may be below zero, and all of them together too',
  })
  readonly policy!: string;

  @ApiProperty({ description: 'By the contract, from the beginning', example: '0' })
  readonly allocated!: string;

  @ApiProperty({ description: 'By the issuer, later', example: '0' })
  readonly issued!: string;

  @ApiProperty({ description: 'Fees that left the supply (`FEE_DISPOSITION=burn`)', example: '0' })
  readonly burnt!: string;

  @ApiProperty({ description: 'In transfers that wait for their recipient’s answer', example: '0' })
  readonly held!: string;

  @ApiProperty({
    description:
      'Available in all wallets together: circulating + held = allocated + issued − burnt, exactly',
    example: '0',
  })
  readonly circulating!: string;

  @ApiProperty({ type: FeeWalletDto })
  readonly fee_wallet!: FeeWalletDto;
}
