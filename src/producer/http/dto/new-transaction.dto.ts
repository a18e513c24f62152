/** Requests for transactions, and their answers. */
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { PublicKey, Signature } from '../../../chain/bytes/bytes.js';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import {
  IsHex,
  IsMemo,
  IsMetadata,
  IsName,
  IsNonce,
  IsTime,
  MayBeMissing,
} from '../../../http/requests/validation.js';
import { METADATA_BYTES_MAX } from '../../../chain/entry/metadata.js';
import { TransactionDto } from '../../../http/dto/entry.dto.js';
import { HASH } from '../../../http/dto/examples.js';
import { IsAmount } from '../../accept/is-amount.js';

export const BATCH_MAX = 10_000;

const SENDER = { description: 'A name, or under the policy `signed` an address.', example: 'alice' };

/** The fields of every holder's request. */
export class HolderDto {
  @ApiProperty(SENDER)
  @IsName()
  sender!: string;

  @ApiPropertyOptional({
    description:
      'Makes the request safe to repeat: unique for its sender, forever. The producer makes one where none is sent; ' +
      'under the policy `signed` it is part of the signed text, and required.',
    example: 'order-2041',
  })
  @MayBeMissing()
  @IsNonce()
  nonce?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Under the policy `signed`, and only there: the sender’s Ed25519 key, 64 hex digits.',
    example: HASH,
  })
  @MayBeMissing()
  @IsHex(64)
  public_key?: PublicKey;

  @ApiPropertyOptional({
    type: String,
    description:
      'Under the policy `signed`, and only there: the sender’s signature over ' +
      '`"bpsc/transaction/v1\\n" ‖ JCS(the holder’s part of the leaf and the chain id)`, 128 hex digits.',
    example: `${HASH}${HASH}`,
  })
  @MayBeMissing()
  @IsHex(128)
  signature?: Signature;
}

export class NewIssueDto extends HolderDto {
  @ApiProperty({ description: 'Who receives: another than the sender.', example: 'bob' })
  @IsName()
  recipient!: string;

  @ApiProperty({
    description:
      'A decimal string, or a number of at most 15 significant digits. ' +
      'At most 30 digits before the point and as many after it as the token has decimals. ' +
      'Of a transfer: what is sent, fee included.',
    oneOf: [{ type: 'string' }, { type: 'number' }],
    example: '1000000',
  })
  @IsAmount()
  amount!: string | number;
}

export class NewTransactionDto extends NewIssueDto {
  @ApiPropertyOptional({
    description: 'A text that goes with it, up to 256 bytes of UTF-8.',
    example: 'invoice 7',
  })
  @MayBeMissing()
  @IsMemo()
  memo?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      `Data that goes with it: a JSON object, up to ${METADATA_BYTES_MAX} bytes as canonical JSON. ` +
      'It is part of the transaction, so it is signed with it, and can never be erased.',
    example: { invoice: 2041 },
  })
  @MayBeMissing()
  @IsMetadata()
  metadata?: Readonly<Record<string, unknown>>;

  @ApiPropertyOptional({
    type: 'integer',
    description:
      'The BPSC keeps the tokens until the recipient accepts or declines; after this time (milliseconds since 1970, ' +
      'at most 366 days from now) all of them go back to the sender.',
    example: 1760000600000,
  })
  @MayBeMissing()
  @IsTime()
  hold_until?: number;
}

/** The recipient's answer to a hold. */
export class AnswerDto extends HolderDto {}

export class AcceptedTransactionDto {
  @ApiProperty({ example: 'Transaction will be added to Block 2' })
  message!: string;

  @ApiProperty({ type: 'integer', description: 'The index of the block that will hold it.', example: 2 })
  index!: number;

  @ApiProperty({ type: TransactionDto })
  transaction!: TransactionDto;
}

export class NewTransactionsDto {
  @ApiProperty({
    type: [NewTransactionDto],
    minItems: 1,
    maxItems: BATCH_MAX,
    description:
      'Each is accepted or refused on its own; those accepted are on disk in one commit. ' +
      'More than 100 of which none is well-formed are refused as a whole.',
  })
  @ArrayMaxSize(BATCH_MAX, { message: `must have at most ${BATCH_MAX} transactions` })
  @ArrayMinSize(1, { message: 'must have at least one transaction' })
  @IsArray({ message: 'must be an array of transactions' })
  transactions!: unknown[];
}

export class RefusedFieldDto {
  @ApiProperty({ example: 'amount' })
  field!: string;

  @ApiProperty({ example: 'must be above zero' })
  message!: string;
}

export class RefusalDto {
  @ApiProperty({ example: 'INVALID_INPUT' })
  code!: string;

  @ApiProperty({ example: 'amount must be above zero' })
  detail!: string;

  @ApiPropertyOptional({
    type: [RefusedFieldDto],
    description: 'The fields that are wrong; left out once the refusals of a batch have named 300',
  })
  errors?: readonly RefusedFieldDto[];
}

export class AcceptedResultDto {
  @ApiProperty({ type: 'integer', description: 'The index of the block that will hold it.', example: 2 })
  index!: number;

  @ApiProperty({ type: TransactionDto })
  transaction!: TransactionDto;

  @ApiPropertyOptional({
    enum: [true],
    type: Boolean,
    description: 'Only where it was accepted before, under the same nonce.',
    example: true,
  })
  repeated?: true;
}

export class RefusedResultDto {
  @ApiProperty({ type: RefusalDto })
  error!: RefusalDto;
}

@ApiExtraModels(AcceptedResultDto, RefusedResultDto)
export class AcceptedTransactionsDto {
  @ApiProperty({ example: '2 of 3 transactions accepted' })
  message!: string;

  @ApiProperty({ type: 'integer', example: 2 })
  accepted!: number;

  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ $ref: getSchemaPath(AcceptedResultDto) }, { $ref: getSchemaPath(RefusedResultDto) }] },
    description: 'One for each transaction, in order.',
  })
  results!: readonly (AcceptedResultDto | RefusedResultDto)[];
}

export class PendingTransactionDto extends TransactionDto {
  @ApiProperty({ type: 'integer', description: 'The index of the block that will hold it.', example: 2 })
  block!: number;
}

export class PendingTransactionsDto {
  @ApiProperty({ type: [PendingTransactionDto] })
  transactions!: readonly PendingTransactionDto[];

  @ApiProperty({ type: 'integer', description: 'How many wait in all.', example: 12 })
  total!: number;

  @ApiProperty({
    nullable: true,
    type: String,
    description: 'For the next page; null on the last.',
    example: null,
  })
  next_cursor!: string | null;
}
