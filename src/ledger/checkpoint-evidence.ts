/** Evidence against a producer that signed a checkpoint which contradicts a verified chain (protocol, section 12). */
import { hashHex } from '../chain/bytes/bytes.js';
import { chainOrigin, parseCheckpoint, type Checkpoint } from '../chain/note/checkpoint.js';
import { formatNote } from '../chain/note/signed-note.js';
import { formatEquivocation, judgeEvidence } from '../chain/proof/equivocation.js';
import { consistencyPathSteps } from '../chain/tree/proofs.js';
import type { AnyChainStore } from './chain-store.js';
import { checkpointOf } from './checkpoints.js';

/**
 * The file of two checkpoints that contradict each other, one of them this node's own.
 * @param text a checkpoint from outside
 * @returns undefined if they prove nothing, if the tree is larger than this node's, or if it has no checkpoint to compare
 */
export function checkpointEvidence(store: AnyChainStore, text: string | Checkpoint): string | undefined {
  const theirs = typeof text === 'string' ? parseCheckpoint(text) : text;
  if (typeof theirs === 'string' || theirs.origin !== chainOrigin(store.chain.id)) return undefined;
  const file = contradiction(store, theirs);
  return file === undefined || 'problem' in judgeEvidence(file) ? undefined : file;
}

/** Whether this node has a block whose tree has this checkpoint's size and root. */
export function isVerified(store: AnyChainStore, { size, root }: Checkpoint): boolean {
  return store.headerOfSize(size)?.treeRoot === hashHex(root);
}

function contradiction(store: AnyChainStore, { size, note }: Checkpoint): string | undefined {
  const ours = store.signedHead(size) ?? store.signedHead();
  if (ours === undefined || ours.header.treeSize < size) return undefined;
  const { contract } = store.chain;
  const checkpoints = [formatNote(note), checkpointOf(store, ours)] as const;
  if (ours.header.treeSize === size) return formatEquivocation({ contract, checkpoints });
  // An empty tree is consistent with every other, and has no proof.
  if (size === 0) return undefined;
  const proof = store.tree.hashes(consistencyPathSteps(size, ours.header.treeSize));
  return formatEquivocation({ contract, checkpoints, proof });
}
