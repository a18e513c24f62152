/** The query of GET /events, and the data of each event. */
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { CHAIN_NAME } from '../../chain/contract/contract.js';
import type { ChainKind } from '../../chain/contract/kinds.js';
import { EVENT_TYPES, type SentEventType } from '../events/event-filter.js';
import { IsName, Rule } from '../requests/validation.js';
import type { Role } from '../../ledger/node-info.js';
import { HeaderDto } from './block.dto.js';
import { DETAILS } from './chain.dto.js';
import { FaultEventDto } from './node.dto.js';
import { PlacedErasureDto, PlacedInformationDto, PlacedTransactionDto } from './transaction.dto.js';

const isTypes = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.split(',').every((type) => (EVENT_TYPES as readonly string[]).includes(type));
const isChainName = (value: unknown): boolean => typeof value === 'string' && CHAIN_NAME.test(value);

export class EventsQueryDto {
  @ApiPropertyOptional({ description: 'Only blocks and entries of this chain', example: 'aka' })
  @IsOptional()
  @Rule('isChainName', isChainName, 'must be the name of a chain')
  readonly chain?: string;

  @ApiPropertyOptional({
    description: `Any of ${EVENT_TYPES.join(', ')}, separated by commas; all by default`,
    example: 'block,status',
  })
  @IsOptional()
  @Rule('isTypes', isTypes, `must be any of ${EVENT_TYPES.join(', ')}, separated by commas`)
  readonly types?: string;

  @ApiPropertyOptional({ description: 'Only entries that concern this wallet', example: 'alice' })
  @IsOptional()
  @IsName()
  readonly address?: string;
}

const KIND = { enum: ['token', 'information'], example: 'token' };

class OfChainDto {
  @ApiProperty({ description: 'Name of the chain', example: 'aka' })
  readonly chain!: string;

  @ApiProperty(KIND)
  readonly kind!: ChainKind;
}

export class BlockEventDto extends OfChainDto {
  @ApiProperty({ type: HeaderDto })
  readonly block!: HeaderDto;

  @ApiProperty({ type: 'integer', description: 'Number of entries in the block', example: 7 })
  readonly entries!: number;
}

export class WitnessedEventDto extends OfChainDto {
  @ApiProperty({ type: 'integer', description: 'Index of the last block that is witnessed', example: 7 })
  readonly block!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Size of the tree whose checkpoint is witnessed: entries with a smaller sequence are',
    example: 40,
  })
  readonly size!: number;
}

@ApiExtraModels(PlacedTransactionDto, PlacedInformationDto, PlacedErasureDto)
export class EntryEventDto extends OfChainDto {
  @ApiProperty({
    description: 'As returned by GET /transactions/{id} and GET /information/{id}',
    oneOf: [
      { $ref: getSchemaPath(PlacedTransactionDto) },
      { $ref: getSchemaPath(PlacedInformationDto) },
      { $ref: getSchemaPath(PlacedErasureDto) },
    ],
  })
  readonly entry!: PlacedTransactionDto | PlacedInformationDto | PlacedErasureDto;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Number of entries left out since the last one was sent',
    example: 40,
  })
  readonly omitted?: number;
}

export class GapEventDto {
  @ApiProperty({ description: 'Name of the chain', example: 'aka' })
  readonly chain!: string;

  @ApiProperty({ type: 'integer', description: 'Index of the first block that was not sent', example: 8 })
  readonly from!: number;

  @ApiProperty({ type: 'integer', description: 'Index of the last block that was not sent', example: 900 })
  readonly to!: number;
}

export class NextBlockDto {
  @ApiProperty({
    type: 'integer',
    description: 'Number of entries that it would have if no more arrived',
    example: 7,
  })
  readonly entries!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'Milliseconds until it is sealed by time; null if it is not sealed by time or no entry is waiting',
    example: 4200,
  })
  readonly by_time_ms!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Number of entries still needed to seal it by count; null if it is not sealed by count',
    example: 993,
  })
  readonly by_count!: number | null;
}

export class ChainStatusDto {
  @ApiProperty({ description: 'Name of the chain', example: 'aka' })
  readonly name!: string;

  @ApiProperty(KIND)
  readonly kind!: ChainKind;

  @ApiProperty({ type: HeaderDto })
  readonly head!: HeaderDto;

  @ApiProperty({
    description: 'Whether the producer told two stories, so that this node takes no more blocks of the chain',
    example: false,
  })
  readonly frozen!: boolean;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Number of entries waiting for a block; null if this node does not seal the chain',
    example: 7,
  })
  readonly waiting!: number | null;

  @ApiProperty({
    type: NextBlockDto,
    nullable: true,
    description: 'null if this node does not seal the chain',
  })
  readonly next_block!: NextBlockDto | null;
}

export class StatusEventDto {
  @ApiProperty({ enum: ['producer', 'follower'], example: 'producer' })
  readonly role!: Role;

  @ApiProperty({ description: 'Whether the node is ready, as reported by GET /health/ready', example: true })
  readonly ready!: boolean;

  @ApiProperty({ type: [String], description: 'Why it is not ready; empty if it is', example: [] })
  readonly troubles!: readonly string[];

  @ApiProperty(DETAILS)
  readonly details!: Readonly<Record<string, string | number | boolean | null>>;

  @ApiProperty({ type: [ChainStatusDto] })
  readonly chains!: readonly ChainStatusDto[];
}

const EVENTS = {
  block: BlockEventDto,
  entry: EntryEventDto,
  fault: FaultEventDto,
  gap: GapEventDto,
  status: StatusEventDto,
  witnessed: WitnessedEventDto,
} as const satisfies Record<SentEventType, new () => unknown>;

export const EVENT_MODELS = Object.values(EVENTS);

/**
 * The stream, described the way OpenAPI 3.2 describes server-sent events: an array of events whose data is
 * JSON text. In 3.1 this is an ordinary JSON Schema; the tests use it to validate the data of events.
 */
export const EVENT_STREAM = {
  type: 'array',
  items: {
    anyOf: Object.entries(EVENTS).map(([type, model]) => ({
      type: 'object',
      required: ['event', 'id', 'data'],
      properties: {
        event: { type: 'string', enum: [type] },
        id: { type: 'string', description: 'The value to send as `Last-Event-ID`' },
        data: {
          type: 'string',
          contentMediaType: 'application/json',
          contentSchema: { $ref: getSchemaPath(model) },
        },
      },
    })),
  },
};
