import type { AddressInfo } from 'node:net';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { exchange, open } from '../../../test/support/raw-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp, type TestHttpOptions } from '../../../test/support/test-http.js';
import { IsName } from '../requests/validation.js';

class SenderDto {
  @IsName()
  readonly sender!: string;
}

@Controller()
class TakingController {
  @Post('transactions/new')
  take(@Body() body: SenderDto): object {
    return body;
  }

  @Post('mine')
  @HttpCode(200)
  mine(): object {
    return { message: 'New Block Forged' };
  }
}

const nodes: TestHttp[] = [];
async function start(config: TestHttpOptions['config'] = {}): Promise<{ port: number; node: TestHttp }> {
  const node = await startTestHttp({ controllers: [TakingController], config });
  nodes.push(node);
  await node.app.listen(0, '127.0.0.1');
  return { node, port: (node.app.getHttpServer().address() as AddressInfo).port };
}
afterAll(async () => {
  for (const node of nodes) await node.close();
  removeTemporary();
});

const ORIGIN = 'https://explorer.example';
/** As most clients begin; the node ends the connection after its answer. */
const HEAD = `Host: 127.0.0.1\r\nOrigin: ${ORIGIN}\r\nConnection: close\r\n`;
const JSON_HEAD = `${HEAD}Content-Type: application/json\r\n`;

/** Every way to be refused before a route sees the request. */
const REFUSALS: readonly (readonly [string, number, string, string])[] = [
  ['headers too large', 431, '/chain', `GET /chain HTTP/1.1\r\n${HEAD}X: ${'x'.repeat(20_000)}\r\n\r\n`],
  ['too long a target', 414, '/wallets/', `GET /wallets/${'a'.repeat(20_000)} HTTP/1.1\r\n${HEAD}\r\n`],
  [
    'a body that is declared too large',
    413,
    '/transactions/new',
    `POST /transactions/new HTTP/1.1\r\n${JSON_HEAD}Content-Length: 99999999\r\n\r\n`,
  ],
  [
    'two lengths',
    400,
    '/transactions/new',
    `POST /transactions/new HTTP/1.1\r\n${JSON_HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'two different lengths',
    400,
    '/transactions/new',
    `POST /transactions/new HTTP/1.1\r\n${JSON_HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}`,
  ],
  [
    'a chunk of no size',
    400,
    '/transactions/new',
    `POST /transactions/new HTTP/1.1\r\n${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`,
  ],
  [
    'chunk extensions without end',
    413,
    '/transactions/new',
    `POST /transactions/new HTTP/1.1\r\n${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n1;${'e'.repeat(20_000)}\r\n`,
  ],
  ['an unknown method', 501, '/chain', `FOO /chain HTTP/1.1\r\n${HEAD}\r\n`],
  ['CONNECT', 501, 'example.org:80', `CONNECT example.org:80 HTTP/1.1\r\n${HEAD}\r\n`],
  ['a path that can’t be decoded', 400, '/%zz', `GET /%zz HTTP/1.1\r\n${HEAD}\r\n`],
  ['no Host', 400, '/chain', `GET /chain HTTP/1.1\r\nOrigin: ${ORIGIN}\r\nConnection: close\r\n\r\n`],
  ['two Hosts', 400, '/chain', `GET /chain HTTP/1.1\r\nHost: a\r\n${HEAD}\r\n`],
  ['a Host that is none', 400, '/chain', `GET /chain HTTP/1.1\r\n${HEAD.replace('127.0.0.1', 'a/b')}\r\n`],
  ['an empty Host', 400, '/chain', `GET /chain HTTP/1.1\r\n${HEAD.replace('127.0.0.1', '')}\r\n`],
  ['an error in HTTP/1.0', 404, '/nope', `GET /nope HTTP/1.0\r\n${HEAD}\r\n`],
  ['HTTP/0.9', 505, '/chain', `GET /chain\r\n${HEAD}\r\n`],
  ['HTTP/2.0', 505, '/chain', `GET /chain HTTP/2.0\r\n${HEAD}\r\n`],
  [
    'an unknown expectation',
    417,
    '/transactions/new',
    `POST /transactions/new HTTP/1.1\r\n${JSON_HEAD}Expect: tea\r\nContent-Length: 2\r\n\r\n{}`,
  ],
  ['a header name with a space', 400, '/chain', `GET /chain HTTP/1.1\r\n${HEAD}a b: c\r\n\r\n`],
  ['a control character', 400, '/chain', `GET /chain HTTP/1.1\r\n${HEAD}a: \u0001\r\n\r\n`],
  ['a target that is no path', 400, 'chain', `GET chain HTTP/1.1\r\n${HEAD}\r\n`],
  ['the asterisk', 404, '*', `OPTIONS * HTTP/1.1\r\n${HEAD}\r\n`],
  ['an OPTIONS that is no preflight', 405, '/chain', `OPTIONS /chain HTTP/1.1\r\n${HEAD}\r\n`],
  ['a file that is not there', 404, '/explorer/assets/x', `GET /explorer/assets/x HTTP/1.1\r\n${HEAD}\r\n`],
  [
    'a body of another type on an unknown path',
    404,
    '/nope',
    `POST /nope HTTP/1.1\r\n${HEAD}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nab`,
  ],
  [
    'a byte order mark',
    400,
    '/transactions/new',
    `POST /transactions/new HTTP/1.1\r\n${JSON_HEAD}Content-Length: 5\r\n\r\n\u00ef\u00bb\u00bf{}`,
  ],
];

describe.each([
  ['one origin', [ORIGIN], ORIGIN],
  ['several origins', ['https://other.example', ORIGIN], ORIGIN],
  ['all origins', ['*'], '*'],
])('a refusal with CORS for %s', (_name, corsOrigins, allowed) => {
  let port: number;
  beforeAll(async () => {
    ({ port } = await start({ corsOrigins, corsWrite: true }));
  });

  test.each(REFUSALS)('%s: a problem of status %d', async (_what, status, instance, bytes) => {
    const answer = await exchange(port, bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("script-src 'self'"),
      'access-control-allow-origin': allowed,
      vary: expect.stringContaining('accept-encoding'),
    });
    const problem = JSON.parse(answer.body) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: 'about:blank', status, code: expect.stringMatching(/^[A-Z_]+$/) });
    expect(problem.instance).toEqual(expect.stringMatching(new RegExp(`^${instance.replace('*', '\\*')}`)));
    expect(problem.detail).toEqual(expect.stringMatching(/\w+ \w+/));
  });
});

describe('a refusal', () => {
  test('names no origin that is not allowed', async () => {
    const { port } = await start({ corsOrigins: ['https://a.example', 'https://b.example'] });
    const answers = await Promise.all(REFUSALS.map(([, , , bytes]) => exchange(port, bytes)));
    for (const { headers } of answers) {
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers.vary).toContain('Origin');
    }
  });

  test('says what is wrong', async () => {
    const { port } = await start();
    const detail = async (bytes: string): Promise<unknown> =>
      (JSON.parse((await exchange(port, bytes)).body) as { detail: unknown }).detail;
    const json = (body: string, type = 'application/json'): string =>
      `POST /transactions/new HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: ${type}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`;
    expect(await detail('\u0016\u0003\u0001\u0000\u00f4\u0001\u0000')).toBe(
      'this port speaks plain HTTP, not TLS',
    );
    expect(await detail(json('\u00ef\u00bb\u00bf{}'))).toMatch(/begins with a byte order mark.*leave it out/);
    expect(await detail(json('{}', 'application/json; charset=ISO-8859-1'))).toBe(
      'the body must be UTF-8, not ISO-8859-1',
    );
    expect(await detail(json('a=b', 'text/plain'))).toBe('the body must be application/json, not text/plain');
  });

  test('of one request does not get into the answer to another', async () => {
    const { port } = await start();
    const connection = await open(port);
    connection.socket.write(
      'GET /chain HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /nodes HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nrubbish\r\n\r\n',
    );
    await connection.closed;
    // Each status line begins an answer; none stands in the middle of a body.
    const answers = connection.text().split(/(?=HTTP\/1\.1 \d{3} )/);
    for (const answer of answers.filter((text) => text.startsWith('HTTP/1.1 200'))) {
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(body).toHaveLength(Number(/content-length: (\d+)/i.exec(head)?.[1]));
    }
  });
});

describe('what is no refusal', () => {
  let port: number;
  beforeAll(async () => {
    ({ port } = await start());
  });

  test.each([
    ['HTTP/1.0', 'GET /health/live HTTP/1.0\r\n\r\n'],
    [
      'a target with a host',
      'GET http://a/health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    ],
    ['a Host with a port', 'GET /health/live HTTP/1.1\r\nHost: [::1]:5000\r\nConnection: close\r\n\r\n'],
    [
      'an empty chunked body',
      'POST /mine HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'an empty chunked form',
      'POST /mine HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n' +
        'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('%s', async (_what, bytes) => {
    expect((await exchange(port, bytes)).status).toBe(200);
  });

  test.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    'application/json; Charset="UTF-8"',
    'APPLICATION/JSON ; charset=utf8',
  ])('a body of the type %s', async (type) => {
    const body = '{"sender":"alice"}';
    const { status } = await exchange(
      port,
      `POST /transactions/new HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: ${type}\r\n` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(status).toBe(201);
  });

  test('HEAD /events: it ends at once, and nobody listens', async () => {
    const answer = await exchange(port, 'HEAD /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([
      200,
      'text/event-stream',
      '',
    ]);
  });
});

describe('a rate limit', () => {
  const LIMIT = 5;
  const limited = (): Promise<{ port: number; node: TestHttp }> =>
    start({ rateLimitPerMinute: LIMIT, corsOrigins: [ORIGIN] });

  test.each([
    ['a malformed path', `GET /%zz HTTP/1.1\r\n${HEAD}\r\n`],
    ['an unknown path', `GET /nope HTTP/1.1\r\n${HEAD}\r\n`],
    ['an unknown path beside health', `GET /health/nope HTTP/1.1\r\n${HEAD}\r\n`],
    ['a wrong method', `PUT /chain HTTP/1.1\r\n${HEAD}\r\n`],
    ['a preflight', `OPTIONS /chain HTTP/1.1\r\n${HEAD}Access-Control-Request-Method: GET\r\n\r\n`],
    ['the API’s description', `GET /api-json HTTP/1.1\r\n${HEAD}\r\n`],
    ['the API’s page', `GET /api HTTP/1.1\r\n${HEAD}\r\n`],
    ['the explorer', `GET /explorer HTTP/1.1\r\n${HEAD}\r\n`],
    ['a file of the explorer', `GET /explorer/assets/x.js HTTP/1.1\r\n${HEAD}\r\n`],
    ['what is no request', `rubbish\r\n\r\n`],
    ['headers too large', `GET /chain HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a missing Host', 'GET /chain HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('counts %s', async (_what, bytes) => {
    const { port } = await limited();
    for (let i = 0; i < LIMIT; i++) expect((await exchange(port, bytes)).status).not.toBe(429);
    const refused = await exchange(port, bytes);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'RATE_LIMITED' });
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      expect((await exchange(port, `GET ${path} HTTP/1.1\r\n${HEAD}\r\n`)).status).toBe(200);
    }
  });

  test('takes an IPv6 network for one client', async () => {
    const { node } = await limited();
    const from = async (remoteAddress: string): Promise<number> =>
      (await node.app.inject({ url: '/nodes', remoteAddress })).statusCode;
    for (let i = 0; i < LIMIT; i++) expect(await from(`2001:db8:1:1::${i}`)).toBe(200);
    expect(await from('2001:db8:1:1:ffff::7')).toBe(429);
    expect(await from('2001:db8:1:2::1')).toBe(200);
  });

  test('is sent with the headers that let a page read it', async () => {
    const { port } = await limited();
    for (let i = 0; i < LIMIT; i++) await exchange(port, `GET /nodes HTTP/1.1\r\n${HEAD}\r\n`);
    const refused = await exchange(port, `GET /nodes HTTP/1.1\r\n${HEAD}\r\n`);
    expect(refused.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'x-content-type-options': 'nosniff',
    });
  });
});

test('what is refused is counted', async () => {
  const { port, node } = await start();
  for (const [, , , bytes] of REFUSALS.slice(0, 4)) await exchange(port, bytes);
  const metrics = await node.metrics.metrics();
  expect(metrics).toContain('bpsc_http_refused_total{reason="protocol"} 3');
  expect(metrics).toMatch(/^bpsc_http_connections [01]$/m);
});
