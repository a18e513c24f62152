/** A client's view of a node: how requests are sent, and the chains that it was found to have. */
import { parseHash, parsePublicKey, type Hash } from '../chain/bytes/bytes.js';
import type { Contract } from '../chain/contract/contract.js';
import { isTokenContract, KINDS, type ChainKind } from '../chain/contract/kinds.js';
import { fault } from '../chain/faults.js';
import type { Clock } from '../ledger/clock.js';
import { SYSTEM_CLOCK } from '../ledger/system-clock.js';
import { FaultError, invalid, UnavailableError } from './errors.js';
import {
  checkProducer,
  readChains,
  type FaultyChain,
  type NodeChain,
  type NodeChains,
} from './node-chains.js';
import { unlessStopped } from './patience.js';
import { getJson, postJson, type AnswerFields } from './reading.js';
import type { RetryPolicy } from './retry-policy.js';
import { DEFAULT_ROUTES, routesOf, type Routes } from './routes.js';
import { Transport, type Fetch } from './transport.js';

export interface ClientOptions {
  /** instead of the global one */
  readonly fetch?: Fetch | undefined;
  /** the node's `API_TOKEN`, sent with every POST */
  readonly apiToken?: string | undefined;
  /**
   * the token chain's id: no other token chain is read or signed for, unless a call names its id. Without it, the
   * first contact decides: from then on it is the node's first token chain of that time
   */
  readonly chainId?: string | undefined;
  /** the public key that must have signed, on every chain: 64 hex digits */
  readonly producer?: string | undefined;
  /** retries after an attempt without an answer, or with 429 or 503; 4 by default */
  readonly retries?: number | undefined;
  /** for one whole attempt; for blocks, how long the node may send nothing. 10,000 by default */
  readonly timeoutMs?: number | undefined;
  /** the maximum wait before the second attempt; it doubles with each further one. 250 by default */
  readonly backoffMs?: number | undefined;
  /** the longest such wait; 5000 by default. A node's Retry-After counts up to 30,000 */
  readonly backoffMsMax?: number | undefined;
  /** time and randomness for waits; the machine's by default, another one in tests */
  readonly clock?: Clock | undefined;
}

/** The chain of a call, and the paths of its routes. */
export interface Target<K extends ChainKind = ChainKind> extends NodeChain<Contract & { kind: K }> {
  readonly routes: Routes;
}

export class NodeContact {
  /** without a slash at the end */
  readonly url: string;
  readonly transport: Transport;
  readonly policy: RetryPolicy;
  private readonly pinnedChain: Hash | undefined;
  private readonly producer: string | undefined;
  /** the default token chain: the pinned one, or the one seen at the first contact */
  private met: Hash | undefined;
  /** Contracts never change: one contact is enough. */
  private contact: Promise<NodeChains> | undefined;

  /** @throws InvalidRequestError for an invalid URL, id or key */
  constructor(url: string, options: ClientOptions) {
    const {
      retries = 4,
      timeoutMs = 10_000,
      backoffMs = 250,
      backoffMsMax = 5000,
      clock = SYSTEM_CLOCK,
    } = options;
    this.url = nodeUrl(url);
    const request = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.transport = new Transport(this.url, request, options.apiToken, timeoutMs, clock);
    this.policy = { retries, backoffMs, backoffMsMax, clock };
    this.pinnedChain = parsed('chainId', options.chainId, parseHash);
    this.producer = parsed('producer', options.producer, parsePublicKey);
    this.met = this.pinnedChain;
  }

  get(path: string, signal: AbortSignal | undefined): Promise<AnswerFields> {
    return getJson(this.transport, this.policy, path, { signal });
  }

  /** A POST that may be repeated. */
  post(path: string, body: string, signal: AbortSignal | undefined): Promise<AnswerFields> {
    return postJson(this.transport, this.policy, path, body, signal);
  }

  /** The chains as they are now. @throws FaultError if a chain of the default pair is faulty */
  async chains(signal: AbortSignal | undefined): Promise<NodeChains> {
    const chains = await this.read(signal);
    if (chains.all.length + chains.faulty.length > 0) this.defaultToken(chains);
    if (chains.information !== undefined) checkProducer(chains.information, this.producer);
    return chains;
  }

  /** The node's first token chain or the pinned one, or its first information chain. */
  async defaultOf<K extends ChainKind>(kind: K, signal: AbortSignal | undefined): Promise<Target<K>> {
    const chains = await this.known(signal);
    const isUnborn = chains.all.length + chains.faulty.length === 0;
    const token = isUnborn ? undefined : this.defaultToken(chains);
    const first = chains[kind] as NodeChain<Contract & { kind: K }> | undefined;
    const found = KINDS[kind].hasBooks ? (token as typeof first) : first;
    if (found === undefined) {
      throwFaultOf(chains, kind);
      this.contact = undefined;
      throw new UnavailableError(`${this.url} has no ${kind} chain yet`);
    }
    // Pinning a token chain means its producer's chains: another producer's chain has to be named.
    const pinned = this.pinnedChain === undefined ? undefined : token?.contract.producer;
    checkProducer(found, this.producer ?? pinned);
    return { ...found, routes: found.id === first?.id ? DEFAULT_ROUTES : routesOf(found.id) };
  }

  /** The chain with a name or an id. @throws InvalidRequestError if the node has none, or one of another kind */
  async named<K extends ChainKind>(
    reference: string,
    kind: K | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Target<K>> {
    let chains = await this.known(signal);
    if (chainOf(chains, reference) === undefined) {
      // It may have been created since the contact.
      this.contact = undefined;
      chains = await this.known(signal);
    }
    const found = chainOf(chains, reference);
    if (found === undefined) throw noSuchChain(this.url, reference, chains);
    checkProducer(found, this.producer);
    const { pinnedChain: pin } = this;
    // A name is only the node's claim; an id is a pin itself.
    if (isToken(found) && pin !== undefined && found.id !== pin && reference !== found.id) {
      throw new FaultError(fault('CHAIN_MISMATCH', { field: 'chain id', expected: pin, found: found.id }));
    }
    if (kind !== undefined && found.contract.kind !== kind) {
      throw invalid('chain', `${reference} is a chain of the kind ${found.contract.kind}, not ${kind}`);
    }
    return { ...(found as NodeChain<Contract & { kind: K }>), routes: routesOf(found.id) };
  }

  /** As they were at the first contact. A failed contact is not cached: the next call tries again. */
  async known(signal: AbortSignal | undefined): Promise<NodeChains> {
    if (this.contact === undefined) {
      const contact = this.read(undefined);
      this.contact = contact;
      contact.catch(() => {
        if (this.contact === contact) this.contact = undefined;
      });
    }
    // Several calls may wait for the same contact: aborting one of them doesn't stop it.
    return unlessStopped(this.contact, signal);
  }

  private async read(signal: AbortSignal | undefined): Promise<NodeChains> {
    return readChains(await this.get('/chains', signal));
  }

  /** @throws FaultError if the node has another one, or none */
  private defaultToken(chains: NodeChains): NodeChain<Contract & { kind: 'token' }> | undefined {
    const { met } = this;
    const found = met === undefined ? chains.token : chains.all.find(({ id }) => id === met);
    if (found === undefined) {
      throwFaultOf(chains, 'token');
      if (met === undefined) return undefined;
      const detail = { field: 'chain id', expected: met, found: chains.token?.id ?? 'no token chain' };
      throw new FaultError(fault(chains.token === undefined ? 'CHAIN_MISSING' : 'CHAIN_MISMATCH', detail));
    }
    if (!isToken(found)) throw invalid('chainId', 'must be the id of a token chain');
    checkProducer(found, this.producer);
    this.met = found.id;
    return found;
  }
}

function isToken(chain: NodeChain): chain is NodeChain<Contract & { kind: 'token' }> {
  return isTokenContract(chain.contract);
}

/** If the first chain of a kind is faulty, the second is not used instead. */
function throwFaultOf({ faulty }: NodeChains, kind: ChainKind): void {
  const first = faulty.find((chain) => chain.isFirstOf === kind);
  if (first !== undefined) throw new FaultError(first.fault);
}

function chainOf({ all }: NodeChains, reference: string): NodeChain | undefined {
  return all.find(({ id }) => id === reference) ?? all.find(({ name }) => name === reference);
}

function noSuchChain(url: string, reference: string, chains: NodeChains): Error {
  const faulty: FaultyChain | undefined = chains.faulty.find(({ name }) => name === reference);
  if (faulty !== undefined) return new FaultError(faulty.fault);
  const unsupported = chains.unsupported.find(({ name }) => name === reference);
  if (unsupported !== undefined) {
    return invalid('chain', `${reference} is unsupported by this version: ${unsupported.reason}`);
  }
  const names = chains.all.map(({ name }) => name).join(', ');
  return invalid('chain', `${reference} is none of ${url}, which has ${names === '' ? 'none' : names}`);
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
