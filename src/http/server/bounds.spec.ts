import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { Body, Controller, Get, Post } from '@nestjs/common';
import { exchange, open, parseAnswer, type RawConnection } from '../../../test/support/raw-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { until } from '../../../test/support/node-process.js';
import type { NodeConfig } from '../../config/config.js';
import type { NodeEvents } from '../../ledger/node-events.js';
import { draftTransfer } from '../../producer/accept/drafts.js';
import { IsName } from '../requests/validation.js';

class SenderDto {
  @IsName()
  readonly sender!: string;
}

const SILENCE_MS = 250;
/** More than the sockets between here and there hold. */
const MUCH = 16 * 1024 * 1024;

@Controller()
class TestController {
  @Post('echo')
  echo(@Body() body: SenderDto): object {
    return { taken: body.sender.length };
  }

  @Get('slow')
  async slow(): Promise<object> {
    await wait(SILENCE_MS * 3);
    return { message: 'done' };
  }

  @Get('much')
  much(): string {
    return 'x'.repeat(MUCH);
  }
}

interface Started {
  readonly port: number;
  readonly node: TestHttp;
  /** a metric with its labels, as it is written */
  figure(name: string): Promise<number>;
  /** resolves when the figure is this */
  reaches(name: string, value: number): Promise<unknown>;
}

const nodes: TestHttp[] = [];
async function start(config: Partial<NodeConfig>): Promise<Started> {
  const node = await startTestHttp({ controllers: [TestController], config });
  nodes.push(node);
  await node.app.listen(0, '127.0.0.1');
  const figure = async (name: string): Promise<number> => {
    const line = (await node.metrics.metrics()).split('\n').find((text) => text.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  };
  return {
    node,
    port: (node.app.getHttpServer().address() as AddressInfo).port,
    figure,
    reaches: (name, value) => until(async () => (await figure(name)) === value),
  };
}
const connections: RawConnection[] = [];
async function connect(port: number, bytes: string): Promise<RawConnection> {
  const connection = await open(port);
  connections.push(connection);
  connection.socket.on('error', () => undefined);
  connection.socket.write(bytes);
  return connection;
}
afterEach(() => {
  for (const { socket } of connections.splice(0)) socket.destroy();
});
afterAll(async () => {
  for (const node of nodes) await node.close();
  removeTemporary();
});

const HEAD = 'Host: 127.0.0.1\r\n';
const JSON_HEAD = `POST /echo HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\n`;
const HELD = 'bpsc_http_body_bytes';

describe('bodies that are held at once', () => {
  /** 1500 bytes */
  const body = JSON.stringify({ sender: 'a' }).padEnd(1500);
  const declared = (length: number): string => `${JSON_HEAD}Content-Length: ${length}\r\n\r\n`;
  let bounded: Started;
  beforeAll(async () => {
    bounded = await start({ bodyBytesMax: 2000, bodyBytesInFlightMax: 4000 });
  });
  const begun = async (): Promise<RawConnection> =>
    connect(bounded.port, `${declared(1500)}${body.slice(0, 1499)}`);
  const answered = async ({ text }: RawConnection): Promise<number> =>
    until(() => (parseAnswer(text()).status > 0 ? parseAnswer(text()).status : undefined));

  test('have a bound; there is room again when they are answered, or their client is gone', async () => {
    const [first, second] = [await begun(), await begun()];
    await bounded.reaches(HELD, 2998);
    const refused = await exchange(
      bounded.port,
      `${declared(1500).replace('\r\n', '\r\nConnection: close\r\n')}${body}`,
    );
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'TOO_MANY_BODIES', status: 503 });
    first.socket.write(body.slice(1499));
    expect(await answered(first)).toBe(201);
    await bounded.reaches(HELD, 1499);
    second.socket.destroy();
    await bounded.reaches(HELD, 0);
    expect(await answered(await connect(bounded.port, `${declared(1500)}${body}`))).toBe(201);
    await bounded.reaches(HELD, 0);
    expect(await bounded.figure('bpsc_http_refused_total{reason="bodies"}')).toBe(1);
  });

  test('are counted chunk by chunk where no length is said', async () => {
    const waiting = [await begun(), await begun()];
    await bounded.reaches(HELD, 2998);
    const chunk = `${(1200).toString(16)}\r\n${' '.repeat(1200)}\r\n`;
    const chunked = await connect(bounded.port, `${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
    expect(await answered(chunked)).toBe(503);
    await bounded.reaches(HELD, 2998);
    for (const { socket } of waiting) socket.destroy();
    await bounded.reaches(HELD, 0);
  });

  test('take no room by what is only said of them', async () => {
    for (let i = 0; i < 20; i++) await connect(bounded.port, declared(1500));
    expect(await answered(await connect(bounded.port, `${declared(1500)}${body}`))).toBe(201);
    await bounded.reaches(HELD, 0);
  });

  test('that are too large by themselves hear so first, however little room there is', async () => {
    await begun();
    await begun();
    await bounded.reaches(HELD, 2998);
    expect(await answered(await connect(bounded.port, declared(2001)))).toBe(413);
    const endless = await connect(
      bounded.port,
      `${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n${(2001).toString(16)}\r\n${' '.repeat(2001)}\r\n`,
    );
    expect(await answered(endless)).toBe(413);
  });
});

describe('connections', () => {
  const request = (path: string): string => `GET ${path} HTTP/1.1\r\n${HEAD}\r\n`;

  test('beyond the limit hear why, but for those that watch; beyond the margin they are closed', async () => {
    const { port, reaches, figure } = await start({ connectionsMax: 2 });
    // Begun and not ended: nothing that could make room.
    await connect(port, 'GET /chain HTTP/1.1\r\n');
    await connect(port, 'GET /chain HTTP/1.1\r\n');
    await reaches('bpsc_http_connections', 2);
    const refused = await exchange(port, request('/chain'));
    expect([refused.status, refused.headers['retry-after'], refused.headers.connection]).toEqual([
      503,
      '5',
      'close',
    ]);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'TOO_MANY_CONNECTIONS' });
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      const watcher = await exchange(port, request(path).replace('\r\n', '\r\nConnection: close\r\n'));
      expect(watcher.status).toBe(200);
    }
    expect(await figure('bpsc_http_refused_total{reason="connections"}')).toBe(1);
    for (let i = 0; i < 64; i++) await connect(port, '');
    await reaches('bpsc_http_connections', 66);
    const unheard = await connect(port, request('/health/live'));
    await unheard.closed;
    expect(unheard.text()).toBe('');
    expect(await figure('bpsc_http_dropped_total{reason="connections"}')).toBe(1);
  });

  test('that are idle make room', async () => {
    const { port } = await start({ connectionsMax: 2 });
    const idle = [await connect(port, request('/nodes')), await connect(port, request('/nodes'))];
    for (const { text } of idle) await until(() => text().includes('200'));
    const third = await connect(port, '');
    await Promise.all(idle.map(({ closed }) => closed));
    third.socket.write(request('/nodes'));
    await until(() => third.text().includes('HTTP/1.1 200'));
  });
});

describe('who is silent', () => {
  let node: Started;
  const DROPPED = 'bpsc_http_dropped_total';
  beforeAll(async () => {
    node = await start({
      clientSilenceMs: SILENCE_MS,
      requestTimeoutMs: SILENCE_MS * 4,
      bodyBytesMax: 100_000,
    });
    const { token, tokenContract } = node.node.producer;
    const drafts = Array.from({ length: 8000 }, (_, i) =>
      draftTransfer(
        {
          sender: `alice-${i}`,
          recipient: 'bob',
          amount: '1',
          nonce: 'n',
          memo: randomBytes(192).toString('base64url'),
        },
        tokenContract,
      ),
    );
    for (let block = 0; block < 2; block++) {
      await token.submit(drafts.map((draft, i) => ({ ...draft, nonce: `b${block}-${i}` })));
      await token.seal();
    }
  }, 120_000);

  /**
   * A connection on which a request was answered already, and the next one sent: whatever keeps this process busy before
   * it reads that, its client isn't taken for silent.
   * @returns what is answered to it
   */
  async function ask(bytes: string, isReader = true): Promise<RawConnection> {
    const connection = await connect(node.port, `GET /nodes HTTP/1.1\r\n${HEAD}\r\n`);
    await until(() => connection.text().endsWith('{"nodes":[]}'));
    const { length } = connection.text();
    if (!isReader) connection.socket.pause();
    connection.socket.write(bytes);
    return { ...connection, text: () => connection.text().slice(length) };
  }
  const get = (path: string, headers = ''): string => `GET ${path} HTTP/1.1\r\n${HEAD}${headers}\r\n`;

  test.each([
    ['before it says anything', ''],
    ['in the middle of its headers', 'GET /chain HTTP/1.1\r\nHost: 127.'],
  ])('%s is hung up on', async (_when, bytes) => {
    const connection = await connect(node.port, bytes);
    await connection.closed;
    const { status, body } = parseAnswer(connection.text());
    if (connection.text() !== '') {
      expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([408, 'REQUEST_TIMEOUT']);
    }
  });

  test('in the middle of its body hears so', async () => {
    const connection = await ask(`${JSON_HEAD}Content-Length: 100\r\n\r\n{"sender":`);
    await connection.closed;
    const { status, body } = parseAnswer(connection.text());
    expect([status, JSON.parse(body)]).toEqual([408, expect.objectContaining({ code: 'REQUEST_TIMEOUT' })]);
    await node.reaches(HELD, 0);
  });

  test('not quite, but takes too long for all of it, does too', async () => {
    const connection = await ask(`${JSON_HEAD}Content-Length: 90000\r\n\r\n{"sender":"`);
    const drip = setInterval(() => connection.socket.write('a'), SILENCE_MS / 5);
    await connection.closed;
    clearInterval(drip);
    expect(parseAnswer(connection.text()).status).toBe(408);
  });

  test.each([
    ['a streamed chain', '/chain', ''],
    ['a compressed chain', '/chain', 'Accept-Encoding: gzip\r\n'],
    ['a large answer', '/much', ''],
  ])('while %s waits for it is hung up on', async (_what, path, headers) => {
    const before = await node.figure(`${DROPPED}{reason="slow_reader"}`);
    await ask(get(path, headers), false);
    await node.reaches(`${DROPPED}{reason="slow_reader"}`, before + 1);
  });

  test('while events wait for it is hung up on', async () => {
    const before = await node.figure(`${DROPPED}{reason="slow_reader"}`);
    const { events } = node.node.producer;
    await ask(get('/events'), false);
    await until(() => events.hasListeners);
    // More than the sockets hold, and too few for the bound on what may wait for one listener.
    for (let i = 0; i < 32; i++) {
      emitMuch(events, i);
      await turn();
    }
    await node.reaches(`${DROPPED}{reason="slow_reader"}`, before + 1);
    await until(() => !events.hasListeners);
  });

  test('because the node takes long is answered', async () => {
    const connection = await ask(get('/slow', 'Connection: close\r\n'));
    await connection.closed;
    expect(parseAnswer(connection.text()).status).toBe(200);
  });

  test('because nothing happens keeps listening', async () => {
    const connection = await ask(get('/events'));
    await until(() => connection.text().includes('event: hello'));
    await wait(SILENCE_MS * 3);
    emitMuch(node.node.producer.events, 0);
    await until(() => connection.text().includes('event: fault'));
  });
});

function emitMuch(events: NodeEvents, i: number): void {
  events.emit({
    type: 'fault',
    isConviction: false,
    fault: {
      fault: 'MALFORMED',
      message: 'x'.repeat(300_000),
      upstream: 'http://127.0.0.1:1',
      chain: 'aka',
      detectedAt: i,
      evidence: '',
      digest: '',
    },
  });
}
