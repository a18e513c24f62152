/** Transactions and information records in their places, and lists of transactions. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsName, IsWholeParam, Rule } from '../validation.js';
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
}

export class PlacedInformationDto extends InformationDto {
  @ApiProperty(SEQUENCE)
  readonly sequence!: number;

  @ApiProperty(BLOCK)
  readonly block!: number;

  @ApiProperty(STATUS)
  readonly status!: string;
}

export class TransactionListDto {
  @ApiProperty({ type: [PlacedTransactionDto], description: 'Newest first' })
  readonly transactions!: readonly PlacedTransactionDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: '`cursor` of the next page; null on the last',
    example: '41',
  })
  readonly next_cursor!: string | null;
}

/** A sequence: older transactions have smaller ones. To clients a cursor is just a text that they send back. */
const CURSOR = /^(?:0|[1-9][0-9]{0,14})$/;
const isCursor = (value: unknown): boolean => typeof value === 'string' && CURSOR.test(value);

export class TransactionQueryDto {
  @ApiPropertyOptional({ description: 'Only what this address sent or received', example: 'alice' })
  @IsOptional()
  @IsName()
  readonly address?: string;

  @ApiPropertyOptional({ description: '`next_cursor` of the page before' })
  @IsOptional()
  @Rule('isCursor', isCursor, 'must be the next_cursor of another page')
  readonly cursor?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
    description: 'Transactions at most',
    example: 10,
  })
  @IsOptional()
  @IsWholeParam(1, LIMIT_MAX)
  readonly limit?: number;
}
