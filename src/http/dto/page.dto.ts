/** The query for a page of blocks. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { IsWholeParam } from '../requests/validation.js';

/** Blocks on a page, unless the client sets a limit. */
export const LIMIT_DEFAULT = 100;
export const LIMIT_MAX = 1000;

export class PageDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'Index of the first block; 1 is the genesis block',
    example: 1,
  })
  @IsOptional()
  @IsWholeParam(1, Number.MAX_SAFE_INTEGER)
  readonly from?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LIMIT_MAX,
    default: LIMIT_DEFAULT,
    description: 'Maximum number of blocks',
    example: 10,
  })
  @IsOptional()
  @IsWholeParam(1, LIMIT_MAX)
  readonly limit?: number;
}

/** The query of `/smart/chain`. */
export class SmartChainPageDto extends PageDto {
  @ApiPropertyOptional({
    description: "Name or id of a token chain; by default, the node's first one",
    example: 'aka',
  })
  @IsOptional()
  @IsString()
  readonly chain?: string;
}
