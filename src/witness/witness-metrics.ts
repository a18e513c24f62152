/** A witness's metrics for Prometheus. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { chainOrigin } from '../chain/note/checkpoint.js';
import type { CosignedHeads } from '../ledger/store.js';
import type { KnownLogs } from './known-logs.js';

export class WitnessMetrics {
  private readonly requests: Counter<'status'>;

  constructor(registry: Registry, logs: KnownLogs, heads: Pick<CosignedHeads, 'last'>) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'bpsc_add_checkpoint_total',
      help: 'Requests for a cosignature, by the status of the answer',
      labelNames: ['status'],
      registers,
    });
    new Gauge({
      name: 'bpsc_cosigned_entries',
      help: 'Entries of the checkpoint that this witness cosigned last',
      labelNames: ['log'],
      registers,
      collect() {
        const followed = logs
          .followed()
          .map(({ chain }) => ({ origin: chainOrigin(chain.id), log: chain.name }));
        const listed = logs.listed.map(({ name }) => ({ origin: name, log: name }));
        for (const { origin, log } of [...followed, ...listed]) {
          const last = heads.last(origin);
          if (last !== undefined) this.set({ log }, last.size);
        }
      },
    });
  }

  answered(status: number): void {
    this.requests.inc({ status: String(status) });
  }
}
