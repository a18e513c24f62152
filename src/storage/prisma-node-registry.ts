/** The nodes that this one was told of. */
import type { PrismaClient } from '../generated/prisma/client.js';
import { NodeRegistry, type KnownNode } from '../ledger/store.js';

export class PrismaNodeRegistry extends NodeRegistry {
  constructor(private readonly prisma: PrismaClient) {
    super();
  }

  override async register(urls: readonly string[], now: number): Promise<readonly KnownNode[]> {
    for (const url of new Set(urls)) {
      await this.prisma.node.upsert({
        where: { url },
        create: { url, registeredAt: BigInt(now) },
        // An upsert that changes nothing would be two statements in a transaction; this is one.
        update: { url },
      });
    }
    return this.all();
  }

  override async all(): Promise<readonly KnownNode[]> {
    const rows = await this.prisma.node.findMany({ orderBy: [{ registeredAt: 'asc' }, { url: 'asc' }] });
    return rows.map(({ url, registeredAt }) => ({ url, registeredAt: Number(registeredAt) }));
  }
}
