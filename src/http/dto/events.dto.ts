/** The query of GET /events, and the data of each event. */
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { CHAIN_NAME, type ChainKind } from '../../chain/contract/contract.js';
import { EVENT_TYPES, type SentEventType } from '../events/event-filter.js';
import { IsName, Rule } from '../requests/validation.js';
import type { Role } from '../../ledger/node-info.js';
import { HeaderDto } from './block.dto.js';
import { DETAILS } from './chain.dto.js';
import { FaultEventDto } from './node.dto.js';
import { PlacedInformationDto, PlacedTransactionDto } from './transaction.dto.js';

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

  @ApiProperty({ type: 'integer', description: 'Entries in the block', example: 7 })
  readonly entries!: number;
}

@ApiExtraModels(PlacedTransactionDto, PlacedInformationDto)
export class EntryEventDto extends OfChainDto {
  @ApiProperty({
    description: 'As GET /transactions/{id} and GET /information/{id} answer it',
    oneOf: [{ $ref: getSchemaPath(PlacedTransactionDto) }, { $ref: getSchemaPath(PlacedInformationDto) }],
  })
  readonly entry!: PlacedTransactionDto | PlacedInformationDto;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Entries that were left out since the last one was sent',
    example: 40,
  })
  readonly omitted?: number;
}

export class GapEventDto {
  @ApiProperty({ description: 'Name of the chain', example: 'aka' })
  readonly chain!: string;

  @ApiProperty({ type: 'integer', description: 'Index of the first block that is not sent', example: 8 })
  readonly from!: number;

  @ApiProperty({ type: 'integer', description: 'Index of the last block that is not sent', example: 900 })
  readonly to!: number;
}

export class NextBlockDto {
  @ApiProperty({ type: 'integer', description: 'Entries that it will have, as things stand', example: 7 })
  readonly entries!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Milliseconds until it is sealed by time; null: not by time, or nothing waits',
    example: 4200,
  })
  readonly by_time_ms!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Entries that are missing until it is sealed by count; null: not by count',
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
    type: 'integer',
    nullable: true,
    description: 'Entries that wait for a block; null where this node does not seal the chain',
    example: 7,
  })
  readonly waiting!: number | null;

  @ApiProperty({
    type: NextBlockDto,
    nullable: true,
    description: 'null where this node does not seal the chain',
  })
  readonly next_block!: NextBlockDto | null;
}

export class StatusEventDto {
  @ApiProperty({ enum: ['producer', 'follower'], example: 'producer' })
  readonly role!: Role;

  @ApiProperty({ description: 'Whether it is fit to be asked, as GET /health/ready says', example: true })
  readonly ready!: boolean;

  @ApiProperty({ type: [String], description: 'Why it is not; empty when it is', example: [] })
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
} as const satisfies Record<SentEventType, new () => unknown>;

export const EVENT_MODELS = Object.values(EVENTS);

/**
 * The stream, described as OpenAPI 3.2 describes server-sent events: a list of events whose data is JSON text. To 3.1 this
 * is a JSON Schema like any other; the tests take from it what the data of an event has to be.
 */
export const EVENT_STREAM = {
  type: 'array',
  items: {
    anyOf: Object.entries(EVENTS).map(([type, model]) => ({
      type: 'object',
      required: ['event', 'id', 'data'],
      properties: {
        event: { type: 'string', enum: [type] },
        id: { type: 'string', description: 'What to send as `Last-Event-ID`' },
        data: {
          type: 'string',
          contentMediaType: 'application/json',
          contentSchema: { $ref: getSchemaPath(model) },
        },
      },
    })),
  },
};
