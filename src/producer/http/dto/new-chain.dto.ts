/** Documents a chain to create; src/config/chain-settings.ts reads it. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class NewScheduleDto {
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 10000 })
  readonly interval_ms?: number | null;

  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 1000 })
  readonly max_entries?: number | null;

  @ApiPropertyOptional({ example: false })
  readonly seal_empty?: boolean;
}

class NewFeeDto {
  @ApiPropertyOptional({ example: '0.00005' })
  readonly rate?: string;

  @ApiPropertyOptional({ example: 'bpsc_wallet_address' })
  readonly wallet?: string;

  @ApiPropertyOptional({ enum: ['collect', 'burn'], example: 'collect' })
  readonly disposition?: string;
}

class NewAllocationDto {
  @ApiProperty({ example: 'alice' })
  readonly address!: string;

  @ApiProperty({ example: '1000' })
  readonly amount!: string;
}

class NewWalletsDto {
  @ApiPropertyOptional({ enum: ['open', 'signed'], example: 'open' })
  readonly policy?: string;

  @ApiPropertyOptional({ type: [NewAllocationDto], example: [] })
  readonly allocations?: readonly NewAllocationDto[];

  @ApiPropertyOptional({ description: 'Who may issue tokens; absent: nobody', example: 'treasury' })
  readonly issuer?: string;
}

export class NewChainDto {
  @ApiProperty({ enum: ['token', 'information'], example: 'token' })
  readonly kind!: string;

  @ApiProperty({ description: 'a-z first, then a-z, 0-9 and -, at most 32 characters', example: 'gold' })
  readonly name!: string;

  @ApiPropertyOptional({
    description: 'Of a token chain, as all that follows but the schedule',
    example: 'GLD',
  })
  readonly symbol?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 18, example: 2 })
  readonly decimals?: number;

  @ApiPropertyOptional({ type: NewFeeDto })
  readonly fee?: NewFeeDto;

  @ApiPropertyOptional({ type: NewWalletsDto })
  readonly wallets?: NewWalletsDto;

  @ApiPropertyOptional({ type: NewScheduleDto })
  readonly schedule?: NewScheduleDto;
}
