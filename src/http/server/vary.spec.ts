import type { OpenAPIObject } from '@nestjs/swagger';
import { removeTemporary } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';

const ORIGIN = 'https://explorer.example';

let http: TestHttp;
/** what stands for the parameters of the paths */
const samples: Record<string, string> = { name: 'aka', chain: 'aka', index: '2', address: 'bob' };
let paths: readonly string[];

beforeAll(async () => {
  http = await startTestHttp({ config: { corsOrigins: [ORIGIN, 'https://other.example'] } });
  const sent = await http.producer.transfer({ nonce: 'n1', memo: 'm'.repeat(200) });
  if (sent instanceof Error) throw sent;
  samples.id = sent.entry.id;
  await http.producer.token.seal();
  const { paths: described } = (await http.app.inject({ url: '/api-json' })).json<OpenAPIObject>();
  paths = [
    ...Object.keys(described),
    '/',
    '/api',
    '/api-json',
    '/explorer',
    '/explorer/assets/none.js',
    '/nope',
  ];
});
afterAll(async () => {
  await http.close();
  removeTemporary();
});

function urlOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const sample = samples[name];
    if (sample === undefined) throw new Error(`this test has no sample of the parameter ${name}`);
    return sample;
  });
}

function fieldsOf(vary: unknown): readonly string[] {
  return String(vary)
    .split(',')
    .map((field) => field.trim().toLowerCase());
}

test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST'] as const)(
  'every answer to %s says by what it varies, each field once',
  async (method) => {
    for (const path of paths) {
      // It doesn't end.
      if (path === '/events' && method === 'GET') continue;
      for (const accept of [
        { 'accept-encoding': 'gzip' },
        { accept: 'application/x-ndjson', 'accept-encoding': 'identity' },
        { origin: ORIGIN, 'access-control-request-method': 'GET', 'if-none-match': '*' },
      ]) {
        const { headers, statusCode } = await http.app.inject({ method, url: urlOf(path), headers: accept });
        const fields = fieldsOf(headers.vary);
        const what = `${method} ${path} ${statusCode}`;
        expect([what, fields]).toEqual([what, expect.arrayContaining(['accept-encoding', 'origin'])]);
        expect([what, fields]).toEqual([what, [...new Set(fields)]]);
      }
    }
  },
);

test('a route that has two forms also varies by Accept', async () => {
  const { headers } = await http.app.inject({ url: '/chains/aka/blocks' });
  expect(fieldsOf(headers.vary)).toContain('accept');
});

test.each([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['text/html', 'application/json'],
  ['application/x-ndjson', 'application/x-ndjson'],
  ['Application/X-NDJSON', 'application/x-ndjson'],
  ['application/x-ndjson; charset=utf-8', 'application/x-ndjson'],
  ['application/x-ndjson;q=0', 'application/json'],
  ['application/x-ndjson;q=0, */*', 'application/json'],
  ['application/x-ndjson;q=0.0, application/json;q=0', 'application/json'],
  ['application/x-ndjson;q=0.5, application/json', 'application/json'],
  ['application/json;q=0.5, application/x-ndjson', 'application/x-ndjson'],
  ['application/*;q=0.9, application/json;q=0.1', 'application/x-ndjson'],
  ['*/*;q=0.1, application/x-ndjson;q=0.2', 'application/x-ndjson'],
  ['text/application/x-ndjson', 'application/json'],
  ['application/x-ndjson2', 'application/json'],
  [',;=', 'application/json'],
])('Accept: %s gets %s', async (accept, type) => {
  const headers = accept === undefined ? {} : { accept };
  const answer = await http.app.inject({ url: '/chains/aka/blocks', headers });
  expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
});

test.each([
  [undefined, undefined],
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['br, gzip;q=0.5', 'gzip'],
  ['gzip;q=0', undefined],
  ['gzip; q=0.000, deflate', undefined],
  ['identity', undefined],
  ['br', undefined],
])('Accept-Encoding: %s gets %s', async (encoding, expected) => {
  const headers = encoding === undefined ? {} : { 'accept-encoding': encoding };
  const answer = await http.app.inject({ url: '/api-json', headers });
  expect(answer.headers['content-encoding']).toBe(expected);
});
