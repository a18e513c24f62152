/** Databases of earlier versions: every version opens and continues them. See test/fixtures/databases. */
import { firstOf } from '../../../test/support/first-of.js';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { producerConfig, startTestProducer } from '../../../test/support/test-producer.js';
import { run } from '../../cli/testing/test-io.js';
import type { FollowerConfig } from '../../config/config.js';
import { readConfig } from '../../config/read-config.js';
import { checkFollower } from '../../follower/start-follower.js';
import type { Chain } from '../../ledger/store.js';
import { checkProducer } from '../../producer/start-producer.js';
import { openStorage } from './database.js';

const FIXTURES = path.resolve('test/fixtures/databases/v1');
/** Just after the fixture was created. */
const SOON_AFTER = 1_795_657_100_000;

const OTHER = '[{"kind":"token","name":"gold"}]';

afterAll(removeTemporary);

function unpacked(role: 'producer' | 'follower'): string {
  const folder = temporaryFolder();
  const file = path.join(folder, `${role}.db`);
  writeFileSync(file, gunzipSync(readFileSync(path.join(FIXTURES, `${role}.db.gz`))));
  if (role === 'producer')
    copyFileSync(path.join(FIXTURES, 'producer-key.pem'), path.join(folder, 'key.pem'));
  return file;
}

const summary = async (file: string): Promise<unknown> => {
  const { code, stdout } = await run(['verify', '-q', '--json', file]);
  return [code, JSON.parse(stdout)];
};

it('a follower’s database keeps its chains, wallets and holds', async () => {
  const file = unpacked('follower');
  const storage = await openStorage(file, 'follower');
  const { store } = storage;
  expect(store.stores().map(({ chain: { name, origin } }) => [name, origin])).toEqual([
    ['aka', 'followed'],
    ['information', 'followed'],
  ]);
  const bob = firstOf(store, 'token').books.wallet('bob');
  expect([bob?.sentCount, bob?.receivedCount]).toEqual([1, 1]);
  expect(
    firstOf(store, 'token')
      .transactionsOf('carol', Number.MAX_SAFE_INTEGER, 10)
      .map(({ sequence }) => sequence),
  ).toEqual([5, 3]);
  expect(firstOf(store, 'token').entryByNonce('alice', 'order-1')?.sequence).toBe(1);
  expect(firstOf(store, 'information').entryByNonce('', 'rec-2')?.content?.text).toBe(
    '[1,"two",null,{"three":3.5}]',
  );
  await storage.close();
  const chains = [
    { name: 'aka', blocks: 4, entries: 6, holds_compared: 2 },
    { name: 'information', blocks: 3, entries: 2 },
  ];
  expect(await summary(file)).toMatchObject([0, { ok: true, role: 'follower', chains }]);
});

it('a producer’s database keeps what it promised, and the producer goes on', async () => {
  const file = unpacked('producer');
  const clock = new ManualClock();
  clock.time = SOON_AFTER;
  const env = { WALLET_ISSUER: 'treasury', BLOCK_MAX_ENTRIES: '1000', INFORMATION_BLOCK_MAX_ENTRIES: '1000' };
  const producer = await startTestProducer(path.dirname(file), env, { clock });
  expect([producer.token.waiting.entries, producer.information.waiting.entries]).toEqual([1, 1]);
  await producer.transfer({ sender: 'bob', recipient: 'dora', amount: '1' });
  await producer.inform('more');
  expect([await producer.token.seal(), await producer.information.seal()]).toMatchObject([
    { index: 5, treeSize: 8 },
    { index: 4, treeSize: 4 },
  ]);
  expect(producer.failures).toEqual([]);
  await producer.close();
  const chains = [
    { name: 'aka', blocks: 5, entries: 8, entries_waiting: 0, holds_compared: 2 },
    { name: 'information', blocks: 4, entries: 4, entries_waiting: 0 },
  ];
  expect(await summary(file)).toMatchObject([0, { ok: true, role: 'producer', chains }]);
});

describe('a start that is refused leaves the database to the version that made it', () => {
  it.each([
    ['a producer with another contract', 'producer', { FEE_RATE: '0.5' }, /differs from the stored contract/],
    [
      'a producer that no longer lists a chain',
      'producer',
      { CHAINS: OTHER },
      /does not list aka, information/,
    ],
    ['a producer without its key', 'producer', { PRODUCER_KEY_FILE: '/nowhere' }, /their key .* is missing/],
    [
      'a follower that pins another chain',
      'follower',
      { CHAIN_ID: 'ab'.repeat(32) },
      /other than the pinned/,
    ],
    ['another role', 'producer', undefined, /belongs to a producer: set ROLE=producer/],
  ] as const)('%s', async (_, role, env, message) => {
    const file = unpacked(role);
    const before = readFileSync(file);
    const check = (chains: readonly Chain[]): void => {
      if (role === 'producer') checkProducer(producerConfig(path.dirname(file), env), chains);
      else checkFollower(readConfig({ ROLE: 'follower', ...env }) as FollowerConfig, chains);
    };
    const asked = env === undefined ? 'follower' : role;
    await expect(openStorage(file, asked, check)).rejects.toThrow(message);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('and one that is not refused is checked with all that it has', async () => {
    const found: string[] = [];
    const check = (chains: readonly Chain[]): void =>
      void found.push(...chains.map(({ name, origin, id }) => `${name} ${origin} ${id}`));
    const storage = await openStorage(unpacked('follower'), 'follower', check);
    expect(storage.store.chains().map(({ name, origin, id }) => `${name} ${origin} ${id}`)).toEqual(found);
    expect(found).toHaveLength(2);
    await storage.close();
  });
});
