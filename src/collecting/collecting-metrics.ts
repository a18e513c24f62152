/** Metrics of the witnesses in this node's policy. */
import { Counter, Gauge, type Registry } from 'prom-client';

/** How far a witness is behind the newest checkpoint of a chain. */
export interface WitnessLag {
  readonly chain: string;
  readonly witness: string;
  readonly blocks: number;
  readonly entries: number;
}

export class CollectingMetrics {
  private readonly failures: Counter<'witness' | 'reason'>;

  /** @param lags read when the figures are asked for */
  constructor(registry: Registry, witnesses: readonly string[], lags: () => readonly WitnessLag[]) {
    const registers = [registry];
    const gauge = (name: string, help: string, value: (lag: WitnessLag) => number): void => {
      const collect = function (this: Gauge<'chain' | 'witness'>): void {
        this.reset();
        for (const lag of lags()) this.set({ chain: lag.chain, witness: lag.witness }, value(lag));
      };
      new Gauge({ name, help, labelNames: ['chain', 'witness'], registers, collect });
    };
    gauge(
      'bpsc_witness_lag_entries',
      'Sealed entries that a witness has not cosigned yet, as far as this node has its cosignatures',
      ({ entries }) => entries,
    );
    gauge(
      'bpsc_witness_lag_blocks',
      'Blocks since the last one whose checkpoint a witness cosigned, as far as this node has its cosignatures',
      ({ blocks }) => blocks,
    );
    this.failures = new Counter({
      name: 'bpsc_witness_failures_total',
      help: 'Requests to a witness that brought no cosignature, but for those that found it at another size',
      labelNames: ['witness', 'reason'],
      registers,
    });
    for (const witness of witnesses) this.failures.inc({ witness, reason: 'unreachable' }, 0);
  }

  failed(witness: string, reason: string): void {
    this.failures.inc({ witness, reason });
  }
}
