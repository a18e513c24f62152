/** Receipts and proofs: their queries and answers. */
import type { Hash } from '../../chain/bytes/bytes.js';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsHex, IsWholeParam } from '../requests/validation.js';
import { ID } from './examples.js';

const SIZE = { type: 'integer', minimum: 0, example: 0 } as const;
const ASKED_SIZE = { type: 'integer', minimum: 0 } as const;
const HASHES: ApiPropertyOptions = {
  type: [String],
  description: 'In RFC 6962 order, in hex',
  example: [ID],
};

export class ReceiptQueryDto {
  @ApiPropertyOptional({
    ...ASKED_SIZE,
    description: 'The tree size of an older checkpoint that this node has; by default, the newest checkpoint',
  })
  @IsOptional()
  @IsWholeParam(0, Number.MAX_SAFE_INTEGER)
  readonly size?: number;

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'true',
    description: '`false`: omit the information of a record; its leaf contains only a salted hash of it',
  })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  readonly content?: 'true' | 'false';
}

export class InclusionQueryDto {
  @ApiProperty({ type: String, description: 'The entry’s id' })
  @IsHex(64)
  readonly id!: Hash;

  @ApiPropertyOptional({ ...ASKED_SIZE, description: 'The size of the tree; by default, that of the head' })
  @IsOptional()
  @IsWholeParam(1, Number.MAX_SAFE_INTEGER)
  readonly size?: number;
}

export class ConsistencyQueryDto {
  @ApiProperty({ ...SIZE, description: 'The size of the older tree' })
  @IsWholeParam(0, Number.MAX_SAFE_INTEGER)
  readonly from!: number;

  @ApiPropertyOptional({
    ...ASKED_SIZE,
    description: 'The size of the newer tree; by default, that of the head',
  })
  @IsOptional()
  @IsWholeParam(0, Number.MAX_SAFE_INTEGER)
  readonly to?: number;
}

export class InclusionProofDto {
  @ApiProperty({ description: 'The chain’s id', example: ID })
  readonly chain!: string;

  @ApiProperty({ description: 'The entry’s id, which is its leaf hash', example: ID })
  readonly id!: string;

  @ApiProperty({ type: 'integer', description: 'Its position in the chain, from 0', example: 0 })
  readonly sequence!: number;

  @ApiProperty(SIZE)
  readonly size!: number;

  @ApiProperty({ description: 'The root of the tree at that size', example: ID })
  readonly root!: string;

  @ApiProperty(HASHES)
  readonly proof!: readonly string[];
}

export class ConsistencyProofDto {
  @ApiProperty({ description: 'The chain’s id', example: ID })
  readonly chain!: string;

  @ApiProperty(SIZE)
  readonly from!: number;

  @ApiProperty({ description: 'The root of the older tree', example: ID })
  readonly from_root!: string;

  @ApiProperty(SIZE)
  readonly to!: number;

  @ApiProperty({ description: 'The root of the newer tree', example: ID })
  readonly to_root!: string;

  @ApiProperty(HASHES)
  readonly proof!: readonly string[];
}
