/** Prisma's client on the database that the chain's own connection writes to. */
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaClient } from '../generated/prisma/client.js';
import { InvariantError } from '../ledger/errors.js';

export async function openPrisma(file: string): Promise<PrismaClient> {
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
      await adapter.executeScript('PRAGMA synchronous = FULL;');
      adapter.startTransaction = () => {
        throw new InvariantError('no transactions through Prisma: write with single statements');
      };
      return adapter;
    },
  };
}
