/** Counts of the requests that this node refused before a route, and of the connections it closed: for the metrics. */
import { Counter, Gauge, type Registry } from 'prom-client';

export type RefusalReason = 'connections' | 'bodies' | 'rate_limit' | 'protocol';
export type DropReason = 'slow_reader' | 'slow_sender' | 'connections';

export class EdgeCounts {
  readonly refused: Record<RefusalReason, number> = { connections: 0, bodies: 0, rate_limit: 0, protocol: 0 };
  readonly dropped: Record<DropReason, number> = { slow_reader: 0, slow_sender: 0, connections: 0 };
}

/** The amounts held at this moment. */
export interface EdgeLevels {
  readonly connections: { readonly open: number };
  readonly bodies: { readonly heldBytes: number };
}

export function registerEdgeMetrics(registry: Registry, counts: EdgeCounts, levels: EdgeLevels): void {
  const registers = [registry];
  counter('bpsc_http_refused_total', 'Requests refused before a route saw them', counts.refused, registers);
  counter('bpsc_http_dropped_total', 'Connections that this node ended by itself', counts.dropped, registers);
  gauge('bpsc_http_connections', 'Open connections', () => levels.connections.open, registers);
  gauge('bpsc_http_body_bytes', 'Bytes of request bodies held', () => levels.bodies.heldBytes, registers);
}

function counter(
  name: string,
  help: string,
  counts: Readonly<Record<string, number>>,
  registers: Registry[],
): void {
  new Counter({
    name,
    help,
    labelNames: ['reason'] as const,
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(counts)) this.inc({ reason }, count);
    },
  });
}

function gauge(name: string, help: string, read: () => number, registers: Registry[]): void {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read());
    },
  });
}
