import { removeTemporary } from '../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../test/support/test-http.js';

let http: TestHttp;
beforeAll(async () => {
  http = await startTestHttp();
});
afterAll(async () => {
  await http.close();
  removeTemporary();
});

test.each([
  '/chains','/chains/aka','/chains/nope','/chain','/chain2','/chains/aka/blocks','/chains/aka/blocks/1','/chains/aka/blocks/9','/chains/aka/blocks/x','/chains/aka/blocks/1/frontier','/chains/aka/head','/chain?limit=-1','/chain?limt=3','/transactions','/transactions/abc','/wallets/alice','/wallets/%20','/nodes','/faults','/health/live','/health/ready','/metrics','/nope','/nodes/register','/%zz','/api-json','/api'
])('%s', async (url) => {
  const answer = await http.app.inject({ url });
  console.log(url, answer.statusCode, answer.headers['content-type'], answer.headers['cache-control'], answer.headers.etag, answer.body.slice(0, 700));
});
