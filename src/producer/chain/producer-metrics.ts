/** The producer's metrics. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ClockState } from '../plan/clock-watch.js';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export class ProducerMetrics {
  private readonly acceptedTotal: Counter<'chain'>;
  private readonly sealedEntries: Counter<'chain'>;
  private readonly sealedBlocks: Counter<'chain'>;
  private readonly pending: Gauge<'chain'>;
  private readonly headIndex: Gauge<'chain'>;
  private readonly commitSeconds: Histogram<'chain'>;
  private readonly commitEntries: Histogram<'chain'>;
  private readonly sealSeconds: Histogram<'chain'>;

  constructor(private readonly registry: Registry) {
    const common = { labelNames: ['chain'] as const, registers: [registry] };
    this.acceptedTotal = new Counter({
      name: 'bpsc_entries_accepted_total',
      help: 'Entries accepted: on disk, answered with 201',
      ...common,
    });
    this.sealedEntries = new Counter({
      name: 'bpsc_entries_sealed_total',
      help: 'Entries sealed into blocks',
      ...common,
    });
    this.sealedBlocks = new Counter({ name: 'bpsc_blocks_sealed_total', help: 'Blocks sealed', ...common });
    this.pending = new Gauge({
      name: 'bpsc_pending_entries',
      help: 'Entries accepted and not yet sealed',
      ...common,
    });
    this.headIndex = new Gauge({ name: 'bpsc_head_index', help: 'Index of the last block', ...common });
    this.commitSeconds = new Histogram({
      name: 'bpsc_commit_seconds',
      help: 'Time of one group commit, its fsync included',
      buckets: SECONDS,
      ...common,
    });
    this.commitEntries = new Histogram({
      name: 'bpsc_commit_entries',
      help: 'Entries in one group commit',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10_000],
      ...common,
    });
    this.sealSeconds = new Histogram({
      name: 'bpsc_seal_seconds',
      help: 'Time to seal one block: hash, sign, verify, commit',
      buckets: SECONDS,
      ...common,
    });
  }

  /** The state at start, so that the gauges are correct from the beginning. */
  start(chain: string, headIndex: number, waiting: number): void {
    this.headIndex.set({ chain }, headIndex);
    this.pending.set({ chain }, waiting);
    this.acceptedTotal.inc({ chain }, 0);
    this.sealedEntries.inc({ chain }, 0);
    this.sealedBlocks.inc({ chain }, 0);
  }

  /** Read when the metrics are requested. */
  watchClock(state: () => ClockState): void {
    const registers = [this.registry];
    const gauge = (name: string, help: string, seconds: (state: ClockState) => number): void => {
      const collect = function (this: Gauge): void {
        this.set(seconds(state()));
      };
      new Gauge({ name, help, registers, collect });
    };
    gauge(
      'bpsc_clock_jump_seconds',
      'How far the wall clock is ahead of the expected time while it is not trusted; 0 while it is trusted',
      ({ jumpMs }) => jumpMs / 1000,
    );
    gauge(
      'bpsc_clock_accepted_jump_seconds',
      'The last jump of the wall clock that lasted, and counts since; 0 without one',
      ({ acceptedJump }) => (acceptedJump?.ms ?? 0) / 1000,
    );
    gauge(
      'bpsc_clock_behind_seconds',
      'How much earlier the clock is than the last time on a chain',
      ({ behindMs }) => behindMs / 1000,
    );
  }

  committing(chain: string): (entries: number) => void {
    const stop = this.commitSeconds.startTimer({ chain });
    return (entries) => {
      stop();
      this.commitEntries.observe({ chain }, entries);
    };
  }

  accepted(chain: string, entries: number, waiting: number): void {
    this.acceptedTotal.inc({ chain }, entries);
    this.pending.set({ chain }, waiting);
  }

  sealing(chain: string): () => void {
    return this.sealSeconds.startTimer({ chain });
  }

  sealed(chain: string, headIndex: number, entries: number, waiting: number): void {
    this.sealedBlocks.inc({ chain });
    this.sealedEntries.inc({ chain }, entries);
    this.headIndex.set({ chain }, headIndex);
    this.pending.set({ chain }, waiting);
  }
}
