import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { run, type Run } from '../../cli/testing/test-io.js';

afterAll(removeTemporary);

let node: TestProducer;
let folder: string;
beforeEach(async () => {
  folder = temporaryFolder();
  node = await startTestProducer(folder);
  await node.transfer({});
  await node.token.seal();
});
afterEach(() => node.close());

/** Every file of a folder, its bytes and its time. Without the WAL index, which readers write to. */
function contents(of: string): Record<string, unknown> {
  return Object.fromEntries(
    readdirSync(of)
      .sort()
      .map((name) => {
        const file = path.join(of, name);
        return [
          name,
          name.endsWith('-shm') ? 'an index' : [readFileSync(file).toString('hex'), statSync(file).mtimeMs],
        ];
      }),
  );
}

/** Verifies a database. @returns the result, after checking that no other file has changed */
async function verifyInPlace(file: string): Promise<Run> {
  const beside = path.dirname(file);
  const before = contents(beside);
  const result = await run(['verify', '-q', '--json', file]);
  expect(contents(beside)).toEqual(before);
  return result;
}

const blocksOf = ({ stdout }: Run): number =>
  (JSON.parse(stdout) as { chains: { blocks: number }[] }).chains[0]!.blocks;

/** The files of the running node, as they would be found after kill -9. */
function killed(...ends: readonly string[]): string {
  const other = path.join(temporaryFolder(), 'killed');
  mkdirSync(other);
  for (const end of ends) {
    copyFileSync(node.config.databaseFile + end, path.join(other, `node.db${end}`));
  }
  return path.join(other, 'node.db');
}

describe('verify leaves nothing beside', () => {
  it('a stopped node’s file', async () => {
    await node.close();
    const result = await verifyInPlace(node.config.databaseFile);
    expect([result.code, blocksOf(result)]).toEqual([0, 2]);
  });

  it('a stopped node’s file, through a symbolic link', async () => {
    await node.close();
    const link = path.join(temporaryFolder(), 'link.db');
    symlinkSync(node.config.databaseFile, link);
    const before = contents(folder);
    expect((await verifyInPlace(link)).code).toBe(0);
    expect(contents(folder)).toEqual(before);
  });

  it('a killed node’s file, whose log it reads', async () => {
    const result = await verifyInPlace(killed('', '-wal', '-shm'));
    expect([result.code, blocksOf(result)]).toEqual([0, 2]);
  });

  it('a killed node’s file without the log’s index', async () => {
    const result = await verifyInPlace(killed('', '-wal'));
    expect([result.code, blocksOf(result)]).toEqual([0, 2]);
  });

  it('a file with an empty log', async () => {
    await node.close();
    const file = killed('');
    writeFileSync(`${file}-wal`, '');
    expect((await run(['verify', '-q', file])).code).toBe(0);
    expect(readdirSync(path.dirname(file))).toEqual(['node.db']);
  });

  it('a file with a transaction that was broken off', async () => {
    await node.close();
    const file = killed('');
    const db = new Database(file);
    db.pragma('journal_mode = DELETE');
    db.pragma('cache_size = 1');
    db.exec(`BEGIN; UPDATE block SET timestamp = 0; UPDATE wallet SET sent = hex(zeroblob(20000))`);
    const broken = path.join(temporaryFolder(), 'broken.db');
    copyFileSync(file, broken);
    copyFileSync(`${file}-journal`, `${broken}-journal`);
    db.close();
    const result = await verifyInPlace(broken);
    expect([result.code, blocksOf(result)]).toEqual([0, 2]);
  });

  it('a backup', async () => {
    const backup = path.join(temporaryFolder(), 'backup.db');
    const db = new Database(node.config.databaseFile);
    db.prepare('VACUUM INTO ?').run(backup);
    db.close();
    expect((await verifyInPlace(backup)).code).toBe(0);
  });

  it('what is no database', async () => {
    const file = path.join(temporaryFolder(), 'text');
    writeFileSync(file, 'hello'.repeat(1000));
    expect((await verifyInPlace(file)).code).toBe(2);
  });

  it('a damaged file', async () => {
    await node.close();
    const file = killed('');
    writeFileSync(file, readFileSync(file).subarray(0, 5 * 4096));
    expect((await verifyInPlace(file)).code).toBe(1);
  });
});

it('verifies a running node’s file, which goes on', async () => {
  const { databaseFile } = node.config;
  const result = await run(['verify', '-q', '--json', databaseFile]);
  expect([result.code, blocksOf(result)]).toEqual([0, 2]);
  expect(existsSync(`${databaseFile}-wal`)).toBe(true);
  await node.transfer({});
  await node.token.seal();
  expect(blocksOf(await run(['verify', '-q', '--json', databaseFile]))).toBe(3);
  expect(node.failures).toEqual([]);
});
