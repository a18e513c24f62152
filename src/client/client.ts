/** The client of a node: reads what it serves, and sends it what its wallets sign. Runs in Node and in a browser. */
import { blockTextMax } from '../chain/block-text-max.js';
import type { SealedHeader } from '../chain/block.js';
import { parseHash, parsePublicKey, type Hash } from '../chain/bytes.js';
import type { ChainKind, Contract, TokenContract } from '../chain/contract.js';
import { isNonce, NONCE_EXPECTED } from '../chain/entry-fields.js';
import { readInformation } from '../chain/entry.js';
import type { Fields } from '../chain/fields.js';
import { walletPath } from '../chain/new-name.js';
import { WALLET_EXPECTED } from '../chain/transaction.js';
import { isWalletName } from '../chain/wallet-policy.js';
import {
  readAccepted,
  readAcceptedTransaction,
  type Accepted,
  type AcceptedTransaction,
} from './accepted.js';
import { invalid, UnavailableError, UnexpectedAnswerError } from './errors.js';
import { follow, type BlockSource, type FollowedBlock, type FollowOptions } from './follow.js';
import { readChains, readHead, type NodeChain, type NodeChains, type Pins } from './node-chains.js';
import { newNonce } from './nonce.js';
import {
  prepareAnswer,
  prepareIssue,
  prepareSend,
  type AnswerOrder,
  type IssueOrder,
  type SendOrder,
} from './orders.js';
import { allPages } from './pages.js';
import { unlessStopped } from './patience.js';
import type { PreparedRequest } from './prepared-request.js';
import { readBlock } from './read-block.js';
import { getJson, getText, type AnswerFields } from './reading.js';
import type { RetryPolicy } from './retry-policy.js';
import { submit, type SubmitOptions } from './submitting.js';
import {
  readPlacedTransaction,
  readTransaction,
  type PlacedTransaction,
  type TransactionRecord,
} from './transaction-record.js';
import { Transport, type Fetch } from './transport.js';
import { verifyEntry, type VerifiedEntry } from './verify-entry.js';
import { readSupply, readWallet, type SupplyRecord, type WalletRecord } from './wallet-records.js';

export interface ClientOptions {
  /** instead of the global one */
  readonly fetch?: Fetch | undefined;
  /** the node's `API_TOKEN`, sent with every POST */
  readonly apiToken?: string | undefined;
  /** the token chain's id: another chain is neither read nor signed for. Without it the first contact decides */
  readonly chainId?: string | undefined;
  /** the public key that must have signed: 64 hex digits */
  readonly producer?: string | undefined;
  /** further attempts after one that got no answer, or 429, or 503; 4 by default */
  readonly retries?: number | undefined;
  /** for one attempt in all; for blocks, how long the node may say nothing. 10,000 by default */
  readonly timeoutMs?: number | undefined;
  /** the wait before the second attempt, at most; each further one twice as long. 250 by default */
  readonly backoffMs?: number | undefined;
  /** the longest such wait; 5000 by default. A node's Retry-After counts up to 30,000 */
  readonly backoffMsMax?: number | undefined;
}

export interface CallOptions {
  /** Ends the call with an error named `AbortError`; what has been sent by then ends with OutcomeUnknownError instead. */
  readonly signal?: AbortSignal | undefined;
}

/** A transaction that waits, and the block that was promised to hold it. */
export type PendingTransaction = TransactionRecord & { readonly block: number };

/**
 * A node's client.
 *
 * What can be checked is: contracts by the chain's id, heads and blocks by the producer's signature, transactions by
 * their ids. Wallets, the supply, lists, places and states are the node's word; who wants to believe nobody follows
 * the chain ({@link follow}), or runs `bpsc verify`.
 *
 * Every call throws a BpscError: `InvalidRequestError` before anything is sent, `RefusedError` where the node says
 * no, `UnavailableError` where it says nothing, `FaultError` and `UnexpectedAnswerError` where it says what it can't,
 * and those that send something `OutcomeUnknownError`.
 */
export class BpscClient {
  /** without a slash at the end */
  readonly url: string;
  private readonly transport: Transport;
  private readonly policy: RetryPolicy;
  private pins: Pins;
  /** Contracts never change: one contact is enough. */
  private contact: Promise<NodeChains> | undefined;

  /**
   * Asks nothing yet.
   * @param url of a node, http or https; a path before the routes is kept
   * @throws InvalidRequestError for what is no such URL, id or key
   */
  constructor(url: string, options: ClientOptions = {}) {
    const { retries = 4, timeoutMs = 10_000, backoffMs = 250, backoffMsMax = 5000 } = options;
    this.url = nodeUrl(url);
    const request = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.transport = new Transport(this.url, request, options.apiToken, timeoutMs);
    this.policy = { retries, backoffMs, backoffMsMax };
    this.pins = {
      chainId: parsed('chainId', options.chainId, parseHash),
      producer: parsed('producer', options.producer, parsePublicKey),
    };
  }

  /** The node's role, its chains, their contracts and heads, as they are now. */
  async chains({ signal }: CallOptions = {}): Promise<NodeChains> {
    const chains = readChains(await this.get('/chains', signal), this.pins);
    // The first chain that was met is the one that is meant from here on.
    this.pins = { ...this.pins, chainId: this.pins.chainId ?? chains.token?.id };
    return chains;
  }

  /** The token chain's contract: symbol, decimals, fee, schedule, wallets. Asked for once. */
  async contract(): Promise<TokenContract> {
    return (await this.chain('token')).contract;
  }

  /** The token chain's id: the pinned one, or that of the first contact. */
  async chainId(): Promise<string> {
    return (await this.chain('token')).id;
  }

  /** A chain's last sealed header, its signature checked. */
  async head(kind: ChainKind = 'token', { signal }: CallOptions = {}): Promise<SealedHeader> {
    const { id, contract } = await this.chain(kind, signal);
    return readHead((await this.get(`/chains/${contract.name}/head`, signal)).fields, id, contract);
  }

  /**
   * Sends tokens; answered when the node has the transaction on its disk, with the block that will hold it.
   *
   * One call pays once, however often it had to be sent. To repeat a call that failed with OutcomeUnknownError,
   * `submit` its request: a second `send` is a second payment, unless both have the same nonce.
   */
  async send(order: SendOrder, options?: CallOptions): Promise<AcceptedTransaction> {
    return this.submit(await this.prepareSend(order, options), options);
  }

  /** Makes new tokens; for the contract's issuer alone. As safe as {@link send}. */
  async issue(order: IssueOrder, options?: CallOptions): Promise<AcceptedTransaction> {
    return this.submit(await this.prepareIssue(order, options), options);
  }

  /** Takes a hold: the recipient gets the tokens, less the fee. @param id of the hold */
  async accept(id: string, order: AnswerOrder, options?: CallOptions): Promise<AcceptedTransaction> {
    return this.submit(await this.prepareAnswer('accept', id, order, options), options);
  }

  /** Sends a hold back: the sender gets all of it. @param id of the hold */
  async decline(id: string, order: AnswerOrder, options?: CallOptions): Promise<AcceptedTransaction> {
    return this.submit(await this.prepareAnswer('decline', id, order, options), options);
  }

  /** A complete request, signed and not sent: for whoever wants to keep it before it goes out. */
  async prepareSend(order: SendOrder, { signal }: CallOptions = {}): Promise<PreparedRequest> {
    return prepareSend(order, await this.chain('token', signal));
  }

  /** As {@link prepareSend}, for {@link issue}. */
  async prepareIssue(order: IssueOrder, { signal }: CallOptions = {}): Promise<PreparedRequest> {
    return prepareIssue(order, await this.chain('token', signal));
  }

  /** As {@link prepareSend}, for {@link accept} and {@link decline}. */
  async prepareAnswer(
    type: 'accept' | 'decline',
    id: string,
    order: AnswerOrder,
    { signal }: CallOptions = {},
  ): Promise<PreparedRequest> {
    return prepareAnswer(type, id, order, await this.chain('token', signal));
  }

  /**
   * Sends a prepared request, byte for byte, until it is settled. Safe to repeat at any time.
   * @throws InvalidRequestError when the node has another chain than the request is for
   */
  async submit(request: PreparedRequest, options: SubmitOptions = {}): Promise<AcceptedTransaction> {
    const { id, contract } = await this.chain('token', options.signal);
    if (request.chain !== id) {
      throw invalid('request', `is for the chain ${request.chain}, and ${this.url} has ${id}`);
    }
    return submit(this.transport, this.policy, request, options, (answer) =>
      readAcceptedTransaction(answer, request, contract),
    );
  }

  /**
   * Records information: any JSON value, up to 64 KiB as canonical JSON. As safe as {@link send}.
   * @param nonce makes it safe to repeat the call; 128 random bits by default
   */
  async inform(value: unknown, nonce: string = newNonce(), options: CallOptions = {}): Promise<Accepted> {
    const information = readInformation(value);
    if (typeof information === 'string') throw invalid('information', information);
    if (!isNonce(nonce)) throw invalid('nonce', NONCE_EXPECTED);
    const { id } = await this.chain('information', options.signal);
    const body = `{"information":${information.text},"nonce":"${nonce}"}`;
    const request = { chain: id, path: '/information/new', body, nonce };
    return submit(this.transport, this.policy, request, options, (answer) => {
      const { answer: _, ...accepted } = readAccepted(answer, request.path);
      return accepted;
    });
  }

  /** One transaction, pending or sealed: its content fits its id, its place and state are the node's word. */
  async transaction(id: string, { signal }: CallOptions = {}): Promise<PlacedTransaction> {
    const { contract } = await this.chain('token', signal);
    const path = `/transactions/${transactionId(id)}`;
    const found = readPlacedTransaction(await this.get(path, signal), contract);
    if (found.id !== id) throw new UnexpectedAnswerError(`${path} answers with ${found.id}`);
    return found;
  }

  /** One transaction, proven to be in a block that the producer signed. @throws InvalidRequestError while it is pending */
  async verifyTransaction(id: string, { signal }: CallOptions = {}): Promise<VerifiedEntry> {
    const { contract } = await this.chain('token', signal);
    const { block, status } = await this.transaction(id, { signal });
    if (status !== 'sealed') throw invalid('id', `is still pending, and promised to block ${block}`);
    const [wire, frontier] = await Promise.all([
      this.block('token', block, { signal }),
      this.frontier('token', block - 1, { signal }),
    ]);
    return verifyEntry(id, wire, { contract, frontier });
  }

  /** What a wallet has, waiting transactions included. @param address under the policy `signed` with a checksum that fits */
  async wallet(address: string, { signal }: CallOptions = {}): Promise<WalletRecord> {
    await this.checkWallet(address, signal);
    return readWallet(await this.get(walletPath(address), signal));
  }

  /** What there is of the token in all. */
  async supply({ signal }: CallOptions = {}): Promise<SupplyRecord> {
    return readSupply(await this.get('/supply', signal));
  }

  /** What a wallet sent and received, newest first, waiting transactions included; asked for page by page. */
  async *history(address: string, options: CallOptions = {}): AsyncGenerator<PlacedTransaction, void, void> {
    const contract = await this.checkWallet(address, options.signal);
    yield* allPages(
      (cursor) => this.get(withQuery('/transactions', { address, cursor }), options.signal),
      (page) => page.objects('transactions').map((item) => readPlacedTransaction(item, contract)),
    );
  }

  /** The transactions that wait for a block, oldest first; of a producer alone. */
  async *pending(options: CallOptions = {}): AsyncGenerator<PendingTransaction, void, void> {
    const contract = (await this.chain('token', options.signal)).contract;
    yield* allPages(
      (cursor) => this.get(withQuery('/transactions/pending', { cursor }), options.signal),
      (page) =>
        page
          .objects('transactions')
          .map((item) => ({ ...readTransaction(item, contract), block: item.count('block') })),
    );
  }

  /**
   * A block as it is on the wire, for {@link verifyEntry}: signed by the producer, each entry well-formed by itself;
   * whether they are the ones that were signed is not verified.
   * @throws FaultError
   */
  async block(kind: ChainKind, index: number, { signal }: CallOptions = {}): Promise<Fields> {
    const { id, contract } = await this.chain(kind, signal);
    const path = `/chains/${contract.name}/blocks/${index}`;
    const text = await getText(this.transport, this.policy, path, {
      bytesMax: blockTextMax(contract),
      signal,
    });
    return readBlock(text, index, id, contract, signal);
  }

  /** The tree at a block, largest subtree first, as hashes: what the next block's entries are proven with. */
  async frontier(kind: ChainKind, index: number, { signal }: CallOptions = {}): Promise<readonly string[]> {
    const { contract } = await this.chain(kind, signal);
    return (await this.get(`/chains/${contract.name}/blocks/${index}/frontier`, signal)).texts('frontier');
  }

  /**
   * A chain's blocks in order, each verified before it is given out, and then those to come, until `signal` aborts.
   *
   * From block 1 every rule of the protocol is checked; nonces, wallets and holds are kept in memory for it, some
   * hundred bytes an entry. From a later block everything but the rules that take the whole history: overdrawn
   * wallets, the state of holds, nonces used before, the time of the first entry against its predecessor's.
   * A node that can't be reached any more is asked again for ever.
   * @param from the index of the first block, from 1
   * @throws FaultError at the first block that is not what it should be: nothing after it is given out
   */
  follow<K extends ChainKind>(
    kind: K,
    from = 1,
    options: FollowOptions = {},
  ): AsyncGenerator<FollowedBlock<K>, void, void> {
    const source: BlockSource = {
      transport: this.transport,
      chain: (of, signal) => this.chain(of, signal),
      block: (of, index, signal) => this.block(of, index, { signal }),
      frontier: (of, index, signal) => this.frontier(of, index, { signal }),
    };
    return follow(source, kind, from, options);
  }

  private async checkWallet(address: string, signal?: AbortSignal): Promise<TokenContract> {
    const { contract } = await this.chain('token', signal);
    const { policy } = contract.wallets;
    if (!isWalletName(address, policy)) throw invalid('address', WALLET_EXPECTED[policy]);
    return contract;
  }

  private async chain<K extends ChainKind>(
    kind: K,
    signal?: AbortSignal,
  ): Promise<NodeChain<Contract & { kind: K }>> {
    this.contact ??= this.firstContact();
    // Several calls wait for the same contact: one of them that is stopped doesn't stop it.
    const chain = (await unlessStopped(this.contact, signal))[kind] as
      NodeChain<Contract & { kind: K }> | undefined;
    if (chain !== undefined) return chain;
    this.contact = undefined;
    throw new UnavailableError(`${this.url} has no ${kind} chain yet`);
  }

  /** One that fails is forgotten: the next call tries anew. */
  private firstContact(): Promise<NodeChains> {
    const contact = this.chains();
    contact.catch(() => {
      if (this.contact === contact) this.contact = undefined;
    });
    return contact;
  }

  private get(path: string, signal: AbortSignal | undefined): Promise<AnswerFields> {
    return getJson(this.transport, this.policy, path, { signal });
  }
}

function nodeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url === undefined || !isHttp || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('url', 'must be an http or https URL without a user and a query');
  }
  return url.href.replace(/\/+$/, '');
}

function parsed<T>(
  field: string,
  value: string | undefined,
  parse: (value: string) => T | undefined,
): T | undefined {
  if (value === undefined) return undefined;
  const found = parse(value);
  if (found === undefined) throw invalid(field, 'must be 64 lower-case hex digits');
  return found;
}

function transactionId(value: string): Hash {
  const id = parseHash(value);
  if (id === undefined) throw invalid('id', 'must be 64 lower-case hex digits');
  return id;
}

function withQuery(path: string, parts: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parts).filter((part): part is [string, string] => part[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
