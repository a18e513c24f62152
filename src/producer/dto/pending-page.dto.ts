/** Which of the waiting transactions to show. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsWholeParam } from '../../http/validation.js';

export const PENDING_LIMIT_MAX = 1000;
const PENDING_LIMIT_DEFAULT = 100;

export class PendingPageDto {
  @ApiPropertyOptional({ description: 'From the previous page: next_cursor.', type: String })
  @IsOptional()
  @IsWholeParam(0, Number.MAX_SAFE_INTEGER)
  cursor?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: PENDING_LIMIT_MAX, default: PENDING_LIMIT_DEFAULT })
  @IsOptional()
  @IsWholeParam(1, PENDING_LIMIT_MAX)
  limit?: number = PENDING_LIMIT_DEFAULT;
}
