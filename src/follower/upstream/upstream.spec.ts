import { SYSTEM_CLOCK } from '../../ledger/system-clock.js';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { ChainBuilder } from '../../../test/support/chain-builder.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { parseContract, type Contract } from '../../chain/contract/contract.js';
import { blockTextMax } from '../../chain/block/block-text-max.js';
import { ADVERTISEMENT_BYTES_MAX } from '../../ledger/advertisement.js';
import { EVIDENCE_CHARACTERS_MAX } from '../../ledger/store.js';
import { isRefusal, type Refusal } from './refusal.js';
import { blocksOf, ndjson, TestUpstream, type Misbehaviour } from '../../../test/support/test-upstream.js';
import { UpstreamClient, UpstreamUnreachable } from './upstream.js';
import type { Page, ServedChain } from './upstream-port.js';

const never = new AbortController().signal;
const token = ChainBuilder.token({ schedule: { interval_ms: null, max_entries: 1, seal_empty: false } });
for (let i = 0; i < 4; i++) token.seal([token.transfer({ memo: 'müßig 🎋' })]);
const information = ChainBuilder.information();
const served = (chain: ChainBuilder): ServedChain => ({
  id: chain.chain as Hash,
  name: String(chain.contract.name),
  contract: parseContract(chain.contract) as Contract,
});
const { contract } = served(token);

let upstream: TestUpstream;
beforeEach(async () => {
  upstream = await TestUpstream.start([token, information]);
});
afterEach(() => upstream.close());

function client(timeoutMs = 5_000, url = upstream.url): UpstreamClient {
  return new UpstreamClient(new HttpService(axios.create()), { url, timeoutMs, clock: SYSTEM_CLOCK });
}

const page = (from: number, limit: number): Page => ({ from, limit, sizeBefore: () => 0 });

async function pull(from = 1, limit = 100, timeoutMs?: number): Promise<(string | Refusal)[]> {
  const received: (string | Refusal)[] = [];
  for await (const item of client(timeoutMs).blocks(served(token), page(from, limit), never))
    received.push(item);
  return received;
}

/** Answers every request for blocks like this. */
function answerBlocks(answer: (response: ServerResponse, limit: number) => void): void {
  upstream.misbehave = ({ path, limit }, response) => {
    if (path === '/chains') return false;
    answer(response, limit);
    return true;
  };
}

describe('UpstreamClient', () => {
  it('reads role, contracts and heads', async () => {
    const advertisement = await client().advertisement(never);
    if (isRefusal(advertisement)) throw new Error(advertisement.fault.message);
    expect(advertisement.role).toBe('producer');
    expect(advertisement.chains).toMatchObject([
      { id: token.chain, name: 'aka', head: { index: 5 } },
      { id: information.chain, name: 'information', head: { index: 1 } },
    ]);
  });

  it('reads blocks as the texts that were sent', async () => {
    expect(await pull(2, 2)).toEqual(token.blocks.slice(1, 3).map((block) => JSON.stringify(block)));
    expect(upstream.requests).toEqual([`${blocksOf(token)}?from=2&limit=2`]);
    expect(await pull(6)).toEqual([]);
  });

  it('requests a chain by its name from an upstream that knows no ids', async () => {
    upstream.knowsIds = false;
    const texts: unknown[] = [];
    for await (const item of client().blocks(served(information), page(1, 5), never)) texts.push(item);
    expect(texts).toEqual([JSON.stringify(information.head)]);
    expect(upstream.requests).toEqual([
      `${blocksOf(information)}?from=1&limit=5`,
      '/chains/information/blocks?from=1&limit=5',
    ]);
  });

  it('reads characters that are split between pieces, and a last line without a line feed', async () => {
    answerBlocks((response) => {
      const bytes = Buffer.from(ndjson(token.blocks).slice(0, -1));
      for (let i = 0; i < bytes.length; i += 7) response.write(bytes.subarray(i, i + 7));
      response.end();
    });
    expect(await pull()).toEqual(token.blocks.map((block) => JSON.stringify(block)));
  });

  it('requests no compression on the same machine, but reads it if it is used', async () => {
    let accepted: unknown;
    upstream.misbehave = ({ request }, response) => {
      accepted = request.headers['accept-encoding'];
      response.setHeader('content-encoding', 'gzip').end(gzipSync(ndjson(token.blocks)));
      return true;
    };
    expect(await pull()).toHaveLength(5);
    expect(accepted).toBe('identity');
  });
});

describe('an upstream that is unreachable', () => {
  const rows: [string, Misbehaviour, RegExp][] = [
    ['404', (_, response) => end(response.writeHead(404)), /status 404/],
    ['500', (_, response) => end(response.writeHead(500), 'oops'), /status 500/],
    ['a redirection', (_, response) => end(response.writeHead(302, { location: '/chain' })), /status 302/],
    ['a hang-up', ({ request }) => (request.socket.destroy(), true), /socket hang up|ECONNRESET/],
    ['a body cut off', (_, response) => cutOff(response), /aborted|ECONNRESET/],
    [
      'a truncated compressed body',
      (_, response) => cutOff(response.setHeader('content-encoding', 'gzip')),
      /aborted|ECONNRESET|premature/i,
    ],
    ['no answer', () => true, /longer than 300 ms/],
    ['a body that stops', (_, response) => (response.write('{"ind'), true), /longer than 300 ms/],
  ];
  it.each(rows)('%s', async (_, misbehave, message) => {
    upstream.misbehave = misbehave;
    const attempt = pull(1, 5, 300);
    await expect(attempt).rejects.toBeInstanceOf(UpstreamUnreachable);
    await expect(attempt).rejects.toThrow(message);
    await expect(client(300).advertisement(never)).rejects.toBeInstanceOf(UpstreamUnreachable);
  });

  it('has nobody listening', async () => {
    await upstream.close();
    await expect(pull()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('sends a byte now and then: the total waiting time is limited, however steady the trickle', async () => {
    let timer: NodeJS.Timeout | undefined;
    answerBlocks((response) => {
      timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(pull(1, 5, 400)).rejects.toThrow(/longer than 400 ms/);
    clearInterval(timer);
  });

  it('sends a body that ends with the connection: it may be incomplete', async () => {
    const server = createServer((socket: Socket) => {
      socket.once('data', () => socket.end(`HTTP/1.0 200 OK\r\n\r\n${ndjson(token.blocks).slice(0, 3000)}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const attempt = client(1000, `http://127.0.0.1:${port}`).advertisement(never);
    await expect(attempt).rejects.toThrow(/without Content-Length/);
    server.close();
  });

  it('is disconnected at once by a stop during a request', async () => {
    const stop = new AbortController();
    upstream.misbehave = () => (stop.abort(), true);
    await expect(client().advertisement(stop.signal)).rejects.toBeInstanceOf(UpstreamUnreachable);
    await expect(client().advertisement(stop.signal)).rejects.toBeInstanceOf(UpstreamUnreachable);
  });

  it('is not blamed for time that this node takes itself', async () => {
    answerBlocks((response) => response.end(ndjson(token.blocks)));
    let count = 0;
    for await (const item of client(200).blocks(served(token), page(1, 5), never)) {
      expect(typeof item).toBe('string');
      count++;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(count).toBe(5);
  });
});

describe('an upstream that sends unrequested data', () => {
  it('more blocks than requested', async () => {
    answerBlocks((response) => response.end(ndjson(token.blocks)));
    const received = await pull(1, 3);
    expect(received).toHaveLength(4);
    expect(received[3]).toMatchObject({
      fault: { fault: 'MALFORMED', expected: 'at most 3 blocks' },
      evidence: { text: JSON.stringify(token.blocks[3]) },
    });
  });

  it('endless bytes after the last block', async () => {
    answerBlocks((response) => {
      response.write(ndjson(token.blocks.slice(0, 1)));
      endless(response);
    });
    const received = await pull(1, 1);
    expect(received[1]).toMatchObject({ fault: { fault: 'MALFORMED', found: 'more' } });
  });

  it('an endless line, of which the beginning is kept', async () => {
    answerBlocks(endless);
    const max = blockTextMax(contract);
    const [refusal, ...others] = await pull(3, 2);
    expect(others).toEqual([]);
    expect(refusal).toMatchObject({
      fault: { fault: 'TOO_LARGE', index: 3, expected: `at most ${max} bytes` },
    });
    expect((refusal as Refusal).evidence.text).toMatch(/^x{9000,}$/);
    expect((refusal as Refusal).evidence.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('bytes that are not UTF-8', async () => {
    answerBlocks((response) => response.end(Buffer.from([0x22, 0xff, 0x22, 0x0a])));
    const [refusal] = await pull();
    expect(refusal).toMatchObject({
      fault: { fault: 'MALFORMED', expected: 'UTF-8' },
      evidence: { text: '"\ufffd"' },
    });
  });

  it('a body that claims to be compressed, but is not', async () => {
    answerBlocks((response) => response.setHeader('content-encoding', 'gzip').end('not gzip at all'));
    expect(await pull()).toMatchObject([{ fault: { fault: 'MALFORMED', expected: 'gzip' } }]);
  });

  it('a small body that decompresses to a large one', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    upstream.misbehave = (_, response) => end(response.setHeader('content-encoding', 'gzip'), bomb);
    expect(await pull()).toMatchObject([{ fault: { fault: 'TOO_LARGE' } }]);
    expect(await client().advertisement(never)).toMatchObject({ fault: { fault: 'TOO_LARGE' } });
  });

  it.each([
    ['nothing at all', '', 'MALFORMED'],
    ['a page', '<html>hello</html>', 'MALFORMED'],
    ['another shape', '[]', 'MALFORMED'],
    ['a duplicate key', '{"role":"producer","role":"producer","chains":[]}', 'MALFORMED'],
    ['no role', '{"chains":[]}', 'MALFORMED'],
    ['no chains', '{"role":"producer"}', 'MALFORMED'],
    ['more than any two contracts', ' '.repeat(ADVERTISEMENT_BYTES_MAX + 1), 'TOO_LARGE'],
  ])('%s instead of its chains', async (_, body, code) => {
    upstream.misbehave = (__, response) => end(response, body);
    const refusal = await client().advertisement(never);
    expect(refusal).toMatchObject({
      fault: { fault: code },
      evidence: { text: body.slice(0, EVIDENCE_CHARACTERS_MAX) },
    });
  });

  const chains: [string, string, (chain: Record<string, unknown>) => void][] = [
    ['another id', 'CHAIN_ID_MISMATCH', (chain) => (chain.id = 'a'.repeat(64))],
    ['an empty name', 'MALFORMED', (chain) => (chain.name = '')],
    ['no id', 'MALFORMED', (chain) => delete chain.id],
    ['no head', 'MALFORMED', (chain) => delete chain.head],
    ['no contract', 'MALFORMED', (chain) => delete chain.contract],
    [
      'a head of another chain',
      'CHAIN_MISMATCH',
      (chain) => ((chain.head as Record<string, unknown>).chain = 'a'.repeat(64)),
    ],
    [
      'a changed fee',
      'CHAIN_ID_MISMATCH',
      (chain) =>
        (chain.contract = { ...token.contract, fee: { rate: '0', wallet: 'w', disposition: 'burn' } }),
    ],
    [
      'a future policy',
      'UNSUPPORTED',
      (chain) => (chain.contract = { ...token.contract, wallets: { policy: 'council', allocations: [] } }),
    ],
    [
      'null instead of the whole chain',
      'MALFORMED',
      (chain) => Object.keys(chain).forEach((key) => delete chain[key]),
    ],
  ];
  it.each(chains)("a token chain with %s, which is that chain's fault alone", async (_, code, change) => {
    upstream.advertise = (answer) => {
      const copy = structuredClone(answer);
      change(copy.chains[0] as Record<string, unknown>);
      return copy;
    };
    const advertisement = await client().advertisement(never);
    if (isRefusal(advertisement)) throw new Error(advertisement.fault.message);
    expect(advertisement.faulty).toMatchObject([{ fault: { fault: code } }]);
    expect(advertisement.chains).toMatchObject([{ id: information.chain }]);
  });

  // A name is an alias within one node; only the id says which chain it is (protocol.md, section 14).
  it.each(['other', 'information', 'aka-00000000'])(
    'a token chain with the name %s, which changes nothing',
    async (name) => {
      upstream.advertise = (answer) => {
        const copy = structuredClone(answer);
        (copy.chains[0] as Record<string, unknown>).name = name;
        return copy;
      };
      const advertisement = await client().advertisement(never);
      if (isRefusal(advertisement)) throw new Error(advertisement.fault.message);
      expect(advertisement.faulty).toEqual([]);
      expect(advertisement.chains).toMatchObject([{ id: token.chain }, { id: information.chain }]);
    },
  );

  const foreign: [string, string, object][] = [
    [
      'kind',
      'kind "art"',
      { contract: { ...token.contract, kind: 'art' }, kind: 'art', id: 'ab'.repeat(32) },
    ],
    ['kind, without a contract', 'kind "art"', { contract: undefined, kind: 'art' }],
    ['version', 'version 2', { contract: { ...token.contract, version: 2, anything: {} } }],
  ];
  it.each(foreign)('a chain of another %s is not a fault', async (_, reason, changes) => {
    upstream.advertise = (answer) => ({
      ...answer,
      chains: [{ ...answer.chains[0], name: 'other', ...changes }, ...answer.chains],
    });
    const advertisement = await client().advertisement(never);
    if (isRefusal(advertisement)) throw new Error(advertisement.fault.message);
    expect(advertisement).toMatchObject({ faulty: [], unsupported: [{ name: 'other', reason }] });
    expect(advertisement.chains.map(({ id }) => id)).toEqual([token.chain, information.chain]);
  });

  it('a contract with fields that this version does not know is not a fault if its id is right', async () => {
    const more = new ChainBuilder({ ...information.contract, seasons: 4 }).begin();
    upstream.chains = [more, token];
    const advertisement = await client().advertisement(never);
    expect(advertisement).toMatchObject({ faulty: [], unsupported: [{ reason: 'contract.seasons' }] });
  });

  it('a duplicate chain', async () => {
    upstream.chains = [token, token];
    expect(await client().advertisement(never)).toMatchObject({
      chains: [{ id: token.chain }],
      faulty: [{ id: token.chain, fault: { fault: 'MALFORMED' } }],
    });
  });

  it('an alias for a chain whose name was taken', async () => {
    const name = `aka-${token.chain.slice(0, 8)}`;
    upstream.advertise = ({ chains: items, ...answer }) => ({ ...answer, chains: [{ ...items[0], name }] });
    expect(await client().advertisement(never)).toMatchObject({ chains: [{ id: token.chain, name }] });
  });
});

function end(response: ServerResponse, body: string | Buffer = ''): true {
  response.end(body);
  return true;
}

function cutOff(response: ServerResponse): true {
  response.setHeader('content-length', 10_000);
  const body = Buffer.from(ndjson(token.blocks));
  const sent = response.hasHeader('content-encoding') ? gzipSync(body) : body;
  response.write(sent.subarray(0, sent.length / 2), () => response.socket?.destroy());
  return true;
}

function endless(response: ServerResponse): void {
  const piece = 'x'.repeat(65_536);
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more).on('error', () => undefined);
  more();
}
