/** Entries as they are on the wire (protocol, section 3). */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { HASH, ID } from './examples.js';

export class TransactionDto {
  @ApiProperty({ description: 'SHA-256 of the leaf (RFC 6962)', example: ID })
  readonly id!: string;

  @ApiProperty({ example: 'transfer' })
  readonly type!: string;

  @ApiProperty({ example: 'alice' })
  readonly sender!: string;

  @ApiProperty({ example: 'bob' })
  readonly recipient!: string;

  @ApiProperty({ description: 'What left the sender, in decimal', example: '1000000' })
  readonly amount_send!: string;

  @ApiProperty({ description: 'What arrived at the recipient', example: '999950' })
  readonly amount_receive!: string;

  @ApiProperty({ description: 'The fee', example: '50' })
  readonly amount_bpsc!: string;

  @ApiProperty({ description: 'The wallet of the fees', example: 'bpsc_wallet_address' })
  readonly bpsc!: string;

  @ApiProperty({ description: 'The client’s idempotency key', example: 'order-1847' })
  readonly nonce!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000000123 })
  readonly timestamp!: number;

  @ApiPropertyOptional({ example: 'invoice 7' })
  readonly memo?: string;
}

export class InformationDto {
  @ApiProperty({ description: 'SHA-256 of the leaf (RFC 6962)', example: ID })
  readonly id!: string;

  @ApiProperty({ example: 'information' })
  readonly type!: string;

  @ApiProperty({ description: 'SHA-256 of salt and information', example: HASH })
  readonly information_hash!: string;

  @ApiProperty({ example: 'reading-2025-10-09' })
  readonly nonce!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000000123 })
  readonly timestamp!: number;

  @ApiPropertyOptional({
    description: 'Any JSON value; absent once it was erased',
    example: { sensor: 'A7', celsius: 21.5 },
    oneOf: [
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
    ],
    nullable: true,
  })
  readonly information?: unknown;

  @ApiPropertyOptional({ description: '16 random bytes', example: ID.slice(0, 32) })
  readonly salt?: string;

  @ApiPropertyOptional({ description: 'Present and true once the information was erased', example: true })
  readonly erased?: boolean;
}
