/** Formats a chain's stored checkpoints as the notes that are served. */
import { checkpointKey, formatCheckpoint, treeHead } from '../chain/note/checkpoint.js';
import type { AnyChainStore, SignedHead } from './chain-store.js';

/** The checkpoint as a note with the producer's signature. */
export function checkpointOf({ chain }: AnyChainStore, { header, checkpoint }: SignedHead): string {
  const key = checkpointKey(chain.id, chain.contract.producer);
  return formatCheckpoint(key, treeHead(header.treeSize, header.treeRoot), checkpoint);
}

/** The checkpoint of the head's tree; undefined if this node doesn't have it. */
export function headCheckpoint(store: AnyChainStore): string | undefined {
  const { header } = store.head();
  const signed = store.signedHead();
  return signed?.header.treeSize === header.treeSize ? checkpointOf(store, signed) : undefined;
}
