/** Formats a chain's stored checkpoints as the notes that are served. */
import { checkpointKey, formatCheckpoint, treeHead } from '../chain/note/checkpoint.js';
import type { AnyChainStore, SignedHead } from './chain-store.js';

/** Formatted once: every receipt ends with one. */
const formatted = new WeakMap<SignedHead, string>();

/** The checkpoint as a note with the producer's signature. */
export function checkpointOf({ chain }: AnyChainStore, signed: SignedHead): string {
  const known = formatted.get(signed);
  if (known !== undefined) return known;
  const { header, checkpoint } = signed;
  const key = checkpointKey(chain.id, chain.contract.producer);
  const note = formatCheckpoint(key, treeHead(header.treeSize, header.treeRoot), checkpoint);
  formatted.set(signed, note);
  return note;
}

/** The checkpoint of the head's tree; undefined if this node doesn't have it. */
export function headCheckpoint(store: AnyChainStore): string | undefined {
  const { header } = store.head();
  const signed = store.signedHead();
  return signed?.header.treeSize === header.treeSize ? checkpointOf(store, signed) : undefined;
}
