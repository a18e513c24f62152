/** Formats a chain's stored checkpoints as the notes that are served. */
import { checkpointKey, formatCheckpoint, treeHead } from '../chain/note/checkpoint.js';
import { formatSignatureLine, type NoteSignature } from '../chain/note/signed-note.js';
import type { AnyChainStore, SignedHead } from './chain-store.js';

interface Formatted {
  readonly note: string;
  /** those that the note has */
  readonly cosignatures: readonly NoteSignature[];
}

/** Formatted once: every receipt ends with one. */
const formatted = new WeakMap<SignedHead, Formatted>();

/** The checkpoint as a note with the producer's signature and the cosignatures that this node has. */
export function checkpointOf(store: AnyChainStore, signed: SignedHead): string {
  const { header, checkpoint } = signed;
  const cosignatures = store.cosignatures(header.treeSize);
  const known = formatted.get(signed);
  if (known?.cosignatures === cosignatures) return known.note;
  const key = checkpointKey(store.chain.id, store.chain.contract.producer);
  const byLog = formatCheckpoint(key, treeHead(header.treeSize, header.treeRoot), checkpoint);
  const note = byLog + cosignatures.map(formatSignatureLine).join('');
  formatted.set(signed, { note, cosignatures });
  return note;
}

/** The checkpoint of the head's tree; undefined if this node doesn't have it. */
export function headCheckpoint(store: AnyChainStore): string | undefined {
  const { header } = store.head();
  const signed = store.signedHead();
  return signed?.header.treeSize === header.treeSize ? checkpointOf(store, signed) : undefined;
}

/** The newest checkpoint with cosignatures, unless that is the head's; undefined if there is none. */
export function olderCosigned(store: AnyChainStore): string | undefined {
  const isHeads = store.cosignedSizes().at(-1) === store.head().header.treeSize;
  return isHeads ? undefined : cosignedCheckpoint(store);
}

/** The newest checkpoint with cosignatures or, with `cosigner`, with one by a key of this name; undefined if there is none. */
export function cosignedCheckpoint(store: AnyChainStore, cosigner?: string): string | undefined {
  const isBy = (size: number): boolean =>
    cosigner === undefined || store.cosignatures(size).some(({ name }) => name === cosigner);
  const size = store.cosignedSizes().findLast(isBy);
  if (size === undefined) return undefined;
  const newest = store.signedHead();
  const signed = newest?.header.treeSize === size ? newest : store.signedHead(size);
  return signed && checkpointOf(store, signed);
}
