/** The search query and its results. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { HASH_PREFIX_DIGITS_MIN } from '../../ledger/hash-prefix.js';
import { Rule } from '../requests/validation.js';
import { ID } from './examples.js';

/** The maximum number of results. */
export const RESULTS_MAX = 50;
const QUERY_CHARACTERS_MAX = 256;
const isQuery = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= QUERY_CHARACTERS_MAX;

export class SearchQueryDto {
  @ApiProperty({
    description:
      'An entry’s id, a block’s hash or index, a chain’s id or name, or a wallet’s address. The beginning is enough: of ' +
      `an id or a hash at least ${HASH_PREFIX_DIGITS_MIN} digits, of a name any number of characters; upper and lower case differ in names.`,
    example: 'aka',
  })
  @Rule('isQuery', isQuery, `must be a text of 1 to ${QUERY_CHARACTERS_MAX} characters`)
  readonly q!: string;
}

export class SearchResultDto {
  @ApiProperty({ enum: ['block', 'transaction', 'information', 'chain', 'wallet'], example: 'block' })
  readonly type!: 'block' | 'transaction' | 'information' | 'chain' | 'wallet';

  @ApiProperty({
    enum: ['exact', 'prefix'],
    description:
      '`exact`: the query is its id, hash, index, name or address; `prefix`: that begins with the query',
    example: 'exact',
  })
  readonly match!: 'exact' | 'prefix';

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
    description: `Exact matches come first; at most ${RESULTS_MAX}`,
  })
  readonly results!: readonly SearchResultDto[];

  @ApiProperty({ description: 'Whether there are more results than are listed', example: false })
  readonly more!: boolean;
}
