/** A follower's figures for Prometheus. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { FaultCode } from '../chain/faults.js';
import type { LedgerStore } from '../ledger/store.js';
import type { FollowerStatus } from './follower-status.js';

const VERIFY_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export class FollowerMetrics {
  private readonly faults: Counter<'chain' | 'code'>;
  private readonly blocks: Counter<'chain'>;
  private readonly entries: Counter<'chain'>;
  private readonly seconds: Histogram;

  constructor(registry: Registry, status: FollowerStatus, store: LedgerStore) {
    const registers = [registry];
    new Gauge({
      name: 'bpsc_sync_lag_blocks',
      help: 'Blocks that the upstream has and this follower has not; none while that is unknown',
      labelNames: ['chain'],
      registers,
      collect() {
        // Unknown is no number: what it was before goes.
        this.reset();
        for (const { contract } of store.chains()) {
          const lag = status.lagOf(contract.kind);
          if (lag !== undefined) this.set({ chain: contract.name }, lag);
        }
      },
    });
    new Gauge({
      name: 'bpsc_sync_staleness_seconds',
      help: 'Time since both chains were last level with the upstream, or since the start when they have not been',
      registers,
      collect() {
        this.set((status.stalenessMs() ?? status.uptimeMs()) / 1000);
      },
    });
    new Gauge({
      name: 'bpsc_upstream_unreachable_seconds',
      help: 'Time since the upstream stopped answering as a node does; 0 while it answers',
      registers,
      collect() {
        this.set(status.awayMs() / 1000);
      },
    });
    new Gauge({
      name: 'bpsc_head_index',
      help: 'Index of the last block',
      labelNames: ['chain'],
      registers,
      collect() {
        for (const { contract } of store.chains()) {
          this.set({ chain: contract.name }, store.head(contract.kind).header.index);
        }
      },
    });
    this.faults = new Counter({
      name: 'bpsc_faults_total',
      help: 'Faults of the upstream; chain is empty where a fault is about no chain in particular',
      labelNames: ['chain', 'code'],
      registers,
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
      help: 'Time from a block received to a block verified',
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
