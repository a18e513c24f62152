/** The nodes that were registered with this one. */
import { NodeRegistry, type KnownNode } from '../../ledger/store.js';
import type { LazyPrisma } from './prisma.js';

export class PrismaNodeRegistry extends NodeRegistry {
  constructor(private readonly prisma: LazyPrisma) {
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
    const prisma = await this.prisma.client();
    const rows = await prisma.node.findMany({ orderBy: [{ registeredAt: 'asc' }, { url: 'asc' }] });
    return rows.map(({ url, registeredAt }) => ({ url, registeredAt: Number(registeredAt) }));
  }
}
