import { firstOf } from '../../../test/support/first-of.js';
import fc from 'fast-check';
import { interceptChains } from '../../../test/support/intercept.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { pass, settle } from '../../../test/support/turned-time.js';
import type { ChainKind } from '../../chain/contract/kinds.js';
import { Unavailable } from '../../ledger/errors.js';
import { draftTransfer } from '../accept/drafts.js';

const nodes: TestProducer[] = [];
async function open(
  env: Record<string, string>,
  folder = temporaryFolder(),
  options: Parameters<typeof startTestProducer>[2] = {},
): Promise<TestProducer> {
  const node = await startTestProducer(folder, env, options);
  nodes.push(node);
  return node;
}
async function restart(
  node: TestProducer,
  folder: string,
  env: Record<string, string>,
): Promise<TestProducer> {
  await node.close();
  nodes.splice(nodes.indexOf(node), 1);
  return open(env, folder, { clock: node.clock });
}
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
});
afterAll(removeTemporary);

/** That many transfers, accepted in one commit. */
function accept({ token, tokenContract }: TestProducer, count: number): Promise<unknown> {
  const request = { sender: 'alice', recipient: 'bob', amount: '1000000' };
  const drafts = Array.from({ length: count }, () => draftTransfer(request, tokenContract));
  return token.submit(drafts);
}

interface Sealed {
  readonly index: number;
  readonly entries: number;
  /** milliseconds since `start` */
  readonly at: number;
}

function blocks({ store }: TestProducer, start: number, kind: ChainKind = 'token'): Sealed[] {
  const headers = firstOf(store, kind).headers(1, 1000);
  return headers.slice(1).map(({ index, treeSize, timestamp }, place) => {
    return { index, entries: treeSize - (headers[place]?.treeSize ?? 0), at: timestamp - start };
  });
}

/** The longest wait of the entries of each block. */
function waits({ store }: TestProducer): number[] {
  const headers = firstOf(store, 'token').headers(1, 1000);
  return headers.slice(1).map(({ treeSize, timestamp }, place) => {
    const from = headers[place]?.treeSize ?? 0;
    const [first] = firstOf(store, 'token').entries(from, treeSize, 1);
    if (first === undefined) return 0;
    return timestamp - (JSON.parse(first.leafText) as { timestamp: number }).timestamp;
  });
}

describe('interval_ms', () => {
  it.each(['true', 'false'])(
    'is kept for every block of a crowd without a count, SEAL_EMPTY=%s',
    async (SEAL_EMPTY) => {
      const node = await open({ BLOCK_INTERVAL_MS: '3000', SEAL_EMPTY });
      const start = node.clock.time;
      await accept(node, 10_001);
      await settle(node);
      await pass(node, 2500);
      // By the limit of 10,000 a block was full at once.
      expect(blocks(node, start)).toEqual([{ index: 2, entries: 10_000, at: 0 }]);
      await pass(node, 500);
      expect(blocks(node, start)[1]).toEqual({ index: 3, entries: 1, at: 2800 });
    },
  );

  it('is kept for what is accepted just before a block, with SEAL_EMPTY', async () => {
    const node = await open({ BLOCK_INTERVAL_MS: '3000', SEAL_EMPTY: 'true' });
    const start = node.clock.time;
    await pass(node, 2000);
    await accept(node, 1);
    await node.token.seal();
    await pass(node, 100);
    await accept(node, 1);
    await pass(node, 6000);
    expect(blocks(node, start).slice(0, 3)).toEqual([
      { index: 2, entries: 1, at: 2000 },
      { index: 3, entries: 1, at: 4800 },
      { index: 4, entries: 0, at: 7600 },
    ]);
  });

  it('is kept for what comes while a block is being sealed, with SEAL_EMPTY', async () => {
    const clock = new ManualClock();
    const env = { BLOCK_INTERVAL_MS: '3000', BLOCK_MAX_ENTRIES: '', SEAL_EMPTY: 'true' };
    const node = await open(env, temporaryFolder(), {
      clock,
      wrap: (store) =>
        interceptChains(store, 'append', (append) => {
          // Sealing takes time: entries that wait afterwards may be older than the seal.
          clock.pass(1000);
          append();
        }),
    });
    const start = clock.time;
    // More than are verified in one turn, so that other work can run in between.
    await accept(node, 1500);
    const sealing = node.token.seal();
    await accept(node, 1);
    expect(node.sealed.length).toBe(0);
    await sealing;
    expect([clock.time - start, node.sealed.length]).toEqual([1000, 1]);
    await pass(node, 1800);
    expect(blocks(node, start)).toEqual([
      { index: 2, entries: 1500, at: 0 },
      { index: 3, entries: 1, at: 2800 },
    ]);
  });

  it('has full blocks by size sealed at once, without a count', async () => {
    const node = await open({ INFORMATION_BLOCK_INTERVAL_MS: '3000' });
    const start = node.clock.time;
    const records = Array.from({ length: 260 }, () => node.inform('x'.repeat(65_000)));
    await Promise.all(records);
    await settle(node);
    const [first, ...others] = blocks(node, start, 'information');
    expect(first).toMatchObject({ index: 2, at: 0 });
    expect(others).toEqual([]);
    expect(node.information.waiting.entries).toBe(260 - (first?.entries ?? 0));
    await pass(node, 3000);
    expect(blocks(node, start, 'information')).toHaveLength(2);
  });

  it('counts from the acceptance, also after a restart with many blocks waiting', async () => {
    const env = { BLOCK_INTERVAL_MS: '3000', BLOCK_MAX_ENTRIES: '3' };
    const folder = temporaryFolder();
    let fails = true;
    const node = await open(env, folder, {
      wrap: (store) => interceptChains(store, 'append', (append) => (fails ? noRoom() : append())),
    });
    const start = node.clock.time;
    await accept(node, 9);
    await pass(node, 1000);
    await accept(node, 1);
    expect(blocks(node, start)).toEqual([]);
    fails = false;
    const again = await restart(node, folder, env);
    await settle(again);
    expect(blocks(again, start).map(({ entries, at }) => [entries, at])).toEqual([
      [3, 1000],
      [3, 1000],
      [3, 1000],
    ]);
    await pass(again, 3000);
    expect(blocks(again, start)[3]).toEqual({ index: 5, entries: 1, at: 3800 });
  });

  it('is no schedule without one: full blocks wait to be asked for', async () => {
    const node = await open({});
    await accept(node, 10_001);
    await pass(node, 1000);
    expect(node.sealed).toEqual([]);
    await node.token.seal();
    await settle(node);
    expect(node.sealed).toHaveLength(1);
  });

  const action = fc.oneof(
    fc.record({ do: fc.constant('accept' as const), n: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ do: fc.constant('pass' as const), n: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constantFrom('seal' as const, 'restart' as const), n: fc.constant(0) }),
  );
  it('is kept whatever is accepted, sealed by hand and restarted, under every schedule', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', '1', '3'),
        fc.boolean(),
        fc.array(action, { minLength: 3, maxLength: 12 }),
        async (maxEntries, sealEmpty, actions) => {
          const env = {
            BLOCK_INTERVAL_MS: '1000',
            BLOCK_MAX_ENTRIES: maxEntries,
            SEAL_EMPTY: String(sealEmpty),
          };
          const folder = temporaryFolder();
          let node = await open(env, folder);
          const start = node.clock.time;
          for (const { do: what, n } of actions) {
            if (what === 'accept') await accept(node, n);
            if (what === 'pass') await pass(node, 50 * n);
            if (what === 'seal') await node.token.seal();
            if (what === 'restart') node = await restart(node, folder, env);
            await settle(node);
          }
          await pass(node, 1000);
          expect(node.token.waiting.entries).toBe(0);
          expect(Math.max(0, ...waits(node))).toBeLessThanOrEqual(1000);
          if (maxEntries !== '') {
            // A full block is due: its entries don't have to wait.
            const full = blocks(node, start).filter(({ entries }) => entries === Number(maxEntries));
            const times = firstOf(node.store, 'token')
              .entries(0, 1000, 1000)
              .map(({ leafText, block }) => {
                return [block, (JSON.parse(leafText) as { timestamp: number }).timestamp - start] as const;
              });
            const last = new Map(times);
            expect(full.map(({ index, at }) => [index, at])).toEqual(
              full.map(({ index }) => [index, last.get(index)]),
            );
          }
          if (sealEmpty) {
            const sealedAt = [0, ...blocks(node, start).map(({ at }) => at)];
            const gaps = sealedAt.slice(1).map((at, place) => at - (sealedAt[place] ?? 0));
            expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(1000);
          }
          await node.close();
          nodes.splice(nodes.indexOf(node), 1);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('a crowd of full blocks', () => {
  it('does not keep others waiting until the last of them is sealed', async () => {
    const node = await open({ BLOCK_MAX_ENTRIES: '1' });
    await accept(node, 200);
    const before = node.sealed.length;
    await node.inform('meanwhile');
    expect(node.sealed.length - before).toBeLessThan(10);
    await settle(node);
    expect(node.sealed).toHaveLength(200);
  });
});

describe('a disk without room', () => {
  it('is tried once a second, however much is accepted meanwhile', async () => {
    let tries = 0;
    const node = await open({ BLOCK_MAX_ENTRIES: '1' }, temporaryFolder(), {
      wrap: (store) =>
        interceptChains(store, 'append', (append) => {
          if (tries++ < 2) noRoom();
          append();
        }),
    });
    for (let i = 0; i < 10; i++) await accept(node, 1);
    await settle(node);
    expect([tries, node.producer.delayed]).toEqual([1, ['aka']]);
    await pass(node, 1000);
    expect(tries).toBe(2);
    await pass(node, 2000);
    expect([tries, node.producer.delayed, node.token.waiting.entries]).toEqual([12, [], 0]);
  });
});

function noRoom(): never {
  throw new Unavailable('DISK_FULL', 'full', 1);
}
