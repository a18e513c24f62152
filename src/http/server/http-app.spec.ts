import { gunzipSync } from 'node:zlib';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { removeTemporary } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp, type TestHttpOptions } from '../../../test/support/test-http.js';
import { FatalError, Unavailable } from '../../ledger/errors.js';
import { NodeLogger } from '../../logging/node-logger.js';
import { MissingRouteHint } from './missing-route.js';
import { IsName } from '../requests/validation.js';

class EchoDto {
  @IsName()
  readonly sender!: string;

  @IsOptional()
  readonly information?: unknown;
}

/** Stands in for what a role brings. */
@Controller()
class RoleController {
  @Post('echo')
  echo(@Body() body: EchoDto): unknown {
    return body;
  }

  @Post('mine')
  @HttpCode(200)
  minePosted(): object {
    return { message: 'New Block Forged' };
  }

  @Get('mine')
  mine(): object {
    return { message: 'New Block Forged' };
  }

  @Post('transactions/batch')
  batch(): object {
    return { message: 'taken' };
  }

  @Get('broken')
  broken(): never {
    throw new FatalError('the password is hunter2');
  }

  @Get('busy')
  busy(): never {
    throw new Unavailable('QUEUE_FULL', '100000 entries wait already', 2);
  }
}

const nodes: TestHttp[] = [];
async function start(options: TestHttpOptions = {}): Promise<TestHttp> {
  const node = await startTestHttp({ controllers: [RoleController], ...options });
  nodes.push(node);
  return node;
}
afterAll(async () => {
  for (const node of nodes) await node.close();
  removeTemporary();
});

const JSON_HEADERS = { 'content-type': 'application/json' };

describe('bodies', () => {
  let app: TestHttp['app'];
  beforeAll(async () => {
    ({ app } = await start({ config: { bodyBytesMax: 1000, batchBodyBytesMax: 8000 } }));
  });
  const post = (url: string, payload: string | Buffer, headers: Record<string, string> = JSON_HEADERS) =>
    app.inject({ method: 'POST', url, payload, headers });

  test('are checked against their DTO', async () => {
    const answer = await post('/echo', '{"sender":"","extra":1}');
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: expect.stringMatching(/^sender must be 1 to 128.*; extra is not a field of this request$/),
      instance: '/echo',
      code: 'INVALID_INPUT',
      errors: [
        { field: 'sender', message: expect.stringMatching(/^must be 1 to 128/) },
        { field: 'extra', message: 'is not a field of this request' },
      ],
    });
  });

  test('that are not strict JSON are refused with the place', async () => {
    const answer = await post('/echo', '{"sender":"alice","sender":"mallory"}');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'MALFORMED_JSON',
      errors: [{ field: '/sender', message: 'is a duplicate key' }],
    });
    expect((await post('/echo', Buffer.of(0x22, 0xff, 0x22))).json()).toMatchObject({
      status: 400,
      code: 'MALFORMED_JSON',
      errors: [{ field: '', message: 'is not valid UTF-8' }],
    });
  });

  test('keep information whole, whatever its keys are called', async () => {
    const information = '{"constructor":"ACME","prototype":[{"constructor":null}],"then":1}';
    const answer = await post('/echo', `{"sender":"alice","information":${information}}`);
    expect(answer.body).toBe(`{"sender":"alice","information":${information}}`);
  });

  test('may be empty where nothing is asked for, whatever they are said to be', async () => {
    expect((await post('/mine', '')).statusCode).toBe(200);
    expect((await app.inject({ method: 'POST', url: '/mine' })).statusCode).toBe(200);
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' };
    expect((await post('/mine', '', form)).statusCode).toBe(200);
    expect((await post('/echo', '')).json()).toMatchObject({ status: 400, errors: [{ field: 'sender' }] });
  });

  test('of another type or encoding are refused', async () => {
    const unsupported = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' };
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      expect((await post('/echo', 'a=b', { 'content-type': type })).json()).toMatchObject(unsupported);
    }
    const gzip = { ...JSON_HEADERS, 'content-encoding': 'gzip' };
    expect((await post('/echo', '{}', gzip)).json()).toMatchObject(unsupported);
  });

  test('have a limit, and a batch has another', async () => {
    const text = (length: number): string => JSON.stringify({ sender: 'a'.repeat(length) });
    expect((await post('/echo', text(2000))).json()).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    expect((await post('/transactions/batch', text(2000))).statusCode).toBe(201);
    expect((await post('/transactions/batch', text(9000))).json()).toMatchObject({ status: 413 });
  });
});

describe('errors', () => {
  let app: TestHttp['app'];
  beforeAll(async () => {
    ({ app } = await start());
  });

  test('of our own tell nothing of what is inside, but tell the log', async () => {
    const log = jest.spyOn(NodeLogger.prototype, 'error');
    const answer = await app.inject({ url: '/broken' });
    expect(answer.json()).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: 'something went wrong in this node; its log says what',
      instance: '/broken',
      code: 'INTERNAL',
    });
    expect(log.mock.calls[0]?.[0]).toEqual(new FatalError('the password is hunter2'));
    log.mockClear();
    await app.inject({ url: '/busy' });
    await app.inject({ url: '/nope' });
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });

  test('that pass say when', async () => {
    const answer = await app.inject({ url: '/busy?x=1' });
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.json()).toMatchObject({ status: 503, code: 'QUEUE_FULL', instance: '/busy' });
  });

  test('tell an unknown path from a wrong method', async () => {
    const unknown = await app.inject({ method: 'POST', url: '/nope?x=1' });
    expect(unknown.json()).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      detail: 'there is no POST /nope here',
    });
    const wrong = await app.inject({ method: 'POST', url: '/chains/aka/blocks' });
    expect(wrong.headers.allow).toBe('GET, HEAD');
    expect(wrong.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });

  test.each(['/wallets?address=%ff', '/search?q=%', '/transactions?address=a%zz&limit=1'])(
    'come as problems for the query of %s',
    async (url) => {
      const { statusCode, headers, body } = await app.inject({ url });
      expect([statusCode, headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
      expect(JSON.parse(body)).toMatchObject({ detail: 'the query must be percent-encoded UTF-8' });
    },
  );

  test.each(['/%zz', '/chains/%'])('come as problems also for the path %s', async (url) => {
    const answer = await app.inject({ url });
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ status: 400, code: 'BAD_REQUEST', instance: url });
  });
});

test('a role can say where another role’s routes are, also where a path of its own would match', async () => {
  class Hint extends MissingRouteHint {
    override message(method: string, path: string): string | undefined {
      return `${method} ${path}` === 'GET /transactions/pending' ? 'ask http://producer' : undefined;
    }
  }
  const { app } = await start({ providers: [{ provide: MissingRouteHint, useClass: Hint }] });
  expect((await app.inject({ url: '/transactions/pending?limit=1' })).json()).toMatchObject({
    status: 404,
    code: 'NOT_FOUND',
    detail: 'ask http://producer',
  });
  expect((await app.inject({ url: '/transactions/other' })).statusCode).toBe(400);
});

test.each(['GET', 'POST'] as const)(
  '%s /nodes/resolve hears why there is nothing to resolve',
  async (method) => {
    const { app } = await start();
    const answer = await app.inject({ method, url: '/nodes/resolve?x=1' });
    expect(answer.json()).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      detail: expect.stringMatching(
        /^there is nothing to resolve: one producer seals all blocks.* GET \/network/,
      ),
    });
  },
);

describe('with a token', () => {
  let app: TestHttp['app'];
  beforeAll(async () => {
    ({ app } = await start({ config: { apiToken: 'correct horse' } }));
  });
  type Method = 'GET' | 'HEAD' | 'POST';

  test.each<[Method, string]>([
    ['POST', '/echo'],
    ['POST', '/nodes/register'],
    ['POST', '/mine'],
    ['GET', '/mine'],
  ])('%s %s needs it', async (method, url) => {
    for (const authorization of [undefined, 'Bearer wrong', 'Basic correct horse', 'correct horse', '']) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await app.inject({ method, url, headers });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.json()).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    }
    const headers = { authorization: 'bearer correct horse' };
    expect((await app.inject({ method, url, headers })).statusCode).not.toBe(401);
  });

  test('is asked for before a body is read', async () => {
    const answer = await app.inject({ method: 'POST', url: '/echo', payload: '{', headers: JSON_HEADERS });
    expect(answer.statusCode).toBe(401);
  });

  test('nothing else needs it', async () => {
    for (const url of ['/chain', '/nodes', '/health/ready', '/metrics', '/api-json']) {
      expect((await app.inject({ url })).statusCode).toBe(200);
    }
  });
});

test('sealing is no matter of HEAD', async () => {
  const { app } = await start();
  const answer = await app.inject({ method: 'HEAD', url: '/mine' });
  expect(answer.statusCode).toBe(405);
});

test('a rate limit counts all of a client’s requests, but not those of watchers', async () => {
  const { app } = await start({ config: { rateLimitPerMinute: 3 } });
  for (const url of ['/chain', '/nodes', '/chain2']) {
    expect((await app.inject({ url })).statusCode).toBe(200);
  }
  const refused = await app.inject({ url: '/faults' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.json()).toMatchObject({
    status: 429,
    code: 'RATE_LIMITED',
    detail: 'this node takes 3 requests per minute from one client',
  });
  for (const url of ['/health/live', '/health/ready', '/metrics']) {
    expect((await app.inject({ url })).statusCode).toBe(200);
  }
  expect((await app.inject({ url: '/chain', remoteAddress: '10.0.0.9' })).statusCode).toBe(200);
});

describe('headers', () => {
  test('forbid scripts from elsewhere', async () => {
    const { app } = await start();
    const { headers } = await app.inject({ url: '/api' });
    expect(headers['content-security-policy']).toMatch(/(?:^|;)script-src 'self';/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  test('allow other origins only where configured', async () => {
    const origin = 'https://explorer.example';
    const closed = await start();
    const shut = await closed.app.inject({ url: '/chain', headers: { origin } });
    expect(shut.headers['access-control-allow-origin']).toBeUndefined();

    const open = await start({ config: { corsOrigins: [origin, 'http://localhost:3000'], apiToken: 't' } });
    const answer = await open.app.inject({ url: '/chain', headers: { origin } });
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    const preflight = await open.app.inject({
      method: 'OPTIONS',
      url: '/echo',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect(preflight.statusCode).toBe(204);
  });
});

test('long answers are compressed for those who ask, and no others', async () => {
  const { app } = await start();
  const plain = await app.inject({ url: '/api-json' });
  const gzip = await app.inject({ url: '/api-json', headers: { 'accept-encoding': 'gzip' } });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(gzip.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
  expect(gunzipSync(gzip.rawPayload).toString()).toBe(plain.body);
  const short = await app.inject({ url: '/nodes', headers: { 'accept-encoding': 'gzip' } });
  expect(short.headers['content-encoding']).toBeUndefined();
});

describe('health', () => {
  test('is red with the reasons', async () => {
    const { app, info } = await start();
    expect((await app.inject({ url: '/health/ready' })).json()).toMatchObject({
      status: 'ok',
      details: { node: { status: 'up', role: 'producer', pending: 0 } },
    });
    info.list = ['the disk is full'];
    const red = await app.inject({ url: '/health/ready' });
    expect(red.statusCode).toBe(503);
    expect(red.json()).toMatchObject({
      status: 'error',
      error: { node: { status: 'down', troubles: ['the disk is full'], pending: 0 } },
    });
    expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
  });
});

test('metrics count requests by route, not by path', async () => {
  const { app } = await start();
  await app.inject({ url: '/chains/aka/blocks/1' });
  await app.inject({ url: '/chains/aka/blocks/999' });
  await app.inject({ url: '/nope' });
  const answer = await app.inject({ url: '/metrics' });
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const counts = answer.body
    .split('\n')
    .filter((line) => line.startsWith('bpsc_http_request_duration_seconds_count'));
  expect(counts).toEqual([
    'bpsc_http_request_duration_seconds_count{method="GET",route="/chains/:name/blocks/:index",status="200"} 1',
    'bpsc_http_request_duration_seconds_count{method="GET",route="/chains/:name/blocks/:index",status="404"} 1',
    'bpsc_http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
  ]);
  expect(answer.body).toContain('process_resident_memory_bytes');
});
