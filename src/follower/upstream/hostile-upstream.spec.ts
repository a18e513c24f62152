import { SYSTEM_CLOCK } from '../../ledger/system-clock.js';
/** An upstream without the producer's key that sends as much as it can: counts how much a follower parses. */
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { ChainBuilder, OTHER_PRODUCER, type Wire } from '../../../test/support/chain-builder.js';
import { startTestFollower, type TestFollower } from '../../../test/support/test-follower.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { blocksOf, TestUpstream } from '../../../test/support/test-upstream.js';
import { UpstreamClient } from './upstream.js';

/** Far more than an honest answer, and quick to generate. */
const MANY = 400_000;
/** In characters: a few pieces of a block and its header. */
const PARSED_MAX = 250_000;

let token: ChainBuilder;
let information: ChainBuilder;
let upstream: TestUpstream;
let follower: TestFollower;
/** the head, if the producer signed the one that is sent */
let shown: Wire | undefined;

beforeEach(async () => {
  shown = undefined;
  token = ChainBuilder.token();
  information = ChainBuilder.information();
  upstream = await TestUpstream.start([token, information]);
  follower = await startTestFollower(path.join(temporaryFolder(), 'follower.db'), upstream.url);
});
afterEach(async () => {
  await follower.close();
  await upstream.close();
});
afterAll(removeTemporary);

/** The total number of characters of `sent` that are parsed meanwhile, not counting those by the database client. */
async function parsedOf(sent: string, round: () => Promise<unknown>): Promise<number> {
  const parse = JSON.parse;
  let total = 0;
  const spy = jest.spyOn(JSON, 'parse').mockImplementation((text: string) => {
    if (sent.includes(text.slice(1, 100))) total += text.length;
    return parse(text) as unknown;
  });
  try {
    await round();
  } finally {
    spy.mockRestore();
  }
  return total;
}

/** A block's text with a different body. */
function withBody(block: Wire, body: string): string {
  const { transactions: _t, information: _i, ...header } = block;
  return `${JSON.stringify(header).slice(0, -1)},${body}}`;
}

const list = (item: string, count = MANY): string => `[${`${item},`.repeat(count - 1)}${item}]`;

/** The header has the right number of entries, so that only these or the seal can be wrong. */
function forged(chain: ChainBuilder, count: number, sealed = false): Wire {
  const cheat = (draft: Wire): unknown => (draft.tree_size = count);
  const block = chain.forge([], { cheat, ...(sealed ? {} : { signer: OTHER_PRODUCER }) });
  if (sealed) shown = block;
  return block;
}

describe('an upstream without the producer’s key', () => {
  const blocks: [string, string, () => string][] = [
    ['entries without a header', 'MALFORMED', () => `{"information":${list('{}')}}`],
    [
      'entries before their header',
      'TREE_SIZE_MISMATCH',
      () => {
        const { information: _, ...header } = forged(information, 5);
        return `{"information":${list('{}')},${JSON.stringify(header).slice(1)}`;
      },
    ],
    [
      'more entries than a block has',
      'TOO_MANY_ENTRIES',
      () => withBody(forged(information, MANY), `"information":${list('{}')}`),
    ],
    [
      'the maximum number of entries, under an unsigned header',
      'BAD_SIGNATURE',
      () => withBody(forged(information, 1000), `"information":${list(list('1', 1000), 1000)}`),
    ],
    [
      'invalid entries under a signed header',
      'ENTRY_MALFORMED',
      () => withBody(forged(information, 1000, true), `"information":${list(list('1', 1000), 1000)}`),
    ],
    [
      'one entry of the whole length',
      'ENTRY_MALFORMED',
      () => withBody(forged(information, 1, true), `"information":[{"information":${list('[]')}}]`),
    ],
    [
      'deep nesting instead of an entry',
      'MALFORMED',
      () => withBody(forged(information, 1, true), `"information":[${'['.repeat(300_000)}]`),
    ],
    ['endless nesting', 'MALFORMED', () => '['.repeat(MANY)],
    [
      'a million fields',
      'MALFORMED',
      () => `{${Array.from({ length: MANY / 4 }, (_, i) => `"k${i}":1`).join()}}`,
    ],
    ['the same field a million times', 'MALFORMED', () => `{${`"index":2,`.repeat(MANY / 4)}"index":2}`],
    [
      'a long number',
      'MALFORMED',
      () => withBody(forged(information, 0), `"n":${'9'.repeat(MANY)},"information":[]`),
    ],
    [
      'a long text',
      'MALFORMED',
      () => withBody(forged(information, 0), `"s":"${'é'.repeat(MANY)}","information":[]`),
    ],
    [
      'a duplicate list',
      'MALFORMED',
      () => withBody(forged(information, 0), `"information":${list('{}')},"information":[]`),
    ],
  ];
  it.each(blocks)('for a block, sends %s: %s', async (_, code, make) => {
    await follower.round();
    const text = make();
    const { contract, chain, blocks: real } = information;
    const head = shown ?? information.forge([]);
    upstream.chains = [token, { contract, chain, blocks: [...real, head] }];
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(information) && (response.end(`${text}\n`), true);
    const total = await parsedOf(text, () => follower.round());
    const [fault] = await follower.faults();
    expect(fault).toMatchObject({ fault: code, chain: 'information' });
    expect(total).toBeLessThan(PARSED_MAX);
    expect(follower.heads()).toEqual([1, 1]);
  });

  const answers: [string, () => string][] = [
    ['endless chains', () => `{"role":"producer","chains":${list('{}')}}`],
    ['endless arrays', () => list('[]')],
    ['endless nesting', () => '[{"a":'.repeat(MANY)],
    ['a million fields', () => `{${Array.from({ length: MANY / 4 }, (_, i) => `"k${i}":1`).join()}}`],
  ];
  it.each(answers)('for its chains, sends %s', async (_, make) => {
    await follower.round();
    const text = make();
    upstream.misbehave = (__, response) => (response.end(text), true);
    const total = await parsedOf(text, () => follower.round());
    expect(await follower.faults()).toMatchObject([{ fault: 'MALFORMED', chain: '' }]);
    expect(total).toBe(0);
  });

  it('for pending entries, sends an endless list: only the requested number is parsed, on demand', async () => {
    const text = `{"transactions":${list('{"block":2,"a":[[],[],[]]}', 200_000)},"next_cursor":null}`;
    upstream.misbehave = ({ path: asked }, response) =>
      asked === '/transactions/pending' && (response.end(text), true);
    const total = await parsedOf(text, async () => {
      const client = new UpstreamClient(new HttpService(axios.create()), {
        url: upstream.url,
        timeoutMs: 5000,
        clock: SYSTEM_CLOCK,
      });
      const promised = await client.pending(2, 0, new AbortController().signal);
      expect([...promised]).toHaveLength(1000);
    });
    expect(total).toBeLessThan(PARSED_MAX);
  });

  it('sends a small body that decompresses to more than is accepted of an unsigned block', async () => {
    await follower.round();
    const bomb = gzipSync(Buffer.alloc(18_000_000, '[],'));
    information.seal([]);
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(information) && (response.setHeader('content-encoding', 'gzip').end(bomb), true);
    const total = await parsedOf('[],[],[],', () => follower.round());
    expect(await follower.faults()).toMatchObject([
      { fault: 'TOO_LARGE', expected: `at most ${16 * 1024 * 1024} bytes` },
    ]);
    expect(total).toBeLessThan(PARSED_MAX);
  });
});
