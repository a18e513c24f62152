/** A wallet as it is asked for and answered: what its transactions add up to. */
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
      'What it may send. Negative where more was sent than arrived: only under the policy `open`, where tokens come from outside',
    example: '-1000000',
  })
  readonly available!: string;

  @ApiProperty({
    description: 'In transfers of its own that wait for their recipient’s answer',
    example: '0',
  })
  readonly held!: string;

  @ApiProperty({ description: 'available + held', example: '-1000000' })
  readonly balance!: string;

  @ApiProperty({ description: 'Allocated to it by the contract, or issued to it', example: '0' })
  readonly issued!: string;

  @ApiProperty({ description: 'All that left it for good, fees included', example: '1000000' })
  readonly sent!: string;

  @ApiProperty({ description: 'All that arrived, after fees', example: '0' })
  readonly received!: string;

  @ApiProperty({ description: 'The part of `sent` that was fees', example: '50' })
  readonly fees_paid!: string;

  @ApiProperty({ description: 'Fees credited to it, as the fee wallet', example: '0' })
  readonly fees_collected!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  readonly transactions_sent!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly transactions_received!: number;
}
