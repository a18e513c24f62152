/** The client of a node: reads its data, and sends requests that wallets sign. Runs in Node and in a browser. */
import type { ChainKind } from '../chain/contract/kinds.js';
import { walletPath } from '../chain/contract/new-name.js';
import { ChainClient, type CallOptions } from './chain-client.js';
import { UnexpectedAnswerError } from './errors.js';
import { readChain, type NodeChain, type NodeChains } from './node-chains.js';
import { NodeContact, type ClientOptions } from './node-contact.js';
import { readSearchResults, type SearchResults } from './search-results.js';
import { readChainWallet, type ChainWalletRecord } from './wallet-records.js';

/** A chain to create, in the form of an item of the node's CHAINS: the node's variables are the defaults. */
export interface NewChain {
  readonly kind: ChainKind;
  readonly name: string;
  readonly symbol?: string | undefined;
  readonly decimals?: number | undefined;
  readonly fee?: Readonly<Record<string, unknown>> | undefined;
  readonly wallets?: Readonly<Record<string, unknown>> | undefined;
  readonly schedule?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A node's client.
 *
 * Everything that can be verified is: contracts by the chain's id, heads and blocks by the producer's signature,
 * transactions by their ids. Wallets, the supply, lists, positions and states are not verified; to trust nobody, follow
 * the chain ({@link follow}), or run `bpsc verify`.
 *
 * Calls use the node's first token chain and its first information chain; {@link chain} returns a client for another
 * one.
 *
 * Every call throws a BpscError: `InvalidRequestError` before anything is sent, `RefusedError` if the node
 * refuses, `UnavailableError` if it doesn't answer, `FaultError` and `UnexpectedAnswerError` if its answer is invalid, and
 * `OutcomeUnknownError` from calls that send something.
 */
export class BpscClient extends ChainClient {
  /**
   * Sends no request yet.
   * @param url of a node, http or https; a path before the routes is kept
   * @throws InvalidRequestError for an invalid URL, id or key
   */
  constructor(url: string, options: ClientOptions = {}) {
    super(new NodeContact(url, options), undefined);
  }

  /**
   * A client of one chain of this node, with the same calls. Sends no request yet.
   * @param reference its name on this node, or its id: only the id says which chain it is
   */
  chain(reference: string): ChainClient {
    return new ChainClient(this.node, reference);
  }

  /** The node's role, its chains, their contracts and heads, as they are now. */
  async chains({ signal }: CallOptions = {}): Promise<NodeChains> {
    return this.node.chains(signal);
  }

  /** The balances of an address on every token chain of the node on which it occurs. */
  async wallets(address: string, { signal }: CallOptions = {}): Promise<readonly ChainWalletRecord[]> {
    const path = walletPath(address).replace('/wallets', '/addresses');
    return (await this.node.get(path, signal)).objects('wallets').map(readChainWallet);
  }

  /**
   * Chains, blocks, entries and wallets by id, hash, index, name or address, or by the beginning of one: of an id or a
   * hash at least four digits.
   */
  async search(query: string, { signal }: CallOptions = {}): Promise<SearchResults> {
    return readSearchResults(
      await this.node.get(`/search?${new URLSearchParams({ q: query }).toString()}`, signal),
    );
  }

  /**
   * Creates a chain while the node runs. It is on the node's disk with its first block when this resolves. Requires a
   * producer with an `API_TOKEN`. Can be repeated: the second call finds the same chain.
   */
  async createChain(chain: NewChain, { signal }: CallOptions = {}): Promise<NodeChain> {
    const made = readChain(await this.node.post('/chains', JSON.stringify(chain), signal));
    const { kind, name } = made.contract;
    if (kind === chain.kind && name === chain.name) return made;
    throw new UnexpectedAnswerError('/chains answers with another chain than it was asked for');
  }
}
