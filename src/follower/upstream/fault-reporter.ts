/** Handles an upstream's fault: the chain it lied about is no longer taken from it, and everybody can learn why. */
import { Logger } from '@nestjs/common';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { NodeEvents } from '../../ledger/node-events.js';
import type { FaultLog } from '../../ledger/store.js';
import type { FollowerMetrics } from '../http/follower-metrics.js';
import type { FollowerStatus } from '../http/follower-status.js';
import type { Refusal } from './refusal.js';
import type { UpstreamStatus } from './upstream-status.js';

/** The subject of a fault, and its consequences. */
export type FaultScope =
  /** about no chain in particular: nothing more is taken from this upstream */
  | { readonly of: 'upstream' }
  /** the chain is no longer taken from this upstream or, where its producer signed what is wrong, from anyone */
  | { readonly of: 'chain'; readonly id: Hash; readonly name: string }
  /** an item of its list that can't be right, and is of no chain that is followed */
  | { readonly of: 'item'; readonly name: string };

export class FaultReporter {
  private readonly logger = new Logger('Follower');

  constructor(
    private readonly upstream: UpstreamStatus,
    private readonly faults: FaultLog,
    private readonly status: FollowerStatus,
    private readonly metrics: FollowerMetrics,
    private readonly events: NodeEvents,
    private readonly now: () => number,
  ) {}

  /** Stops what is concerned, then keeps the evidence: a chain is stopped also when its evidence can't be kept. */
  async report(scope: FaultScope, { fault, evidence, isProducers = false }: Refusal): Promise<void> {
    const { upstream, status } = this;
    if (scope.of === 'upstream') upstream.stopAll(fault);
    if (scope.of === 'chain') {
      if (isProducers) status.breakChain(scope.id, fault);
      else upstream.stop(scope.id, scope.name, fault);
    }
    const chain = scope.of === 'upstream' ? '' : scope.name;
    // A name that only an upstream knows is no label of ours.
    this.metrics.fault(scope.of === 'chain' ? chain : '', fault.fault);
    this.logger.error(
      `FAULT of the upstream ${upstream.url}${chain === '' ? '' : `, chain ${chain}`}: ${fault.fault}: ${fault.message}. ` +
        `${this.consequence(scope, isProducers)} The evidence is kept (GET /faults); start the node again to try again.`,
    );
    const record = {
      ...fault,
      upstream: upstream.url,
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

  private consequence(scope: FaultScope, isProducers: boolean): string {
    const served = this.status.hasChains
      ? 'the last good state is served on'
      : 'there is nothing to serve yet';
    if (scope.of === 'upstream') return `Nothing more is taken from it; ${served}.`;
    if (scope.of === 'item') return 'This item is left out, and the others are followed.';
    if (isProducers) {
      return `The producer of ${scope.name} signed it, so the chain is no longer followed from anywhere; ${served}.`;
    }
    const other = this.status.all.find((each) => each.isServing(scope.id));
    return other === undefined
      ? `${scope.name} is no longer followed; ${served}.`
      : `${scope.name} is no longer taken from it, but from ${other.url}.`;
  }
}
