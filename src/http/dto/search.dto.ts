/** The search query and its results. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Rule } from '../requests/validation.js';
import { ID } from './examples.js';

const QUERY_CHARACTERS_MAX = 256;
const isQuery = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= QUERY_CHARACTERS_MAX;

export class SearchQueryDto {
  @ApiProperty({
    description: 'An entry’s id, a block’s hash or index, a chain’s id or name, or a wallet’s address',
    example: 'aka',
  })
  @Rule('isQuery', isQuery, `must be a text of 1 to ${QUERY_CHARACTERS_MAX} characters`)
  readonly q!: string;
}

export class SearchResultDto {
  @ApiProperty({ enum: ['block', 'transaction', 'information', 'chain', 'wallet'], example: 'block' })
  readonly type!: 'block' | 'transaction' | 'information' | 'chain' | 'wallet';

  @ApiProperty({ description: 'Name of the chain', example: 'aka' })
  readonly chain!: string;

  @ApiPropertyOptional({ type: 'integer', description: 'For a block: its index', example: 2 })
  readonly index?: number;

  @ApiPropertyOptional({ description: 'For a block: its hash', example: ID })
  readonly hash?: string;

  @ApiPropertyOptional({ description: 'For an entry: its id', example: ID })
  readonly id?: string;

  @ApiPropertyOptional({ description: 'For a wallet: its address', example: 'alice' })
  readonly address?: string;
}

export class SearchDto {
  @ApiProperty({ description: 'The text that was searched for', example: ID })
  readonly query!: string;

  @ApiProperty({
    type: [SearchResultDto],
    description: 'Everything that matches the query exactly; usually none or one',
  })
  readonly results!: readonly SearchResultDto[];
}
