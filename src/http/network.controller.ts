/** What this node knows of others: their addresses, and what it refused from them. */
import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InvalidInput } from '../ledger/errors.js';
import { FaultLog, NodeRegistry, type FaultRecord } from '../ledger/store.js';
import { ApiProblems } from './api-problems.js';
import { FaultsDto, NodesDto, RegisteredNodesDto, RegisterNodesDto } from './dto/node.dto.js';
import { NODES_KNOWN_MAX, parseNodeUrls } from './node-url.js';

@ApiTags('network')
@Controller()
export class NetworkController {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly faultLog: FaultLog,
  ) {}

  @ApiOperation({ summary: 'Tells this node of others' })
  @ApiCreatedResponse({ type: RegisteredNodesDto })
  @ApiProblems(400, 413, 415, 503)
  @Post('nodes/register')
  async register(@Body() body: RegisterNodesDto): Promise<RegisteredNodesDto> {
    const urls = parseNodeUrls(body.nodes);
    const known = new Set([...(await this.nodes.all()).map(({ url }) => url), ...urls]);
    if (known.size > NODES_KNOWN_MAX) {
      throw new InvalidInput([
        { field: 'nodes', message: `would make more than ${NODES_KNOWN_MAX} known nodes` },
      ]);
    }
    const all = await this.nodes.register(urls, Date.now());
    return { message: 'New nodes have been added', total_nodes: all.map(({ url }) => url) };
  }

  @ApiOperation({ summary: 'The nodes that this one was told of' })
  @ApiOkResponse({ type: NodesDto })
  @Get('nodes')
  async list(): Promise<NodesDto> {
    const all = await this.nodes.all();
    return { nodes: all.map(({ url, registeredAt }) => ({ url, registered_at: registeredAt })) };
  }

  @ApiOperation({ summary: 'Evidence of what was refused from an upstream' })
  @ApiOkResponse({ type: FaultsDto })
  @Get('faults')
  async faults(): Promise<FaultsDto> {
    const all = await this.faultLog.all();
    return { faults: all.map(faultDto) };
  }
}

function faultDto(record: FaultRecord): FaultsDto['faults'][number] {
  const { detectedAt, lastSeenAt, ...rest } = record;
  return { ...rest, detected_at: detectedAt, last_seen_at: lastSeenAt };
}
