/** A page of a list that goes from new to old. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsWholeParam, Rule } from '../requests/validation.js';

/** A sequence: older entries have smaller ones. To clients a cursor is just a text that they send back. */
const CURSOR = /^(?:0|[1-9][0-9]{0,14})$/;
const isCursor = (value: unknown): boolean => typeof value === 'string' && CURSOR.test(value);

/** @param limitMax entries on a page, at most; `limitDefault` of them where the request doesn't say */
export function cursorQuery(limitMax: number, limitDefault: number) {
  class CursorQueryDto {
    @ApiPropertyOptional({ description: '`next_cursor` of the page before' })
    @IsOptional()
    @Rule('isCursor', isCursor, 'must be the next_cursor of another page')
    readonly cursor?: string;

    @ApiPropertyOptional({
      type: 'integer',
      minimum: 1,
      maximum: limitMax,
      default: limitDefault,
      description: 'Entries at most',
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
    description: '`cursor` of the next page; null on the last',
    example: '41',
  })
  readonly next_cursor!: string | null;
}
