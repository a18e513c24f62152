/** What an erasure may erase: an earlier record of its chain, once (protocol, section 13). */
import { hashHex, type Hash } from '../bytes/bytes.js';

/** What an id names on a chain, up to some entry: a record, one that a sealed erasure erases, an erasure, or nothing. */
export type ErasureTarget = 'record' | 'erased' | 'erasure' | 'unknown';

/** Each code, with the predicate of its message; the subject is the block at fault. */
export const ERASURE_CODES = {
  ERASURE_UNKNOWN: 'has an erasure of a record that is not on the chain before it',
  ERASURE_REPEATED: 'has an erasure of a record that was already erased',
  ERASURE_OF_ERASURE: 'has an erasure of an erasure',
} as const;

export type ErasureCode = keyof typeof ERASURE_CODES;

/** The rule that an erasure of such a target breaks; undefined for a record, which may be erased. */
export function brokenBy(target: ErasureTarget): ErasureCode | undefined {
  switch (target) {
    case 'record':
      return undefined;
    case 'unknown':
      return 'ERASURE_UNKNOWN';
    case 'erased':
      return 'ERASURE_REPEATED';
    case 'erasure':
      return 'ERASURE_OF_ERASURE';
  }
}

/**
 * The entries of a block, one after the other, as a layer over the chain before it, which it never changes. A record
 * costs next to nothing until there is an erasure.
 */
export class ErasureRules {
  private readonly targets = new Map<Hash, ErasureTarget>();
  /** the ids of the block's records that are not in `targets` yet */
  private records: Uint8Array[] = [];

  /** @param before what an id names on the chain before the block; only asked for ids that an erasure names */
  constructor(private readonly before: (id: Hash) => ErasureTarget) {}

  /** The next entry is a record. @param id 32 bytes */
  takeRecord(id: Uint8Array): void {
    this.records.push(id);
  }

  /** The next entry is an erasure. @returns the rule that it breaks, in which case nothing of it is remembered */
  takeErasure(id: Hash, erases: Hash): ErasureCode | undefined {
    for (const record of this.records) this.targets.set(hashHex(record), 'record');
    this.records = [];
    const broken = brokenBy(this.targets.get(erases) ?? this.before(erases));
    if (broken !== undefined) return broken;
    this.targets.set(erases, 'erased');
    this.targets.set(id, 'erasure');
    return undefined;
  }
}
