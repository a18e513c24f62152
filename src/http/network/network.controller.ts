/** The other nodes that this node knows: their addresses, and the faulty data that it received. */
import { Body, Controller, Delete, Get, Inject, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../ledger/clock.js';
import { Convictions } from '../../ledger/convictions.js';
import { FaultLog, type FaultRecord } from '../../ledger/store.js';
import { ApiProblems } from '../openapi/api-problems.js';
import {
  FaultQueryDto,
  FaultsDto,
  NodesDto,
  NodesRequestDto,
  RegisteredNodesDto,
  RemovedNodesDto,
} from '../dto/node.dto.js';
import { noteAct } from '../server/acts.js';
import { CLOCK } from '../server/core.module.js';
import { KnownNodes, NODES_KNOWN_MAX } from './known-nodes.js';
import { parseNodeUrls } from '../../peer/node-url.js';

const NODES = {
  nodes: {
    summary: 'Nodes on this machine',
    value: { nodes: ['http://127.0.0.1:5001', '127.0.0.1:5002'] },
  },
};

@ApiTags('network')
@Controller()
export class NetworkController {
  constructor(
    private readonly nodes: KnownNodes,
    private readonly faultLog: FaultLog,
    private readonly convictions: Convictions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @ApiOperation({
    summary: 'Tells this node of others',
    description: `At most ${NODES_KNOWN_MAX} are stored: if there is no room, the oldest nodes that don’t answer are removed first.`,
  })
  @ApiBody({ type: NodesRequestDto, examples: NODES })
  @ApiCreatedResponse({ type: RegisteredNodesDto })
  @ApiProblems(400, 413, 415, 503)
  @Post('nodes/register')
  async register(@Body() body: NodesRequestDto, @Req() request: FastifyRequest): Promise<RegisteredNodesDto> {
    const urls = parseNodeUrls(body.nodes);
    const all = await this.nodes.register(urls, this.clock.now());
    noteAct(request, undefined, () => ({ registered: urls }));
    return { message: 'New nodes have been added', total_nodes: all.map(({ url }) => url) };
  }

  @ApiOperation({
    summary: 'Takes nodes off the list',
    description: 'Nodes that aren’t on it are passed over.',
  })
  @ApiBody({ type: NodesRequestDto, examples: NODES })
  @ApiOkResponse({ type: RemovedNodesDto })
  @ApiProblems(400, 413, 415, 503)
  @Delete('nodes')
  async remove(@Body() body: NodesRequestDto, @Req() request: FastifyRequest): Promise<RemovedNodesDto> {
    const { removed, left } = await this.nodes.remove(parseNodeUrls(body.nodes));
    noteAct(request, undefined, () => ({ removed }));
    return { message: 'Nodes have been removed', removed, total_nodes: left.map(({ url }) => url) };
  }

  @ApiOperation({ summary: 'The nodes that were registered with this one' })
  @ApiOkResponse({ type: NodesDto })
  @Get('nodes')
  async list(): Promise<NodesDto> {
    const all = await this.nodes.all();
    return { nodes: all.map(({ url, registeredAt }) => ({ url, registered_at: registeredAt })) };
  }

  @ApiOperation({ summary: 'Evidence of what was refused from an upstream' })
  @ApiOkResponse({ type: FaultsDto })
  @ApiProblems(400)
  @Get('faults')
  async faults(@Query() { cursor }: FaultQueryDto): Promise<FaultsDto> {
    const { records, next } = await this.faultLog.page(cursor);
    const faults = records.map((record) => faultDto(record, this.convictions.has(record.digest)));
    return { faults, ...(next === undefined ? {} : { next_cursor: String(next) }) };
  }
}

function faultDto(record: FaultRecord, isConviction: boolean): FaultsDto['faults'][number] {
  const { detectedAt, lastSeenAt, ...rest } = record;
  const times = { detected_at: detectedAt, last_seen_at: lastSeenAt };
  return { ...rest, ...times, ...(isConviction ? { frozen: true } : {}) };
}
