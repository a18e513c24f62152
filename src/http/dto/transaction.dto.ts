/** Transactions and information records with their places in the chain, and lists of transactions. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsName } from '../requests/validation.js';
import { cursorQuery, NextCursorDto } from './cursor.dto.js';
import { ErasureDto, InformationDto, TransactionDto } from './entry.dto.js';
import { ID } from './examples.js';
import { LIMIT_DEFAULT, LIMIT_MAX } from './page.dto.js';

const SEQUENCE = { type: 'integer', description: 'Position in the chain, from 0', example: 0 } as const;
const BLOCK = {
  type: 'integer',
  description: 'The block that contains it or, while it is pending, the block that was promised',
  example: 2,
} as const;
const STATUS = { enum: ['pending', 'sealed'], example: 'sealed' } as const;

const LEVEL = {
  enum: ['accepted', 'sealed', 'witnessed'],
  description:
    'How far this node’s promise goes: `accepted` (durable), `sealed` (in a signed block; there is a receipt), `witnessed` (the ' +
    'quorum of this node’s policy cosigned a checkpoint that covers it)',
  example: 'sealed',
} as const;

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

  @ApiProperty({
    description: 'The amount held, which goes back to the sender if it is not accepted',
    example: '1000000',
  })
  readonly amount_send!: string;

  @ApiProperty({ description: 'The amount that the recipient receives on accepting', example: '999950' })
  readonly amount_receive!: string;

  @ApiProperty({ description: 'The fee, charged when the recipient accepts', example: '50' })
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

  @ApiProperty(LEVEL)
  readonly level!: string;

  @ApiPropertyOptional({
    enum: ['pending', 'held', 'delivered', 'declined', 'returned'],
    description:
      'The state of a transfer or an issue according to the sealed blocks; absent on an entry that ends a hold',
    example: 'delivered',
  })
  readonly state?: string;

  @ApiPropertyOptional({
    type: HoldEndDto,
    nullable: true,
    description:
      'The entry that ended the hold; null if there is none. While it is pending, it has not changed `state` yet',
  })
  readonly ended_by?: HoldEndDto | null;

  @ApiPropertyOptional({ type: HoldTermsDto, description: 'For an entry that ends a hold: the hold' })
  readonly hold?: HoldTermsDto;

  @ApiPropertyOptional({
    description:
      'In the list for one `address`: the change in the `available` amount of that wallet, as a decimal string. All these ' +
      'changes, the wallet’s allocation in the contract and its `fees_collected` add up to the available amount; ' +
      'together with `held`, that is the `balance`',
    example: '-1000000',
  })
  readonly available_change?: string;
}

/** The erasure of a record, as it is shown with the record. */
export class ErasedByDto {
  @ApiProperty({ description: 'The erasure’s id', example: ID })
  readonly id!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000000123 })
  readonly timestamp!: number;

  @ApiPropertyOptional({ example: 'asked for by the person concerned' })
  readonly reason?: string;

  @ApiProperty(BLOCK)
  readonly block!: number;

  @ApiProperty(STATUS)
  readonly status!: string;
}

export class PlacedInformationDto extends InformationDto {
  @ApiProperty(SEQUENCE)
  readonly sequence!: number;

  @ApiProperty(BLOCK)
  readonly block!: number;

  @ApiProperty(STATUS)
  readonly status!: string;

  @ApiProperty(LEVEL)
  readonly level!: string;

  @ApiPropertyOptional({
    type: ErasedByDto,
    description:
      'The erasure of this record, if there is one. While it is pending, the content is still there',
  })
  readonly erasure?: ErasedByDto;
}

export class PlacedErasureDto extends ErasureDto {
  @ApiProperty(SEQUENCE)
  readonly sequence!: number;

  @ApiProperty(BLOCK)
  readonly block!: number;

  @ApiProperty(STATUS)
  readonly status!: string;

  @ApiProperty(LEVEL)
  readonly level!: string;
}

export class TransactionListDto extends NextCursorDto {
  @ApiProperty({ type: [PlacedTransactionDto], description: 'Newest first' })
  readonly transactions!: readonly PlacedTransactionDto[];
}

export class TransactionQueryDto extends cursorQuery(LIMIT_MAX, LIMIT_DEFAULT) {
  @ApiPropertyOptional({
    description: 'Only transactions that this address sent or received',
    example: 'alice',
  })
  @IsOptional()
  @IsName()
  readonly address?: string;
}
