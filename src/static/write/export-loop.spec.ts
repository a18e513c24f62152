import path from 'node:path';
import { Logger } from '@nestjs/common';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { readStatic } from '../../../test/support/static-folder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { until } from '../../../test/support/turned-time.js';
import { FatalError } from '../../ledger/errors.js';
import { SYSTEM_DISK, type Disk } from './disk.js';
import { ExportLoop } from './export-loop.js';

let producer: TestProducer;
let loop: ExportLoop;
let folder: string;
let clock: ManualClock;
const failures: unknown[] = [];
const said: unknown[] = [];

beforeEach(async () => {
  Logger.overrideLogger({
    log: (text: unknown) => said.push(text),
    warn() {},
    error: (text: unknown) => said.push(text),
  });
  producer = await startTestProducer(temporaryFolder());
  folder = path.join(temporaryFolder(), 'public');
  clock = new ManualClock();
});
afterEach(async () => {
  await loop.onModuleDestroy();
  await producer.close();
  expect(clock.waiting).toEqual([]);
  expect(failures.splice(0)).toEqual([]);
  said.length = 0;
});
afterAll(removeTemporary);

function start(disk: Disk = SYSTEM_DISK): void {
  const { store, events } = producer;
  const fail = (error: unknown): void => void failures.push(error);
  loop = new ExportLoop({ folder, store, events, clock, fail, disk });
  loop.onApplicationBootstrap();
}

const size = (): number | undefined => readStatic(folder)[0]?.size;
const seal = async (): Promise<void> => {
  await producer.transfer({});
  await producer.token.seal();
};

it('writes what is there at the start, and each block as it comes', async () => {
  await seal();
  start();
  await until(() => size() === 1);
  await until(() => clock.waiting.length > 0);
  for (const expected of [2, 3]) {
    clock.pass(100);
    await until(() => clock.waiting.length > 0);
    await seal();
    await until(() => size() === expected);
    await until(() => clock.waiting.length > 0);
  }
  expect(loop.troubles()).toEqual([]);
});

it('writes blocks that come during its rest together', async () => {
  start();
  await until(() => clock.waiting.length > 0);
  for (let n = 0; n < 3; n++) await seal();
  expect(size()).toBe(0);
  clock.pass(100);
  await until(() => size() === 3);
  await until(() => clock.waiting.length > 0);
});

it('says once that the disk fails, tries again later and later, and says that it works again', async () => {
  let isFull = true;
  const write = async (...[file, bytes]: Parameters<Disk['write']>): Promise<void> => {
    if (isFull) throw new Error('ENOSPC: no space left on device');
    await SYSTEM_DISK.write(file, bytes);
  };
  start({ ...SYSTEM_DISK, write });
  for (let tries = 0; tries < 4; tries++) {
    await until(() => clock.waiting.length > 0);
    expect(loop.troubles()).toEqual(['STATIC_DIR is not up to date: ENOSPC: no space left on device']);
    // With half of the random wait at most: 100 ms and 2.5 s.
    clock.pass(2600);
  }
  expect(said).toEqual([
    `the files in ${folder} are not up to date, trying again: ENOSPC: no space left on device`,
  ]);
  isFull = false;
  clock.pass(2600);
  await until(() => size() === 0);
  await until(() => clock.waiting.length > 0);
  expect(loop.troubles()).toEqual([]);
  expect(said).toContain(`the files in ${folder} are up to date again`);
});

it('stops the process where the store fails for good', async () => {
  start({ ...SYSTEM_DISK, read: () => Promise.reject(new FatalError('gone')) });
  await until(() => failures.length > 0);
  expect(failures.splice(0)).toMatchObject([{ message: 'gone' }]);
});

it('stops in the middle of an export, and the next start completes it', async () => {
  for (let n = 0; n < 3; n++) await seal();
  start();
  await loop.onModuleDestroy();
  start();
  await until(() => size() === 3);
});
