import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { until } from '../../../test/support/node-process.js';
import { open } from '../../../test/support/raw-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { NodeLogger } from '../../logging/node-logger.js';
import { draftTransfer } from '../../producer/accept/drafts.js';
import { Unavailable } from '../../ledger/errors.js';

let places = 0;

/** Errors that a client can cause at will. */
@Controller()
class BrokenController {
  @Get('broken')
  broken(): never {
    throw new Error('no such column: leaf');
  }

  @Get('elsewhere')
  elsewhere(): never {
    throw new Error(`there is no ${places++}`);
  }

  @Get('full')
  full(): never {
    throw new Unavailable('DISK_FULL', 'the disk is full', 30, { cause: new Error('SQLITE_FULL') });
  }
}

let http: TestHttp;
let port: number;
beforeAll(async () => {
  http = await startTestHttp({ controllers: [BrokenController] });
  const { producer } = http;
  const drafts = Array.from({ length: 8000 }, (_, i) =>
    draftTransfer(
      { sender: `alice-${i}`, recipient: 'bob', amount: '1', memo: randomBytes(150).toString('base64url') },
      producer.tokenContract,
    ),
  );
  await producer.token.submit(drafts);
  await producer.token.seal();
  await http.app.listen(0, '127.0.0.1');
  ({ port } = http.app.getHttpServer().address() as AddressInfo);
}, 60_000);
afterAll(async () => {
  await http.close();
  removeTemporary();
});

const spies = (['error', 'warn', 'log', 'fatal'] as const).map((level) =>
  jest.spyOn(NodeLogger.prototype, level),
);
beforeEach(() => {
  for (const spy of spies) spy.mockClear();
});
const lines = (): number => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);

test.each([
  ['a chain', 'GET', '/chain', ''],
  ['a compressed chain', 'GET', '/chain', 'Accept-Encoding: gzip\r\n'],
  ['a large block', 'GET', '/chains/aka/blocks/2', 'Accept-Encoding: gzip\r\n'],
  ['lines', 'GET', '/chains/aka/blocks', 'Accept: application/x-ndjson\r\nAccept-Encoding: gzip\r\n'],
  ['events', 'GET', '/events', ''],
  [
    'an unfinished body',
    'POST',
    '/nodes/register',
    'Content-Type: application/json\r\nContent-Length: 99\r\n',
  ],
])('who leaves in the middle of %s leaves nothing in the log', async (_what, method, path, headers) => {
  for (let i = 0; i < 5; i++) {
    const { socket, text } = await open(port);
    socket.on('error', () => undefined);
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`);
    if (method === 'GET') await until(() => text() !== '');
    else socket.write('{"nodes":');
    socket.pause();
    // Once with the rest unread (a reset), once politely.
    if (i % 2 === 0) socket.destroy();
    else socket.end(() => socket.destroy());
  }
  await until(async () => (await connections()) === 0);
  expect(spies.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

function connections(): Promise<number> {
  return new Promise((resolve, reject) => {
    http.app
      .getHttpServer()
      .getConnections((error: Error | null, count: number) =>
        error === null ? resolve(count) : reject(error),
      );
  });
}

test('whatever is refused leaves nothing in the log', async () => {
  for (const url of ['/nope', '/%zz', '/chains/aka/blocks/x', '/chains/nope', '/transactions/new', '/full']) {
    for (let i = 0; i < 3; i++) expect((await http.app.inject({ url })).statusCode).toBeGreaterThan(399);
  }
  expect(lines()).toBe(0);
});

test('a fault of our own is logged with its stack, once, however often it is met', async () => {
  for (let i = 0; i < 50; i++) expect((await http.app.inject({ url: '/broken' })).statusCode).toBe(500);
  expect(spies[0]?.mock.calls.map(([error]) => error)).toEqual([new Error('no such column: leaf')]);
  // Nor does it matter what it names: that may be what was asked for.
  for (let i = 0; i < 3; i++) await http.app.inject({ url: '/elsewhere' });
  expect(spies[0]?.mock.calls.map(([error]) => String(error))).toEqual([
    'Error: no such column: leaf',
    'Error: there is no 0',
  ]);
});
