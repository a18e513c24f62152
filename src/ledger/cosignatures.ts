/** The cosignatures beside this node's checkpoints, and how far its policy's quorum has come (protocol, section 11). */
import type { Hash } from '../chain/bytes/bytes.js';
import type { Checkpoint } from '../chain/note/checkpoint.js';
import { isQuorum, type Policy } from '../chain/note/policy.js';
import { verifyNote, type NoteSignature } from '../chain/note/signed-note.js';
import { keyId, type VerifierKey } from '../chain/note/verifier-key.js';
import type { AnyChainStore } from './chain-store.js';
import type { NodeEvents } from './node-events.js';
import { COSIGNATURES_MAX } from './witness-limits.js';

/** Sizes beyond the newest witnessed one whose cosignatures are kept, for each chain. */
const COSIGNED_SIZES_MAX = 64;

/** The promise that a node makes about an entry. */
export type Level = 'accepted' | 'sealed' | 'witnessed';

/** How far a chain's entries have come: those below a size are sealed, or witnessed. */
export interface Reached {
  /** the tree size at the head */
  readonly sealed: number;
  /** see {@link Cosignatures.witnessedSize} */
  readonly witnessed: number | undefined;
}

/** The level of the entry at a sequence. */
export function levelAt(sequence: number, { sealed, witnessed = 0 }: Reached): Level {
  if (sequence >= sealed) return 'accepted';
  return sequence < witnessed ? 'witnessed' : 'sealed';
}

export interface CosignatureTrust {
  /** whose witnesses are known, and whose quorum makes an entry witnessed; undefined: none is */
  readonly policy: Policy | undefined;
  /** this node's own key as a witness */
  readonly own?: VerifierKey | undefined;
}

export class Cosignatures {
  private readonly keys: readonly VerifierKey[];
  /** by chain: the newest size of which the policy's quorum cosigned the checkpoint; undefined where none is */
  private readonly witnessed = new Map<Hash, number | undefined>();

  constructor(
    private readonly trust: CosignatureTrust,
    private readonly events: NodeEvents,
  ) {
    const { policy, own } = trust;
    const witnesses = policy?.witnesses.map(({ key }) => key) ?? [];
    this.keys = own === undefined ? witnesses : [...witnesses, own];
  }

  /** Whether this node can ever say that an entry is witnessed. */
  get hasQuorum(): boolean {
    const { policy } = this.trust;
    return policy !== undefined && policy.quorum !== 'none';
  }

  /** Whether there are keys whose cosignatures are kept. */
  get hasKeys(): boolean {
    return this.keys.length > 0;
  }

  /** Whether a signature names a key whose cosignatures are kept; it proves nothing. */
  isKnown({ name, id }: NoteSignature): boolean {
    return this.keys.some((key) => key.name === name && keyId(key) === id);
  }

  /** The newest size of which the policy's quorum cosigned the checkpoint: entries below it are witnessed. */
  witnessedSize(store: AnyChainStore): number | undefined {
    const { id } = store.chain;
    if (!this.witnessed.has(id)) this.witnessed.set(id, this.newestWitnessed(store));
    return this.witnessed.get(id);
  }

  /**
   * Keeps those that are by known keys, are valid and are new.
   * @param checkpoint the one that this node has of its size
   * @returns why none is kept, if one by a known key is not valid
   * @throws Unavailable, FatalError as {@link ChainStore.keepCosignatures}
   */
  take(
    store: AnyChainStore,
    { size, note: { text } }: Pick<Checkpoint, 'size' | 'note'>,
    offered: readonly NoteSignature[],
  ): string | undefined {
    const before = this.witnessedSize(store) ?? -1;
    // Nobody asks for it any more.
    if (size < before) return undefined;
    const kept = store.cosignatures(size);
    const isKept = ({ name, id }: NoteSignature): boolean =>
      kept.some((other) => other.name === name && other.id === id);
    const fresh = firstOfEach(offered.filter((each) => this.isKnown(each) && !isKept(each)));
    if (fresh.length === 0) return undefined;
    const verified = verifyNote({ text, signatures: fresh }, this.keys);
    if (typeof verified === 'string') return verified;
    if (verified.some(({ time = 0 }) => time === 0)) return 'a cosignature has no time';
    const added = fresh.slice(0, Math.max(0, COSIGNATURES_MAX - kept.length));
    if (added.length === 0) return undefined;
    const isNewest = size > before && this.isWitnessed([...kept, ...added]);
    store.keepCosignatures(size, added, this.forgotten(store, size, isNewest ? size : before));
    if (!isNewest) return undefined;
    this.witnessed.set(store.chain.id, size);
    this.events.emit({ type: 'witnessed', chain: store.chain, size });
    return undefined;
  }

  private newestWitnessed(store: AnyChainStore): number | undefined {
    if (!this.hasQuorum) return undefined;
    return store.cosignedSizes().findLast((size) => this.isWitnessed(store.cosignatures(size)));
  }

  private isWitnessed(cosignatures: readonly NoteSignature[]): boolean {
    const { policy } = this.trust;
    if (policy === undefined || !this.hasQuorum) return false;
    return isQuorum(policy, (key) =>
      cosignatures.some(({ name, id }) => name === key.name && id === keyId(key)),
    );
  }

  /** The sizes whose cosignatures are of no more use: those before the newest witnessed one, and what is too many. */
  private forgotten(store: AnyChainStore, added: number, witnessed: number): readonly number[] {
    const sizes = store.cosignedSizes().filter((size) => size !== added && size !== witnessed);
    const before = sizes.filter((size) => size < witnessed);
    const after = sizes.filter((size) => size > witnessed);
    return [...before, ...after.slice(0, Math.max(0, after.length - COSIGNED_SIZES_MAX))];
  }
}

function firstOfEach(signatures: readonly NoteSignature[]): readonly NoteSignature[] {
  const first = new Map<string, NoteSignature>();
  for (const signature of signatures) {
    const key = `${signature.name}+${signature.id}`;
    if (!first.has(key)) first.set(key, signature);
  }
  return [...first.values()];
}
