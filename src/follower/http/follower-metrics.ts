/** A follower's metrics for Prometheus. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FaultCode } from '../../chain/faults.js';
import type { Convictions } from '../../ledger/convictions.js';
import type { LedgerStore } from '../../ledger/store.js';
import type { FollowerStatus } from './follower-status.js';

const VERIFY_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export class FollowerMetrics {
  private readonly faults: Counter<'chain' | 'code'>;
  private readonly blocks: Counter<'chain'>;
  private readonly entries: Counter<'chain'>;
  private readonly seconds: Histogram;

  constructor(registry: Registry, status: FollowerStatus, store: LedgerStore, convictions: Convictions) {
    const registers = [registry];
    new Gauge({
      name: 'bpsc_sync_lag_blocks',
      help: 'Blocks that an upstream has and this follower lacks; no value while unknown',
      labelNames: ['chain'],
      registers,
      collect() {
        // There is no number for unknown, so the previous value is removed.
        this.reset();
        for (const { id, name } of store.chains()) {
          const lag = status.lagOf(id);
          if (lag !== undefined) this.set({ chain: name }, lag);
        }
      },
    });
    new Gauge({
      name: 'bpsc_sync_staleness_seconds',
      help: 'Time since all chains were last level with an upstream, or since the start if they have not been yet',
      registers,
      collect() {
        this.set((status.stalenessMs() ?? status.uptimeMs()) / 1000);
      },
    });
    new Gauge({
      name: 'bpsc_upstream_unreachable_seconds',
      help: 'Longest time since an upstream stopped answering like a node; 0 while all answer',
      registers,
      collect() {
        this.set(status.awayMs() / 1000);
      },
    });
    // Replaces the default gauge with one for all chains of the node, including one that it seals itself.
    registry.removeSingleMetric('bpsc_head_index');
    new Gauge({
      name: 'bpsc_head_index',
      help: 'Index of the last block',
      labelNames: ['chain'],
      registers,
      collect() {
        for (const each of store.stores()) {
          this.set({ chain: each.chain.name }, each.head().header.index);
        }
      },
    });
    this.faults = new Counter({
      name: 'bpsc_faults_total',
      help: 'Faults of the upstreams and of producers; chain is empty if a fault concerns no chain in particular',
      labelNames: ['chain', 'code'],
      registers,
    });
    convictions.onFrozen(({ name }, { fault }) => this.fault(name, fault.fault));
    new Gauge({
      name: 'bpsc_chain_frozen',
      help: '1 if the chain is frozen for good, because its producer told two stories; 0 otherwise',
      labelNames: ['chain'],
      registers,
      collect() {
        for (const { id, name } of store.chains()) {
          this.set({ chain: name }, convictions.of(id) === undefined ? 0 : 1);
        }
      },
    });
    this.blocks = new Counter({
      name: 'bpsc_blocks_verified_total',
      help: 'Blocks verified and stored',
      labelNames: ['chain'],
      registers,
    });
    this.entries = new Counter({
      name: 'bpsc_entries_verified_total',
      help: 'Entries verified and stored',
      labelNames: ['chain'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'bpsc_verify_seconds',
      help: 'Time to verify a received block',
      buckets: VERIFY_SECONDS,
      registers,
    });
  }

  fault(chain: string, code: FaultCode): void {
    this.faults.inc({ chain, code });
  }

  verified(chain: string, entries: number, seconds: number): void {
    this.blocks.inc({ chain });
    this.entries.inc({ chain }, entries);
    this.seconds.observe(seconds);
  }
}
