/** GET /events: what happens on this node, as it happens. */
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

/** Characters that may wait for a listener which doesn't read: then it is dropped, and comes back where it was. */
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
      '`block`: sealed or verified, with its header; its id is its chain and index. `entry`: accepted on the producer, ' +
      'verified on a follower; without `address` at most 200 a second, fewer where many listen (`omitted` says how many were left out). ' +
      '`fault`: an upstream was at fault; the evidence is at GET /faults. `status`: how the node stands, about once a second. ' +
      'With `Last-Event-ID` every block since then comes first; `gap` says that they are too many: page through them.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last block event that was received, such as aka:12;information:3',
    schema: { type: 'string' },
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description:
      'A stream that does not end: the lines `event:`, `id:` and `data:` for each event, then an empty one',
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
      // Nest has put an end to the timeout that every connection has; but who doesn't read is dropped here too.
      raw.socket.setTimeout(server.server.timeout);
      return events;
    });
  }

  /** It must be a wallet of the chain, or of any. @throws InvalidInput */
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
