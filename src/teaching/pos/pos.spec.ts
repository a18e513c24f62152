import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { until } from '../../../test/support/node-process.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import type { PosConfig } from '../../config/config.js';
import { readConfig } from '../../config/read-config.js';
import { ManualClock } from '../testing/test-clock.js';
import { ask } from '../testing/test-node.js';
import { TeachingStore } from '../store/teaching-store.js';
import { blockText, localTime, makeBlock, parseInt10, sha256 } from './blocks.js';
import { draw, uniformBelow } from './lottery.js';
import { openPos, type OpenPosNode } from './open-pos.js';

interface Started extends OpenPosNode {
  readonly clock: ManualClock;
  readonly url: string;
  readonly tcpPort: number;
}

const started: Started[] = [];
const sockets: Socket[] = [];

async function start(env: Readonly<Record<string, string>> = {}, seed = 1): Promise<Started> {
  const settings = {
    ROLE: 'pos',
    LOG_LEVEL: 'silent',
    TCP_PORT: '0',
    DATABASE_URL: `file:${path.join(temporaryFolder(), 'pos.db')}`,
    ...env,
  };
  const clock = new ManualClock(seed);
  const node = await openPos(readConfig(settings) as PosConfig, undefined, clock);
  await node.app.listen(0, '127.0.0.1');
  const said = await node.start().catch(async (error: unknown) => {
    await node.app.close();
    await node.close();
    throw error;
  });
  const tcpPort = Number(/ (\d+)$/.exec(said)?.[1]);
  const result = { ...node, clock, tcpPort, url: await node.app.getUrl() };
  started.push(result);
  return result;
}

async function stop(node: Started): Promise<void> {
  started.splice(started.indexOf(node), 1);
  await node.app.close();
  await node.close();
}

/** A client that records received data. */
class Client {
  text = '';
  closed = false;
  constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => (this.text += data.toString('utf8')));
    socket.on('close', () => (this.closed = true)).on('error', () => undefined);
  }
  /** Waits until the received data is this text, and clears it. */
  async gets(expected: string): Promise<void> {
    await until(
      () => this.text.length >= expected.length || this.closed,
      10_000,
      () => `got ${JSON.stringify(this.text)}, not ${JSON.stringify(expected)}`,
    );
    expect(this.text).toBe(expected);
    this.text = '';
  }
  async ends(): Promise<void> {
    await until(() => this.closed);
  }
}

async function join({ tcpPort }: Started, stake?: number): Promise<Client> {
  const socket = connect(tcpPort, '127.0.0.1');
  sockets.push(socket);
  const client = new Client(socket);
  await once(socket, 'connect');
  await client.gets('Enter token balance:');
  if (stake === undefined) return client;
  socket.write(`${stake}\n`);
  await client.gets('\nEnter a new BPM:');
  return client;
}

async function propose(client: Client, bpm: number | string): Promise<void> {
  client.socket.write(`${bpm}\n`);
  await client.gets('\nEnter a new BPM:\n\nEnter a new BPM:');
}

interface Block {
  readonly Index: number;
  readonly BPM: number;
  readonly Timestamp: string;
  readonly PrevHash: string;
  readonly Validator: string;
  readonly Hash: string;
}
const chainOf = async ({ url }: Started): Promise<readonly Block[]> =>
  (JSON.parse((await ask(`${url}/chain`)).text) as { chain: Block[] }).chain;

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const node of [...started]) await stop(node);
});
afterAll(removeTemporary);

describe('the conversation', () => {
  test('is the original’s, byte for byte, with a newline, with CR LF, and with a pause instead', async () => {
    const node = await start();
    for (const [end, turns] of [
      ['\n', false],
      ['\r\n', false],
      ['', true],
    ] as const) {
      const client = await join(node);
      const say = async (text: string): Promise<void> => {
        client.socket.write(text + end);
        if (!turns) return;
        // Until it arrived nothing waits for a pause to end.
        await until(() => {
          node.clock.turn(200);
          return client.text !== '';
        });
      };
      await say('100');
      await client.gets('\nEnter a new BPM:');
      await say('9');
      await client.gets('\nEnter a new BPM:\n\nEnter a new BPM:');
      await say('8');
      await client.gets('\nEnter a new BPM:\n\nEnter a new BPM:');
    }
    expect(node.game.validators.map(({ stake }) => stake)).toEqual([100, 100, 100]);
  });

  test('takes several lines in one packet, and a line in several', async () => {
    const node = await start();
    const first = await join(node);
    first.socket.write('5\n1\n2\n');
    await first.gets(`\nEnter a new BPM:${'\nEnter a new BPM:\n\nEnter a new BPM:'.repeat(2)}`);
    const second = await join(node);
    second.socket.setNoDelay(true);
    for (const part of ['4', '0', '\n']) second.socket.write(part);
    await second.gets('\nEnter a new BPM:');
    expect(node.game.validators.map(({ stake }) => stake)).toEqual([5, 40]);
  });

  test.each(['ten', '', '0', '-5', '1.5', '1e3', '9007199254740992', '１', 'nan'])(
    'a balance of %j is asked again',
    async (wrong) => {
      const node = await start();
      const client = await join(node);
      client.socket.write(`${wrong}\n`);
      await client.gets(
        '\nThe token balance must be a whole number from 1 to 9007199254740991.\nEnter token balance:',
      );
      expect(node.game.validators).toEqual([]);
      client.socket.write(' +1_00 \n');
      await client.gets('\nEnter a new BPM:');
      expect(node.game.validators).toMatchObject([{ stake: 100 }]);
    },
  );

  test.each(['x', '', '1.5'])('a BPM of %j ends the connection, and the validator is gone', async (wrong) => {
    const node = await start();
    const client = await join(node, 100);
    await propose(client, 5);
    client.socket.write(`${wrong}\n7\n`);
    await client.ends();
    expect(client.text).toBe('\nA BPM must be a whole number: good bye.\n');
    expect([node.game.validators, node.game.candidates]).toEqual([[], []]);
  });

  test('the end of input ends it too; what was begun is an input', async () => {
    const node = await start();
    const client = await join(node);
    client.socket.end('100\n9\n8');
    await client.ends();
    expect(client.text).toBe(`\nEnter a new BPM:${'\nEnter a new BPM:\n\nEnter a new BPM:'.repeat(2)}`);
    expect(node.game.validators).toEqual([]);
  });

  test('1 MiB without a newline is refused, and nothing of it is kept', async () => {
    const node = await start();
    const client = await join(node);
    client.socket.end('1'.repeat(1024 * 1024));
    await client.ends();
    expect(client.text).toBe('\nAn input has at most 1024 bytes.\n');
    expect(node.game.validators).toEqual([]);
  });

  test('bytes that are no text are no number', async () => {
    const node = await start();
    const client = await join(node);
    client.socket.write(Buffer.from([0xff, 0x00, 0xfe, 0x0a]));
    await client.gets(
      '\nThe token balance must be a whole number from 1 to 9007199254740991.\nEnter token balance:',
    );
  });
});

describe('rounds', () => {
  test('the first lottery is 10 s after the start; the winner’s block is appended and announced to all', async () => {
    const node = await start();
    const [first, second] = [await join(node, 100), await join(node, 100)];
    const silent = await join(node);
    await propose(first, 60);
    await propose(second, '123456789012345678901234567890');
    node.clock.turn(9_900);
    expect(node.game.length).toBe(1);
    node.clock.turn(200);
    const [genesis, block] = (await chainOf(node)) as [Block, Block];
    expect(Object.keys(genesis)).toEqual(['Index', 'Timestamp', 'BPM', 'PrevHash', 'Validator', 'Hash']);
    expect(genesis).toMatchObject({ Index: 0, BPM: 0, PrevHash: '', Validator: '' });
    expect(genesis.Hash).toBe(sha256(`00${genesis.Timestamp}`));
    expect(Object.keys(block)).toEqual(['Index', 'BPM', 'Timestamp', 'PrevHash', 'Validator', 'Hash']);
    const { bpm } = node.game.head;
    expect(block.Hash).toBe(sha256(`1${bpm}${block.Timestamp}${genesis.Hash}`));
    expect(block.Timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    const announced = `\n${block.Validator} 赢得了记账权利\n\n`;
    for (const client of [first, second, silent]) await client.gets(announced);
    const winner = node.game.validators.find(({ address }) => address === block.Validator);
    expect(winner).toBeDefined();
    // The loser's is dropped: the next round has no candidates, so there is none.
    node.clock.turn(60_000);
    expect(node.game.length).toBe(2);
  });

  test('what is proposed is collected every 5 s, and wins only from then on', async () => {
    const node = await start({ POS_ROUND_MS: '12000' });
    const client = await join(node, 1);
    node.clock.turn(21_000);
    await propose(client, 5);
    // The lotteries are at 10, 22 and 34 s; it is collected at 25.
    node.clock.turn(2000);
    expect(node.game.length).toBe(1);
    node.clock.turn(11_500);
    expect(node.game.length).toBe(2);
  });

  test('of several blocks of a validator the first one counts, and its stake once', async () => {
    const node = await start();
    const client = await join(node, 7);
    for (const bpm of [1, 2, 3]) await propose(client, bpm);
    const other = await join(node, 21);
    await propose(other, 4);
    const { text } = await ask(`${node.url}/rounds`);
    expect(JSON.parse(text)).toMatchObject({
      round_ms: 10_000,
      candidates: [
        { stake: 7, probability: 0.25, bpm: '1' },
        { stake: 21, probability: 0.75, bpm: '4' },
      ],
      rounds: [],
    });
    node.clock.turn(10_100);
    expect(node.game.length).toBe(2);
    const after = JSON.parse((await ask(`${node.url}/rounds`)).text) as { rounds: { winner: string }[] };
    expect(after).toMatchObject({
      candidates: [],
      rounds: [{ number: 1, index: 1, candidates: [{ probability: 0.25 }, { probability: 0.75 }] }],
    });
    expect(after.rounds[0]?.winner).toBe(node.game.head.validator);
  });

  test('who left can’t win', async () => {
    const node = await start();
    const rich = await join(node, 1_000_000_000);
    await propose(rich, 1);
    const poor = await join(node, 1);
    await propose(poor, 2);
    node.clock.turn(6000);
    rich.socket.end();
    await rich.ends();
    node.clock.turn(5000);
    expect(node.game.head.bpm).toBe('2');
  });

  test('blocks that were proposed before another one won are linked to that one', async () => {
    const node = await start({ POS_ROUND_MS: '1000' });
    const client = await join(node, 1);
    node.clock.turn(9000);
    await propose(client, 1);
    node.clock.turn(1100);
    await client.gets(`\n${node.game.validators[0]?.address ?? ''} 赢得了记账权利\n\n`);
    for (const bpm of [2, 3]) {
      await propose(client, bpm);
      node.clock.turn(1000);
      await client.gets(`\n${node.game.validators[0]?.address ?? ''} 赢得了记账权利\n\n`);
    }
    const chain = await chainOf(node);
    expect(chain.map(({ BPM }) => BPM)).toEqual([0, 1, 2, 3]);
    for (const [place, { PrevHash }] of chain.entries()) {
      if (place > 0) expect(PrevHash).toBe(chain[place - 1]?.Hash);
    }
  });

  test('every 30 s each connection is sent the chain, once, on one line', async () => {
    const node = await start();
    const client = await join(node, 1);
    await propose(client, 'x'.length);
    node.clock.turn(10_100);
    client.text = '';
    await until(() => node.game.length === 2);
    node.clock.turn(20_000);
    await until(() => client.text.includes(']\n'));
    const line = client.text.slice(client.text.indexOf('['));
    expect(line).toBe(`${node.game.chainText}\n`);
    expect(line).toMatch(/^\[\{"Index": 0, "Timestamp": "[^"]+", "BPM": 0, .*\}\]\n$/);
  });
});

describe('who would disturb others', () => {
  test('a client that reads nothing loses its connection, and the others hear of every round', async () => {
    const node = await start({ POS_ROUND_MS: '1000' });
    const slow = await join(node, 1);
    slow.socket.pause();
    const client = await join(node, 1);
    const flood = '5\n'.repeat(20_000);
    const pump = (): void => {
      while (slow.socket.writable && slow.socket.write(flood)) if (slow.socket.destroyed) return;
    };
    slow.socket.on('drain', pump);
    pump();
    await until(() => node.game.validators.length === 1);
    node.clock.turn(9000);
    await propose(client, 5);
    node.clock.turn(2000);
    await until(() => client.text.includes('赢得了记账权利'));
  });

  test('a client that reads keeps its connection, however long the chain has become', async () => {
    const databaseUrl = `file:${path.join(temporaryFolder(), 'long.db')}`;
    await stop(await start({ DATABASE_URL: databaseUrl }));
    const store = TeachingStore.open(databaseUrl.replace('file:', ''), 'pos');
    // More than the buffers between two sockets take at once.
    const block = { bpm: '1', timestamp: '', previousHash: '', validator: 'v'.repeat(1_000_000) };
    for (let index = 1; index <= 16; index++) store.appendBlock(blockText(makeBlock({ index, ...block })));
    store.close();
    const node = await start({ DATABASE_URL: databaseUrl });
    const client = await join(node, 1);
    node.clock.turn(30_000);
    await until(() => client.closed || client.text.endsWith('\n'));
    expect(client.text === `${node.game.chainText}\n`).toBe(true);
  });

  test('ten thousand connections that say nothing keep nobody out', async () => {
    const node = await start();
    const validator = await join(node, 100);
    let closed = 0;
    for (let batch = 0; batch < 100; batch++) {
      const opened = Array.from({ length: 100 }, () => {
        const socket = connect(node.tcpPort, '127.0.0.1');
        socket.on('error', () => undefined).on('close', () => closed++);
        socket.resume();
        sockets.push(socket);
        return once(socket, 'connect').catch(() => undefined);
      });
      await Promise.all(opened);
    }
    await until(() => closed >= 9000, 30_000);
    await propose(validator, 5);
    const late = await join(node, 50);
    await propose(late, 6);
    node.clock.turn(10_100);
    await until(() => validator.text.includes('赢得了记账权利') && late.text.includes('赢得了记账权利'));
    // A validator that is silent for a minute is disconnected as well.
    node.clock.turn(60_000);
    await until(() => closed >= 9990);
    expect(node.game.validators).toHaveLength(2);
  }, 60_000);
});

test('the chain and its rounds are there after a restart; a second node on them is refused', async () => {
  const env = { DATABASE_URL: `file:${path.join(temporaryFolder(), 'pos.db')}` };
  const first = await start(env);
  const client = await join(first, 3);
  await propose(client, 42);
  first.clock.turn(10_100);
  const chain = await ask(`${first.url}/chain`);
  await expect(start(env)).rejects.toThrow('is in use by another program');
  await stop(first);
  await client.ends();
  expect(client.text).toContain('The server stops.');
  const second = await start(env);
  expect((await ask(`${second.url}/chain`)).text).toBe(chain.text);
  expect(second.game.rounds).toMatchObject([{ number: 1, index: 1, candidates: [{ stake: 3 }] }]);
  const again = await join(second, 3);
  await propose(again, 43);
  second.clock.turn(10_100);
  expect(second.game.rounds.map(({ number }) => number)).toEqual([1, 2]);
});

test('a port that is taken is an error of one line', async () => {
  const { tcpPort } = await start();
  await expect(start({ TCP_PORT: String(tcpPort) })).rejects.toThrow(
    'another program does already; stop it, or set TCP_PORT',
  );
});

test('HTTP: validators with their shares, health, nothing else than reading', async () => {
  const node = await start();
  await join(node, 1);
  await join(node, 3);
  const { validators, total_stake } = JSON.parse((await ask(`${node.url}/validators`)).text) as {
    validators: { share: number }[];
    total_stake: number;
  };
  expect([validators.map(({ share }) => share), total_stake]).toEqual([[0.25, 0.75], 4]);
  expect((await ask(`${node.url}/health/ready`)).text).toContain('"validators":2');
  expect((await ask(`${node.url}/chain`, { method: 'POST', body: '{}' })).status).toBe(405);
  expect((await ask(`${node.url}/rounds`)).text).not.toContain('null');
});

describe('the lottery', () => {
  test('is fair: over 10,000 rounds wins follow stake', () => {
    const stakes = [1, 2, 5, 10, 50, 132];
    const total = 200;
    const clock = new ManualClock(7);
    const wins = stakes.map(() => 0);
    for (let round = 0; round < 10_000; round++) {
      const place = draw(stakes, (bytes) => clock.random(bytes));
      wins[place] = (wins[place] ?? 0) + 1;
    }
    const chiSquare = stakes.reduce((sum, stake, place) => {
      const expected = (10_000 * stake) / total;
      return sum + ((wins[place] ?? 0) - expected) ** 2 / expected;
    }, 0);
    // 5 degrees of freedom, 99.9 %.
    expect(chiSquare).toBeLessThan(20.52);
  });

  test('draws every ticket, and favours none where the range doesn’t divide 2^64', () => {
    const words = [2n ** 64n - 1n, 7n];
    const word = (): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(words.shift() ?? 0n);
      return bytes;
    };
    // 2^64 - 1 is in the last, incomplete run of 10, and is drawn again.
    expect(uniformBelow(10n, word)).toBe(7n);
    const places = [0, 1, 2, 3, 4, 5].map((ticket) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(BigInt(ticket));
      return draw([1, 2, 3], () => bytes);
    });
    expect(places).toEqual([0, 1, 1, 2, 2, 2]);
    expect(draw([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], () => Buffer.alloc(8))).toBe(0);
  });
});

test('times and numbers are Python’s', () => {
  const date = new Date(2026, 0, 2, 3, 4, 5);
  expect(localTime(BigInt(date.getTime()) * 1000n + 7n)).toBe('2026-01-02 03:04:05.000007');
  for (const [text, number] of [
    ['5', '5'],
    [' +5 ', '5'],
    ['-0', '0'],
    ['007', '7'],
    ['1_000', '1000'],
    ['5.0', undefined],
    ['_5', undefined],
    ['5__0', undefined],
    ['0x5', undefined],
    ['', undefined],
  ] as const) {
    expect([text, parseInt10(text)]).toEqual([text, number]);
  }
});
