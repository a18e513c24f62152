/** What happens when an upstream is at fault: the chain stops, and everybody can learn why. */
import { Logger } from '@nestjs/common';
import type { ChainKind } from '../chain/contract.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { FaultLog } from '../ledger/store.js';
import type { FollowerMetrics } from './follower-metrics.js';
import type { FollowerStatus } from './follower-status.js';
import type { Refusal } from './refusal.js';

export class FaultReporter {
  private readonly logger = new Logger('Follower');

  constructor(
    private readonly upstream: string,
    private readonly faults: FaultLog,
    private readonly status: FollowerStatus,
    private readonly metrics: FollowerMetrics,
    private readonly events: NodeEvents,
    private readonly now: () => number,
  ) {}

  /**
   * Stops the chains in `kinds`, then keeps the evidence: a chain is stopped also when its evidence can't be kept.
   * @param chain the chain's name, or "" where the fault is about no chain in particular
   */
  async report(kinds: readonly ChainKind[], chain: string, { fault, evidence }: Refusal): Promise<void> {
    for (const kind of kinds) this.status.stop(kind, fault);
    const served = this.status.hasChains
      ? 'the last good state is served on'
      : 'there is nothing to serve yet';
    this.metrics.fault(chain, fault.fault);
    this.logger.error(
      `FAULT of the upstream ${this.upstream}${chain === '' ? '' : `, chain ${chain}`}: ${fault.fault}: ${fault.message}. ` +
        `The ${kinds.join(' and the ')} chain is no longer followed; ${served}. ` +
        'The evidence is kept (GET /faults); start the node again to try again.',
    );
    const record = {
      ...fault,
      upstream: this.upstream,
      chain,
      detectedAt: this.now(),
      evidence: evidence.text,
      digest: evidence.digest,
    };
    try {
      await this.faults.add(record);
    } catch (error) {
      this.logger.error(`the evidence of ${fault.fault} could not be kept: ${String(error)}`);
    }
    this.events.emit({ type: 'fault', fault: record });
  }
}
