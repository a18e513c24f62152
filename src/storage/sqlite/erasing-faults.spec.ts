/** Faults at every write of an erasure: after a restart it is sealed and the content gone, or neither. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { ChainBuilder } from '../../../test/support/chain-builder.js';
import { firstOf } from '../../../test/support/first-of.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestFollower } from '../../../test/support/test-follower.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { TestUpstream } from '../../../test/support/test-upstream.js';
import { run } from '../../cli/testing/test-io.js';
import { keepScrubbed } from '../../ledger/keep-scrubbed.js';
import type { LedgerStore } from '../../ledger/store.js';
import type { Accepted } from '../../producer/accept/intake.js';
import { openStorage } from './database.js';
import { Statements } from './statements.js';

const SECRET = 'a person called Ada, born 1815';
/** Those that have to be among the broken ones. */
const WRITES = [
  'BEGIN IMMEDIATE',
  'secure_delete = ON',
  'UPDATE information SET information = NULL, salt = NULL WHERE sequence = ?',
  'UPDATE chain SET head_index = ?, head_hash = ? WHERE number = ? AND head_hash = ?',
  'COMMIT',
  'wal_checkpoint(TRUNCATE)',
];

afterEach(() => jest.restoreAllMocks());
afterAll(removeTemporary);

/** Makes the write with this number fail, before or after it took effect. @returns all writes */
function breakWrite(at: number, persists: boolean): readonly string[] {
  const writes: string[] = [];
  const step = <T>(name: string, act: () => T): T => {
    const isFaulty = writes.push(name) - 1 === at;
    const result = isFaulty && !persists ? undefined : act();
    if (isFaulty) throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE');
    return result as T;
  };
  const { run: runStatement } = Statements.prototype;
  jest.spyOn(Statements.prototype, 'run').mockImplementation(function (this: Statements, sql, parameters) {
    return step(sql.trim().split('\n')[0]!, () => runStatement.call(this, sql, parameters));
  });
  const { pragma } = Database.prototype;
  jest.spyOn(Database.prototype, 'pragma').mockImplementation(function (this: Database.Database, source) {
    return step(source, () => pragma.call(this, source));
  });
  return writes;
}

/** The files that a killed process leaves, with their log of writes, in another place. */
function asKilled(file: string): string {
  const copy = path.join(temporaryFolder(), 'node.db');
  for (const end of ['', '-wal'])
    if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, `${copy}${end}`);
  return copy;
}

interface Erasing {
  readonly role: 'producer' | 'follower';
  readonly file: string;
  /** Stores the block with the erasure, which may fail. */
  act(): Promise<unknown>;
  close(): Promise<void>;
}

async function onProducer(): Promise<Erasing> {
  const node: TestProducer = await startTestProducer(temporaryFolder());
  const { entry } = (await node.inform(SECRET)) as Accepted;
  await node.information.seal();
  await node.erase(entry.id);
  return {
    role: 'producer',
    file: node.config.databaseFile,
    act: () => node.information.seal(),
    close: () => node.close(),
  };
}

async function onFollower(): Promise<Erasing> {
  const chain = ChainBuilder.information();
  const upstream = await TestUpstream.start([ChainBuilder.token(), chain]);
  const record = chain.information({ information: SECRET });
  chain.seal([record]);
  const file = path.join(temporaryFolder(), 'follower.db');
  const follower = await startTestFollower(file, upstream.url);
  await follower.round();
  chain.seal([chain.erasure(record)]);
  return {
    role: 'follower',
    file,
    act: () => follower.round(),
    close: async () => {
      await follower.close();
      await upstream.close();
    },
  };
}

const holdsSecret = (file: string): boolean =>
  ['', '-wal'].some((end) => existsSync(`${file}${end}`) && readFileSync(`${file}${end}`).includes(SECRET));

/** What a node does at its start, so far as this matters. */
function begin(store: LedgerStore): void {
  const fail = (error: unknown): void => {
    throw error as Error;
  };
  keepScrubbed(store, { after: () => () => undefined }, fail)();
}

/** @returns whether the erasure is sealed */
async function afterRestart({ role, file }: Erasing): Promise<boolean> {
  const killed = asKilled(file);
  const storage = await openStorage(killed, role);
  begin(storage.store);
  const store = firstOf(storage.store, 'information');
  const isSealed = store.head().header.index === 3;
  const [record] = store.entries(0, 1, 1);
  expect([record?.content?.text, holdsSecret(killed)]).toEqual(
    isSealed ? [undefined, false] : [JSON.stringify(SECRET), true],
  );
  expect(store.withheld(9)).toEqual([]);
  expect(store.erasedBetween(0, store.head().header.treeSize)).toEqual(isSealed ? [0] : []);
  await storage.close();
  expect((await run(['verify', '-q', killed])).stdout).toMatch(/^OK: /m);
  return isSealed;
}

describe.each([
  ['a seal', onProducer],
  ['a follower’s take', onFollower],
])('an erasure by %s', (_who, start) => {
  it.each([
    ['failed', false],
    ['failed but persisted', true],
  ])('is there as a whole or not at all after each write that %s', async (_how, persists) => {
    const sealed: boolean[] = [];
    for (let writes: readonly string[] = [], at = 0; at <= writes.length; at++) {
      const erasing = await start();
      writes = breakWrite(at, persists);
      await erasing.act().catch(() => undefined);
      jest.restoreAllMocks();
      sealed.push(await afterRestart(erasing));
      await erasing.close().catch(() => undefined);
      // The last one had no fault.
      if (writes.length <= at) expect(writes).toEqual(expect.arrayContaining(WRITES));
    }
    expect(sealed.length).toBeGreaterThan(WRITES.length);
    // Nothing before the commit, everything after it.
    expect(sealed).toEqual(sealed.toSorted());
    expect(new Set(sealed)).toEqual(new Set([false, true]));
  });
});
