import { connect, type AddressInfo } from 'node:net';
import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { removeTemporary } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import type { WriteAccess } from './foreign-pages.js';

let changes = 0;

/** What changes something: what a role brings, and a DELETE. */
@Controller()
class ChangingController {
  @Get('mine')
  mine(): object {
    return { changes: ++changes };
  }

  @Post(['mine', 'information/mine', 'transactions/new'])
  @HttpCode(200)
  post(): object {
    return { changes: ++changes };
  }

  @Delete('something')
  remove(): object {
    return { changes: ++changes };
  }
}

const nodes: TestHttp[] = [];
async function start(config: Partial<WriteAccess> = {}): Promise<TestHttp['app']> {
  const node = await startTestHttp({ controllers: [ChangingController], config });
  nodes.push(node);
  return node.app;
}
afterAll(async () => {
  for (const node of nodes) await node.close();
  removeTemporary();
});

const CHANGING = [
  ['GET', '/mine'],
  ['POST', '/mine'],
  ['POST', '/information/mine'],
  ['POST', '/transactions/new'],
  ['DELETE', '/something'],
] as const;

type Headers = Record<string, string>;

/** @returns the codes of the refusals, one for each route: undefined where it was let through */
async function ask(app: TestHttp['app'], headers: Headers): Promise<readonly unknown[]> {
  const codes: unknown[] = [];
  for (const [method, url] of CHANGING) {
    const before = changes;
    const answer = await app.inject({ method, url, headers: { host: '127.0.0.1:5000', ...headers } });
    expect([method, url, answer.statusCode]).toEqual([method, url, changes > before ? 200 : 403]);
    codes.push(answer.json<{ code?: string }>().code);
  }
  return codes;
}

const all = (code: string | undefined): unknown[] => CHANGING.map(() => code);

describe('the name under which a node is asked', () => {
  let app: TestHttp['app'];
  beforeAll(async () => {
    app = await start({ host: 'node.internal', allowedHosts: ['Ledger.example.org', 'bücher.example:8443'] });
  });

  test.each([
    '127.0.0.1',
    '127.0.0.1:5000',
    '192.168.1.7:5000',
    '203.0.113.9',
    '[::1]:5000',
    '[2001:db8::7]',
    '[::ffff:127.0.0.1]:80',
    'localhost',
    'LOCALHOST:5000',
    'localhost.:5000',
    'ledger.localhost:5000',
    'a.b.localhost',
    'ip6-localhost',
    'node.internal:5000',
    'NODE.internal.',
    'ledger.example.org',
    'ledger.EXAMPLE.org.:443',
    'xn--bcher-kva.example',
  ])('is good: %s', async (host) => {
    expect(await ask(app, { host })).toEqual(all(undefined));
  });

  test.each([
    'evil.example',
    'evil.example:5000',
    'localhost.evil.example',
    'notlocalhost',
    'localhost.example.org',
    '127.0.0.1.nip.io',
    'internal',
    'sub.ledger.example.org',
    'ledger.example.org.evil.example',
    '.',
  ])('is refused: %s', async (host) => {
    expect(await ask(app, { host })).toEqual(all('HOST_NOT_ALLOWED'));
  });

  test.each([
    'evil.example#127.0.0.1',
    'evil.example@127.0.0.1',
    '127.0.0.1@evil.example',
    '127.0.0.1/evil.example',
    'a b',
    '[::1',
    ':5000',
  ])('is none: %s', async (host) => {
    const before = changes;
    const answer = await app.inject({ url: '/mine', headers: { host } });
    expect([answer.statusCode, changes]).toEqual([400, before]);
  });

  test('the refusal names what to set', async () => {
    const answer = await app.inject({ url: '/mine', headers: { host: 'Producer:5000' } });
    expect(answer.json()).toMatchObject({
      status: 403,
      detail: expect.stringContaining('ALLOWED_HOSTS=producer '),
    });
  });

  test('is not asked for where nothing changes', async () => {
    for (const url of ['/chain', '/nodes', '/health/live', '/api-json']) {
      expect((await app.inject({ url, headers: { host: 'producer:5000' } })).statusCode).toBe(200);
    }
  });

  test('may be any where the operator says so', async () => {
    const open = await start({ allowedHosts: ['*'] });
    expect(await ask(open, { host: 'whatever.example' })).toEqual(all(undefined));
    expect(await ask(open, { host: 'whatever.example', origin: 'https://evil.example' })).toEqual(
      all('CROSS_ORIGIN'),
    );
  });
});

describe('a page', () => {
  let app: TestHttp['app'];
  beforeAll(async () => {
    app = await start({ allowedHosts: ['ledger.example.org'], corsOrigins: ['https://reader.example'] });
  });

  test.each<[string, Headers]>([
    ['no page, but a program', { 'user-agent': 'curl/8.5.0' }],
    ['an address that was typed', { 'sec-fetch-site': 'none', 'user-agent': 'Mozilla/5.0' }],
    ['this node’s own', { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:5000' }],
    ['this node’s own, in a browser without Fetch Metadata', { origin: 'http://127.0.0.1:5000' }],
    ['this node’s own, behind TLS', { host: 'ledger.example.org', origin: 'https://ledger.example.org' }],
    [
      'this node’s own, behind a proxy that keeps the port',
      { host: 'ledger.example.org:443', origin: 'https://ledger.example.org' },
    ],
    [
      'this node’s own, behind a proxy that asks for an address',
      { host: '127.0.0.1:5000', origin: 'https://ledger.example.org', 'sec-fetch-site': 'same-origin' },
    ],
  ])('is heard: %s', async (_what, headers) => {
    expect(await ask(app, headers)).toEqual(all(undefined));
  });

  test.each<[string, Headers]>([
    ['an image on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }],
    ['an image of another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a form on another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a form on another site, in an old browser', { origin: 'https://evil.example' }],
    ['one that hides its origin', { origin: 'null' }],
    ['a file', { origin: 'file://' }],
    ['an extension', { origin: 'chrome-extension://abcdef' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }],
    ['localhost’s, to an address', { origin: 'http://localhost:5000', 'sec-fetch-site': 'cross-site' }],
    ['another port of the proxy', { origin: 'https://ledger.example.org:8443' }],
    ['one whose origin begins as ours', { origin: 'http://127.0.0.1:5000.evil.example' }],
    ['one whose origin ends as ours', { origin: 'http://evil.example@127.0.0.1:5000' }],
    ['no origin at all', { origin: '' }],
    ['two origins', { origin: 'http://127.0.0.1:5000, https://evil.example' }],
    [
      'our origin, but the browser says otherwise',
      { origin: 'http://127.0.0.1:5000', 'sec-fetch-site': 'cross-site' },
    ],
    ['one that may read', { origin: 'https://reader.example', 'sec-fetch-site': 'cross-site' }],
    ['an unknown relation', { 'sec-fetch-site': 'whatever' }],
    ['a guess of the browser’s', { 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch;prerender' }],
  ])('is refused: %s', async (_what, headers) => {
    expect(await ask(app, headers)).toEqual(all('CROSS_ORIGIN'));
  });

  test('of a plain HTTP site can make a browser send a GET that says nothing: it is refused', async () => {
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)', host: '192.168.1.7:5000' };
    const [get, ...others] = await ask(app, headers);
    expect([get, ...others]).toEqual(['CROSS_ORIGIN', ...others.map(() => undefined)]);
  });

  test('that is refused changes nothing, and hears why where it may read', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/information/mine',
      headers: { origin: 'https://reader.example', 'content-type': 'application/x-www-form-urlencoded' },
      payload: '',
    });
    expect(answer.headers['access-control-allow-origin']).toBe('https://reader.example');
    expect(answer.json()).toMatchObject({ status: 403, detail: expect.stringContaining('CORS_WRITE=true') });
  });
});

describe('CORS_ORIGIN', () => {
  const preflight = async (config: Partial<WriteAccess>, origin: string): Promise<unknown[]> => {
    const { headers } = await (
      await start(config)
    ).inject({
      method: 'OPTIONS',
      url: '/transactions/new',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    return [headers['access-control-allow-origin'], headers['access-control-allow-methods']];
  };

  test('gives reading', async () => {
    const corsOrigins = ['https://app.example'];
    expect(await preflight({ corsOrigins }, 'https://app.example')).toEqual([
      'https://app.example',
      'GET, HEAD',
    ]);
    expect(await preflight({ corsOrigins: ['*'] }, 'https://app.example')).toEqual(['*', 'GET, HEAD']);
  });

  test('gives writing with CORS_WRITE, to these origins alone', async () => {
    const access = { corsOrigins: ['https://app.example'], corsWrite: true };
    expect(await preflight(access, 'https://app.example')).toEqual([
      'https://app.example',
      'GET, HEAD, POST, DELETE',
    ]);
    const app = await start(access);
    const cross = { 'sec-fetch-site': 'cross-site' };
    expect(await ask(app, { origin: 'https://app.example', ...cross })).toEqual(all(undefined));
    for (const origin of ['http://app.example', 'https://app.example:8443', 'https://evil.example', 'null']) {
      expect(await ask(app, { origin, ...cross })).toEqual(all('CROSS_ORIGIN'));
    }
    expect(await ask(app, cross)).toEqual(all('CROSS_ORIGIN'));
    expect(await ask(app, { origin: 'https://app.example', host: 'evil.example' })).toEqual(
      all('HOST_NOT_ALLOWED'),
    );
  });

  test('may be anybody', async () => {
    const app = await start({ corsOrigins: ['*'], corsWrite: true });
    expect(await ask(app, { origin: 'https://app.example' })).toEqual(all(undefined));
  });
});

describe('on the wire', () => {
  let port: number;
  beforeAll(async () => {
    const app = await start();
    await app.listen(0, '127.0.0.1');
    ({ port } = app.getHttpServer().address() as AddressInfo);
  });

  /** @returns the status and, of a problem, the beginning of what it says */
  function say(text: string): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.end(text));
      let answer = '';
      socket.on('data', (data) => (answer += data.toString()));
      socket.on('end', () => {
        const detail = /"detail":"(there is nothing to resolve)/.exec(answer)?.[1];
        resolve([/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1], detail].filter(Boolean).join(' '));
      });
      socket.on('error', reject);
    });
  }

  test.each([
    [
      'the name in a target overrules Host',
      'GET http://evil.example/mine HTTP/1.1\r\nHost: 127.0.0.1',
      '403',
    ],
    ['and a good one is no excuse', 'GET http://127.0.0.1/mine HTTP/1.1\r\nHost: evil.example', '403'],
    ['both may be good', 'GET http://localhost/mine HTTP/1.1\r\nHost: 127.0.0.1', '200'],
    [
      'what is said of a path is said of it in absolute form',
      'GET http://localhost/nodes/resolve HTTP/1.1\r\nHost: localhost',
      '404 there is nothing to resolve',
    ],
    ['HTTP/1.0 needs no Host', 'POST /mine HTTP/1.0', '200'],
    ['HTTP/1.1 does', 'POST /mine HTTP/1.1', '400'],
  ])('%s', async (_what, head, status) => {
    expect(await say(`${head}\r\nConnection: close\r\n\r\n`)).toBe(status);
  });
});
