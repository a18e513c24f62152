/** The producer's status for the common routes. */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { Contract } from '../../chain/contract/contract.js';
import { isInformationContract, isTokenContract } from '../../chain/contract/kinds.js';
import { NodeInfo, type Waiting } from '../../ledger/node-info.js';
import type { LedgerStore } from '../../ledger/store.js';
import type { DiskGuard } from '../accept/disk-guard.js';
import type { Producer } from './producer.js';

export class ProducerStatus extends NodeInfo {
  override readonly role = 'producer';
  override readonly upstream = undefined;

  constructor(
    private readonly producer: Producer,
    private readonly store: LedgerStore,
    private readonly disk: DiskGuard,
    /** of the node's other parts */
    private readonly otherTroubles: () => readonly string[] = () => [],
  ) {
    super();
  }

  override troubles(): readonly string[] {
    const troubles: string[] = [];
    try {
      this.store.assertInPlace();
    } catch (error) {
      troubles.push((error as Error).message);
    }
    if (!this.disk.hasRoom()) troubles.push('the disk is too full to accept entries');
    const { refusal } = this.producer.clockState;
    if (refusal !== undefined) troubles.push(refusal);
    for (const chain of this.producer.delayed) troubles.push(`${chain} cannot be sealed`);
    return [...troubles, ...this.otherTroubles()];
  }

  override waiting(chain: Hash): Waiting {
    return this.producer.chain(chain).waiting;
  }

  override details(): Readonly<Record<string, string | number | boolean | null>> {
    const waiting = (isOfKind: (contract: Contract) => boolean): number =>
      this.producer.all
        .filter(({ contract }) => isOfKind(contract))
        .reduce((sum, { pending: { from, to } }) => sum + to - from, 0);
    const { jumpMs, acceptedJump, behindMs } = this.producer.clockState;
    return {
      pending_transactions: waiting(isTokenContract),
      pending_information: waiting(isInformationContract),
      free_disk_bytes: this.disk.free(),
      clock_jump_ms: jumpMs,
      clock_accepted_jump_ms: acceptedJump?.ms ?? null,
      clock_accepted_jump_at: acceptedJump?.at ?? null,
      clock_behind_ms: behindMs,
    };
  }
}
