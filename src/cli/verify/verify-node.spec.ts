import type { ServerResponse } from 'node:http';
import {
  ALICE,
  BOB,
  ChainBuilder,
  informationContract,
  OTHER_PRODUCER,
  type Wire,
} from '../../../test/support/chain-builder.js';
import { ndjson, TestUpstream, type Asked, type ServedChain } from '../../../test/support/test-upstream.js';
import { run, type Run } from '../testing/test-io.js';

const token = ChainBuilder.token();
token.seal([token.transfer(), token.transfer({ sender: 'bob', recipient: 'carol', amount: '0.5' })]);
token.seal();
token.seal([token.transfer({ amount: '7' })]);
const information = ChainBuilder.information();
information.seal([information.information()]);

let node: TestUpstream;
beforeEach(async () => {
  node = await TestUpstream.start([token, information]);
  serve((blocks) => ndjson(blocks));
});
afterEach(() => node.close());

/** Answers with the blocks that are asked for, as `send` writes them. */
function serve(
  send: (blocks: readonly Wire[], response: ServerResponse, asked: Asked) => string | undefined,
): void {
  node.misbehave = (asked, response) => {
    const name = /^\/chains\/([a-z]+)\/blocks$/.exec(asked.path)?.[1];
    const chain = node.chains.find(({ contract }) => contract.name === name);
    if (chain === undefined) return false;
    const body = send(chain.blocks.slice(asked.from - 1, asked.from - 1 + asked.limit), response, asked);
    if (body !== undefined) response.setHeader('content-type', 'application/x-ndjson').end(body);
    return true;
  };
}

function verify(...options: readonly string[]): Promise<Run> {
  return run(['verify', '-q', '--json', '--timeout', '1', ...options, node.url]);
}

interface Report {
  readonly chains: readonly { blocks: number; fault: Record<string, unknown> | null }[];
}

function chainsOf({ stdout }: Run): Report['chains'] {
  return (JSON.parse(stdout) as Report).chains;
}

/** The same chain, with the last block changed after it was sealed. */
function tampered(chain: ChainBuilder, tamper: (block: Wire) => void): ServedChain {
  const blocks = structuredClone<Wire[]>(chain.blocks);
  tamper(blocks.at(-1)!);
  return { contract: chain.contract, chain: chain.chain, blocks };
}

describe('bpsc verify <url>', () => {
  it('finds both chains of a node in order', async () => {
    const { code, stdout } = await verify();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      target: node.url,
      role: 'producer',
      chains: [
        {
          name: 'aka',
          id: token.chain,
          blocks: 4,
          entries: 3,
          entries_waiting: null,
          wallets_compared: null,
          holds_compared: null,
          head_hash: token.head.hash,
          tree_root: token.head.tree_root,
          fault: null,
        },
        { name: 'information', id: information.chain, blocks: 2, entries: 1, fault: null },
      ],
      fault: null,
    });
  });

  it('goes on where a page ends early', async () => {
    serve((blocks) => ndjson(blocks.slice(0, 1)));
    expect((await verify()).code).toBe(0);
    expect(node.requests.filter((path) => path.startsWith('/chains/aka'))).toEqual([
      '/chains/aka/blocks?from=1&limit=4',
      '/chains/aka/blocks?from=2&limit=3',
      '/chains/aka/blocks?from=3&limit=2',
      '/chains/aka/blocks?from=4&limit=1',
    ]);
  });

  it('looks at nothing behind the head that it noted', async () => {
    serve((blocks, _response, { from }) => `${ndjson(blocks)}${from === 1 ? 'rubbish\n' : ''}`);
    expect((await verify()).code).toBe(0);
  });

  it('takes the address without a scheme', async () => {
    expect((await run(['verify', '-q', new URL(node.url).host])).code).toBe(0);
  });

  it('shows the fault of one chain, and audits the other all the same', async () => {
    node.chains = [
      tampered(token, (block) => ((block.transactions as Wire[])[0]!.recipient = 'mallory')),
      information,
    ];
    const result = await verify();
    expect(result.code).toBe(1);
    expect(chainsOf(result)).toMatchObject([
      { blocks: 3, fault: { code: 'ENTRY_ID_MISMATCH', index: 4, sequence: 2, field: 'id' } },
      { blocks: 2, fault: null },
    ]);
  });

  it('finds an overdrawn wallet in a chain that is perfectly sealed', async () => {
    const signed = ChainBuilder.signed();
    const all = { sender: BOB.address, recipient: ALICE.address };
    signed.seal([signed.transfer({ ...all, amount: '100' })]);
    signed.seal([signed.transfer({ ...all, amount: '0.5' }), signed.transfer({ ...all, amount: '0.1' })]);
    signed.seal();
    node.chains = [signed, information];
    const result = await verify();
    expect(result.code).toBe(1);
    const fault = { code: 'OVERDRAWN', index: 3, sequence: 2, field: 'amount_send', found: '0.1' };
    expect(chainsOf(result)).toMatchObject([{ blocks: 2, fault }, { fault: null }]);
  });

  it('finds a head that its blocks do not lead to', async () => {
    const other = ChainBuilder.token();
    other.seal([other.transfer({ amount: '8' })]);
    other.seal();
    other.seal();
    node.advertise = (answer) => {
      const head = { ...other.head };
      delete head.transactions;
      answer.chains[0]!.head = head;
      return answer;
    };
    expect(chainsOf(await verify())[0]).toMatchObject({ blocks: 4, fault: { code: 'FORKED', index: 4 } });
  });

  it.each<[string, (lines: string) => string | Buffer, string]>([
    ['what is no JSON', (lines) => lines.replace('"version":1', '"version":'), 'MALFORMED'],
    [
      'a key that is there twice',
      (lines) => lines.replace('"version":1', '"version":1,"version":1'),
      'MALFORMED',
    ],
    [
      'blocks in another order',
      (lines) => lines.split('\n').reverse().join('\n').trimStart(),
      'INDEX_MISMATCH',
    ],
    ['a line that never ends', (lines) => `${'x'.repeat(20_000_000)}${lines}`, 'TOO_LARGE'],
    ['what is no UTF-8', () => Buffer.from([0xff, 0x0a]), 'MALFORMED'],
  ])('finds %s', async (_name, change, code) => {
    serve((blocks, response) => void response.end(change(ndjson(blocks))));
    const result = await verify();
    expect([result.code, chainsOf(result)[0]!.fault?.code]).toEqual([1, code]);
  });

  it('finds a contract that is not the chain that it says', async () => {
    node.advertise = (answer) => {
      answer.chains[0]!.id = 'ab'.repeat(32);
      return answer;
    };
    const result = await verify();
    expect(result.code).toBe(1);
    expect(chainsOf(result)[0]).toMatchObject({
      name: 'aka',
      id: null,
      fault: { code: 'CHAIN_ID_MISMATCH' },
    });
  });

  it('holds the chain against what the user knows, before it fetches anything', async () => {
    const result = await verify('--chain-id', 'ab'.repeat(32));
    expect(chainsOf(result)[0]).toMatchObject({
      blocks: 0,
      fault: { code: 'CHAIN_MISMATCH', found: token.chain },
    });
    expect(node.requests.some((path) => path.startsWith('/chains/aka'))).toBe(false);
  });
});

describe('what the verdict covers', () => {
  const other = 'ab'.repeat(32);
  const [T, I] = [token.chain, information.chain];

  it.each<[string, readonly string[], readonly ServedChain[], number, string | undefined]>([
    ['the pinned token chain', [T], [token, information], 0, undefined],
    ['the pinned information chain', [I], [token, information], 0, undefined],
    ['both, pinned', [I, T], [token, information], 0, undefined],
    ['one, pinned, where there is no other', [T], [token], 0, undefined],
    ['both, of which none is pinned', [], [token, information], 0, undefined],
    ['a hidden token chain', [T], [information], 1, T],
    ['a hidden information chain', [I], [token], 1, I],
    ['one of two that is hidden', [T, I], [token], 1, I],
    ['one of two that is another', [T, other], [token, information], 1, other],
    ['two others', [other, 'cd'.repeat(32)], [token, information], 1, other],
    ['a pinned chain of a node that shows none', [T], [], 1, T],
    ['a node without a token chain, and no pins', [], [information], 0, undefined],
    ['a node without an information chain, and no pins', [], [token], 0, undefined],
  ])('is %s', async (_name, pins, chains, code, missing) => {
    node.chains = chains;
    const options = pins.flatMap((pin) => ['--chain-id', pin]);
    const result = await verify(...options);
    const report = JSON.parse(result.stdout) as { ok: boolean; fault: unknown };
    expect([result.code, report.ok]).toEqual([code, code === 0]);
    if (missing === undefined) {
      expect(report.fault).toBeNull();
      return;
    }
    const text = expect.stringContaining(missing) as unknown;
    expect(report.fault).toMatchObject({ code: 'CHAIN_MISSING', message: text });
    const { stdout } = await run(['verify', '-q', ...options, node.url]);
    expect(stdout).toMatch(
      new RegExp(`\nFAULT in ${node.url}: it does not list a chain .*${missing}|^FAULT in .*${missing}`, 'm'),
    );
    expect(stdout).not.toContain('OK');
  });

  it('says of which chain it says nothing', async () => {
    node.chains = [token];
    const { stdout } = await run(['verify', '-q', '--chain-id', T, node.url]);
    expect(stdout).toMatch(/\nOK: .*\nIt shows no information chain: nothing is said of one\.\n/);
  });

  const contract = { ...informationContract(), producer: OTHER_PRODUCER.publicKey };
  const foreign = new ChainBuilder(contract, OTHER_PRODUCER).begin();

  it('takes no chain of another producer than the one that is named', async () => {
    node.chains = [token, foreign];
    const result = await verify('--producer', String(token.contract.producer));
    expect(result.code).toBe(1);
    expect(chainsOf(result)).toMatchObject([{ fault: null }, { fault: { code: 'PRODUCER_MISMATCH' } }]);
  });

  it('takes one producer: of two, the second is refused and not silently the only one', async () => {
    node.chains = [token, foreign];
    const keys = [token.contract.producer, OTHER_PRODUCER.publicKey].map(String);
    const { code, stderr } = await run([
      'verify',
      '-q',
      ...keys.flatMap((key) => ['--producer', key]),
      node.url,
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--producer <key>.*It may be given only once/);
  });

  it('says that chains are of several producers, where none is named', async () => {
    node.chains = [token, foreign];
    const { code, stdout } = await run(['verify', '-q', node.url]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nOK: .*\nIts chains are of 2 producers: compare each of them\.\nCompare /);
    expect(stdout).not.toContain('--producer');
  });

  it('does not cover a chain that is gone when it is read', async () => {
    serve((_blocks, response, { path }) =>
      path.startsWith('/chains/information') ? void response.writeHead(404).end() : ndjson(token.blocks),
    );
    const result = await verify('--chain-id', T);
    expect(result.code).toBe(1);
    expect(chainsOf(result)).toMatchObject([
      { fault: null },
      { fault: { code: 'CHAIN_MISSING', field: 'information', found: 'answers with status 404' } },
    ]);
  });
});

describe('a node that can not be audited', () => {
  it.each<[string, Parameters<typeof serve>[0], RegExp]>([
    [
      'answers with an error',
      (_blocks, response) => void response.writeHead(503).end(),
      /answers with status 503\n$/,
    ],
    [
      'redirects',
      (_blocks, response) => void response.writeHead(302, { location: '/' }).end(),
      /answers with status 302\n$/,
    ],
    ['says nothing', () => undefined, /said nothing for 1 s\n$/],
    ['delivers less than it shows', () => '', /shows block 4, but delivers none after 0\n$/],
    [
      'breaks off in a line',
      (blocks) => ndjson(blocks).slice(0, -100),
      /the answer was cut off in block \d\n$/,
    ],
    [
      'breaks off the connection',
      (blocks, response) => {
        response
          .writeHead(200, { 'content-length': 100_000 })
          .write(ndjson(blocks).slice(0, 100), () => response.destroy());
        return undefined;
      },
      /GET \/chains\/aka\/blocks\?from=1&limit=4: aborted\n$/,
    ],
  ])('is reported in one line when it %s', async (_name, send, message) => {
    serve(send);
    const { code, stdout, stderr } = await verify();
    expect([code, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
    expect(stderr).toMatch(message);
  });

  it('is reported when it is not there', async () => {
    await node.close();
    const { code, stderr } = await verify();
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^bpsc: http.*: GET \/chains: connect ECONNREFUSED .*\n$/),
    ]);
    node = await TestUpstream.start();
  });

  it('is reported when it is no node', async () => {
    node.advertise = () => ['hello'];
    const { code, stderr } = await verify();
    expect(code).toBe(2);
    expect(stderr).toMatch(/: GET \/chains: answers as no node does: with no JSON object\n$/);
  });

  it.each([
    ['another program', 404],
    ['a redirection', 302],
  ])('is reported as no node when %s answers', async (_, status) => {
    node.misbehave = (_path, response) => (response.writeHead(status).end('hello'), true);
    const { code, stderr } = await verify();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^bpsc: http:\S+ is not a bpsc node: GET \/chains: answers with status \d+\n$/);
  });

  it('is reported when it has no chains yet', async () => {
    node.chains = [];
    expect((await verify()).stderr).toBe(`bpsc: ${node.url} has no chains yet\n`);
  });

  it('is left when the user stops the audit', async () => {
    const stop = new AbortController();
    serve(() => {
      stop.abort();
      return undefined;
    });
    const { code, stdout } = await run(['verify', '-q', node.url], { stop: stop.signal });
    expect([code, stdout]).toEqual([130, '']);
  });
});

describe('a node of several chains', () => {
  const silver = ChainBuilder.token({ name: 'silver' });
  silver.seal([silver.transfer({ amount: '9' })]);
  const notes = ChainBuilder.information({ name: 'notes' });
  const names = ({ stdout }: Run): readonly unknown[] =>
    (JSON.parse(stdout) as { chains: { name: string; fault: { code: string } | null }[] }).chains.map(
      ({ name, fault }) => [name, fault?.code ?? null],
    );

  it('is verified whole, in its order', async () => {
    node.chains = [silver, token, information, notes];
    const result = await verify();
    expect(result.code).toBe(0);
    expect(names(result)).toEqual([
      ['silver', null],
      ['aka', null],
      ['information', null],
      ['notes', null],
    ]);
  });

  it('may have chains that are not known here, and others that are wrong: each by itself', async () => {
    node.chains = [token, silver, information, notes];
    node.advertise = (answer) => {
      const [one, two, three, four] = answer.chains as [Wire, Wire, Wire, Wire];
      const contract = { ...(four.contract as Wire), version: 2 };
      const image = { name: 'art', kind: 'image', contract: { version: 1, kind: 'image' } };
      return { ...answer, chains: [one, { ...two, head: {} }, three, { ...four, contract }, image, {}] };
    };
    const result = await verify();
    expect(result.code).toBe(1);
    expect(names(result)).toEqual([
      ['aka', null],
      ['silver', 'MALFORMED'],
      ['information', null],
      ['a chain without a name', expect.any(String)],
    ]);
    expect(JSON.parse(result.stdout)).toMatchObject({
      unsupported: [
        { name: 'notes', reason: 'version 2' },
        { name: 'art', reason: 'kind "image"' },
      ],
    });
  });

  it('is in order with chains that are not known here', async () => {
    node.advertise = (answer) => ({
      ...answer,
      chains: [...answer.chains, { name: 'art', kind: 'image', contract: { version: 1, kind: 'image' } }],
    });
    const { code, stdout } = await run(['verify', '-q', node.url]);
    expect(code).toBe(0);
    expect(stdout).toContain('art is unsupported by this version (kind "image"): nothing is said of it.\n');
    node.advertise = (answer) => ({ ...answer, chains: [{ name: 'art', contract: { version: 9 } }] });
    const { code: none, stderr } = await run(['verify', '-q', node.url]);
    expect([none, stderr]).toEqual([2, expect.stringContaining('has no chains that this version knows')]);
  });

  it('is verified in part where chains are named', async () => {
    node.chains = [token, silver, information, notes];
    const { code, stdout } = await run([
      'verify',
      '-q',
      '--chain',
      'silver',
      '--chain',
      notes.chain,
      node.url,
    ]);
    expect(code).toBe(0);
    expect(stdout.match(/^\S+ \(\S+ chain\)$/gm)).toEqual([
      'silver (token chain)',
      'notes (information chain)',
    ]);
    expect(stdout).toContain('Nothing is said of its other chains');
    const unknown = await run(['verify', '-q', '--chain', 'lead', node.url]);
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      `bpsc: ${node.url} has no chain lead: it has aka, silver, information, notes\n`,
    ]);
  });
});
