import Database from 'better-sqlite3';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { blockPieces, blocksInOrder, type BlockPlace } from '../../ledger/reader.js';
import { draftTransfer } from '../../producer/accept/drafts.js';
import { KeptBlocks } from './kept-blocks.js';

const BLOCKS = 45;
const [ALICE, BOB] = ['a'.repeat(128), 'b'.repeat(128)];

let http: TestHttp;
beforeAll(async () => {
  http = await startTestHttp();
  // Almost a megabyte each, except the last, which has too many entries to be cached.
  for (let block = 0; block < BLOCKS; block++) await seal(1000, 'm'.repeat(256));
  await seal(2001, '');
}, 120_000);
afterAll(async () => {
  await http.close();
  removeTemporary();
});

async function seal(count: number, memo: string): Promise<void> {
  const { token, tokenContract } = http.producer;
  const parts = memo === '' ? {} : { memo };
  const drafts = Array.from({ length: count }, () =>
    draftTransfer({ sender: ALICE, recipient: BOB, amount: '1', ...parts }, tokenContract),
  );
  await token.submit(drafts);
  await token.seal();
}

const place = (index: number): BlockPlace => {
  const [found] = blocksInOrder(http.producer.tokenStore, index, index);
  if (found === undefined) throw new Error(`no block ${index}`);
  return found;
};
const fromStore = (index: number): string =>
  [...blockPieces(http.producer.tokenStore, place(index))]
    .map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString()))
    .join('');

async function body(url: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await http.app.inject({ url, headers });
  expect(answer.statusCode).toBe(200);
  return answer.body;
}

test('a cached block is identical to the stored one, in every form', async () => {
  const first = [2, 3].map(fromStore);
  const spy = jest.spyOn(http.producer.tokenStore, 'entriesOnWire');
  for (const reads of [4, 0]) {
    spy.mockClear();
    expect(await body('/chains/aka/blocks/2')).toBe(first[0]);
    expect(await body('/chains/aka/blocks?from=2&limit=2')).toContain(`"blocks":[${first.join(',')}],`);
    expect(await body('/chain?from=2&limit=2')).toContain(`"chain":[${first.join(',')}],`);
    const lines = { accept: 'application/x-ndjson' };
    expect(await body('/chains/aka/blocks?from=2&limit=2', lines)).toBe(`${first.join('\n')}\n`);
    expect(spy).toHaveBeenCalledTimes(reads);
  }
  spy.mockRestore();
});

test('the most recently used blocks stay, within a limit', () => {
  const kept = new KeptBlocks(http.producer.store);
  const { length } = kept.read(http.producer.tokenStore, place(2)) ?? [];
  const fits = Math.floor((32 * 1024 * 1024) / length);
  expect(fits).toBeLessThan(BLOCKS - 2);
  for (let index = 3; index < fits + 2; index++) kept.read(http.producer.tokenStore, place(index));
  // Block 2 is used again, so block 3 is the oldest now.
  expect(kept.find(place(2).header)?.toString()).toBe(fromStore(2));
  kept.read(http.producer.tokenStore, place(fits + 2));
  kept.read(http.producer.tokenStore, place(fits + 3));
  expect(kept.find(place(3).header)).toBeUndefined();
  expect(kept.find(place(2).header)).toBeDefined();
});

test('a block with very many entries is not cached, but still read in pieces', async () => {
  const kept = new KeptBlocks(http.producer.store);
  expect(kept.read(http.producer.tokenStore, place(BLOCKS + 2))).toBeUndefined();
  expect(await body(`/chains/aka/blocks/${BLOCKS + 2}`)).toBe(fromStore(BLOCKS + 2));
});

test('reading the whole chain evicts nothing from the cache and adds nothing to it', async () => {
  await body('/chains/aka/blocks/2');
  await body('/chain');
  const spy = jest.spyOn(http.producer.tokenStore, 'entriesOnWire');
  await body('/chains/aka/blocks/2');
  expect(spy).toHaveBeenCalledTimes(0);
  await body('/chains/aka/blocks/10');
  expect(spy).toHaveBeenCalled();
  spy.mockRestore();
});

test('a block that somebody changed in the database is served as the database has it now', async () => {
  const before = await body('/chains/aka/blocks/4');
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const edit = async (from: string, to: string): Promise<string> => {
    await turn();
    const elsewhere = new Database(http.producer.config.databaseFile);
    elsewhere
      .prepare(`UPDATE "transaction" SET leaf = replace(leaf, ?, ?) WHERE block = 4`)
      .run(`"recipient":"${from}"`, `"recipient":"${to}"`);
    elsewhere.close();
    return body('/chains/aka/blocks/4');
  };
  expect(await edit(BOB, 'eve')).toBe(before.replaceAll(`"recipient":"${BOB}"`, '"recipient":"eve"'));
  expect(await edit('eve', BOB)).toBe(before);
});

test('information may be erased, so it is not cached', async () => {
  await http.producer.inform('secret');
  await http.producer.information.seal();
  const spy = jest.spyOn(http.producer.informationStore, 'entriesOnWire');
  for (let i = 0; i < 2; i++) await body('/chains/information/blocks/2');
  expect(spy).toHaveBeenCalledTimes(2);
  spy.mockRestore();
});
