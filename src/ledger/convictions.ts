/**
 * The chains whose producers told two stories, with the evidence that convicts them (protocol, section 12). Such a chain is
 * frozen for good: every part of this node that meets evidence hands it in here.
 */
import { sha256 } from '../chain/bytes/sha256.js';
import { hashHex, type Hash } from '../chain/bytes/bytes.js';
import type { Fault } from '../chain/faults.js';
import { judgeEvidence } from '../chain/proof/equivocation.js';
import type { Chain } from './chain-store.js';
import type { Clock } from './clock.js';
import type { NodeEvents } from './node-events.js';
import type { FaultLog, FaultRecord, LedgerStore } from './store.js';

/** What froze a chain. */
export interface Frozen {
  readonly fault: Fault;
  /** a sentence without its subject, the producer: what it signed */
  readonly finding: string;
  /** when this node met the evidence, in milliseconds since 1970-01-01 UTC */
  readonly since: number;
  /** where the second story was met: a URL, a route or a file */
  readonly source: string;
  /** the file, whole */
  readonly evidence: string;
  /** its SHA-256 */
  readonly digest: string;
}

export interface ConvictionsParts {
  readonly faults: FaultLog;
  readonly store: Pick<LedgerStore, 'store'>;
  readonly events: NodeEvents;
  readonly clock: Pick<Clock, 'now'>;
  /** Logs an error. */
  readonly complain: (line: string) => void;
}

export class Convictions {
  private readonly frozen = new Map<Hash, Frozen>();
  private readonly listeners = new Set<(chain: Chain, frozen: Frozen) => void>();
  private readonly keptListeners = new Set<(chain: Chain, frozen: Frozen) => void>();

  private constructor(private readonly parts: ConvictionsParts) {}

  /** With what the log of faults has. */
  static async read(parts: ConvictionsParts): Promise<Convictions> {
    const convictions = new Convictions(parts);
    for (const [id, frozen] of await storedConvictions(parts.faults)) convictions.frozen.set(id, frozen);
    return convictions;
  }

  /** undefined unless the chain is frozen. */
  of(chain: Hash): Frozen | undefined {
    return this.frozen.get(chain);
  }

  /** Whether this is the SHA-256 of evidence that froze a chain. */
  has(digest: string): boolean {
    return [...this.frozen.values()].some((frozen) => frozen.digest === digest);
  }

  get all(): ReadonlyMap<Hash, Frozen> {
    return this.frozen;
  }

  /** Calls back as soon as a chain is frozen, before the evidence is stored. @param listener must not throw */
  onFrozen(listener: (chain: Chain, frozen: Frozen) => void): void {
    this.listeners.add(listener);
  }

  /** Calls back once the evidence is stored, or could not be. @param listener must not throw */
  onKept(listener: (chain: Chain, frozen: Frozen) => void): void {
    this.keptListeners.add(listener);
  }

  /**
   * Freezes the chain, then stores the evidence, whole: it is frozen even if that can't be stored. If it is frozen already,
   * the fault is counted once more.
   * @param evidence from outside
   * @param source where the second story was met
   * @param as the fault to store; by default what the evidence says
   * @returns what froze the chain; undefined if the evidence convicts nobody, or concerns no chain of this node
   */
  async add(evidence: string, source: string, as?: Fault): Promise<Frozen | undefined> {
    const verdict = judgeEvidence(evidence);
    if ('problem' in verdict) return undefined;
    const chain = this.parts.store.store(verdict.chain)?.chain;
    if (chain === undefined) return undefined;
    const known = this.frozen.get(chain.id);
    if (known !== undefined) {
      await this.keep(recordOf(chain, known, this.parts.clock.now()));
      return known;
    }
    const { finding, fault } = verdict;
    const digest = hashHex(sha256(evidence));
    const frozen = { fault: as ?? fault, finding, since: this.parts.clock.now(), source, evidence, digest };
    this.frozen.set(chain.id, frozen);
    for (const listener of this.listeners) listener(chain, frozen);
    this.parts.complain(
      `EQUIVOCATION: the producer of ${chain.name} ${finding} (met at ${source}). The chain is frozen for good, and the ` +
        `last good state is still served: GET /chains/${chain.name}/evidence convicts the producer`,
    );
    const record = recordOf(chain, frozen, frozen.since);
    await this.keep(record);
    this.parts.events.emit({ type: 'fault', isConviction: true, fault: record });
    for (const listener of this.keptListeners) listener(chain, frozen);
    return frozen;
  }

  private async keep(record: Omit<FaultRecord, 'lastSeenAt' | 'times'>): Promise<void> {
    try {
      await this.parts.faults.add(record);
    } catch (error) {
      this.parts.complain(
        `the evidence against the producer of ${record.chain} could not be stored: ${String(error)}`,
      );
    }
  }
}

/** The oldest evidence in a log of faults that convicts a chain's producer, for each chain of which there is one. */
export async function storedConvictions(faults: FaultLog): Promise<ReadonlyMap<Hash, Frozen>> {
  const found = new Map<Hash, Frozen>();
  for (const record of await faults.forks()) {
    const verdict = judgeEvidence(record.evidence);
    if ('problem' in verdict || found.has(verdict.chain)) continue;
    const { detectedAt: since, upstream: source, evidence, digest } = record;
    const { finding } = verdict;
    found.set(verdict.chain, { fault: faultOf(record), finding, since, source, evidence, digest });
  }
  return found;
}

/** A record in the log of faults: equal for the same conviction, so that it is counted there and not repeated. */
function recordOf(
  { name }: Chain,
  { fault, source, evidence, digest }: Frozen,
  detectedAt: number,
): Omit<FaultRecord, 'lastSeenAt' | 'times'> {
  return { ...fault, upstream: source, chain: name, detectedAt, evidence, digest };
}

function faultOf({ fault, message, index, sequence, field, expected, found }: FaultRecord): Fault {
  return {
    fault,
    message,
    ...(index === undefined ? {} : { index }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(field === undefined ? {} : { field }),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
  };
}
