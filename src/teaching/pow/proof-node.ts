/** A node of a proof-of-work chain: its chain, its waiting transactions, and the four operations that change them. */
import { ConflictException, Logger, ServiceUnavailableException } from '@nestjs/common';
import type { Clock } from '../clock.js';
import { parsePythonJson } from '../python-json/parse.js';
import { isPyArray, PyFloat, PyInt, pyObject, type PyObject, type PyValue } from '../python-json/values.js';
import { dumps, sortedDumps } from '../python-json/write.js';
import type { PendingRow, TeachingStore } from '../store/teaching-store.js';
import { checkChain, keepBlock, type LinkedBlock } from './check-chain.js';
import type { Miner, Search } from './miner.js';
import { fetchChain, PEER_TIMEOUT_MS, PeerError } from './peers.js';
import type { ProofRules } from './rules.js';

/** The maximum number of waiting transactions, and of their bytes. */
const PENDING_MAX = 10_000;
const PENDING_BYTES_MAX = 16 * 1024 * 1024;
const NODES_MAX = 100;
/** The nodes that are queried for their chain at once: each may send megabytes. */
const NODES_AT_ONCE = 4;

/** The result of the last request for a node's chain. */
export interface NodeReport {
  readonly node: string;
  /** undefined: not queried since the start */
  readonly result: string | undefined;
}

export interface MiningProgress {
  readonly index: number;
  readonly tries: number;
  readonly seconds: number;
}

export interface Resolved {
  readonly replaced: boolean;
}

interface Mining {
  readonly search: Search;
  readonly index: number;
  readonly startedAt: number;
  /** why it was cancelled */
  ended: string | undefined;
}

export interface ProofNodeParts {
  readonly rules: ProofRules;
  readonly zeros: number;
  readonly store: TeachingStore;
  readonly miner: Miner;
  readonly clock: Clock;
  /** the time limit for another node to serve its chain */
  readonly peerTimeoutMs?: number;
}

export class ProofNode {
  readonly id: string;
  readonly zeros: number;
  private readonly logger = new Logger('Chain');
  private readonly rules: ProofRules;
  private readonly store: TeachingStore;
  private readonly miner: Miner;
  private readonly clock: Clock;
  private readonly peerTimeoutMs: number;
  private readonly chain: LinkedBlock[];
  private pendingRows: PendingRow[];
  private readonly addresses: string[];
  private readonly results = new Map<string, string>();
  private mining: Mining | undefined;
  private resolving: Promise<Resolved> | undefined;
  private readonly stopping = new AbortController();

  constructor({ rules, zeros, store, miner, clock, peerTimeoutMs = PEER_TIMEOUT_MS }: ProofNodeParts) {
    this.rules = rules;
    this.zeros = zeros;
    this.store = store;
    this.miner = miner;
    this.clock = clock;
    this.peerTimeoutMs = peerTimeoutMs;
    this.id = store.meta('node_id', () => clock.random(16).toString('hex'));
    this.chain = store.blocks().map((text) => keepBlock(parsePythonJson(text) as PyObject));
    this.pendingRows = [...store.pending()];
    this.addresses = [...store.nodes()];
    if (this.chain.length === 0) this.begin();
  }

  private begin(): void {
    const { proof, previousHash } = this.rules.genesis;
    const genesis = keepBlock(this.block(1, [], proof, previousHash));
    this.store.appendBlock(genesis.text);
    this.chain.push(genesis);
  }

  private block(
    index: number,
    transactions: readonly PyValue[],
    proof: number,
    previousHash: string,
  ): PyObject {
    return pyObject({
      index: PyInt.of(index),
      timestamp: new PyFloat(this.clock.seconds()),
      transactions,
      [this.rules.proofField]: PyInt.of(proof),
      previous_hash: previousHash,
    });
  }

  get blocks(): readonly LinkedBlock[] {
    return this.chain;
  }

  get head(): LinkedBlock {
    const head = this.chain.at(-1);
    if (head === undefined) throw new Error('a chain begins with its genesis block');
    return head;
  }

  /** Transactions that are not in a block yet. */
  get pending(): readonly PyObject[] {
    return this.pendingRows.map(({ text }) => parsePythonJson(text) as PyObject);
  }

  get nodes(): readonly NodeReport[] {
    return this.addresses.map((node) => ({ node, result: this.results.get(node) }));
  }

  get progress(): MiningProgress | undefined {
    if (this.mining === undefined) return undefined;
    const { index, search, startedAt } = this.mining;
    return { index, tries: search.tries(), seconds: this.clock.seconds() - startedAt };
  }

  /** @returns the index of the block that it will be in, unless this chain is replaced */
  submit(transaction: PyObject): number {
    const text = dumps(transaction);
    const bytes = this.pendingRows.reduce((sum, row) => sum + row.text.length, text.length);
    if (this.pendingRows.length >= PENDING_MAX || bytes > PENDING_BYTES_MAX) {
      throw new ServiceUnavailableException('too many transactions wait for a block: mine one first');
    }
    this.pendingRows.push(this.store.addPending(text));
    const isTooLate = this.mining !== undefined && this.rules.provesTransactions;
    return this.chain.length + (isTooLate ? 2 : 1);
  }

  /** @param addresses from `parseAddress` @returns all registered ones */
  register(addresses: readonly string[]): readonly string[] {
    const added = [...new Set(addresses)].filter((address) => !this.addresses.includes(address));
    if (this.addresses.length + added.length > NODES_MAX) {
      throw new ConflictException(`a node knows at most ${NODES_MAX} others`);
    }
    this.store.addNodes(added);
    this.addresses.push(...added);
    return this.addresses;
  }

  /**
   * Searches for a proof and appends the block.
   * @throws ConflictException if another block is being mined, or this one was stopped or became stale
   */
  async mine(): Promise<LinkedBlock> {
    if (this.mining !== undefined) {
      throw new ConflictException(
        `block ${this.mining.index} is being mined already: GET /mine/progress says how far it is, DELETE /mine stops it`,
      );
    }
    const last = this.head;
    const fixed = this.rules.provesTransactions ? [...this.pendingRows] : undefined;
    const mining = this.startMining(last, fixed ?? []);
    this.mining = mining;
    try {
      const proof = await mining.search.proof;
      if (proof === undefined || mining.ended !== undefined) {
        throw new ConflictException(mining.ended ?? 'mining was stopped: the node stops');
      }
      return this.append(last, proof, fixed ?? [...this.pendingRows], mining);
    } finally {
      mining.search.stop();
      this.mining = undefined;
    }
  }

  private startMining(last: LinkedBlock, rows: readonly PendingRow[]): Mining {
    const challenges = this.rules.challenges(last, this.withReward(rows)) ?? [];
    return {
      search: this.miner.start({ challenges: this.affordable(challenges), zeros: this.zeros }),
      index: this.chain.length + 1,
      startedAt: this.clock.seconds(),
      ended: undefined,
    };
  }

  /**
   * Every version of Python should accept the proof, but a number that solves two challenges is as rare as one that
   * has twice the zeros.
   */
  private affordable<T>(challenges: readonly T[]): readonly T[] {
    return this.zeros <= BOTH_ZEROS_MAX ? challenges : challenges.slice(0, 1);
  }

  private withReward(rows: readonly PendingRow[]): readonly PyValue[] {
    const transactions = rows.map(({ text }) => parsePythonJson(text));
    return [...transactions, this.rules.reward(this.id)];
  }

  /** A crash before the block is stored leaves the chain and the waiting transactions unchanged. */
  private append(last: LinkedBlock, proof: number, rows: readonly PendingRow[], mining: Mining): LinkedBlock {
    const block = keepBlock(this.block(mining.index, this.withReward(rows), proof, last.hash));
    this.store.appendBlock(block.text, rows);
    this.chain.push(block);
    const taken = new Set(rows.map(({ id }) => id));
    this.pendingRows = this.pendingRows.filter(({ id }) => !taken.has(id));
    this.logger.log(`block ${mining.index} is mined, after ${mining.search.tries()} tries: ${block.hash}`);
    return block;
  }

  /** @returns whether there was something to stop */
  stopMining(why = 'mining was stopped by DELETE /mine'): boolean {
    if (this.mining === undefined) return false;
    this.mining.ended ??= why;
    this.mining.search.stop();
    return true;
  }

  /** Replaces the chain with the longest valid one of the registered nodes, if that is longer than this node's own. */
  resolve(): Promise<Resolved> {
    this.resolving ??= this.compare().finally(() => (this.resolving = undefined));
    return this.resolving;
  }

  private async compare(): Promise<Resolved> {
    let best: { readonly node: string; readonly blocks: readonly LinkedBlock[] } | undefined;
    const left = [...this.addresses];
    const askNext = async (): Promise<void> => {
      for (let node = left.shift(); node !== undefined; node = left.shift()) {
        const lengthMin = Math.max(this.chain.length, best?.blocks.length ?? 0) + 1;
        const found = await this.ask(node, lengthMin);
        if (found !== undefined && found.length > (best?.blocks.length ?? 0)) best = { node, blocks: found };
      }
    };
    await Promise.all(Array.from({ length: NODES_AT_ONCE }, askNext));
    // This node's chain may have grown meanwhile.
    if (best === undefined || best.blocks.length <= this.chain.length) return { replaced: false };
    this.replace(best.blocks, best.node);
    return { replaced: true };
  }

  private async ask(node: string, lengthMin: number): Promise<readonly LinkedBlock[] | undefined> {
    try {
      const { blocks } = await fetchChain(node, this.peerTimeoutMs, this.stopping.signal);
      this.results.set(node, `has ${blocks.length} blocks, no longer than what is known`);
      if (blocks.length < lengthMin) return undefined;
      const checked = await checkChain(blocks, this.rules, this.zeros);
      if (typeof checked === 'string') throw new PeerError(`its chain is not valid: ${checked}`);
      this.results.set(node, `has ${blocks.length} valid blocks`);
      return checked;
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.results.set(node, error.message);
      this.logger.warn(`the chain of ${node} is not taken: ${error.message}`);
      return undefined;
    }
  }

  /** Transactions of our blocks that the other chain lacks wait again; our rewards are lost. */
  private replace(blocks: readonly LinkedBlock[], node: string): void {
    const from = blocks.findIndex(({ hash }, place) => hash !== this.chain[place]?.hash);
    const dropped = this.chain.slice(from);
    const taken = blocks.slice(from);
    const returned = withoutThese(dropped.flatMap(paidTexts), taken.flatMap(paidTexts));
    const rows = this.store.replaceBlocks(
      from,
      taken.map(({ text }) => text),
      returned,
    );
    this.chain.splice(from, this.chain.length, ...taken);
    this.pendingRows.push(...rows);
    this.stopMining('the chain was replaced by a longer one: the block that was being mined is stale');
    this.logger.log(
      `the chain is replaced by that of ${node}: ${dropped.length} blocks dropped, ${taken.length} taken, ${rows.length} transactions wait again`,
    );
  }

  stop(): void {
    this.stopping.abort();
    this.stopMining('the node stops');
  }
}

/** At 2 zeros, two challenges at once take some 65,000 tries. */
const BOTH_ZEROS_MAX = 2;

/** A block's transactions without the reward, which is the last. */
function paidTexts({ block }: LinkedBlock): readonly string[] {
  const transactions = block.get('transactions');
  return isPyArray(transactions) ? transactions.slice(0, -1).map((item) => sortedDumps(item)) : [];
}

/** As multisets: equal transactions are counted separately. */
function withoutThese(texts: readonly string[], these: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of these) counts.set(text, (counts.get(text) ?? 0) + 1);
  return texts.filter((text) => {
    const count = counts.get(text) ?? 0;
    counts.set(text, count - 1);
    return count <= 0;
  });
}
