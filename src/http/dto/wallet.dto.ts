/** The query for a wallet and the answer: the totals of its transactions. */
import { ApiProperty } from '@nestjs/swagger';
import { IsName } from '../requests/validation.js';

export class WalletQueryDto {
  @ApiProperty({ description: 'A sender or a recipient', example: 'alice' })
  @IsName()
  readonly address!: string;
}

export class WalletDto {
  @ApiProperty({ example: 'alice' })
  readonly address!: string;

  @ApiProperty({
    description:
      'The amount that it may send. Negative if more was sent than received: only possible under the policy `open`, where tokens come from outside',
    example: '-1000000',
  })
  readonly available!: string;

  @ApiProperty({
    description: 'In its own transfers that are waiting for the recipient’s answer',
    example: '0',
  })
  readonly held!: string;

  @ApiProperty({ description: 'available + held', example: '-1000000' })
  readonly balance!: string;

  @ApiProperty({ description: 'The amount allocated to it by the contract or issued to it', example: '0' })
  readonly issued!: string;

  @ApiProperty({ description: 'Everything that left it for good, including fees', example: '1000000' })
  readonly sent!: string;

  @ApiProperty({ description: 'Everything received, after fees', example: '0' })
  readonly received!: string;

  @ApiProperty({ description: 'The part of `sent` that was paid as fees', example: '50' })
  readonly fees_paid!: string;

  @ApiProperty({ description: 'Fees credited to it if it is the fee wallet', example: '0' })
  readonly fees_collected!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  readonly transactions_sent!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly transactions_received!: number;
}
