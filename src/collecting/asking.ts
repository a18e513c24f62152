/** Collects the cosignatures of one chain from one witness: of its newest checkpoint, whatever came in between. */
import { Logger } from '@nestjs/common';
import { formatAddCheckpoint } from '../chain/note/add-checkpoint.js';
import { parseCheckpoint, type Checkpoint } from '../chain/note/checkpoint.js';
import type { PolicyWitness } from '../chain/note/policy.js';
import { formatSignatureLine } from '../chain/note/signed-note.js';
import { keyId } from '../chain/note/verifier-key.js';
import { consistencySteps } from '../chain/tree/proofs.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import { checkpointOf } from '../ledger/checkpoints.js';
import type { Clock } from '../ledger/clock.js';
import type { Cosignatures } from '../ledger/cosignatures.js';
import { assert, Unavailable } from '../ledger/errors.js';
import type { CollectingMetrics } from './collecting-metrics.js';
import type { Turns } from './turns.js';
import type { WitnessAnswer, WitnessClient, WitnessFailure } from './witness-client.js';

/** The pause after a failure: it doubles up to the longest, and is drawn by chance from its second half. */
const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 60_000;
/** Requests in a row without a pause: the second is the one after a conflict. */
const TRIES = 2;

export interface AskingParts {
  readonly store: AnyChainStore;
  readonly witness: PolicyWitness;
  readonly client: Pick<WitnessClient, 'ask'>;
  readonly cosignatures: Cosignatures;
  readonly metrics: CollectingMetrics;
  readonly clock: Clock;
  /** those that the witness is asked in, with all other chains */
  readonly turns: Turns;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export class Asking {
  private readonly logger = new Logger('Witnesses');
  private isRunning = false;
  private isStopped = false;
  private failures = 0;
  private complaint: string | undefined;
  private cancelRetry: (() => void) | undefined;
  /** the size that the witness cosigned last, as far as this node knows */
  private known: number;

  constructor(private readonly parts: AskingParts) {
    this.known = this.cosignedSize() ?? 0;
  }

  /** The size of the newest checkpoint that this node has the witness's cosignature of. */
  cosignedSize(): number | undefined {
    const { store } = this.parts;
    return store.cosignedSizes().findLast((size) => this.hasCosigned(size));
  }

  /** Begins to ask unless it does so already, or waits before another try: then the newest checkpoint is what is asked for. */
  wake(): void {
    if (this.isRunning || this.isStopped || this.cancelRetry !== undefined) return;
    this.isRunning = true;
    void this.run().finally(() => (this.isRunning = false));
  }

  stop(): void {
    this.isStopped = true;
    this.cancelRetry?.();
  }

  /** A function, because the compiler assumes that a property keeps its value over an await. */
  private hasStopped(): boolean {
    return this.isStopped;
  }

  private async run(): Promise<void> {
    try {
      while (!this.isStopped && this.newest() !== undefined) {
        const end = await this.parts.turns.take(() => this.ask());
        if (end !== 'again') return;
      }
    } catch (error) {
      if (this.isStopped) return;
      if (error instanceof Unavailable) this.failed('unavailable', error.message);
      else this.parts.fail(error);
    }
  }

  /** The newest checkpoint, unless this node has the witness's cosignature of it. */
  private newest(): Checkpoint | undefined {
    const { store } = this.parts;
    const signed = store.signedHead();
    if (signed === undefined || signed.header.treeSize === 0) return undefined;
    if (this.hasCosigned(signed.header.treeSize)) return undefined;
    const checkpoint = parseCheckpoint(checkpointOf(store, signed));
    assert(typeof checkpoint !== 'string', `our own checkpoint of ${store.chain.name} is not valid`);
    return checkpoint;
  }

  /** @returns whether there may be more to ask for now */
  private async ask(): Promise<'again' | 'over'> {
    const { store, client, cosignatures } = this.parts;
    for (let tries = 0; tries < TRIES; tries++) {
      const checkpoint = this.newest();
      if (checkpoint === undefined || this.isStopped) return 'over';
      const { size, note } = checkpoint;
      if (this.known > size) return this.isBehind(size);
      const proof = store.tree.hashes(consistencySteps(this.known, size));
      const body = formatAddCheckpoint(this.known, proof, `${note.text}\n${this.logLine(note.signatures)}`);
      const answer = await client.ask(body, note.text);
      if (this.hasStopped()) return 'over';
      if (answer.kind === 'cosigned') {
        // A crash before this loses the cosignature: the next start asks again, and is told the size.
        const problem = cosignatures.take(store, checkpoint, answer.cosignatures);
        if (problem !== undefined) return this.failed('invalid', problem);
        this.known = size;
        this.worked();
        return 'again';
      }
      if (answer.kind === 'failed') return this.failed(answer.reason, answer.message);
      if (!this.learned(answer)) break;
    }
    return this.failed(
      'refused',
      `it goes on to answer 409, although it was asked from ${this.known} entries`,
    );
  }

  /** The witness is ahead: it saw a block that this node does not have yet. Nobody but a chain's producer makes blocks. */
  private isBehind(size: number): 'over' {
    const { witness, store } = this.parts;
    if (store.chain.origin === 'followed') return 'over';
    const complaint =
      `the witness ${witness.name} has cosigned ${this.known} entries of ${store.chain.name}, of which this node has ` +
      `${size}: either its database is an older copy of itself, or somebody else has its key`;
    if (this.complaint !== complaint) this.logger.error(complaint);
    this.complaint = complaint;
    return 'over';
  }

  /** @returns whether the size is news */
  private learned({ size }: Extract<WitnessAnswer, { kind: 'conflict' }>): boolean {
    if (size === this.known) return false;
    this.known = size;
    return true;
  }

  private failed(reason: WitnessFailure | 'unavailable', message: string): 'over' {
    const { witness, store, metrics, clock } = this.parts;
    metrics.failed(witness.name, reason);
    const complaint = `the witness ${witness.name} (${witness.url}) does not cosign ${store.chain.name}: ${message}`;
    if (this.complaint !== complaint) this.logger.warn(`${complaint}; it is asked again`);
    this.complaint = complaint;
    const pause = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** this.failures++);
    const retry = (): void => {
      this.cancelRetry = undefined;
      this.wake();
    };
    const ms = pause / 2 + (pause / 2) * clock.random();
    this.cancelRetry = clock.after(ms, retry, `witness:${witness.name}:${store.chain.name}`);
    return 'over';
  }

  private worked(): void {
    const { witness, store } = this.parts;
    this.failures = 0;
    if (this.complaint === undefined) return;
    this.complaint = undefined;
    this.logger.log(`the witness ${witness.name} cosigns ${store.chain.name} again`);
  }

  private hasCosigned(size: number): boolean {
    const { store, witness } = this.parts;
    return store
      .cosignatures(size)
      .some(({ name, id }) => name === witness.key.name && id === keyId(witness.key));
  }

  /** The log's own signature alone: cosignatures of others don't concern the witness. */
  private logLine(signatures: Checkpoint['note']['signatures']): string {
    return signatures.slice(0, 1).map(formatSignatureLine).join('');
  }
}
