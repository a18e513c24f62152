import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';

const PAGE = '<!doctype html><title>explorer</title>';
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(5000))})`;

let http: TestHttp;
let bare: TestHttp;
beforeAll(async () => {
  const webFolder = temporaryFolder();
  mkdirSync(path.join(webFolder, 'assets'));
  writeFileSync(path.join(webFolder, 'index.html'), PAGE);
  writeFileSync(path.join(webFolder, 'favicon.svg'), '<svg/>');
  writeFileSync(path.join(webFolder, 'assets/index-abc123.js'), SCRIPT);
  writeFileSync(path.join(webFolder, 'assets/index-abc123.js.gz'), gzipSync(SCRIPT));
  writeFileSync(path.join(webFolder, 'assets/index-abc123.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(path.join(webFolder, 'assets/secret.env'), 'KEY=1');
  http = await startTestHttp({ webFolder });
  bare = await startTestHttp({ webFolder: path.join(webFolder, 'nowhere') });
});
afterAll(async () => {
  await http.close();
  await bare.close();
  removeTemporary();
});

const get = (url: string, headers: Record<string, string> = {}) => http.app.inject({ url, headers });

test.each([
  '/',
  '/?from=mail',
  '/explorer',
  '/explorer/',
  '/explorer/chains/aka/blocks/7',
  '/explorer/wallets/%3Cscript%3E',
  '/explorer/search?q=1',
  '/explorer/assets',
])('%s is the page', async (url) => {
  const answer = await get(url);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.headers['cache-control']).toBe('no-cache');
  expect(answer.body).toBe(PAGE);
});

test('no script and no style stands in the page, and nothing comes from elsewhere', async () => {
  const policy = String((await get('/')).headers['content-security-policy']);
  expect(policy).toMatch(/^default-src 'none';script-src 'self';style-src 'self';/);
  expect(policy).not.toContain('unsafe');
  expect((await get('/')).headers['x-content-type-options']).toBe('nosniff');
});

test('files with a hash in their name are cached forever, the others are revalidated', async () => {
  const script = await get('/explorer/assets/index-abc123.js');
  expect(script.headers).toMatchObject({
    'content-type': 'application/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-length': String(SCRIPT.length),
  });
  const icon = await get('/explorer/favicon.svg');
  expect(icon.headers).toMatchObject({
    'content-type': 'image/svg+xml',
    'cache-control': 'no-cache',
  });
  const etag = String(icon.headers.etag);
  for (const known of [etag, etag.replace('W/', ''), `"other", ${etag}`]) {
    const again = await get('/explorer/favicon.svg', { 'if-none-match': known });
    expect([known, again.statusCode, again.body]).toEqual([known, 304, '']);
  }
});

test('the page itself is always sent: its size and time may be those of another build', async () => {
  const { headers } = await get('/');
  expect([headers.etag, headers['last-modified']]).toEqual([undefined, undefined]);
  const again = await get('/', {
    'if-modified-since': new Date().toUTCString(),
    'if-none-match': 'W/"27-0"',
  });
  expect([again.statusCode, again.body]).toEqual([200, PAGE]);
});

test.each([
  ['gzip', 'gzip', gunzipSync],
  ['gzip, deflate, br', 'br', brotliDecompressSync],
  ['br;q=0, gzip', 'gzip', gunzipSync],
])('who asks for %s gets what the build compressed as %s', async (asked, encoding, decompress) => {
  const answer = await get('/explorer/assets/index-abc123.js', { 'accept-encoding': asked });
  expect(answer.headers).toMatchObject({
    'content-encoding': encoding,
    'content-type': 'application/javascript; charset=utf-8',
    'content-length': String(answer.rawPayload.length),
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
  });
  expect(answer.rawPayload.length).toBeLessThan(200);
  expect(decompress(answer.rawPayload).toString()).toBe(SCRIPT);
});

test('who takes nothing compressed gets the file as it is', async () => {
  for (const refused of ['gzip;q=0', 'identity', 'br;q=0, gzip;q=0']) {
    const plain = await get('/explorer/assets/index-abc123.js', { 'accept-encoding': refused });
    expect([refused, plain.headers['content-encoding'], plain.body]).toEqual([refused, undefined, SCRIPT]);
  }
});

test.each([
  '/explorer/assets/gone-123.js',
  '/explorer/assets/index-abc123.js.gz',
  '/explorer/assets/secret.env',
  '/explorer/assets/../../package.json',
  '/explorer/assets/..%2f..%2fpackage.json',
  '/nope',
  '/chains/nope',
])('%s is a problem, as JSON', async (url) => {
  const answer = await get(url);
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    404,
    'application/problem+json; charset=utf-8',
  ]);
});

test('a precondition that does not hold is a problem too', async () => {
  const answer = await get('/explorer/favicon.svg', { 'if-match': '"other"' });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    412,
    'application/problem+json; charset=utf-8',
  ]);
});

test('a HEAD is answered, a POST is not taken', async () => {
  for (const url of ['/', '/explorer', '/explorer/chains/aka', '/explorer/assets/index-abc123.js']) {
    const answer = await http.app.inject({ method: 'HEAD', url });
    expect([url, answer.statusCode, answer.body]).toEqual([url, 200, '']);
    expect(answer.headers['content-length']).toBe(String(url.endsWith('.js') ? SCRIPT.length : PAGE.length));
  }
  expect((await http.app.inject({ method: 'POST', url: '/explorer/favicon.svg' })).statusCode).toBe(405);
  expect((await http.app.inject({ method: 'POST', url: '/' })).statusCode).toBe(405);
  expect((await http.app.inject({ method: 'POST', url: '/explorer/try' })).statusCode).toBe(405);
});

test('Swagger stays where it was', async () => {
  expect((await get('/api')).body).toContain('swagger');
});

test('without a build the page says what to do, and all else is served', async () => {
  const answer = await bare.app.inject({ url: '/' });
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.body).toBe(
    'The explorer is not part of this build: `npm run build` makes it. The API is served all the same, see /api.\n',
  );
  expect((await bare.app.inject({ url: '/explorer/network' })).statusCode).toBe(503);
  expect((await bare.app.inject({ url: '/chains' })).statusCode).toBe(200);
});
