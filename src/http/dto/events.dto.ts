/** What to listen to. */
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { CHAIN_NAME } from '../../chain/contract/contract.js';
import { EVENT_TYPES } from '../events/event-filter.js';
import { IsName, Rule } from '../requests/validation.js';

const isTypes = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.split(',').every((type) => (EVENT_TYPES as readonly string[]).includes(type));
const isChainName = (value: unknown): boolean => typeof value === 'string' && CHAIN_NAME.test(value);

export class EventsQueryDto {
  @ApiPropertyOptional({ description: 'Blocks and entries of this chain alone', example: 'aka' })
  @IsOptional()
  @Rule('isChainName', isChainName, 'must be the name of a chain')
  readonly chain?: string;

  @ApiPropertyOptional({
    description: `Any of ${EVENT_TYPES.join(', ')}, with commas between; all by default`,
    example: 'block,status',
  })
  @IsOptional()
  @Rule('isTypes', isTypes, `must be any of ${EVENT_TYPES.join(', ')}, with commas between`)
  readonly types?: string;

  @ApiPropertyOptional({ description: 'Entries that concern this wallet alone', example: 'alice' })
  @IsOptional()
  @IsName()
  readonly address?: string;
}
