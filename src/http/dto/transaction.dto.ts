/** Transactions and information records in their places, and lists of transactions. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsName } from '../requests/validation.js';
import { cursorQuery, NextCursorDto } from './cursor.dto.js';
import { InformationDto, TransactionDto } from './entry.dto.js';
import { ID } from './examples.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from './page.dto.js';

const SEQUENCE = { type: 'integer', description: 'Place in the chain, from 0', example: 0 } as const;
const BLOCK = {
  type: 'integer',
  description: 'The block that holds it or, while it is pending, the one that was promised',
  example: 2,
} as const;
const STATUS = { enum: ['pending', 'sealed'], example: 'sealed' } as const;

/** The entry that ended a hold. */
export class HoldEndDto {
  @ApiProperty({ example: ID })
  readonly id!: string;

  @ApiProperty({ enum: ['accept', 'decline', 'return'], example: 'accept' })
  readonly type!: string;

  @ApiProperty(SEQUENCE)
  readonly sequence!: number;

  @ApiProperty(BLOCK)
  readonly block!: number;

  @ApiProperty(STATUS)
  readonly status!: string;
}

/** The hold that an accept, a decline or a return ends. */
export class HoldTermsDto {
  @ApiProperty({ example: 'alice' })
  readonly sender!: string;

  @ApiProperty({ example: 'bob' })
  readonly recipient!: string;

  @ApiProperty({ description: 'What was held, and goes back where it is not accepted', example: '1000000' })
  readonly amount_send!: string;

  @ApiProperty({ description: 'What arrives at the recipient once it accepts', example: '999950' })
  readonly amount_receive!: string;

  @ApiProperty({ description: 'The fee, once the recipient accepts', example: '50' })
  readonly amount_bpsc!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000600000 })
  readonly hold_until!: number;
}

export class PlacedTransactionDto extends TransactionDto {
  @ApiProperty(SEQUENCE)
  readonly sequence!: number;

  @ApiProperty(BLOCK)
  readonly block!: number;

  @ApiProperty(STATUS)
  readonly status!: string;

  @ApiPropertyOptional({
    enum: ['pending', 'held', 'delivered', 'declined', 'returned'],
    description:
      'What the sealed blocks say has become of a transfer or an issue; absent for what ends a hold',
    example: 'delivered',
  })
  readonly state?: string;

  @ApiPropertyOptional({
    type: HoldEndDto,
    nullable: true,
    description:
      'The entry that ended the hold; null where there is none. A pending one has not changed `state` yet',
  })
  readonly ended_by?: HoldEndDto | null;

  @ApiPropertyOptional({ type: HoldTermsDto, description: 'Of what ends a hold: the hold' })
  readonly hold?: HoldTermsDto;

  @ApiPropertyOptional({
    description:
      'In the list of one `address`: by how much it changes what is `available` in that wallet, in decimal. All of them, ' +
      'what the contract allocates to the wallet, and its `fees_collected` add up to what is available; with what is ' +
      '`held`, that is the `balance`',
    example: '-1000000',
  })
  readonly available_change?: string;
}

export class PlacedInformationDto extends InformationDto {
  @ApiProperty(SEQUENCE)
  readonly sequence!: number;

  @ApiProperty(BLOCK)
  readonly block!: number;

  @ApiProperty(STATUS)
  readonly status!: string;
}

export class TransactionListDto extends NextCursorDto {
  @ApiProperty({ type: [PlacedTransactionDto], description: 'Newest first' })
  readonly transactions!: readonly PlacedTransactionDto[];
}

export class TransactionQueryDto extends cursorQuery(LIMIT_MAX, LIMIT_DEFAULT) {
  @ApiPropertyOptional({ description: 'Only what this address sent or received', example: 'alice' })
  @IsOptional()
  @IsName()
  readonly address?: string;
}
