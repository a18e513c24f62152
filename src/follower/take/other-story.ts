/** Finds out whether an upstream that contradicts a verified chain shows what its producer signed: two stories. */
import type { Hash } from '../../chain/bytes/bytes.js';
import { fault, type Fault } from '../../chain/faults.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { checkpointEvidence } from '../../ledger/checkpoint-evidence.js';
import { headerOf } from '../upstream/block-evidence.js';
import { isRefusal, twoStories, type Refusal } from '../upstream/refusal.js';
import { UpstreamUnreachable } from '../upstream/upstream.js';
import type { ServedChain, Upstream } from '../upstream/upstream-port.js';

/**
 * A pulled block that does not build on our head: the upstream has another block in place of that, and both headers
 * convict the producer.
 * @returns the refusal as it was, if the upstream does not show a block with the producer's signature there
 */
export async function withOtherStory(
  refusal: Refusal,
  store: AnyChainStore,
  client: Upstream,
  theirs: ServedChain,
  stop: AbortSignal,
): Promise<Refusal> {
  if (refusal.fault.fault !== 'PREVIOUS_HASH_MISMATCH' || refusal.isProducers !== true) return refusal;
  const { header: ours } = store.head();
  const { contract } = store.chain;
  const sizeBefore = (): number => store.header(ours.index - 1)?.treeSize ?? 0;
  try {
    for await (const text of client.blocks(theirs, { from: ours.index, limit: 1, sizeBefore }, stop)) {
      const other = isRefusal(text) ? undefined : await headerOf(text, contract);
      const file = other && twoStories(contract, ours, other);
      if (other === undefined || file === undefined) return refusal;
      const what = forked(ours.index, ours.hash, other.hash);
      return { fault: what, evidence: { ...refusal.evidence, text: file }, isProducers: true };
    }
  } catch (error) {
    // What was received proves a fault by itself.
    if (!(error instanceof UpstreamUnreachable)) throw error;
  }
  return refusal;
}

/**
 * A shown checkpoint that is not that of the shown head: if the producer signed it, and it contradicts the verified chain,
 * that convicts the producer.
 */
export function withOtherCheckpoint(
  refusal: Refusal,
  store: AnyChainStore,
  checkpoint: string | undefined,
): Refusal {
  const file = checkpoint === undefined ? undefined : checkpointEvidence(store, checkpoint);
  if (file === undefined) return refusal;
  const what = fault('FORKED', {
    field: 'checkpoint',
    found: 'another root than that of the verified block',
  });
  return { fault: what, evidence: { ...refusal.evidence, text: file }, isProducers: true };
}

function forked(index: number, ours: Hash, theirs: Hash): Fault {
  const expected = `${ours}, which was verified earlier`;
  return fault('FORKED', { index, field: 'hash', expected, found: theirs });
}
