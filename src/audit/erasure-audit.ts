/** Audits a chain's erasures: whether each is allowed, and which records lack their content without one. */
import { hashHex, type Hash } from '../chain/bytes/bytes.js';
import type { InformationEntry } from '../chain/entry/entry.js';
import { brokenBy, type ErasureTarget } from '../chain/entry/erasure-rules.js';
import { fault, type Fault } from '../chain/faults.js';

/** Stores the records of a chain, which may not fit in memory. */
export interface RecordIds {
  /** @param id its leaf hash, 32 bytes */
  addRecord(sequence: number, id: Uint8Array): void;
  /** The sequences of the records with these ids, by id. Expensive: call it once for all of them. */
  recordsOf(ids: Iterable<Hash>): ReadonlyMap<Hash, number>;
}

interface Place {
  readonly index: number;
  readonly sequence: number;
}

interface FoundErasure extends Place {
  readonly erases: Hash;
}

/** An erasure, and the record that it erases. */
export interface ErasurePair {
  readonly erasure: number;
  readonly record: number;
}

/**
 * As with nonces, erased records are looked up at the end, for all erasures together. Only erasures and
 * records without content are kept in memory.
 */
export class ErasureAudit {
  private readonly erasures = new Map<Hash, FoundErasure>();
  /** erasures of a record that an earlier one erases already */
  private readonly repeated: FoundErasure[] = [];
  private readonly lacking = new Map<number, Place>();
  /** by id, of the records that are erased */
  private sequences: ReadonlyMap<Hash, number> = new Map();
  /** the ids of the erasures themselves */
  private readonly ids = new Set<Hash>();
  private verdict: { readonly fault: Fault | undefined } | undefined;

  constructor(private readonly records: RecordIds) {}

  /** Adds the next entry of the chain. @param place its block, and its sequence */
  take({ id, leaf, content }: InformationEntry, place: Place): void {
    this.verdict = undefined;
    if (leaf.type === 'information') {
      this.records.addRecord(place.sequence, id);
      if (content === undefined) this.lacking.set(place.sequence, place);
      return;
    }
    this.ids.add(hashHex(id));
    const found = { ...place, erases: leaf.erases };
    if (this.erasures.has(leaf.erases)) this.repeated.push(found);
    else this.erasures.set(leaf.erases, found);
  }

  /** The first erasure that breaks a rule. Expensive where there are erasures. */
  broken(): Fault | undefined {
    this.verdict ??= { fault: this.findBroken() };
    return this.verdict.fault;
  }

  private findBroken(): Fault | undefined {
    if (this.erasures.size === 0) return undefined;
    this.sequences = this.records.recordsOf(this.erasures.keys());
    const found = [...this.erasures.values()].flatMap((erasure) =>
      this.check(erasure, this.targetOf(erasure)),
    );
    const again = this.repeated.flatMap((erasure) => this.check(erasure, 'erased'));
    return [...found, ...again].sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0))[0];
  }

  private targetOf({ erases, sequence }: FoundErasure): ErasureTarget {
    if (this.ids.has(erases)) return 'erasure';
    return (this.sequences.get(erases) ?? Infinity) < sequence ? 'record' : 'unknown';
  }

  private check({ erases, ...place }: FoundErasure, target: ErasureTarget): readonly Fault[] {
    const code = brokenBy(target);
    if (code === undefined) return [];
    const expected = 'an earlier record of the chain that is not erased';
    return [fault(code, { ...place, field: 'erases', expected, found: erases })];
  }

  /** After {@link broken}: the erasures, in order. */
  pairs(): readonly ErasurePair[] {
    return [...this.erasures.values()].map(({ erases, sequence }) => ({
      erasure: sequence,
      record: this.sequences.get(erases) ?? -1,
    }));
  }

  /** How many records are erased by the first entries of the chain. @param entries that are sealed */
  erased(entries: number): number {
    return [...this.erasures.values()].filter(({ sequence }) => sequence < entries).length;
  }

  /** After {@link broken}: the records without content that no erasure erases, in order. */
  withheld(): readonly Place[] {
    const erased = new Set(this.sequences.values());
    return [...this.lacking.values()].filter(({ sequence }) => !erased.has(sequence));
  }

  /** After {@link broken}: whether the record with this sequence has its content. */
  hasContent(record: number): boolean {
    return !this.lacking.has(record);
  }
}
