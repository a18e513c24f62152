/** A machine's faults and registered nodes, in place of Prisma's tables: its client is asynchronous for real. */
import {
  FaultLog,
  NodeRegistry,
  type FaultPage,
  type FaultRecord,
  type KnownNode,
} from '../../src/ledger/store.js';

export class MemoryFaultLog extends FaultLog {
  private readonly records: FaultRecord[] = [];

  override async add(record: Omit<FaultRecord, 'lastSeenAt' | 'times'>): Promise<void> {
    this.records.push({ ...record, lastSeenAt: record.detectedAt, times: 1 });
  }

  override async page(): Promise<FaultPage> {
    return { records: this.records.toReversed(), next: undefined };
  }

  override async forks(): Promise<readonly FaultRecord[]> {
    return this.records.filter(({ fault }) => fault === 'FORKED');
  }
}

export class MemoryNodeRegistry extends NodeRegistry {
  private readonly nodes = new Map<string, KnownNode>();

  override async register(urls: readonly string[], now: number): Promise<readonly KnownNode[]> {
    for (const url of urls) if (!this.nodes.has(url)) this.nodes.set(url, { url, registeredAt: now });
    return this.all();
  }

  override async remove(urls: readonly string[]): Promise<void> {
    for (const url of urls) this.nodes.delete(url);
  }

  override async all(): Promise<readonly KnownNode[]> {
    return [...this.nodes.values()];
  }
}
