/** What a producer answers to POST, and its list of waiting transactions, with the services behind the real routes. */
import type { Hash } from '../../src/chain/bytes/bytes.js';
import { parseHash } from '../../src/chain/bytes/bytes.js';
import { parseBody } from '../../src/http/requests/json-body.js';
import { NotFound } from '../../src/ledger/errors.js';
import { storedEntryText } from '../../src/ledger/reader.js';
import type { ChainReader } from '../../src/http/chains/chain-reader.js';
import { acceptedText } from '../../src/producer/accept/accepted-text.js';
import { AcceptingService } from '../../src/producer/accept/accepting.service.js';
import type { Accepted } from '../../src/producer/accept/intake.js';
import type { Producer } from '../../src/producer/chain/producer.js';
import { PendingService } from '../../src/producer/http/pending.service.js';
import type { NetworkRequest, ServerAnswer } from '../network/network.js';
import { jsonAnswer } from './answers.js';
import { routeOf } from './reading-door.js';

const PENDING = '/transactions/pending';

export class WritingDoor {
  private readonly accepting: AcceptingService;
  private readonly pending: PendingService;

  constructor(
    producer: Producer,
    private readonly reader: ChainReader,
  ) {
    this.accepting = new AcceptingService(producer);
    this.pending = new PendingService(producer);
  }

  /** @returns undefined if the request is none of its routes */
  answer(request: NetworkRequest): Promise<ServerAnswer> | undefined {
    const { chain, rest, query } = routeOf(request.path);
    if (request.method === 'POST') return this.accept(chain, rest, request);
    if (rest !== PENDING) return undefined;
    const page = { cursor: Number(query.get('cursor') ?? 0), limit: Number(query.get('limit') ?? 100) };
    return Promise.resolve(jsonAnswer(200, this.pending.page(this.reader.token(chain), page)));
  }

  private async accept(
    chain: string | undefined,
    rest: string,
    { body = '' }: NetworkRequest,
  ): Promise<ServerAnswer> {
    const parsed = parseBody(Buffer.from(body));
    const [, list, inner = ''] = /^\/(transactions|information)(?:\/(.+))?$/.exec(rest) ?? [];
    const [id, act] = inner.split('/');
    if (list === 'transactions') {
      const store = this.reader.token(chain);
      if (inner === '' || inner === 'new') {
        return transaction(await this.accepting.transaction(store, parsed, undefined));
      }
      if (inner === 'issue') return transaction(await this.accepting.issue(store, parsed, undefined));
      if (act === 'accept' || act === 'decline') {
        return transaction(await this.accepting.answer(store, act, hash(id), parsed, undefined));
      }
    }
    if (list === 'information') {
      const store = this.reader.information(chain);
      if (inner === '' || inner === 'new') {
        const { entry, repeated } = await this.accepting.information(store, parsed, undefined);
        const message = `information will be added to Block ${entry.block}`;
        return accepted(repeated, JSON.stringify({ message, index: entry.block, id: entry.id }));
      }
      if (act === 'erase') {
        this.reader.entry(store, hash(id));
        const { entry, repeated } = await this.accepting.erasure(store, hash(id), parsed, undefined);
        const erasure = storedEntryText(entry, store.chain.contract.kind);
        return accepted(
          repeated,
          `{"message":"","index":${entry.block},"id":"${entry.id}","erasure":${erasure}}`,
        );
      }
    }
    throw new NotFound(`there is nothing to post to at ${rest}`);
  }
}

function hash(text: string | undefined): Hash {
  const found = parseHash(text);
  if (found === undefined) throw new NotFound('no id');
  return found;
}

function transaction(answer: Accepted): ServerAnswer {
  return accepted(answer.repeated, acceptedText(answer));
}

function accepted(repeated: boolean, text: string): ServerAnswer {
  return repeated ? jsonAnswer(200, text, { 'idempotency-hit': 'true' }) : jsonAnswer(201, text);
}
