import { firstOf } from '../../../test/support/first-of.js';
import { linkSync, lstatSync, openSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer } from '../../../test/support/test-producer.js';
import { FatalError, OperatorError } from '../../ledger/errors.js';
import { mountPoints } from './database-file.js';
import { openStorage } from './database.js';

afterAll(removeTemporary);

/** A symbolic link to a file. @returns its path */
function link(file: string, name: string): string {
  symlinkSync(file, name);
  return name;
}

const newFile = (): string => path.join(temporaryFolder(), 'node.db');

describe('opening a database', () => {
  it('refuses a second node, and lets one in when the first has closed it', async () => {
    const file = newFile();
    const first = await openStorage(file, 'producer');
    await expect(openStorage(file, 'producer')).rejects.toThrow(/is in use by another node/);
    await first.close();
    await (await openStorage(file, 'producer')).close();
  });

  describe('refuses a second node on the same file', () => {
    let folder: string;
    let file: string;
    beforeEach(() => {
      folder = temporaryFolder();
      file = path.join(folder, 'node.db');
    });

    it.each<[string, () => string]>([
      ['a symbolic link', () => link(file, path.join(folder, 'link.db'))],
      ['a link to a link', () => link(link(file, path.join(folder, 'a.db')), path.join(folder, 'b.db'))],
      ['a link to its folder', () => path.join(link(folder, path.join(temporaryFolder(), 'l')), 'node.db')],
      ['a relative path', () => path.relative(process.cwd(), file)],
      ['a way round', () => `${folder}/../${path.basename(folder)}/./node.db`],
    ])('through %s', async (_name, other) => {
      const first = await openStorage(file, 'producer');
      const second = other();
      await expect(openStorage(second, 'producer')).rejects.toThrow(/is in use by another node/);
      await first.close();
      const through = await openStorage(second, 'producer');
      await expect(openStorage(file, 'producer')).rejects.toThrow(/is in use by another node/);
      await through.close();
      // Log and lock are next to the file itself, not next to a link.
      expect(readdirSync(path.dirname(second)).filter((name) => name.endsWith('-wal'))).toEqual([]);
    });

    it('through a descriptor', async () => {
      const first = await openStorage(file, 'producer');
      const second = `/proc/${process.pid}/fd/${openSync(file, 'r')}`;
      await expect(openStorage(second, 'producer')).rejects.toThrow(/is in use by another node/);
      await first.close();
    });

    it('though that one has its lock where older versions have it', async () => {
      const named = link(file, path.join(folder, 'link.db'));
      const older = new Database(`${named}.lock`);
      older.exec('BEGIN EXCLUSIVE');
      await expect(openStorage(named, 'producer')).rejects.toThrow(/is in use by another node/);
      older.close();
    });

    it('by refusing a file with several hard links', async () => {
      await (await openStorage(file, 'producer')).close();
      linkSync(file, path.join(folder, 'other.db'));
      await expect(openStorage(file, 'producer')).rejects.toThrow(/node\.db has 2 hard links: another node/);
      rmSync(path.join(folder, 'other.db'));
      await (await openStorage(file, 'producer')).close();
    });

    it('by refusing a file that is mounted by itself', () => {
      const mountinfo =
        '36 35 98:0 /mnt1 /mnt/with\\040space/node.db rw,noatime master:1 - ext3 /dev/root rw\n' +
        '37 35 98:0 / /mnt2 rw - ext3 /dev/root rw\n';
      expect([...mountPoints(mountinfo)]).toEqual(['/mnt/with space/node.db', '/mnt2']);
    });
  });

  it('makes the file that a dangling symbolic link names', async () => {
    const folder = temporaryFolder();
    const named = link(path.join(folder, 'node.db'), path.join(folder, 'link.db'));
    await (await openStorage(named, 'producer')).close();
    expect(lstatSync(path.join(folder, 'node.db')).isFile()).toBe(true);
    expect(lstatSync(named).isSymbolicLink()).toBe(true);
  });

  it.each<[string, () => string, RegExp]>([
    ['a folder', temporaryFolder, /is a folder: name a file in it, or set DATABASE_URL/],
    ['a device', () => '/dev/null', /is not a regular file: set DATABASE_URL to one$/],
    [
      'a link that leads round',
      () => {
        const file = path.join(temporaryFolder(), 'a.db');
        return link(file, file);
      },
      /\(DATABASE_URL\) cannot be opened: ELOOP/,
    ],
  ])('refuses %s', async (_name, file, message) => {
    await expect(openStorage(file(), 'producer')).rejects.toThrow(message);
    await expect(openStorage(file(), 'producer')).rejects.toBeInstanceOf(OperatorError);
  });

  it('refuses a database of the other role', async () => {
    const file = newFile();
    await (await openStorage(file, 'follower')).close();
    await expect(openStorage(file, 'producer')).rejects.toThrow(/belongs to a follower: set ROLE=follower/);
  });

  it('refuses a database of a newer version', async () => {
    const file = newFile();
    await (await openStorage(file, 'producer')).close();
    const db = new Database(file);
    db.exec(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'x', '99991231_later')`,
    );
    db.close();
    await expect(openStorage(file, 'producer')).rejects.toThrow(/newer version .*99991231_later/);
  });

  it('refuses a file that is no database', async () => {
    const file = newFile();
    writeFileSync(file, 'x'.repeat(8192));
    await expect(openStorage(file, 'producer')).rejects.toThrow(/cannot be opened: file is not a database/);
  });

  it('refuses a folder that cannot be made', async () => {
    const file = newFile();
    writeFileSync(file, '');
    await expect(openStorage(path.join(file, 'node.db'), 'producer')).rejects.toThrow(/cannot be opened/);
  });

  it('commits to the disk before it answers', async () => {
    const file = newFile();
    const storage = await openStorage(file, 'producer');
    const db = (storage.store as unknown as { db: Database.Database }).db;
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    await storage.close();
  });
});

describe('a database in trouble', () => {
  it('refuses entries with 503 while its disk is full, loses nothing, and goes on', async () => {
    const node = await startTestProducer(temporaryFolder());
    const db = (node.store as unknown as { db: Database.Database }).db;
    await node.transfer({ nonce: 'before' });
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count = ${pages}`);
    const results: unknown[] = [];
    for (let i = 0; i < 60 && !(results.at(-1) instanceof Error); i++) {
      results.push(
        await node.transfer({ nonce: `n${i}`, memo: 'm'.repeat(256) }).catch((error: unknown) => error),
      );
    }
    expect(results.at(-1)).toMatchObject({ name: 'Unavailable', code: 'DISK_FULL' });
    const acknowledged = results.length; // with the one before, without the one refused
    expect(firstOf(node.store, 'token').tail().nextSequence).toBe(acknowledged);
    db.pragma('max_page_count = 1000000');
    await node.transfer({ nonce: 'after' });
    expect(firstOf(node.store, 'token').tail().nextSequence).toBe(acknowledged + 1);
    expect((await node.token.seal()).treeSize).toBe(acknowledged + 1);
    expect(node.failures).toEqual([]);
    await node.close();
  });

  it('refuses entries while another program has it locked, and goes on', async () => {
    const node = await startTestProducer(temporaryFolder());
    const other = new Database(node.config.databaseFile);
    other.exec('BEGIN IMMEDIATE');
    await expect(node.transfer({})).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    other.exec('ROLLBACK');
    other.close();
    await node.transfer({});
    await node.close();
  });

  it('stops rather than acknowledge what goes into a deleted database', async () => {
    const node = await startTestProducer(temporaryFolder());
    rmSync(node.config.databaseFile);
    await expect(node.transfer({})).rejects.toThrow(FatalError);
    expect(node.failures).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/was deleted or replaced/) }),
    ]);
    await node.close();
  });

  it('stops when somebody else wrote entries', async () => {
    const node = await startTestProducer(temporaryFolder());
    await node.transfer({});
    const other = new Database(node.config.databaseFile);
    other.exec(
      `INSERT INTO "transaction" SELECT 1, id, block, sender, recipient, 'x', leaf FROM "transaction"`,
    );
    other.close();
    await expect(node.transfer({})).rejects.toThrow(/another process wrote to the database/);
    await node.close();
  });
});

/** A fault as it is logged. */
const FAULT = {
  fault: 'MALFORMED' as const,
  message: 'it is wrong',
  upstream: 'http://a',
  chain: 'aka',
  detectedAt: 1,
  evidence: '{}',
  digest: 'd',
};

describe('the node registry and the fault log', () => {
  it('keep what was reported to them, once, across a restart', async () => {
    const file = newFile();
    let storage = await openStorage(file, 'follower');
    const fault = { ...FAULT, index: 7 };
    await storage.nodes.register(['http://a:1', 'http://b:2', 'http://a:1'], 5);
    await storage.faults.add(fault);
    await storage.faults.add({ ...fault, detectedAt: 9 });
    await storage.close();
    storage = await openStorage(file, 'follower');
    await storage.nodes.register(['http://b:2', 'http://c:3'], 6);
    expect(await storage.nodes.all()).toEqual([
      { url: 'http://a:1', registeredAt: 5 },
      { url: 'http://b:2', registeredAt: 5 },
      { url: 'http://c:3', registeredAt: 6 },
    ]);
    expect(await storage.faults.all()).toEqual([{ ...fault, lastSeenAt: 9, times: 2 }]);
    await storage.close();
  });

  it('count a fault up by its place, whatever was sent with it, and keep the first evidence', async () => {
    const storage = await openStorage(newFile(), 'follower');
    const met = { ...FAULT, index: 7, field: 'hash' };
    await storage.faults.add(met);
    await storage.faults.add({ ...met, evidence: 'other', digest: 'e', found: 'other', detectedAt: 5 });
    await storage.faults.add({ ...met, index: 8, digest: 'f' });
    await storage.faults.add({ ...met, chain: 'other', digest: 'g' });
    // The same text may be wrong in another place: it is counted where it was found first.
    await storage.faults.add({ ...met, index: 9 });
    const all = await storage.faults.all();
    expect(all.map(({ index, chain, times, evidence }) => [index, chain, times, evidence])).toEqual([
      [7, 'other', 1, '{}'],
      [8, 'aka', 1, '{}'],
      [7, 'aka', 3, '{}'],
    ]);
    await storage.close();
  });

  it('shows faults page by page: a hundred at most, and no more evidence than an answer may hold', async () => {
    const storage = await openStorage(newFile(), 'follower');
    for (let index = 1; index <= 103; index++)
      await storage.faults.add({ ...FAULT, index, digest: `d${index}` });
    const first = await storage.faults.page();
    expect([first.records.length, first.records[0]?.index, first.records.at(-1)?.index]).toEqual([
      100, 103, 4,
    ]);
    const second = await storage.faults.page(first.next);
    expect([second.records.map(({ index }) => index), second.next]).toEqual([[3, 2, 1], undefined]);

    const evidence = 'x'.repeat(3 * 1024 * 1024);
    for (let index = 201; index <= 204; index++) {
      await storage.faults.add({ ...FAULT, index, evidence, digest: `d${index}` });
    }
    const large = await storage.faults.page();
    expect(large.records.map(({ index }) => index)).toEqual([204, 203]);
    expect((await storage.faults.page(large.next)).records.map(({ index }) => index).slice(0, 3)).toEqual([
      202, 201, 103,
    ]);
    await storage.close();
  });

  it('keeps no more evidence than it may: the oldest goes, a proof of two stories last', async () => {
    const storage = await openStorage(newFile(), 'follower');
    await storage.faults.add({ ...FAULT, fault: 'FORKED', index: 1, digest: 'proof' });
    await storage.faults.add({ ...FAULT, index: 2, digest: 'old' });
    const evidence = 'x'.repeat(16 * 1024 * 1024);
    for (let index = 3; index <= 6; index++) {
      await storage.faults.add({ ...FAULT, index, evidence, digest: `d${index}` });
    }
    const kept: unknown[] = [];
    for (let next: number | undefined, more = true; more; more = next !== undefined) {
      const page = await storage.faults.page(next);
      kept.push(...page.records.map(({ index }) => index));
      ({ next } = page);
    }
    expect(kept).toEqual([6, 5, 4, 1]);
    await storage.close();
  });
});
