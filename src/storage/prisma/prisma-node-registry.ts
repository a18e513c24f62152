/** The nodes that were registered with this one. */
import { NodeRegistry, type KnownNode } from '../../ledger/store.js';
import type { LazyPrisma } from './prisma.js';

/** A row as SQLite returns it. */
export interface NodeRow {
  readonly url: string;
  readonly registered_at: number | bigint;
}

export class PrismaNodeRegistry extends NodeRegistry {
  /** @param read all rows, oldest first: they are read often, and Prisma need not be loaded for that */
  constructor(
    private readonly prisma: LazyPrisma,
    private readonly read: () => readonly NodeRow[],
  ) {
    super();
  }

  override async register(urls: readonly string[], now: number): Promise<readonly KnownNode[]> {
    const prisma = await this.prisma.client();
    for (const url of new Set(urls)) {
      await prisma.node.upsert({
        where: { url },
        create: { url, registeredAt: BigInt(now) },
        // An upsert without changes would take two statements in a transaction; this takes one.
        update: { url },
      });
    }
    return this.all();
  }

  override async remove(urls: readonly string[]): Promise<void> {
    const prisma = await this.prisma.client();
    await prisma.node.deleteMany({ where: { url: { in: [...urls] } } });
  }

  override async all(): Promise<readonly KnownNode[]> {
    return this.read().map(({ url, registered_at }) => ({ url, registeredAt: Number(registered_at) }));
  }
}
