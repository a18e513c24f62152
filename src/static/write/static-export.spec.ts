import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { firstOf } from '../../../test/support/first-of.js';
import { filesIn, readStatic } from '../../../test/support/static-folder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import type { StoredEntry } from '../../ledger/chain-store.js';
import type { Outcome } from '../../producer/accept/intake.js';
import { SYSTEM_DISK, type Disk } from './disk.js';
import { StaticExport } from './static-export.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});
afterAll(removeTemporary);

const TURNS = { pause: () => Promise.resolve() };

async function producerIn(folder = temporaryFolder()): Promise<TestProducer> {
  const producer = await startTestProducer(folder);
  open.push(producer);
  return producer;
}

function exportTo(folder: string, disk: Disk = SYSTEM_DISK): StaticExport {
  const files = new StaticExport(disk, folder, TURNS);
  open.push(files);
  return files;
}

async function sealTransfers({ token, transfer }: TestProducer, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => transfer({})));
  await token.seal();
}

async function sealRecords({ information, inform }: TestProducer, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => inform({ n, text: 'ä "quoted"' })));
  await information.seal();
}

/** What readers ask for; without the lock and notes of the writer's own. */
const published = (folder: string): ReadonlyMap<string, string> =>
  new Map([...filesIn(folder)].filter(([name]) => !path.basename(name).startsWith('.')));

describe('a static export', () => {
  it('shows at each size what its checkpoint covers, and drops partial files that nobody needs any more', async () => {
    const producer = await producerIn();
    const folder = path.join(temporaryFolder(), 'deep', 'public');
    const files = exportTo(folder);
    let size = 0;
    for (const count of [0, 1, 254, 1, 1, 300, 500]) {
      if (count > 0) await sealTransfers(producer, count);
      await sealRecords(producer, 1);
      size += count;
      await files.advance(producer.store.stores());
      expect(readStatic(folder)).toMatchObject([{ name: 'aka', size }, { name: 'information' }]);
    }
    expect(readStatic(folder)[1]).toMatchObject({
      size: 7,
      content: Array<unknown>(7).fill(
        expect.stringMatching(/^\{"information":\{"n":0,.*,"salt":"[0-9a-f]{32}"\}$/),
      ),
    });
    const { id } = producer.tokenStore.chain;
    expect([...published(folder).keys()].filter((name) => name.startsWith(`${id}/tile`))).toEqual(
      ['0/000', '0/001', '0/002', '0/003', '0/004.p/33']
        .concat(['1/000.p/1', '1/000.p/2', '1/000.p/4'])
        .concat(['entries/000', 'entries/001', 'entries/002', 'entries/003', 'entries/004.p/33'])
        .map((name) => `${id}/tile/${name}`),
    );
  });

  it('writes what the node serves, readable by everybody', async () => {
    const producer = await producerIn();
    await sealTransfers(producer, 3);
    const folder = path.join(temporaryFolder(), 'public');
    const before = process.umask(0o077);
    await exportTo(folder).advance(producer.store.stores());
    process.umask(before);
    const { id } = producer.tokenStore.chain;
    for (const [name, mode] of [
      ['.', 0o755],
      [id, 0o755],
      [`${id}/tile/0/000.p`, 0o755],
      [`${id}/tile/0/000.p/3`, 0o644],
      [`${id}/checkpoint`, 0o644],
    ] as const) {
      expect([name, statSync(path.join(folder, name)).mode & 0o777]).toEqual([name, mode]);
    }
  });

  it('goes on where it stopped, at a cost of what is new', async () => {
    const producer = await producerIn();
    for (let n = 0; n < 4; n++) await sealTransfers(producer, 300);
    const folder = temporaryFolder();
    await exportTo(folder).advance(producer.store.stores());
    open.splice(1).forEach((each) => void each.close());
    await sealTransfers(producer, 1);
    const { disk, steps } = counted();
    const [token] = await exportTo(folder, disk).advance(producer.store.stores());
    expect(token).toEqual({ name: 'aka', blocks: 6, entries: 1201, length: 6, newBlocks: 1, newEntries: 1 });
    expect(steps.filter((step) => step.startsWith('write '))).toHaveLength(5);
    expect(steps.length).toBeLessThan(60);
  });

  it('never goes back: a store behind the folder waits until it is there', async () => {
    const [ahead, behind] = [temporaryFolder(), temporaryFolder()];
    const producer = await producerIn(ahead);
    await sealTransfers(producer, 5);
    await producer.close();
    open.length = 0;
    cpSync(ahead, behind, { recursive: true });
    const folder = temporaryFolder();
    const first = await producerIn(ahead);
    await sealTransfers(first, 5);
    const files = exportTo(folder);
    await files.advance(first.store.stores());
    files.close();
    const before = published(folder);
    const second = await producerIn(behind);
    await exportTo(folder).advance(second.store.stores());
    expect(published(folder)).toEqual(before);
  });

  it('stops at another history of the chain, and names the file', async () => {
    const [one, other] = [temporaryFolder(), temporaryFolder()];
    await (await producerIn(one)).close();
    open.length = 0;
    cpSync(one, other, { recursive: true });
    const folder = temporaryFolder();
    for (const [place, count] of [
      [one, 2],
      [other, 3],
    ] as const) {
      const producer = await producerIn(place);
      await sealTransfers(producer, count);
      const files = exportTo(folder);
      if (place === one) await files.advance(producer.store.stores());
      else {
        await expect(files.advance(producer.store.stores())).rejects.toThrow(
          /\/head\.json has block 2 with the hash [0-9a-f]{64}, and here that block is .*another history/,
        );
      }
      files.close();
    }
    expect(readStatic(folder)[0]).toMatchObject({ size: 2 });
  });

  it('does not replace an immutable file that has other bytes', async () => {
    const producer = await producerIn();
    await sealTransfers(producer, 2);
    const folder = temporaryFolder();
    const { id } = producer.tokenStore.chain;
    mkdirSync(path.join(folder, id, 'tile/entries/000.p'), { recursive: true });
    const file = path.join(folder, id, 'tile/entries/000.p/2');
    writeFileSync(file, 'other');
    await expect(exportTo(folder).advance(producer.store.stores())).rejects.toThrow(
      `${file} exists with other bytes than it must have`,
    );
    expect(readFileSync(file, 'utf8')).toBe('other');
    // The other chain is written all the same.
    expect(readStatic(folder)).toMatchObject([{ name: 'information' }]);
  });

  it('keeps chains of earlier exports in its list, and refuses a list that is none', async () => {
    const folder = temporaryFolder();
    for (let n = 0; n < 2; n++) {
      const files = exportTo(folder);
      await files.advance((await producerIn()).store.stores());
      files.close();
    }
    expect(readStatic(folder).map(({ name }) => name)).toEqual(['aka', 'information', 'aka', 'information']);
    writeFileSync(path.join(folder, 'chains.json'), '[]');
    await expect(exportTo(folder).advance((await producerIn()).store.stores())).rejects.toThrow(
      /chains\.json is not a list of chains \(it must be an object with an array of chains\)/,
    );
  });

  it('is written again where it was removed, and no checkpoint is there before its files', async () => {
    const producer = await producerIn();
    await sealTransfers(producer, 3);
    const folder = path.join(temporaryFolder(), 'public');
    const files = exportTo(folder);
    await files.advance(producer.store.stores());
    rmSync(folder, { recursive: true });
    await sealTransfers(producer, 3);
    await expect(files.advance(producer.store.stores())).rejects.toThrow('ENOENT');
    expect(readStatic(folder)).toEqual([]);
    await files.advance(producer.store.stores());
    expect(readStatic(folder)).toMatchObject([{ size: 6 }, { size: 0 }]);
  });

  it('is one process’s alone', async () => {
    const folder = temporaryFolder();
    const { store } = await producerIn();
    await exportTo(folder).advance(store.stores());
    await expect(exportTo(folder).advance(store.stores())).rejects.toThrow(
      'another process writes to the folder',
    );
  });
});

function entryIn(outcome: Outcome): StoredEntry {
  if (outcome instanceof Error || !('entry' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.entry;
}

const SECRET = 'the record that is erased';
const contentIn = (folder: string): string => JSON.stringify([...filesIn(folder)]);
const notesIn = (folder: string): string[] =>
  [...filesIn(folder).keys()].filter((name) => /\.(erasing|withheld)$/.test(name));

describe('content that was withheld', () => {
  const RECORD = { n: 0, text: 'withheld at first' };
  /** As a follower has it whose upstream did not deliver the content of the first record. */
  async function lackingContent(): Promise<{ producer: TestProducer; give: () => void }> {
    const producer = await producerIn();
    const store = firstOf(producer.store, 'information');
    const { sequence, content } = entryIn(await producer.inform(RECORD));
    await producer.information.seal();
    const db = new Database(producer.config.databaseFile);
    db.exec(`UPDATE information SET information = NULL, salt = NULL WHERE leaf LIKE '%information_hash%';
             INSERT INTO withheld (sequence) SELECT sequence FROM information`);
    db.close();
    expect(store.withheld(9)).toEqual([sequence]);
    return { producer, give: () => store.fillIn(sequence, content!) };
  }

  it.each(['the same process', 'the next one'])('is written once it comes, by %s', async (who) => {
    const { producer, give } = await lackingContent();
    const folder = temporaryFolder();
    let files = exportTo(folder);
    const stores = producer.store.stores();
    await files.advance(stores);
    await files.advance(stores);
    expect(readStatic(folder)[1]?.content).toEqual(['{"erased":true}']);
    expect(notesIn(folder)).toHaveLength(1);
    give();
    if (who === 'the next one') {
      files.close();
      files = exportTo(folder);
    }
    await files.advance(stores);
    expect(readStatic(folder)[1]?.content).toEqual([expect.stringContaining(RECORD.text)]);
    expect(notesIn(folder)).toEqual([]);
  });

  it('stays as it is once it is erased', async () => {
    const { producer } = await lackingContent();
    const folder = temporaryFolder();
    const files = exportTo(folder);
    await files.advance(producer.store.stores());
    const [record] = firstOf(producer.store, 'information').entries(0, 1, 1);
    await producer.erase(record!.id);
    await producer.information.seal();
    await files.advance(producer.store.stores());
    expect(readStatic(folder)[1]?.content).toEqual(['{"erased":true}', '{}']);
    expect(notesIn(folder)).toEqual([]);
  });
});

describe('an erasure of a record in an older file', () => {
  /** The writer's steps from the first note on; before, the next start writes everything again. */
  const NOTED = /\/(?:head\.json|\.erasing|checkpoint|content|content\/000)$/;

  it.each([
    ['failed', false],
    ['failed but persisted', true],
  ])('is carried out by the next start after each step that %s', async (_how, persists) => {
    const producer = await producerIn();
    const { id } = entryIn(await producer.inform(SECRET));
    await sealRecords(producer, 257);
    const stores = [firstOf(producer.store, 'information')];
    const old = temporaryFolder();
    const first = exportTo(old);
    await first.advance(stores);
    first.close();
    expect(contentIn(old)).toContain(SECRET);
    await producer.erase(id, 'asked for');
    await producer.information.seal();
    const exportCopy = async (disk: Disk): Promise<string> => {
      const folder = temporaryFolder();
      cpSync(old, folder, { recursive: true });
      const files = exportTo(folder, disk);
      await files.advance(stores).catch(() => undefined);
      files.close();
      return folder;
    };
    const all = counted();
    await exportCopy(all.disk);
    let broken = 0;
    for (const at of all.steps.keys()) {
      if (!NOTED.test(all.steps[at]!)) continue;
      broken++;
      const folder = await exportCopy(counted(at, persists).disk);
      const files = exportTo(folder);
      await files.advance(stores);
      files.close();
      const [{ content } = { content: [] }] = readStatic(folder);
      expect([content[0], content[258]]).toEqual(['{"erased":true}', '{}']);
      expect(contentIn(folder)).not.toContain(SECRET);
      expect(notesIn(folder)).toEqual([]);
      rmSync(folder, { recursive: true });
    }
    expect(broken).toBeGreaterThan(6);
  });
});

/** A disk whose steps are counted; the one with number `at` fails, before or after it took effect. */
function counted(at = Infinity, persists = false): { disk: Disk; steps: string[] } {
  const steps: string[] = [];
  const step = async (name: string, file: string, act: () => Promise<void>): Promise<void> => {
    const isFaulty = steps.push(`${name} ${file}`) - 1 === at;
    if (isFaulty && !persists) throw new Error('injected');
    await act();
    if (isFaulty) throw new Error('injected');
  };
  const disk: Disk = {
    read: (file) => SYSTEM_DISK.read(file),
    makeFolder: (file) => step('makeFolder', file, () => SYSTEM_DISK.makeFolder(file)),
    write: (file, bytes) => step('write', file, () => SYSTEM_DISK.write(file, bytes)),
    rename: (from, to) => step('rename', to, () => SYSTEM_DISK.rename(from, to)),
    syncFolder: (file) => step('syncFolder', file, () => SYSTEM_DISK.syncFolder(file)),
    remove: (file) => step('remove', file, () => SYSTEM_DISK.remove(file)),
  };
  return { disk, steps };
}

describe('the fault table: every step of writing', () => {
  let producer: TestProducer;
  let old: string;
  let expected: ReadonlyMap<string, string>;
  const sizes = [
    [250, 2],
    [520, 4],
  ] as const;

  beforeAll(async () => {
    producer = await startTestProducer(temporaryFolder());
    await sealTransfers(producer, 250);
    await sealRecords(producer, 2);
    old = temporaryFolder();
    await advance(old);
    for (const count of [100, 170]) await sealTransfers(producer, count);
    await sealRecords(producer, 2);
    const clean = temporaryFolder();
    cpSync(old, clean, { recursive: true });
    await advance(clean);
    expected = published(clean);
  });
  afterAll(() => producer.close());

  const advance = async (
    folder: string,
    files = new StaticExport(SYSTEM_DISK, folder, TURNS),
  ): Promise<void> => {
    await files.advance(producer.store.stores());
    files.close();
  };

  it.each([
    ['failed', false],
    ['failed but persisted', true],
  ])(
    '%s: nothing wrong is visible, and the next try or start completes it',
    async (_name, persists) => {
      const all = counted();
      const probe = temporaryFolder();
      cpSync(old, probe, { recursive: true });
      await advance(probe, new StaticExport(all.disk, probe, TURNS));
      expect(all.steps.length).toBeGreaterThan(60);
      for (let at = 0; at < all.steps.length; at++) {
        const folder = temporaryFolder();
        cpSync(old, folder, { recursive: true });
        const files = new StaticExport(counted(at, persists).disk, folder, TURNS);
        await expect(files.advance(producer.store.stores())).rejects.toThrow('injected');
        const seen = readStatic(folder);
        expect(sizes.map(([token]) => token)).toContain(seen[0]?.size);
        expect(sizes.map(([, records]) => records)).toContain(seen[1]?.size);
        // Half of them try again, half of them are killed and start anew.
        if (at % 2 === 0) await advance(folder, files);
        else {
          files.close();
          await advance(folder);
        }
        expect(published(folder)).toEqual(expected);
        expect(filesIn(path.join(folder, '.tmp')).size).toBe(0);
        rmSync(folder, { recursive: true });
      }
    },
    300_000,
  );

  it('at the very first export as well', async () => {
    const all = counted();
    const probe = temporaryFolder();
    await advance(probe, new StaticExport(all.disk, probe, TURNS));
    const complete = published(probe);
    for (let at = 0; at < all.steps.length; at++) {
      const folder = temporaryFolder();
      const files = new StaticExport(counted(at, at % 2 === 0).disk, folder, TURNS);
      await expect(files.advance(producer.store.stores())).rejects.toThrow('injected');
      files.close();
      for (const { size } of readStatic(folder)) expect([520, 4]).toContain(size);
      await advance(folder);
      expect(published(folder)).toEqual(complete);
      rmSync(folder, { recursive: true });
    }
    expect(existsSync(path.join(probe, 'chains.json'))).toBe(true);
  });
});
