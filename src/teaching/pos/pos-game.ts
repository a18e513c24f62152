/** The proof-of-stake chain: validators propose, and a lottery by stake decides whose block is appended. */
import { Logger } from '@nestjs/common';
import type { Clock } from '../clock.js';
import { parsePythonJson } from '../python-json/parse.js';
import type { PyObject } from '../python-json/values.js';
import type { TeachingStore } from '../store/teaching-store.js';
import { blockText, genesisBlock, localTime, makeBlock, readBlock, sha256, type PosBlock } from './blocks.js';
import { draw } from './lottery.js';

const FIRST_LOTTERY_MS = 10_000;
const COLLECT_MS = 5000;
/** The maximum proposals of one validator between two collections: only its first can win. */
const PROPOSALS_MAX = 10;
const ROUNDS_KEPT = 1000;
const MICROSECONDS = 1000n;

export interface Validator {
  /** SHA-256 of the time of its connection */
  readonly address: string;
  readonly stake: number;
  readonly since: string;
}

interface Proposal {
  readonly validator: string;
  readonly bpm: string;
  readonly timestamp: string;
}

/** A candidate for winning a round. */
export interface Candidate {
  readonly validator: string;
  readonly stake: number;
  /** from 0 to 1 */
  readonly probability: number;
  /** as text, since it may have any size */
  readonly bpm: string;
}

export interface Round {
  readonly number: number;
  readonly at: string;
  readonly candidates: readonly Candidate[];
  readonly winner: string;
  /** the block's index */
  readonly index: number;
}

export class PosGame {
  readonly roundMs: number;
  private readonly logger = new Logger('Lottery');
  private readonly store: TeachingStore;
  private readonly clock: Clock;
  private readonly collectMs: number;
  private readonly chain: PosBlock[];
  private readonly texts: string[];
  private readonly kept: Round[];
  private readonly members = new Map<string, Validator>();
  private proposed: Proposal[] = [];
  private waiting: Proposal[] = [];
  private nextCollection = 0n;
  private nextLottery = 0n;
  private cancelTimer: (() => void) | undefined;
  private readonly listeners = new Set<(winner: string) => void>();

  constructor(parts: { store: TeachingStore; clock: Clock; roundMs: number }) {
    this.store = parts.store;
    this.clock = parts.clock;
    this.roundMs = parts.roundMs;
    this.collectMs = Math.min(COLLECT_MS, this.roundMs);
    this.texts = [...this.store.blocks()];
    this.chain = this.texts.map((text) => readBlock(parsePythonJson(text) as PyObject));
    this.kept = this.store.rounds(ROUNDS_KEPT).map((text) => JSON.parse(text) as Round);
    if (this.chain.length === 0) this.begin();
  }

  private begin(): void {
    const genesis = genesisBlock(localTime(this.clock.microseconds()));
    const text = blockText(genesis);
    this.store.appendBlock(text);
    this.remember(genesis, text);
  }

  private remember(block: PosBlock, text: string): void {
    this.chain.push(block);
    this.texts.push(text);
  }

  get length(): number {
    return this.chain.length;
  }

  get head(): PosBlock {
    const head = this.chain.at(-1);
    if (head === undefined) throw new Error('a chain begins with its genesis block');
    return head;
  }

  /** `json.dumps(chain)` */
  get chainText(): string {
    return `[${this.texts.join(', ')}]`;
  }

  get validators(): readonly Validator[] {
    return [...this.members.values()];
  }

  /** The last rounds, oldest first. */
  get rounds(): readonly Round[] {
    return this.kept;
  }

  /** The candidates if the lottery were now. */
  get candidates(): readonly Candidate[] {
    return this.oddsOf([...this.waiting, ...this.proposed]);
  }

  get nextLotteryInMs(): number {
    return Math.max(0, Number((this.nextLottery - this.clock.microseconds()) / MICROSECONDS));
  }

  /** @param listener is called with each winner @returns a function that stops the calls */
  onWinner(listener: (winner: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  join(stake: number): Validator {
    const since = localTime(this.clock.microseconds());
    const validator = { address: sha256(since), stake, since };
    this.members.set(validator.address, validator);
    return validator;
  }

  /** Its proposals can no longer win. */
  leave({ address }: Validator): void {
    this.members.delete(address);
    const isOther = ({ validator }: Proposal): boolean => validator !== address;
    this.proposed = this.proposed.filter(isOther);
    this.waiting = this.waiting.filter(isOther);
  }

  propose({ address }: Validator, bpm: string): void {
    const own = this.proposed.filter(({ validator }) => validator === address).length;
    if (own >= PROPOSALS_MAX) return;
    this.proposed.push({ validator: address, bpm, timestamp: localTime(this.clock.microseconds()) });
  }

  start(): void {
    const now = this.clock.microseconds();
    this.nextCollection = now + BigInt(this.collectMs) * MICROSECONDS;
    this.nextLottery = now + BigInt(FIRST_LOTTERY_MS) * MICROSECONDS;
    this.wait();
  }

  stop(): void {
    this.cancelTimer?.();
  }

  private wait(): void {
    const next = this.nextCollection < this.nextLottery ? this.nextCollection : this.nextLottery;
    const ms = Number((next - this.clock.microseconds()) / MICROSECONDS) + 1;
    this.cancelTimer = this.clock.after(Math.max(1, ms), () => this.tick());
  }

  /** One timer for both, so that proposals collected at the time of a lottery take part in it. */
  private tick(): void {
    const now = this.clock.microseconds();
    if (now >= this.nextCollection) {
      this.nextCollection = after(now, this.nextCollection, this.collectMs);
      this.waiting.push(...this.proposed.splice(0));
    }
    if (now >= this.nextLottery) {
      this.nextLottery = after(now, this.nextLottery, this.roundMs);
      try {
        this.hold();
      } catch (error) {
        // The store could not write: the same candidates take part in the next lottery.
        this.logger.error(error);
      }
    }
    this.wait();
  }

  private oddsOf(proposals: readonly Proposal[]): readonly Candidate[] {
    const first = new Map<string, Proposal>();
    for (const proposal of proposals) {
      if (!first.has(proposal.validator)) first.set(proposal.validator, proposal);
    }
    const stakes = [...first.values()].map((proposal) => ({
      ...proposal,
      stake: this.members.get(proposal.validator)?.stake ?? 0,
    }));
    const total = stakes.reduce((sum, { stake }) => sum + stake, 0);
    return stakes.map(({ validator, stake, bpm }) => ({
      validator,
      stake,
      probability: stake / total,
      bpm,
    }));
  }

  /** A round: one candidate's block is appended, the others are dropped. A crash before it is stored drops all of them. */
  private hold(): void {
    const candidates = this.oddsOf(this.waiting);
    if (candidates.length === 0) return;
    const place = draw(
      candidates.map(({ stake }) => stake),
      (bytes) => this.clock.random(bytes),
    );
    const winner = candidates[place]?.validator;
    const proposal = this.waiting.find(({ validator }) => validator === winner);
    if (proposal === undefined) throw new Error('the winner is one of the candidates');
    const block = this.blockOf(proposal);
    const text = blockText(block);
    const round: Round = {
      number: (this.kept.at(-1)?.number ?? 0) + 1,
      at: localTime(this.clock.microseconds()),
      candidates,
      winner: proposal.validator,
      index: block.index,
    };
    this.store.addRound(round.number, JSON.stringify(round), text, ROUNDS_KEPT);
    this.remember(block, text);
    this.kept.push(round);
    if (this.kept.length > ROUNDS_KEPT) this.kept.shift();
    this.waiting = [];
    this.logger.log(
      `round ${round.number}: ${round.winner} wins among ${candidates.length}, block ${block.index}`,
    );
    for (const tell of this.listeners) tell(round.winner);
  }

  /** It is linked only now: the original links a block when it is proposed, to a head that has often changed since. */
  private blockOf({ validator, bpm, timestamp }: Proposal): PosBlock {
    const { index, hash } = this.head;
    return makeBlock({ index: index + 1, bpm, timestamp, previousHash: hash, validator });
  }
}

/** The next time, after `now`, of an event that occurs every `ms`: missed events are skipped. */
function after(now: bigint, due: bigint, ms: number): bigint {
  const every = BigInt(ms) * MICROSECONDS;
  return due + ((now - due) / every + 1n) * every;
}
