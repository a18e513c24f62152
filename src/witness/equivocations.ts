/** Keeps the proof that a chain's producer told two stories: it signed a checkpoint that contradicts a verified block. */
import { Logger } from '@nestjs/common';
import { hashHex, type Hash } from '../chain/bytes/bytes.js';
import { sha256 } from '../chain/bytes/sha256.js';
import { fault, type Fault } from '../chain/faults.js';
import type { Checkpoint } from '../chain/note/checkpoint.js';
import { formatNote } from '../chain/note/signed-note.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import { checkpointEvidence, isVerified } from '../ledger/checkpoint-evidence.js';
import type { Clock } from '../ledger/clock.js';
import type { Convictions } from '../ledger/convictions.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { FaultLog } from '../ledger/store.js';

/** Where an upstream's address is in the records of faults: it came by a request. */
const SOURCE = 'POST /add-checkpoint';

export interface EquivocationsParts {
  readonly convictions: Pick<Convictions, 'add'>;
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
   * Freezes the chain if the checkpoint contradicts a verified block.
   * @param checkpoint that the chain's producer signed
   * @returns whether it does
   */
  async report(store: AnyChainStore, checkpoint: Checkpoint): Promise<boolean> {
    const { size, root } = checkpoint;
    if (isVerified(store, checkpoint)) return false;
    const header = store.headerOfSize(size);
    const place = header === undefined ? {} : { index: header.index, expected: header.treeRoot };
    const what = fault('FORKED', { ...place, field: 'tree_root', found: hashHex(root) });
    const evidence = checkpointEvidence(store, checkpoint);
    if (evidence !== undefined) {
      await this.parts.convictions.add(evidence, SOURCE, what);
      return true;
    }
    if (header === undefined) return false;
    await this.reportAlone(store, checkpoint, what);
    return true;
  }

  /** Without a checkpoint of its own, this node has nothing that would convince others: a restart tries again. */
  private async reportAlone({ chain }: AnyChainStore, { note }: Checkpoint, what: Fault): Promise<void> {
    const { faults, events, clock, breakChain } = this.parts;
    breakChain(chain.id, what);
    const evidence = formatNote(note);
    const digest = hashHex(sha256(evidence));
    const at = { upstream: SOURCE, chain: chain.name, detectedAt: clock.now() };
    const record = { ...what, ...at, evidence, digest };
    this.logger.error(
      `EQUIVOCATION: the producer of ${chain.name} signed a checkpoint that contradicts its block: ${what.message}. The ` +
        'chain is no longer followed, and the last good state is still served. The evidence is kept (GET /faults).',
    );
    try {
      await faults.add(record);
    } catch (error) {
      this.logger.error(
        `the evidence of the equivocation could not be stored: ${String(error)}: ${evidence}`,
      );
    }
    events.emit({ type: 'fault', isConviction: false, fault: record });
  }
}
