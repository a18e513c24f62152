/**
 * Prisma's client on the database that the chain's own connection writes to, loaded and opened when it is first asked
 * for: its query compiler and its connection take some 60 MB, and many a node never meets a fault or another node.
 */
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { InvariantError } from '../../ledger/errors.js';

export class LazyPrisma {
  private opening: Promise<PrismaClient> | undefined;

  constructor(private readonly file: string) {}

  /** The first call takes about a tenth of a second. When it fails, the next one tries again. */
  client(): Promise<PrismaClient> {
    this.opening ??= openPrisma(this.file).catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  async close(): Promise<void> {
    // A failure to open was reported to the caller that asked for it, and there is nothing to close.
    const prisma = await this.opening?.catch(() => undefined);
    await prisma?.$disconnect();
  }
}

async function openPrisma(file: string): Promise<PrismaClient> {
  const [{ PrismaBetterSqlite3 }, { PrismaClient }] = await Promise.all([
    import('@prisma/adapter-better-sqlite3'),
    import('../../generated/prisma/client.js'),
  ]);
  const prisma = new PrismaClient({
    adapter: singleStatements(new PrismaBetterSqlite3({ url: `file:${file}`, timeout: 1000 })),
  });
  await prisma.$connect();
  return prisma;
}

/**
 * Refuses transactions. Both connections of this process are synchronous, so a write lock that is held across an
 * `await` would make the other one wait for what can't come before its own wait ends. Single statements can't.
 */
function singleStatements(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter = await factory.connect();
      await adapter.executeScript('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;');
      adapter.startTransaction = () => {
        throw new InvariantError('no transactions through Prisma: write with single statements');
      };
      return adapter;
    },
  };
}
