import Database from 'better-sqlite3';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { draftAnswer, draftTransfer } from '../../producer/accept/drafts.js';

const HOUR_MS = 3_600_000;

let http: TestHttp;
let reads: jest.SpyInstance;
beforeEach(async () => {
  http = await startTestHttp();
  reads = jest.spyOn(http.producer.tokenStore, 'entryById');
});
afterEach(async () => {
  reads.mockRestore();
  await http.close();
});
afterAll(removeTemporary);

async function submit(draft: ReturnType<typeof draftTransfer>): Promise<Hash> {
  const [outcome] = await http.producer.token.submit([draft]);
  if (outcome === undefined || !('entry' in outcome)) throw new Error('refused');
  return outcome.entry.id;
}
const send = (parts: { hold_until?: number } = {}): Promise<Hash> =>
  submit(
    draftTransfer({ sender: 'alice', recipient: 'bob', amount: '1', ...parts }, http.producer.tokenContract),
  );
const seal = async (): Promise<void> => {
  await http.producer.token.seal();
};

/** The state in the answer, and whether it was read from the store. */
async function ask(id: string): Promise<{ state: unknown; body: string; isRead: boolean }> {
  reads.mockClear();
  const { statusCode, body } = await http.app.inject({ url: `/transactions/${id}` });
  expect(statusCode).toBe(200);
  const { state } = JSON.parse(body) as { state?: string };
  return { state, body, isRead: reads.mock.calls.length > 0 };
}

test('a sealed transaction is read from the store only once', async () => {
  const id = await send();
  expect(await ask(id)).toMatchObject({ state: 'pending', isRead: true });
  expect(await ask(id)).toMatchObject({ state: 'pending', isRead: true });
  await seal();
  const first = await ask(id);
  expect(first).toMatchObject({ state: 'delivered', isRead: true });
  await send();
  await seal();
  expect(await ask(id)).toEqual({ ...first, isRead: false });
});

test('a hold is read from the store until its end is sealed', async () => {
  const { tokenContract } = http.producer;
  const id = await send({ hold_until: http.producer.clock.time + HOUR_MS });
  await seal();
  expect(await ask(id)).toMatchObject({ state: 'held', isRead: true });
  const answer = await submit(draftAnswer('accept', { sender: 'bob', transfer: id }, tokenContract));
  expect(await ask(id)).toMatchObject({ state: 'held', isRead: true });
  await seal();
  const first = await ask(id);
  expect(first).toMatchObject({ state: 'delivered', isRead: true });
  expect(await ask(id)).toEqual({ ...first, isRead: false });
  expect(await ask(answer)).toMatchObject({ state: undefined, isRead: true });
  expect(await ask(answer)).toMatchObject({ state: undefined, isRead: false });
});

test('a transaction that somebody changed in the database is shown as the database has it now', async () => {
  const id = await send();
  await seal();
  await ask(id);
  expect((await ask(id)).isRead).toBe(false);
  const elsewhere = new Database(http.producer.config.databaseFile);
  elsewhere.exec(`UPDATE "transaction" SET leaf = replace(leaf, '"bob"', '"eve"')`);
  elsewhere.close();
  expect((await ask(id)).body).toContain('"recipient":"eve"');
});
