/** The query for a page of pending transactions. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../../../http/dto/page.dto.js';
import { IsWholeParam } from '../../../http/requests/validation.js';

export class PendingPageDto {
  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: '`next_cursor` of the page before' })
  @IsOptional()
  @IsWholeParam(0, Number.MAX_SAFE_INTEGER)
  cursor?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
    description: 'Transactions at most',
  })
  @IsOptional()
  @IsWholeParam(1, LIMIT_MAX)
  limit?: number = LIMIT_DEFAULT;
}
