/** The calls for one chain of a node: the named one or, without a name, the node's default chain of that kind. */
import { blockTextMax } from '../chain/block/block-text-max.js';
import type { SealedHeader } from '../chain/block/block.js';
import { parseHash, type Hash } from '../chain/bytes/bytes.js';
import type { TokenContract } from '../chain/contract/contract.js';
import type { ChainKind } from '../chain/contract/kinds.js';
import { isNonce, NONCE_EXPECTED } from '../chain/entry/entry-fields.js';
import { readInformation } from '../chain/entry/entry.js';
import { isReason, REASON_EXPECTED } from '../chain/entry/erasure.js';
import type { Fields } from '../chain/bytes/fields.js';
import { walletPath } from '../chain/contract/new-name.js';
import { WALLET_EXPECTED } from '../chain/entry/transaction.js';
import { isWalletName } from '../chain/contract/wallet-policy.js';
import {
  readAccepted,
  readAcceptedTransaction,
  type Accepted,
  type AcceptedTransaction,
} from './accepted.js';
import { invalid, UnexpectedAnswerError } from './errors.js';
import { follow, type BlockSource, type FollowedBlock, type FollowOptions } from './follow.js';
import { readHead } from './node-chains.js';
import type { NodeContact, Target } from './node-contact.js';
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
import { readPlacedInformation, type PlacedInformation } from './placed-information.js';
import type { PreparedRequest } from './prepared-request.js';
import { readBlock } from './read-block.js';
import { getText, type AnswerFields } from './reading.js';
import { transactionPath } from './routes.js';
import { submit, type SubmitOptions } from './submitting.js';
import {
  readPlacedTransaction,
  readTransaction,
  type PlacedTransaction,
  type TransactionRecord,
} from './transaction-record.js';
import { verifyEntry, type VerifiedEntry } from './verify-entry.js';
import { readSupply, readWallet, type SupplyRecord, type WalletRecord } from './wallet-records.js';

export interface EraseOrder {
  /** public, and kept on the chain: at most 256 bytes of UTF-8 */
  readonly reason?: string | undefined;
  /** makes it safe to repeat the call; 128 random bits by default */
  readonly nonce?: string | undefined;
}

export interface CallOptions {
  /** Ends the call with an error named `AbortError`, or with OutcomeUnknownError if something was already sent. */
  readonly signal?: AbortSignal | undefined;
}

/** A pending transaction, and the block that was promised for it. */
export type PendingTransaction = TransactionRecord & { readonly block: number };

export interface ReceiptOptions extends CallOptions {
  /** against an older checkpoint, of this tree size */
  readonly size?: number | undefined;
  /** false: without the information of a record */
  readonly content?: boolean;
}

/**
 * A client of one chain, as {@link BpscClient.chain} gives it. Calls for the other kind of chain throw
 * InvalidRequestError.
 */
export class ChainClient {
  /** @param reference the chain's name or id; without it, each call uses the node's default chain of its kind */
  constructor(
    protected readonly node: NodeContact,
    private readonly reference: string | undefined,
  ) {}

  /** of the node, without a slash at the end */
  get url(): string {
    return this.node.url;
  }

  /** The token chain's contract: symbol, decimals, fee, schedule, wallets. Requested once. */
  async contract(): Promise<TokenContract> {
    return (await this.target('token')).contract;
  }

  /** The chain's id; without a name, that of the token chain: the pinned one, or the one seen at the first contact. */
  async chainId(): Promise<string> {
    return (await this.target(this.reference === undefined ? 'token' : undefined)).id;
  }

  /** A chain's last sealed header, its signature checked. Without a kind: the named chain's, or the token chain's. */
  async head(kind?: ChainKind, { signal }: CallOptions = {}): Promise<SealedHeader> {
    const { id, contract, path } = await this.blocks(kind, signal);
    return readHead((await this.node.get(`${path}/head`, signal)).fields, id, contract);
  }

  /**
   * Sends tokens. Resolves once the transaction is on the node's disk, with the block that will contain it.
   *
   * One call pays once, however often it had to be sent. To repeat a call that failed with OutcomeUnknownError,
   * `submit` its request: a second `send` is a second payment, unless both have the same nonce.
   */
  async send(order: SendOrder, options?: CallOptions): Promise<AcceptedTransaction> {
    return this.submit(await this.prepareSend(order, options), options);
  }

  /** Issues new tokens; only for the contract's issuer. As safe as {@link send}. */
  async issue(order: IssueOrder, options?: CallOptions): Promise<AcceptedTransaction> {
    return this.submit(await this.prepareIssue(order, options), options);
  }

  /** Accepts a hold: the recipient gets the tokens, minus the fee. @param id of the hold */
  async accept(id: string, order: AnswerOrder, options?: CallOptions): Promise<AcceptedTransaction> {
    return this.submit(await this.prepareAnswer('accept', id, order, options), options);
  }

  /** Declines a hold: the sender gets the full amount back. @param id of the hold */
  async decline(id: string, order: AnswerOrder, options?: CallOptions): Promise<AcceptedTransaction> {
    return this.submit(await this.prepareAnswer('decline', id, order, options), options);
  }

  /** A complete request, signed but not sent, for callers that want to store it before sending. */
  async prepareSend(order: SendOrder, { signal }: CallOptions = {}): Promise<PreparedRequest> {
    return prepareSend(order, await this.target('token', signal));
  }

  /** As {@link prepareSend}, for {@link issue}. */
  async prepareIssue(order: IssueOrder, { signal }: CallOptions = {}): Promise<PreparedRequest> {
    return prepareIssue(order, await this.target('token', signal));
  }

  /** As {@link prepareSend}, for {@link accept} and {@link decline}. */
  async prepareAnswer(
    type: 'accept' | 'decline',
    id: string,
    order: AnswerOrder,
    { signal }: CallOptions = {},
  ): Promise<PreparedRequest> {
    return prepareAnswer(type, id, order, await this.target('token', signal));
  }

  /**
   * Sends a prepared request, byte for byte, until it is settled. Safe to repeat at any time.
   * @throws InvalidRequestError when the request is for another chain
   */
  async submit(request: PreparedRequest, options: SubmitOptions = {}): Promise<AcceptedTransaction> {
    const { contract } = await this.targetOf(request, options.signal);
    return submit(this.node.transport, this.node.policy, request, options, (answer) =>
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
    const { id, routes } = await this.target('information', options.signal);
    const body = `{"information":${information.text},"nonce":"${nonce}"}`;
    const request = { chain: id, path: routes.newInformation, body, nonce };
    return submit(this.node.transport, this.node.policy, request, options, (answer) => {
      const { answer: _, ...accepted } = readAccepted(answer, request.path);
      return accepted;
    });
  }

  /**
   * Erases the information of a record: with the block that is promised, it is gone from the node, and from each follower
   * once it has that block. It can't be undone. As safe as {@link send}.
   * @param id of the record
   */
  async erase(
    id: string,
    { reason, nonce = newNonce() }: EraseOrder = {},
    options: CallOptions = {},
  ): Promise<Accepted> {
    if (reason !== undefined && !isReason(reason)) throw invalid('reason', REASON_EXPECTED);
    if (!isNonce(nonce)) throw invalid('nonce', NONCE_EXPECTED);
    const { id: chain, routes } = await this.target('information', options.signal);
    const path = `${routes.base}/information/${transactionId(id)}/erase`;
    const request = { chain, path, body: JSON.stringify({ reason, nonce }), nonce };
    return submit(this.node.transport, this.node.policy, request, options, (answer) => {
      const { answer: fields, ...accepted } = readAccepted(answer, path);
      if (fields.object('erasure').text('erases') === id) return accepted;
      throw new UnexpectedAnswerError(`${path} answers with the erasure of another record`);
    });
  }

  /** One transaction, pending or sealed: its content matches its id; its position and state are not verified. */
  async transaction(id: string, { signal }: CallOptions = {}): Promise<PlacedTransaction> {
    const { contract, routes } = await this.target('token', signal);
    const path = `${routes.base}/transactions/${transactionId(id)}`;
    const found = readPlacedTransaction(await this.node.get(path, signal), contract);
    if (found.id !== id) throw new UnexpectedAnswerError(`${path} answers with ${found.id}`);
    return found;
  }

  /** One information record or erasure, pending or sealed: its content matches its id; its position and its erasure are not verified. */
  async information(id: string, { signal }: CallOptions = {}): Promise<PlacedInformation> {
    const { contract, routes } = await this.target('information', signal);
    const path = `${routes.base}/information/${transactionId(id)}`;
    const found = readPlacedInformation(await this.node.get(path, signal), contract);
    if (found.id !== id) throw new UnexpectedAnswerError(`${path} answers with ${found.id}`);
    return found;
  }

  /** One transaction, proven to be in a block that the producer signed. @throws InvalidRequestError while it is pending */
  async verifyTransaction(id: string, { signal }: CallOptions = {}): Promise<VerifiedEntry> {
    const { contract } = await this.target('token', signal);
    const { block, status } = await this.transaction(id, { signal });
    if (status !== 'sealed') throw invalid('id', `is still pending, and promised to block ${block}`);
    const [wire, frontier] = await Promise.all([
      this.block('token', block, { signal }),
      this.frontier('token', block - 1, { signal }),
    ]);
    return verifyEntry(id, wire, { contract, frontier });
  }

  /**
   * The receipt of a sealed entry, as the text of a `.tlog-proof` file: {@link verifyReceipt} checks it offline. Without
   * a chain's name, the node's first token chain and its first information chain are searched.
   * @throws RefusedError with the code NOT_SEALED while the entry waits for its block
   */
  async receipt(id: string, { signal, size, content = true }: ReceiptOptions = {}): Promise<string> {
    const base = this.reference === undefined ? '' : `/chains/${(await this.target(undefined, signal)).id}`;
    const query = { size: size?.toString(), content: content ? undefined : 'false' };
    const path = withQuery(`${base}/receipts/${transactionId(id)}`, query);
    return getText(this.node.transport, this.node.policy, path, { signal });
  }

  /** The balances of a wallet, waiting transactions included. @param address under the policy `signed` with a valid checksum */
  async wallet(address: string, { signal }: CallOptions = {}): Promise<WalletRecord> {
    const { routes } = await this.checkWallet(address, signal);
    return readWallet(await this.node.get(`${routes.base}${walletPath(address)}`, signal));
  }

  /** The totals of the token. */
  async supply({ signal }: CallOptions = {}): Promise<SupplyRecord> {
    const { routes } = await this.target('token', signal);
    return readSupply(await this.node.get(`${routes.base}/supply`, signal));
  }

  /** The transactions of a wallet, newest first, waiting ones included; requested page by page. */
  async *history(address: string, options: CallOptions = {}): AsyncGenerator<PlacedTransaction, void, void> {
    const { contract, routes } = await this.checkWallet(address, options.signal);
    yield* this.pages(`${routes.base}/transactions`, { address }, options, (page) =>
      page.objects('transactions').map((item) => readPlacedTransaction(item, contract)),
    );
  }

  /** The records and erasures of an information chain, newest first, waiting ones included; requested page by page. */
  async *records(options: CallOptions = {}): AsyncGenerator<PlacedInformation, void, void> {
    const { contract, routes } = await this.target('information', options.signal);
    yield* this.pages(`${routes.base}/information`, {}, options, (page) =>
      page.objects('information').map((item) => readPlacedInformation(item, contract)),
    );
  }

  /** The pending transactions, oldest first; only a producer has them. */
  async *pending(options: CallOptions = {}): AsyncGenerator<PendingTransaction, void, void> {
    const { contract, routes } = await this.target('token', options.signal);
    yield* this.pages(`${routes.base}/transactions/pending`, {}, options, (page) =>
      page
        .objects('transactions')
        .map((item) => ({ ...readTransaction(item, contract), block: item.count('block') })),
    );
  }

  /**
   * A block as it is on the wire, for {@link verifyEntry}: signed by the producer, each entry well-formed by itself;
   * it is not verified that they are the entries that were signed.
   * @throws FaultError
   */
  async block(kind: ChainKind, index: number, { signal }: CallOptions = {}): Promise<Fields> {
    const { id, contract, path } = await this.blocks(kind, signal);
    const text = await getText(this.node.transport, this.node.policy, `${path}/blocks/${index}`, {
      bytesMax: blockTextMax(contract),
      signal,
    });
    return readBlock(text, index, id, contract, signal);
  }

  /** The tree at a block as hashes, largest subtree first: the next block's entries are proven with it. */
  async frontier(kind: ChainKind, index: number, { signal }: CallOptions = {}): Promise<readonly string[]> {
    const { path } = await this.blocks(kind, signal);
    return (await this.node.get(`${path}/blocks/${index}/frontier`, signal)).texts('frontier');
  }

  /**
   * A chain's blocks in order, each verified before it is yielded, and then new ones, until `signal` aborts.
   *
   * From block 1 every rule of the protocol is checked; this keeps nonces, wallets and holds in memory, some
   * hundred bytes an entry. From a later block, all rules are checked except those that need the whole history: overdrawn
   * wallets, the state of holds, nonces used before, the time of the first entry against its predecessor's.
   * A node that becomes unreachable is retried forever.
   * @param from the index of the first block, from 1
   * @throws FaultError at the first invalid block: nothing after it is yielded
   */
  follow<K extends ChainKind>(
    kind: K,
    from = 1,
    options: FollowOptions = {},
  ): AsyncGenerator<FollowedBlock<K>, void, void> {
    const source: BlockSource = {
      transport: this.node.transport,
      chain: (of, signal) => this.blocks(of, signal),
      block: (of, index, signal) => this.block(of, index, { signal }),
      frontier: (of, index, signal) => this.frontier(of, index, { signal }),
    };
    return follow(source, kind, from, options);
  }

  private async checkWallet(address: string, signal?: AbortSignal): Promise<Target<'token'>> {
    const target = await this.target('token', signal);
    const { policy } = target.contract.wallets;
    if (!isWalletName(address, policy)) throw invalid('address', WALLET_EXPECTED[policy]);
    return target;
  }

  private pages<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    { signal }: CallOptions,
    items: (page: AnswerFields) => readonly T[],
  ): AsyncGenerator<T, void, void> {
    return allPages((cursor) => this.node.get(withQuery(path, { ...query, cursor }), signal), items);
  }

  /** The chain of a call. @param kind undefined if the named chain may be of any kind */
  protected target<K extends ChainKind>(kind: K | undefined, signal?: AbortSignal): Promise<Target<K>> {
    if (this.reference !== undefined) return this.node.named(this.reference, kind, signal);
    return this.node.defaultOf((kind ?? 'token') as K, signal);
  }

  /** The path of a chain's blocks: older nodes know their chains only by name. */
  private async blocks(
    kind: ChainKind | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Target & { readonly path: string }> {
    const target = await this.target(kind, signal);
    const { base } = target.routes;
    return { ...target, path: base === '' ? `/chains/${target.name}` : base };
  }

  /** The chain that a prepared request is for: the path may name it, or stand for the node's default. */
  private async targetOf(
    { chain, path }: PreparedRequest,
    signal: AbortSignal | undefined,
  ): Promise<Target<'token'>> {
    const named = transactionPath(path)?.chain;
    const target = await (named === undefined
      ? this.node.defaultOf('token', signal)
      : this.node.named(named, 'token', signal));
    const own = this.reference === undefined ? target : await this.target('token', signal);
    if (target.id === chain && own.id === chain && (named !== undefined || target.routes.base === '')) {
      return target;
    }
    throw invalid('request', `is for the chain ${chain}, and ${this.url} has ${own.id}`);
  }
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
