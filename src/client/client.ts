/** The client of a node: reads what it serves, and sends it what its wallets sign. Runs in Node and in a browser. */
import type { ChainKind } from '../chain/contract/contract.js';
import { walletPath } from '../chain/contract/new-name.js';
import { ChainClient, type CallOptions } from './chain-client.js';
import { UnexpectedAnswerError } from './errors.js';
import { readChain, type NodeChain, type NodeChains } from './node-chains.js';
import { NodeContact, type ClientOptions } from './node-contact.js';
import { readChainWallet, type ChainWalletRecord } from './wallet-records.js';

/** A chain that is to be made, as an item of the node's CHAINS: what is left out is as the node's variables say. */
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
 * What can be checked is: contracts by the chain's id, heads and blocks by the producer's signature, transactions by
 * their ids. Wallets, the supply, lists, places and states are the node's word; who wants to believe nobody follows
 * the chain ({@link follow}), or runs `bpsc verify`.
 *
 * Calls are about the node's first token chain and its first chain of information; {@link chain} gives a client of
 * another one.
 *
 * Every call throws a BpscError: `InvalidRequestError` before anything is sent, `RefusedError` where the node says
 * no, `UnavailableError` where it says nothing, `FaultError` and `UnexpectedAnswerError` where it says what it can't,
 * and those that send something `OutcomeUnknownError`.
 */
export class BpscClient extends ChainClient {
  /**
   * Asks nothing yet.
   * @param url of a node, http or https; a path before the routes is kept
   * @throws InvalidRequestError for what is no such URL, id or key
   */
  constructor(url: string, options: ClientOptions = {}) {
    super(new NodeContact(url, options), undefined);
  }

  /**
   * A client of one chain of this node, with the same calls. Asks nothing yet.
   * @param reference its name on this node, or its id: only the id says which chain it is
   */
  chain(reference: string): ChainClient {
    return new ChainClient(this.node, reference);
  }

  /** The node's role, its chains, their contracts and heads, as they are now. */
  async chains({ signal }: CallOptions = {}): Promise<NodeChains> {
    return this.node.chains(signal);
  }

  /** The balances of an address on every token chain of the node that ever named it. */
  async wallets(address: string, { signal }: CallOptions = {}): Promise<readonly ChainWalletRecord[]> {
    const path = walletPath(address).replace('/wallets', '/addresses');
    return (await this.node.get(path, signal)).objects('wallets').map(readChainWallet);
  }

  /**
   * Makes a chain while the node runs: on its disk with its first block when this resolves. Only on a producer that has
   * an `API_TOKEN`. Can be repeated: the same chain is found again.
   */
  async createChain(chain: NewChain, { signal }: CallOptions = {}): Promise<NodeChain> {
    const made = readChain(await this.node.post('/chains', JSON.stringify(chain), signal));
    const { kind, name } = made.contract;
    if (kind === chain.kind && name === chain.name) return made;
    throw new UnexpectedAnswerError('/chains answers with another chain than it was asked for');
  }
}
