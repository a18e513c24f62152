import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readStatic } from '../../../test/support/static-folder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { until } from '../../../test/support/turned-time.js';
import { run } from '../testing/test-io.js';

let producer: TestProducer;
let database: string;
beforeEach(async () => {
  producer = await startTestProducer(temporaryFolder());
  database = producer.config.databaseFile;
});
afterEach(() => producer.close());
afterAll(removeTemporary);

const seal = async (count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, () => producer.transfer({})));
  await producer.token.seal();
};

describe('bpsc export-static <database>', () => {
  it('writes what a database has while a node runs on it, and then what is new', async () => {
    const folder = path.join(temporaryFolder(), 'public');
    await seal(2);
    expect(await run(['export-static', database, folder])).toEqual({
      code: 0,
      stdout:
        'aka: 2 blocks, 2 entries; new are 2 blocks, 2 entries\n' +
        'information: 1 block, 0 entries; new are 1 block, 0 entries\n',
      stderr: '',
    });
    await seal(1);
    expect((await run(['export-static', `file:${database}`, folder])).stdout).toBe(
      'aka: 3 blocks, 3 entries; new are 1 block, 1 entry\ninformation: 1 block, 0 entries; nothing new\n',
    );
    expect(readStatic(folder)).toMatchObject([
      { name: 'aka', size: 3 },
      { name: 'information', size: 0 },
    ]);
  });

  it('prints JSON', async () => {
    const folder = path.join(temporaryFolder(), 'public');
    await seal(2);
    const { stdout } = await run(['export-static', database, folder, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      chains: [
        { name: 'aka', blocks: 2, entries: 2, blocks_of_source: 2, new_blocks: 2, new_entries: 2 },
        { name: 'information', blocks: 1 },
      ],
    });
  });

  it('goes on with --watch until it is stopped', async () => {
    const folder = path.join(temporaryFolder(), 'public');
    const stop = new AbortController();
    const watching = run(['export-static', database, folder, '--watch'], { stop: stop.signal });
    await until(() => existsSync(path.join(folder, 'chains.json')));
    await seal(2);
    await until(() => readStatic(folder)[0]?.size === 2);
    stop.abort();
    expect(await watching).toMatchObject({
      code: 130,
      stdout: expect.stringContaining('aka: 2 blocks, 2 entries; new are 1 block, 2 entries\n') as string,
      stderr: '',
    });
  });

  it('does not publish the database', async () => {
    const folder = path.dirname(database);
    expect(await run(['export-static', database, folder])).toEqual({
      code: 2,
      stdout: '',
      stderr: `bpsc: the database ${database} would be published: choose a folder that does not contain it\n`,
    });
    expect(existsSync(path.join(folder, 'chains.json'))).toBe(false);
  });

  it.each([
    ['nothing.db', 'there is no database file '],
    ['key.pem', 'is not a bpsc database: '],
  ])('says what is wrong with %s', async (name, message) => {
    const file = path.join(path.dirname(database), name);
    const { code, stderr } = await run(['export-static', file, path.join(temporaryFolder(), 'public')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('says what is wrong with the folder', async () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, 'x');
    const { code, stderr } = await run(['export-static', database, file]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('bpsc: the folder cannot be written to: ENOTDIR: not a directory'),
    ]);
  });
});
