import { firstOf } from '../../../test/support/first-of.js';
import Database from 'better-sqlite3';
import { interceptChains } from '../../../test/support/intercept.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { pass, settle, until } from '../../../test/support/turned-time.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { FatalError, InvariantError, Unavailable } from '../../ledger/errors.js';
import type { LedgerStore, NewBlock } from '../../ledger/store.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { Accepted } from '../accept/intake.js';

const nodes: TestProducer[] = [];
async function open(
  env: Record<string, string> = {},
  folder = temporaryFolder(),
  options: Parameters<typeof startTestProducer>[2] = {},
): Promise<TestProducer> {
  const node = await startTestProducer(folder, env, options);
  nodes.push(node);
  return node;
}
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
});
afterAll(removeTemporary);

const blockOf = async (outcome: ReturnType<TestProducer['transfer']>): Promise<number> =>
  ((await outcome) as Accepted).entry.block;

describe('sealing by hand', () => {
  it('seals what waits, in order, and links the blocks', async () => {
    const node = await open();
    const genesis = firstOf(node.store, 'token').head().header;
    await node.transfer({});
    await node.transfer({});
    const block = await node.token.seal();
    expect(block).toMatchObject({ index: 2, treeSize: 2, previousHash: genesis.hash });
    expect(firstOf(node.store, 'token').head().header).toEqual(block);
  });

  it('makes an empty block where nothing waits', async () => {
    const node = await open();
    const first = await node.information.seal();
    const second = await node.information.seal();
    expect([first.index, second.index, second.treeSize]).toEqual([2, 3, 0]);
    expect(second.treeRoot).toBe(first.treeRoot);
  });

  it('seals the two chains independently', async () => {
    const node = await open();
    await node.transfer({});
    await node.information.seal();
    expect(firstOf(node.store, 'token').head().header.index).toBe(1);
    expect(firstOf(node.store, 'information').head().header.index).toBe(2);
  });

  it('makes one block for each request, one after the other', async () => {
    const node = await open();
    const blocks = await Promise.all(Array.from({ length: 10 }, () => node.token.seal()));
    expect(blocks.map(({ index }) => index)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('keeps its promise to what is accepted while a block is being sealed', async () => {
    const node = await open();
    const promised = [await blockOf(node.transfer({}))];
    const sealing = node.token.seal();
    promised.push(...(await Promise.all([blockOf(node.transfer({})), blockOf(node.transfer({}))])));
    await sealing;
    await node.token.seal();
    const stored = firstOf(node.store, 'token').entries(0, 10, 10);
    expect(stored.map(({ block }) => block)).toEqual(promised);
    const sizes = firstOf(node.store, 'token')
      .headers(1, 10)
      .map(({ treeSize }) => treeSize);
    expect(stored.every(({ block, sequence }) => sequence < (sizes[block - 1] ?? 0))).toBe(true);
    expect(stored.every(({ block, sequence }) => sequence >= (sizes[block - 2] ?? 0))).toBe(true);
  });

  it('gives a block a time that is not before its parent’s or its entries’', async () => {
    const node = await open();
    await node.transfer({});
    const accepted = node.clock.time;
    node.clock.time -= 5000;
    expect((await node.token.seal()).timestamp).toBe(accepted);
    expect((await node.token.seal()).timestamp).toBe(accepted);
  });
});

describe('verification while a block fills', () => {
  const turns = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };

  it('leaves nothing to be read at the seal, and begins again with the next block', async () => {
    const reads: [number, number][] = [];
    const node = await open({}, temporaryFolder(), {
      wrap: (store) =>
        interceptChains(store, 'entriesOnWire', (read, from, to) => {
          reads.push([from, to]);
          return read();
        }),
    });
    for (let block = 0; block < 2; block++) {
      await Promise.all([node.transfer({}), node.transfer({})]);
      await turns();
      await node.transfer({});
      await turns();
      const readBefore = reads.length;
      const header = await node.token.seal();
      expect([header.treeSize, reads.length - readBefore]).toEqual([3 * (block + 1), 0]);
    }
    expect(reads).toEqual([
      [0, 2],
      [2, 3],
      [3, 5],
      [5, 6],
    ]);
  });

  it('starts over when the books could not be read in the middle of an entry', async () => {
    const node = await open();
    const { tokenStore: store } = node;
    const state = { isFilling: false, failures: 0 };
    const entriesOnWire = store.entriesOnWire.bind(store);
    store.entriesOnWire = (...range) => {
      state.isFilling = true;
      return entriesOnWire(...range);
    };
    const wallet = store.books.wallet.bind(store.books);
    store.books.wallet = (address) => {
      if (address === 'bob' && state.isFilling && state.failures++ === 0) throw new Error('disk I/O error');
      return wallet(address);
    };
    await node.transfer({ recipient: 'bob' });
    await turns();
    expect(state.failures).toBe(1);
    await node.transfer({ recipient: 'bob' });
    const header = await node.token.seal();
    expect(header.treeSize).toBe(2);
    expect(store.books.wallet('bob')).toMatchObject({ receivedCount: 2 });
    expect(store.books.wallet('alice')).toMatchObject({ sentCount: 2 });
  });

  it.each(['before', 'while'])('stops at an entry that was changed on disk %s it fills', async (when) => {
    const folder = temporaryFolder();
    const node = await open({}, folder);
    await node.transfer({ nonce: 'n1' });
    if (when === 'while') await turns();
    await node.transfer({ nonce: 'n2' });
    const db = new Database(node.config.databaseFile);
    db.prepare(`UPDATE "transaction" SET leaf = replace(leaf, 'bob', 'eve') WHERE nonce = 'n2'`).run();
    db.close();
    await expect(node.token.seal()).rejects.toThrow(
      /^our own block is not valid: block 2, entry 1 has an entry whose id is not the hash of its leaf/,
    );
    expect(node.failures).toEqual([expect.any(InvariantError)]);
    expect(firstOf(node.store, 'token').head().header.index).toBe(1);
  });

  it('reads what waits from disk after a start', async () => {
    const folder = temporaryFolder();
    const before = await open({}, folder);
    await Promise.all([before.transfer({}), before.transfer({})]);
    await before.close();
    nodes.pop();
    const after = await open({}, folder);
    await after.transfer({});
    expect(await after.token.seal()).toMatchObject({ index: 2, treeSize: 3 });
  });
});

describe('a start on promises that were changed', () => {
  const started = async (table: 'transaction' | 'information', set: string): Promise<TestProducer> => {
    const folder = temporaryFolder();
    const before = await open({}, folder);
    for (let entry = 0; entry < 2; entry++) {
      await (table === 'transaction' ? before.transfer({}) : before.inform(entry));
    }
    await before.close();
    nodes.pop();
    const db = new Database(before.config.databaseFile);
    db.exec(`UPDATE "${table}" SET ${set}`);
    db.close();
    return open({}, folder);
  };

  it.each([
    ['transaction', 'block = block + 2'],
    ['transaction', 'block = block + 1000000000000'],
    ['transaction', 'block = 1'],
    ['transaction', `block = iif(sequence = 0, 3, 2)`],
    ['transaction', `block = iif(sequence = 0, 2, 4)`],
    ['information', 'block = block + 2'],
  ] as const)('ends with a line that says what is wrong: %s, %s', async (table, set) => {
    await expect(started(table, set)).rejects.toThrow(
      /^the database was changed by something other than bpsc: of the entries of \w+ that are not sealed yet, entry \d/,
    );
  });

  it('seals the empty block that a crash left to be sealed', async () => {
    const node = await started('transaction', 'block = block + 1');
    await node.token.seal();
    expect(
      firstOf(node.store, 'token')
        .headers(1, 9)
        .map(({ treeSize }) => treeSize),
    ).toEqual([0, 0, 2]);
  });
});

describe('the schedule by count', () => {
  it('seals as soon as enough entries wait, and never more in a block', async () => {
    const node = await open({ BLOCK_MAX_ENTRIES: '3' });
    const blocks = await Promise.all(Array.from({ length: 8 }, () => blockOf(node.transfer({}))));
    expect(blocks).toEqual([2, 2, 2, 3, 3, 3, 4, 4]);
    await until(() => node.sealed.length === 2);
    expect(
      firstOf(node.store, 'token')
        .headers(1, 9)
        .map(({ treeSize }) => treeSize),
    ).toEqual([0, 3, 6]);
  });

  it('seals a block for every transaction with a count of one', async () => {
    const node = await open({ BLOCK_MAX_ENTRIES: '1' });
    await Promise.all([node.transfer({}), node.transfer({})]);
    await until(() => node.sealed.length === 2);
  });

  it('does not seal a partial block because a full one is being sealed by hand', async () => {
    const node = await open({ BLOCK_MAX_ENTRIES: '2' });
    await node.transfer({});
    const byHand = node.token.seal();
    await node.transfer({});
    await byHand;
    await settle(node);
    expect(node.sealed.map(({ header }) => header.treeSize)).toEqual([1]);
  });
});

describe('the schedule by time', () => {
  it('seals before the first entry has waited for the interval', async () => {
    const node = await open({ BLOCK_INTERVAL_MS: '200' });
    await node.transfer({});
    const at = node.clock.time;
    await pass(node, 100, 10);
    await node.transfer({});
    await pass(node, 40, 10);
    expect(node.sealed).toEqual([]);
    await pass(node, 60, 10);
    const header = node.sealed[0]?.header;
    expect(header).toMatchObject({ treeSize: 2 });
    expect(header?.timestamp).toBeGreaterThanOrEqual(at + 140);
    expect(header?.timestamp).toBeLessThan(at + 200);
  });

  it('seals nothing while nothing waits', async () => {
    const node = await open({ BLOCK_INTERVAL_MS: '20' });
    await pass(node, 100, 10);
    expect(node.sealed).toEqual([]);
  });

  it('seals empty blocks at every interval where the contract says so', async () => {
    const node = await open({ BLOCK_INTERVAL_MS: '20', SEAL_EMPTY: 'true' });
    await pass(node, 60, 5);
    // Each is begun a quarter of the interval early.
    expect(node.sealed).toHaveLength(4);
    expect(node.sealed.every(({ name, header }) => name === 'aka' && header.treeSize === 0)).toBe(true);
  });

  it('seals at once after a restart what has waited for too long, also with the clock set back', async () => {
    for (const shift of [60_000, -60_000]) {
      const folder = temporaryFolder();
      const before = await open({ BLOCK_INTERVAL_MS: '10000' }, folder);
      await before.transfer({});
      await before.close();
      nodes.pop();
      const clock = new ManualClock();
      clock.time = before.clock.time + shift;
      const after = await open({ BLOCK_INTERVAL_MS: '10000' }, folder, { clock });
      await until(() => after.sealed.length === 1);
    }
  });

  it('does not begin to seal while it stops', async () => {
    const node = await open({ BLOCK_INTERVAL_MS: '50' });
    await node.transfer({});
    await node.producer.stop();
    await pass(node, 100, 10);
    expect(node.sealed).toEqual([]);
  });
});

describe('a commit that fails while sealing', () => {
  it('is tried again when nothing was written', async () => {
    let failures = 2;
    const node = await open({ BLOCK_MAX_ENTRIES: '1' }, temporaryFolder(), {
      wrap: (store) =>
        spyOnAppend(store, () => {
          if (failures-- > 0) throw new Unavailable('DISK_FULL', 'full', 1);
        }),
    });
    await node.transfer({});
    await settle(node);
    await pass(node, 1950);
    expect(node.sealed).toEqual([]);
    await pass(node, 50);
    expect(firstOf(node.store, 'token').head().header).toMatchObject({ index: 2, treeSize: 1 });
  });

  it('stops the process when the outcome is unknown; the next start finds the block or seals it', async () => {
    for (const persisted of [true, false]) {
      const folder = temporaryFolder();
      const throws = (): void => {
        throw new FatalError('the outcome is unknown');
      };
      const node = await open({}, folder, {
        wrap: (store) =>
          persisted ? spyOnAppend(store, () => undefined, throws) : spyOnAppend(store, throws),
      });
      await node.transfer({ nonce: 'n1' });
      await expect(node.token.seal()).rejects.toThrow(FatalError);
      expect(node.failures).toHaveLength(1);
      await node.close();
      nodes.pop();
      const again = await open({}, folder);
      if (!persisted) await again.token.seal();
      expect(firstOf(again.store, 'token').head().header).toMatchObject({ index: 2, treeSize: 1 });
    }
  });

  it('refuses to move a head that somebody else moved', async () => {
    const node = await open();
    const head = firstOf(node.store, 'token').head();
    const header = { ...head.header, index: 2, hash: 'ab'.repeat(32) as Hash };
    const block: NewBlock = { ...head, header, entries: [] };
    expect(() => firstOf(node.store, 'token').append('cd'.repeat(32) as Hash, [block], undefined)).toThrow(
      FatalError,
    );
    expect(firstOf(node.store, 'token').head().header.index).toBe(1);
    expect(firstOf(node.store, 'token').header(2)).toBeUndefined();
  });
});

function spyOnAppend(
  store: LedgerStore,
  before: () => unknown,
  after: () => unknown = () => undefined,
): LedgerStore {
  return interceptChains(store, 'append', (append) => {
    before();
    append();
    after();
  });
}
