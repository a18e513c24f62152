/** Requests for transactions, and their answers. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { IsMemo, IsName, IsNonce, MayBeMissing, Verbatim } from '../../http/validation.js';
import { TransactionDto } from '../../http/dto/entry.dto.js';
import { IsAmount } from '../is-amount.js';

export const BATCH_MAX = 10_000;

export class NewTransactionDto {
  @ApiProperty({ description: 'Who pays: 1 to 128 characters.', example: 'alice' })
  @IsName()
  sender!: string;

  @ApiProperty({
    description:
      'What is sent, fee included: a decimal string, or a number of at most 15 significant digits. ' +
      'At most 30 digits before the point and as many after it as the token has decimals.',
    oneOf: [{ type: 'string' }, { type: 'number' }],
    example: '1000000',
  })
  @Verbatim()
  @IsAmount()
  amount!: string | number;

  @ApiProperty({ description: 'Who receives: another than the sender.', example: 'bob' })
  @IsName()
  recipient!: string;

  @ApiPropertyOptional({
    description: 'A text that goes with it, up to 256 bytes of UTF-8.',
    example: 'invoice 7',
  })
  @MayBeMissing()
  @IsMemo()
  memo?: string;

  @ApiPropertyOptional({
    description:
      'Makes the request safe to repeat: unique for its sender, for ever. Made by the producer where there is none.',
    example: 'order-2041',
  })
  @MayBeMissing()
  @IsNonce()
  nonce?: string;
}

export class AcceptedTransactionDto {
  @ApiProperty({ example: 'Transaction will be added to Block 2' })
  message!: string;

  @ApiProperty({ description: 'The index of the block that will hold it.', example: 2 })
  index!: number;

  @ApiProperty({ type: TransactionDto })
  transaction!: TransactionDto;
}

export class NewTransactionsDto {
  @ApiProperty({
    type: [NewTransactionDto],
    minItems: 1,
    maxItems: BATCH_MAX,
    description: 'Each is accepted or refused on its own; those accepted are on disk in one commit.',
  })
  @IsArray({ message: 'must be an array of transactions' })
  @ArrayMinSize(1, { message: 'must have at least one transaction' })
  @ArrayMaxSize(BATCH_MAX, { message: `must have at most ${BATCH_MAX} transactions` })
  @Verbatim()
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

  @ApiPropertyOptional({ type: [RefusedFieldDto] })
  errors?: readonly RefusedFieldDto[];
}

export class BatchResultDto {
  @ApiPropertyOptional({ description: 'The index of the block that will hold it.', example: 2 })
  index?: number;

  @ApiPropertyOptional({ type: TransactionDto })
  transaction?: TransactionDto;

  @ApiPropertyOptional({
    description: 'True when it was accepted before, under the same nonce.',
    example: true,
  })
  repeated?: true;

  @ApiPropertyOptional({ type: RefusalDto })
  error?: RefusalDto;
}

export class AcceptedTransactionsDto {
  @ApiProperty({ example: '2 of 3 transactions accepted' })
  message!: string;

  @ApiProperty({ example: 2 })
  accepted!: number;

  @ApiProperty({ type: [BatchResultDto], description: 'One for each transaction, in order.' })
  results!: readonly BatchResultDto[];
}

export class PendingTransactionDto extends TransactionDto {
  @ApiProperty({ description: 'The index of the block that will hold it.', example: 2 })
  block!: number;
}

export class PendingTransactionsDto {
  @ApiProperty({ type: [PendingTransactionDto] })
  transactions!: readonly PendingTransactionDto[];

  @ApiProperty({ description: 'How many wait in all.', example: 12 })
  total!: number;

  @ApiProperty({
    nullable: true,
    type: String,
    description: 'For the next page; null on the last.',
    example: null,
  })
  next_cursor!: string | null;
}
