/** Entries in wire form (protocol, section 3). */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { HASH, ID } from './examples.js';
import { ANY_JSON } from './json-value.js';

export class TransactionDto {
  @ApiProperty({ description: 'SHA-256 of the leaf (RFC 6962)', example: ID })
  readonly id!: string;

  @ApiProperty({ enum: ['transfer', 'issue', 'accept', 'decline', 'return'], example: 'transfer' })
  readonly type!: string;

  @ApiProperty({
    description: 'The wallet that made the entry; the fee wallet for a return',
    example: 'alice',
  })
  readonly sender!: string;

  @ApiPropertyOptional({ description: 'Present on a transfer and an issue', example: 'bob' })
  readonly recipient?: string;

  @ApiPropertyOptional({
    description: 'The amount that left the sender or was issued, as a decimal string',
    example: '1000000',
  })
  readonly amount_send?: string;

  @ApiPropertyOptional({
    description: 'For a transfer: the amount that the recipient receives',
    example: '999950',
  })
  readonly amount_receive?: string;

  @ApiPropertyOptional({ description: 'For a transfer: the fee', example: '50' })
  readonly amount_bpsc?: string;

  @ApiPropertyOptional({
    description: 'For a transfer: the fee wallet',
    example: 'bpsc_wallet_address',
  })
  readonly bpsc?: string;

  @ApiProperty({ description: 'The client’s idempotency key', example: 'order-1847' })
  readonly nonce!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000000123 })
  readonly timestamp!: number;

  @ApiPropertyOptional({ example: 'invoice 7' })
  readonly memo?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'Data that goes with a transfer',
    example: { invoice: 2041 },
  })
  readonly metadata?: Readonly<Record<string, unknown>>;

  @ApiPropertyOptional({
    type: 'integer',
    description:
      'The BPSC holds the tokens until the recipient answers, or until this time at the latest (milliseconds since 1970)',
    example: 1760000600000,
  })
  readonly hold_until?: number;

  @ApiPropertyOptional({ description: 'For an entry that ends a hold: the id of the transfer', example: ID })
  readonly transfer?: string;

  @ApiPropertyOptional({ enum: ['expired'], description: 'Present on a return', example: 'expired' })
  readonly reason?: string;

  @ApiPropertyOptional({ description: 'Under the policy `signed`: the sender’s Ed25519 key', example: HASH })
  readonly public_key?: string;

  @ApiPropertyOptional({
    description: 'Under the policy `signed`: the sender’s signature (protocol, section 7)',
    example: `${HASH}${ID}`,
  })
  readonly signature?: string;
}

export class InformationDto {
  @ApiProperty({ description: 'SHA-256 of the leaf (RFC 6962)', example: ID })
  readonly id!: string;

  @ApiProperty({ enum: ['information'], example: 'information' })
  readonly type!: string;

  @ApiProperty({ description: 'SHA-256 of salt and information', example: HASH })
  readonly information_hash!: string;

  @ApiProperty({ example: 'reading-2025-10-09' })
  readonly nonce!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000000123 })
  readonly timestamp!: number;

  @ApiPropertyOptional({
    description: 'Any JSON value; absent once it has been erased',
    example: { sensor: 'A7', celsius: 21.5 },
    oneOf: ANY_JSON,
  })
  readonly information?: unknown;

  @ApiPropertyOptional({ description: '16 random bytes', example: ID.slice(0, 32) })
  readonly salt?: string;

  @ApiPropertyOptional({
    description: 'Present and true once the information has been erased',
    example: true,
  })
  readonly erased?: boolean;
}

/** An entry of an information chain that erases a record. */
export class ErasureDto {
  @ApiProperty({ description: 'SHA-256 of the leaf (RFC 6962)', example: ID })
  readonly id!: string;

  @ApiProperty({ enum: ['erasure'], example: 'erasure' })
  readonly type!: string;

  @ApiProperty({ description: 'The id of the record whose information and salt it erases', example: HASH })
  readonly erases!: string;

  @ApiPropertyOptional({ description: 'Why', example: 'asked for by the person concerned' })
  readonly reason?: string;

  @ApiProperty({ example: 'erase-2041' })
  readonly nonce!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000000123 })
  readonly timestamp!: number;
}
