/**
 * What any node answers to GET: the routes that followers, clients and witnesses use, with the services behind the real
 * ones. Fastify and Nest are left out: they would take most of the time, and are tested elsewhere.
 */
import type { Hash } from '../../src/chain/bytes/bytes.js';
import { AddressesController } from '../../src/http/entries/addresses.controller.js';
import { informationPage, placedInformationText } from '../../src/http/entries/information-list.js';
import { TransactionLists } from '../../src/http/entries/transaction-lists.js';
import { TransactionStates } from '../../src/http/entries/transaction-states.js';
import { WalletReader } from '../../src/http/entries/wallet-reader.js';
import { EVENT_TYPES, type EventType } from '../../src/http/events/event-filter.js';
import { EventStreams } from '../../src/http/events/event-streams.js';
import { EventTexts } from '../../src/http/events/event-texts.js';
import { StatusReports } from '../../src/http/events/status-reports.js';
import { ndjsonText, oneBlockText, pageOf } from '../../src/http/chains/block-text.js';
import { ChainReader } from '../../src/http/chains/chain-reader.js';
import { ChainsService } from '../../src/http/chains/chains.service.js';
import { SupplyReader } from '../../src/http/chains/supply-reader.js';
import { headerDto } from '../../src/http/openapi/header-dto.js';
import { logFile } from '../../src/http/tlog/log-files.js';
import type { Clock } from '../../src/ledger/clock.js';
import type { Convictions } from '../../src/ledger/convictions.js';
import type { Cosignatures } from '../../src/ledger/cosignatures.js';
import type { CurrentBooks } from '../../src/ledger/current-books.js';
import { NotFound } from '../../src/ledger/errors.js';
import type { NodeEvents } from '../../src/ledger/node-events.js';
import type { NodeInfo } from '../../src/ledger/node-info.js';
import type { Pieces } from '../../src/ledger/reader.js';
import type { LedgerStore } from '../../src/ledger/store.js';
import type { NetworkRequest, ServerAnswer } from '../network/network.js';
import { bytesOf, jsonAnswer, textAnswer } from './answers.js';

export interface ReadingParts {
  readonly store: LedgerStore;
  readonly info: NodeInfo;
  readonly books: CurrentBooks;
  readonly cosignatures: Cosignatures;
  readonly convictions: Convictions;
  readonly events: NodeEvents;
  readonly clock: Clock;
}

/** A path without its chain's part, the chain if it names one, and the query. */
export interface Route {
  readonly chain: string | undefined;
  readonly rest: string;
  readonly query: URLSearchParams;
}

export function routeOf(path: string): Route {
  const [plain = '', query = ''] = path.split('?', 2);
  const [, chain, rest] = /^\/chains\/([^/]+)(\/.*)?$/.exec(plain) ?? [];
  return { chain, rest: chain === undefined ? plain : (rest ?? ''), query: new URLSearchParams(query) };
}

export class ReadingDoor {
  readonly reader: ChainReader;
  readonly wallets: WalletReader;
  private readonly chains: ChainsService;
  private readonly states: TransactionStates;
  private readonly lists: TransactionLists;
  private readonly supply: SupplyReader;
  private readonly addresses: AddressesController;
  private readonly streams: EventStreams;

  constructor(private readonly parts: ReadingParts) {
    const { store, info, books, cosignatures, convictions, events, clock } = parts;
    this.reader = new ChainReader(store, info);
    this.chains = new ChainsService(store, this.reader, info, cosignatures, convictions);
    this.states = new TransactionStates(store, this.reader, books, cosignatures);
    this.lists = new TransactionLists(this.reader, this.states);
    this.wallets = new WalletReader(books, this.reader);
    this.supply = new SupplyReader(books);
    this.addresses = new AddressesController(this.reader, this.wallets, books);
    const texts = new EventTexts(this.reader, this.states, cosignatures);
    const reports = new StatusReports(store, info, convictions, clock);
    this.streams = new EventStreams(store, events, texts, reports, clock);
  }

  /** @throws what the real routes' services throw */
  answer({ path, headers }: NetworkRequest): ServerAnswer {
    const { chain, rest, query } = routeOf(path);
    const limit = numberIn(query, 'limit');
    switch (rest) {
      case '/chains':
        return jsonAnswer(200, JSON.stringify(this.chains.all()));
      case '':
        return jsonAnswer(200, JSON.stringify(this.chains.one(chain ?? '')));
      case '/blocks':
        return this.blocks(chain ?? '', query, headers['accept'] ?? '');
      case '/head':
        return jsonAnswer(200, JSON.stringify(headerDto(this.reader.named(chain ?? '').head().header)));
      case '/supply':
        return jsonAnswer(200, JSON.stringify(this.supply.read(this.reader.token(chain))));
      case '/events':
        return this.listen(query);
      case '/transactions': {
        const page = { ...optional('address', query), ...optional('cursor', query), ...limited(limit) };
        return jsonAnswer(200, this.lists.page(this.reader.token(chain), page));
      }
      case '/information': {
        const store = this.reader.information(chain);
        const page = { ...optional('cursor', query), ...limited(limit) };
        return jsonAnswer(200, informationPage(store, page, this.parts.cosignatures.witnessedSize(store)));
      }
      default:
        return this.named(chain, rest, query);
    }
  }

  /** A block in its wire form. */
  blockText(chain: Hash, index: number): string {
    const store = this.reader.named(chain);
    return Buffer.from(
      joined(oneBlockText(this.reader.view(store), this.reader.header(store, index))),
    ).toString();
  }

  private named(chain: string | undefined, rest: string, query: URLSearchParams): ServerAnswer {
    const [, list, name = '', more] = /^\/([a-z]+)\/([^/]+)(\/.+)?$/.exec(rest) ?? [];
    if (list === 'transactions' && more === undefined) {
      return jsonAnswer(200, this.states.read(this.reader.token(chain), name as Hash));
    }
    if (list === 'information' && more === undefined) return this.record(chain, name as Hash);
    if (list === 'wallets' && more === undefined) {
      const wallet = this.wallets.read(this.reader.token(chain), decodeURIComponent(name));
      return jsonAnswer(200, JSON.stringify(wallet));
    }
    if (list === 'addresses' && more === undefined) {
      return jsonAnswer(200, JSON.stringify(this.addresses.address(decodeURIComponent(name))));
    }
    if (list === 'blocks' && more === undefined) {
      return jsonAnswer(200, this.blockText(this.reader.named(chain ?? '').chain.id, Number(name)));
    }
    if (list === 'blocks' && more === '/frontier') {
      return jsonAnswer(200, JSON.stringify(this.chains.frontier(chain ?? '', Number(name))));
    }
    if (list === 'tlog' && more !== undefined) {
      const store = this.parts.store.store(name as Hash);
      const file = store && logFile(store, more.slice(1), query.get('cosigner') ?? undefined);
      if (file !== undefined) return textAnswer(200, file.type, bytesOf(file.body));
    }
    throw new NotFound(`there is nothing at ${rest}`);
  }

  private record(chain: string | undefined, id: Hash): ServerAnswer {
    const store = this.reader.information(chain);
    const { entry, sealedSize } = this.reader.entry(store, id);
    const reached = { sealed: sealedSize, witnessed: this.parts.cosignatures.witnessedSize(store) };
    return jsonAnswer(200, placedInformationText(store, entry, reached));
  }

  private blocks(chain: string, query: URLSearchParams, accept: string): ServerAnswer {
    const view = this.reader.view(this.reader.named(chain));
    const from = numberIn(query, 'from') ?? 1;
    const range = pageOf({ from, ...limited(numberIn(query, 'limit')) }, view.head.index);
    if (!accept.includes('ndjson')) throw new NotFound('pages of blocks are served as NDJSON here');
    return textAnswer(200, 'application/x-ndjson', joined(ndjsonText(view, range)));
  }

  private listen(query: URLSearchParams): ServerAnswer {
    const types = new Set((query.get('types')?.split(',') ?? EVENT_TYPES) as EventType[]);
    const events = this.streams.stream({ types, chain: undefined, address: undefined }, undefined);
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' },
      body: new Uint8Array(),
      stream: (send, end) => {
        const subscription = events.subscribe({
          next: (message) => {
            const { comment, type, id, data } = message as SentEvent;
            if (comment !== undefined) return send(`: ${comment}\n\n`);
            send(`event: ${type ?? 'message'}\nid: ${id ?? ''}\ndata: ${data ?? ''}\n\n`);
          },
          complete: end,
        });
        return () => subscription.unsubscribe();
      },
    };
  }
}

interface SentEvent {
  readonly comment?: string;
  readonly type?: string;
  readonly id?: string;
  readonly data?: string;
}

function joined(pieces: Pieces): Uint8Array {
  return Buffer.concat([...pieces].map(bytesOf));
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  return value === null ? undefined : Number(value);
}

function limited(limit: number | undefined): { limit?: number } {
  return limit === undefined ? {} : { limit };
}

function optional<N extends string>(name: N, query: URLSearchParams): { [key in N]?: string } {
  const value = query.get(name);
  return value === null ? {} : ({ [name]: value } as { [key in N]?: string });
}
