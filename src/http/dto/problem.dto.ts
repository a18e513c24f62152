/** Error responses (RFC 9457). */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class FieldErrorDto {
  @ApiProperty({
    description: 'Path of the field; in malformed JSON a JSON Pointer; empty for the whole body',
    example: 'transactions[3].amount',
  })
  readonly field!: string;

  @ApiProperty({ description: 'What was expected', example: 'must be above zero' })
  readonly message!: string;
}

export class ProblemDto {
  @ApiProperty({ description: 'Always about:blank; `code` identifies the problem', example: 'about:blank' })
  readonly type!: string;

  @ApiProperty({ description: 'The reason phrase of the status', example: 'Bad Request' })
  readonly title!: string;

  @ApiProperty({ type: 'integer', example: 400 })
  readonly status!: number;

  @ApiProperty({ description: 'What is wrong, for humans', example: 'amount must be above zero' })
  readonly detail!: string;

  @ApiProperty({ description: 'The path of the request', example: '/transactions/new' })
  readonly instance!: string;

  @ApiProperty({ description: 'What is wrong, for programs', example: 'INVALID_INPUT' })
  readonly code!: string;

  @ApiPropertyOptional({ type: [FieldErrorDto], description: 'The fields that are wrong' })
  readonly errors?: readonly FieldErrorDto[];

  @ApiPropertyOptional({
    type: 'integer',
    description: 'How many more fields are wrong beyond those in `errors`, which lists a hundred at most',
    example: 79900,
  })
  readonly errors_omitted?: number;
}
