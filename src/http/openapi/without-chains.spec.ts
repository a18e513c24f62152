import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';

let http: TestHttp;
beforeAll(async () => {
  http = await startTestHttp();
  // As a follower's database is before its first contact.
  jest.spyOn(http.producer.storage.store, 'stores').mockReturnValue([]);
});
afterAll(async () => {
  await http.close();
  removeTemporary();
});

test.each([
  '/chain',
  '/chain2',
  '/chains/aka',
  '/chains/aka/blocks',
  '/chains/aka/blocks/1',
  '/chains/aka/blocks/1/frontier',
  '/chains/aka/head',
  '/transactions',
  `/transactions/${'0'.repeat(64)}`,
  `/information/${'0'.repeat(64)}`,
  '/wallets/alice',
])('%s has nothing to say yet', async (url) => {
  const answer = await http.app.inject({ url });
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.json()).toMatchObject({ status: 503, code: 'NOT_SYNCED' });
});

test.each(['/nodes', '/faults', '/health/live', '/health/ready', '/metrics', '/api-json'])(
  '%s answers',
  async (url) => {
    expect((await http.app.inject({ url })).statusCode).toBe(200);
  },
);

test('/chains is empty', async () => {
  expect((await http.app.inject({ url: '/chains' })).json()).toMatchObject({ chains: [] });
});
