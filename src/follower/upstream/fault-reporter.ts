/** Handles an upstream's fault: stops pulling the chain concerned from it, and publishes the reason. */
import { Logger } from '@nestjs/common';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { Convictions } from '../../ledger/convictions.js';
import type { NodeEvents } from '../../ledger/node-events.js';
import type { FaultLog } from '../../ledger/store.js';
import type { FollowerMetrics } from '../http/follower-metrics.js';
import type { FollowerStatus } from '../http/follower-status.js';
import type { Refusal } from './refusal.js';
import type { UpstreamStatus } from './upstream-status.js';

/** The subject of a fault, and its consequences. */
export type FaultScope =
  /** no chain in particular: nothing more is pulled from this upstream */
  | { readonly of: 'upstream' }
  /** one chain: it is no longer pulled from this upstream or, if its producer signed the fault, from any upstream */
  | { readonly of: 'chain'; readonly id: Hash; readonly name: string }
  /** an invalid item of its list that belongs to no followed chain */
  | { readonly of: 'item'; readonly name: string };

export class FaultReporter {
  private readonly logger = new Logger('Follower');

  constructor(
    private readonly upstream: UpstreamStatus,
    private readonly faults: FaultLog,
    private readonly status: FollowerStatus,
    private readonly metrics: FollowerMetrics,
    private readonly events: NodeEvents,
    private readonly convictions: Pick<Convictions, 'add'>,
    private readonly now: () => number,
  ) {}

  /** Stops the chain or the upstream, then stores the evidence: it is stopped even if the evidence can't be stored. */
  async report(scope: FaultScope, { fault, evidence, isProducers = false }: Refusal): Promise<void> {
    const { upstream, status } = this;
    if (isProducers && fault.fault === 'FORKED') {
      const frozen = await this.convictions.add(evidence.text, upstream.url, fault);
      if (frozen !== undefined) return;
    }
    if (scope.of === 'upstream') upstream.stopAll(fault);
    if (scope.of === 'chain') {
      if (isProducers) status.breakChain(scope.id, fault);
      else upstream.stop(scope.id, scope.name, fault);
    }
    const chain = scope.of === 'upstream' ? '' : scope.name;
    // A name that only an upstream uses must not become a label of our metrics.
    this.metrics.fault(scope.of === 'chain' ? chain : '', fault.fault);
    this.logger.error(
      `FAULT of the upstream ${upstream.url}${chain === '' ? '' : `, chain ${chain}`}: ${fault.fault}: ${fault.message}. ` +
        `${this.consequence(scope, isProducers)} The evidence is kept (GET /faults); restart the node to try again.`,
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
      this.logger.error(`the evidence of ${fault.fault} could not be stored: ${String(error)}`);
    }
    this.events.emit({ type: 'fault', isConviction: false, fault: record });
  }

  private consequence(scope: FaultScope, isProducers: boolean): string {
    const served = this.status.hasChains
      ? 'the last good state is still served'
      : 'there is nothing to serve yet';
    if (scope.of === 'upstream') return `Nothing more is pulled from it; ${served}.`;
    if (scope.of === 'item') return 'This item is ignored; the others are followed.';
    if (isProducers) {
      return `The producer of ${scope.name} signed it, so the chain is no longer followed from any upstream; ${served}.`;
    }
    const other = this.status.all.find((each) => each.isServingNow(scope.id));
    return other === undefined
      ? `${scope.name} is no longer followed; ${served}.`
      : `${scope.name} is now pulled from ${other.url} instead.`;
  }
}
