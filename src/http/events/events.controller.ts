/** GET /events: live events of this node. */
import { Controller, Headers, Query, Req, Sse, type MessageEvent } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { defer, type Observable } from 'rxjs';
import { isWalletName } from '../../chain/contract/wallet-policy.js';
import { isTokenStore } from '../../ledger/chain-store.js';
import { LedgerStore } from '../../ledger/store.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { ChainReader } from '../chains/chain-reader.js';
import { EventsQueryDto, EVENT_MODELS, EVENT_STREAM } from '../dto/events.dto.js';
import { EVENT_TYPES, parsePosition, type EventType } from './event-filter.js';
import { EventStreams } from './event-streams.js';

/**
 * Most characters buffered for a listener that doesn't read: beyond that, it is disconnected and can resume.
 */
const PENDING_MAX = 1024 * 1024;

@ApiTags('events')
@ApiExtraModels(...EVENT_MODELS)
@Controller('events')
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly reader: ChainReader,
    private readonly store: LedgerStore,
  ) {}

  @ApiOperation({
    summary: 'Live events (server-sent events)',
    description:
      '`block`: a block was sealed or verified; contains its header, and its id begins with its chain and index. `entry`: an entry was ' +
      'accepted (on the producer) or verified (on a follower); without `address`, at most 200 per second, fewer with many ' +
      'listeners (`omitted` is the number left out). `witnessed`: the quorum of this node’s policy cosigned a ' +
      'checkpoint; entries below its size are witnessed. `fault`: a fault of an upstream was detected; the evidence is at ' +
      'GET /faults. `status`: the state of the node, at most once per second. With `Last-Event-ID`, all blocks ' +
      'since then are sent first; `gap` means that there are too many: page through them.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event received, such as aka:12;information:3',
    schema: { type: 'string' },
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description:
      'An endless stream: the lines `event:`, `id:` and `data:` for each event, followed by an empty line',
    content: {
      'text/event-stream': {
        schema: EVENT_STREAM,
        example: [
          {
            event: 'block',
            id: 'aka:12;information:3',
            data: '{"chain":"aka","kind":"token","block":{…},"entries":7}',
          },
        ],
      },
    },
  })
  @ApiProblems(400, 404, 503)
  @Sse('', { maxPendingDataLength: PENDING_MAX })
  listen(
    @Query() query: EventsQueryDto,
    @Headers('last-event-id') lastId: string | undefined,
    @Req() { raw, server }: FastifyRequest,
  ): Observable<MessageEvent> {
    const types = new Set((query.types?.split(',') ?? EVENT_TYPES) as EventType[]);
    const { address } = query;
    const chain = query.chain === undefined ? undefined : this.reader.named(query.chain).chain.id;
    if (address !== undefined) this.assertAddress(address, query.chain);
    const chains = this.store.stores().map((store) => store.chain);
    const position = lastId === undefined || lastId === '' ? undefined : parsePosition(lastId, chains);
    const events = this.streams.stream({ types, chain, address }, position);
    return defer(() => {
      // Nest has disabled the connection's timeout; restore it, so that clients that don't read are
      // disconnected.
      raw.socket.setTimeout(server.server.timeout);
      return events;
    });
  }

  /** Checks that the address is valid on the chain or, without one, on any chain. @throws InvalidInput */
  private assertAddress(address: string, chain: string | undefined): void {
    const { store } = this;
    const stores = chain === undefined ? store.stores().filter(isTokenStore) : [this.reader.token(chain)];
    const [first] = stores;
    if (
      first === undefined ||
      stores.some(({ chain: { contract } }) => isWalletName(address, contract.wallets.policy))
    )
      return;
    this.reader.assertAddress(address, first);
  }
}
