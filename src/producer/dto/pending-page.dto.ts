/** Which of the waiting transactions to show. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { LIMIT_DEFAULT, LIMIT_MAX } from '../../http/dto/page.dto.js';
import { IsWholeParam } from '../../http/validation.js';

export class PendingPageDto {
  @ApiPropertyOptional({ description: 'From the previous page: next_cursor.', type: String })
  @IsOptional()
  @IsWholeParam(0, Number.MAX_SAFE_INTEGER)
  cursor?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT })
  @IsOptional()
  @IsWholeParam(1, LIMIT_MAX)
  limit?: number = LIMIT_DEFAULT;
}
