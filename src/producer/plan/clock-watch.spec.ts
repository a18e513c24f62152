import { firstOf } from '../../../test/support/first-of.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { pass, settle } from '../../../test/support/turned-time.js';
import type { Accepted } from '../accept/intake.js';

const HOUR_MS = 3_600_000;
const MANUAL = { BLOCK_INTERVAL_MS: '', INFORMATION_BLOCK_INTERVAL_MS: '' };

let folder: string;
let clock: ManualClock;
let node: TestProducer;
async function start(env: Record<string, string> = MANUAL): Promise<void> {
  node = await startTestProducer(folder, env, { clock });
}
beforeEach(async () => {
  folder = temporaryFolder();
  clock = new ManualClock();
  await start();
});
afterEach(async () => {
  await node.close();
});
afterAll(removeTemporary);

const timeOf = async (outcome: ReturnType<TestProducer['transfer']>): Promise<number> =>
  (JSON.parse(((await outcome) as Accepted).entry.leafText) as { timestamp: number }).timestamp;
const held = (): bigint => node.books.supply().held;

describe('a wall clock that jumps ahead', () => {
  it('has entries refused on both chains, before anything is stored, and accepted when it is back', async () => {
    const before = await timeOf(node.transfer({}));
    clock.time += HOUR_MS;
    await expect(node.transfer({})).rejects.toMatchObject({
      code: 'CLOCK_IMPLAUSIBLE',
      retryAfterSeconds: 60,
    });
    await expect(node.inform(1)).rejects.toMatchObject({ code: 'CLOCK_IMPLAUSIBLE' });
    expect([
      firstOf(node.store, 'token').tail().nextSequence,
      firstOf(node.store, 'information').tail().nextSequence,
    ]).toEqual([1, 0]);
    clock.time -= HOUR_MS;
    expect(await timeOf(node.transfer({}))).toBe(before);
    await node.inform(1);
    expect(node.clockEvents.map(({ type }) => type)).toEqual(['jumped', 'returned']);
    expect(node.failures).toEqual([]);
  });

  it('is noticed while nobody asks, and refuses what is already in the queue', async () => {
    const waiting = node.transfer({});
    clock.time += HOUR_MS;
    await expect(waiting).rejects.toMatchObject({ code: 'CLOCK_IMPLAUSIBLE' });
    clock.time -= HOUR_MS;
    await pass(node, 1000);
    clock.time += HOUR_MS;
    await pass(node, 1000);
    expect(node.clockEvents.at(-1)).toEqual({ type: 'jumped', ms: HOUR_MS });
    expect(node.producer.clockState).toMatchObject({
      jumpMs: HOUR_MS,
      refusal: expect.stringContaining('refused'),
    });
  });

  it('gives no block its time', async () => {
    await node.transfer({});
    const before = clock.time;
    clock.time += HOUR_MS;
    await pass(node, 5000);
    const block = await node.token.seal();
    expect(block.timestamp).toBe(before + 5000);
    expect((await node.information.seal()).timestamp).toBe(before + 5000);
  });

  it('ends no hold early, and returns those that end meanwhile', async () => {
    const start = clock.time;
    await node.transfer({ sender: 'a', recipient: 'b', amount: '1', hold_until: start + 10_000 });
    await node.transfer({ sender: 'a', recipient: 'b', amount: '2', hold_until: start + HOUR_MS / 2 });
    const both = held();
    clock.time += HOUR_MS;
    await pass(node, 9000, 1000);
    expect(held()).toBe(both);
    await pass(node, 3000, 1000);
    expect(held()).toBe((both / 3n) * 2n);
    const [last] = firstOf(node.store, 'token').entries(2, 3, 1);
    expect(JSON.parse(last?.leafText ?? '')).toMatchObject({ type: 'return', timestamp: start + 11_000 });
    await node.token.seal();
    clock.time -= HOUR_MS;
    await pass(node, 60_000, 1000);
    expect(held()).toBe((both / 3n) * 2n);
  });

  it('counts once it has lasted: entries are accepted, and what ended meanwhile is returned', async () => {
    await node.close();
    folder = temporaryFolder();
    await start({ BLOCK_INTERVAL_MS: '600000' });
    const start_ = clock.time;
    await node.transfer({ sender: 'a', recipient: 'b', amount: '1', hold_until: start_ + HOUR_MS / 2 });
    clock.time += HOUR_MS;
    await pass(node, 60_000, 1000);
    expect([held() > 0n, node.sealed.length]).toEqual([true, 0]);
    await pass(node, 2000, 1000);
    // The machine slept for an hour: the hold is over, and the block is due.
    expect(held()).toBe(0n);
    expect(node.sealed.map(({ header }) => header.treeSize)).toEqual([1]);
    expect(await timeOf(node.transfer({}))).toBe(clock.time);
    expect(node.clockEvents.map(({ type }) => type)).toEqual(['jumped', 'accepted']);
    expect(node.producer.clockState).toMatchObject({
      jumpMs: 0,
      refusal: undefined,
      acceptedJump: { ms: HOUR_MS },
    });
    expect(node.failures).toEqual([]);
  });
});

describe('a wall clock behind the last time on the chains', () => {
  it('says so, since when it was set back, until it has caught up; times never run backwards', async () => {
    const before = await timeOf(node.transfer({}));
    clock.time -= 30_000;
    expect(await timeOf(node.transfer({}))).toBe(before);
    expect((await node.token.seal()).timestamp).toBe(before);
    await pass(node, 1000);
    expect(node.clockEvents).toEqual([
      { type: 'jumped', ms: -30_000 },
      { type: 'behind', ms: 29_000 },
    ]);
    expect(node.producer.clockState).toMatchObject({ behindMs: 29_000, refusal: undefined });
    await pass(node, 30_000, 1000);
    expect(node.clockEvents.at(-1)).toMatchObject({ type: 'caught-up' });
    await settle(node);
    expect(await timeOf(node.transfer({}))).toBe(before + 1000);
  });

  it('says so at the start', async () => {
    await node.transfer({});
    await node.close();
    clock.time -= 24 * HOUR_MS;
    await start();
    expect(node.clockEvents).toEqual([{ type: 'behind', ms: 24 * HOUR_MS }]);
    await node.transfer({});
  });
});
