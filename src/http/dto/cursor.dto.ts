/** Cursor pagination for lists ordered from newest to oldest. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsWholeParam, Rule } from '../requests/validation.js';

/** A cursor is a sequence: older entries have smaller ones. To clients it is an opaque string. */
const CURSOR = /^(?:0|[1-9][0-9]{0,14})$/;
const isCursor = (value: unknown): boolean => typeof value === 'string' && CURSOR.test(value);

/** @param limitMax most entries on a page; `limitDefault` applies if the request does not set a limit */
export function cursorQuery(limitMax: number, limitDefault: number) {
  class CursorQueryDto {
    @ApiPropertyOptional({ description: '`next_cursor` of the previous page' })
    @IsOptional()
    @Rule('isCursor', isCursor, 'must be the next_cursor of another page')
    readonly cursor?: string;

    @ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: limitMax,
      default: limitDefault,
      description: 'Maximum number of entries',
      example: 10,
    })
    @IsOptional()
    @IsWholeParam(1, limitMax)
    readonly limit?: number;
  }
  return CursorQueryDto;
}

export class NextCursorDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: '`cursor` for the next page; null on the last page',
    example: '41',
  })
  readonly next_cursor!: string | null;
}
