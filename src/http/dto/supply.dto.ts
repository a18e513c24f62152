/** The answer about the token’s supply. */
import { ApiProperty } from '@nestjs/swagger';

export class FeeWalletDto {
  @ApiProperty({ example: 'bpsc_wallet_address' })
  readonly address!: string;

  @ApiProperty({ description: 'All fees ever credited to it', example: '50' })
  readonly fees_collected!: string;

  @ApiProperty({ description: 'The amount that it may send', example: '50' })
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
      'Under `open`, tokens come from outside: the balance of a wallet, and the total of all wallets, may be negative',
  })
  readonly policy!: string;

  @ApiProperty({ description: 'Allocated by the contract at genesis', example: '0' })
  readonly allocated!: string;

  @ApiProperty({ description: 'Issued later by the issuer', example: '0' })
  readonly issued!: string;

  @ApiProperty({ description: 'Fees that left the supply (`FEE_DISPOSITION=burn`)', example: '0' })
  readonly burnt!: string;

  @ApiProperty({ description: 'In transfers that are waiting for the recipient’s answer', example: '0' })
  readonly held!: string;

  @ApiProperty({
    description: 'Total available in all wallets: circulating + held = allocated + issued − burnt, exactly',
    example: '0',
  })
  readonly circulating!: string;

  @ApiProperty({ type: FeeWalletDto })
  readonly fee_wallet!: FeeWalletDto;
}
