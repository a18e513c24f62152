/** Keeps the proof that a chain's producer told two stories: it signed a checkpoint that is not that of its block. */
import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { SealedHeader } from '../chain/block/block.js';
import { hashHex, type Hash } from '../chain/bytes/bytes.js';
import { fault, type Fault } from '../chain/faults.js';
import type { Checkpoint } from '../chain/note/checkpoint.js';
import { formatNote } from '../chain/note/signed-note.js';
import { formatEquivocation } from '../chain/proof/equivocation.js';
import { consistencyPathSteps } from '../chain/tree/proofs.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import { checkpointOf } from '../ledger/checkpoints.js';
import type { Clock } from '../ledger/clock.js';
import type { NodeEvents } from '../ledger/node-events.js';
import { EVIDENCE_CHARACTERS_MAX, type FaultLog } from '../ledger/store.js';

/** Where an upstream's address is in the records of faults: it came by a request. */
const SOURCE = 'POST /add-checkpoint';

export interface EquivocationsParts {
  readonly faults: FaultLog;
  readonly events: NodeEvents;
  readonly clock: Pick<Clock, 'now'>;
  /** ends following a chain, because its producer broke a rule */
  readonly breakChain: (chain: Hash, fault: Fault) => void;
}

export class Equivocations {
  private readonly logger = new Logger('Witness');

  constructor(private readonly parts: EquivocationsParts) {}

  /**
   * Ends following the chain, then stores the evidence: it ends even if that can't be stored.
   * @param header of the verified block with the checkpoint's size, and another root
   */
  async report(store: AnyChainStore, checkpoint: Checkpoint, header: SealedHeader): Promise<void> {
    const { faults, events, clock, breakChain } = this.parts;
    const { id, name } = store.chain;
    const found = hashHex(checkpoint.root);
    const what = fault('FORKED', {
      index: header.index,
      field: 'tree_root',
      expected: header.treeRoot,
      found,
    });
    breakChain(id, what);
    const evidence = evidenceOf(store, checkpoint);
    const record = {
      ...what,
      upstream: SOURCE,
      chain: name,
      detectedAt: clock.now(),
      evidence: evidence.slice(0, EVIDENCE_CHARACTERS_MAX),
      digest: createHash('sha256').update(evidence).digest('hex'),
    };
    this.logger.error(
      `EQUIVOCATION: the producer of ${name} signed two roots of ${checkpoint.size} entries, ${header.treeRoot} in block ` +
        `${header.index} and ${found} in a checkpoint. The chain is no longer followed, and the last good state is still ` +
        'served. The evidence is kept (GET /faults).',
    );
    try {
      await faults.add(record);
    } catch (error) {
      this.logger.error(
        `the evidence of the equivocation could not be stored: ${String(error)}: ${evidence}`,
      );
    }
    events.emit({ type: 'fault', fault: record });
  }
}

/** The file that convicts (protocol, section 12); if this node has no checkpoint to hold against it, the checkpoint alone. */
function evidenceOf(store: AnyChainStore, { size, note }: Checkpoint): string {
  const theirs = formatNote(note);
  const ours = store.signedHead(size) ?? store.signedHead();
  if (ours === undefined || ours.header.treeSize < size) return theirs;
  const { contract } = store.chain;
  const checkpoints = [theirs, checkpointOf(store, ours)] as const;
  if (ours.header.treeSize === size) return formatEquivocation({ contract, checkpoints });
  const proof = store.tree.hashes(consistencyPathSteps(size, ours.header.treeSize));
  return formatEquivocation({ contract, checkpoints, proof });
}
