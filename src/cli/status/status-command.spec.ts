import {
  ChainBuilder,
  OTHER_PRODUCER,
  tokenContract,
  type Wire,
} from '../../../test/support/chain-builder.js';
import { TestUpstream, type ServedChain } from '../../../test/support/test-upstream.js';
import { run } from '../testing/test-io.js';

const information = ChainBuilder.information();
const nodes: TestUpstream[] = [];
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.close()));
});

interface Parts {
  readonly role?: 'producer' | 'follower';
  readonly token?: ServedChain | undefined;
  readonly troubles?: readonly string[];
  readonly facts?: object;
  /** no answer to a request for one block */
  readonly hidesBlocks?: boolean;
}

async function start({
  role = 'producer',
  token,
  troubles = [],
  facts = {},
  hidesBlocks,
}: Parts = {}): Promise<TestUpstream> {
  const node = await TestUpstream.start(token === undefined ? [] : [token, information]);
  nodes.push(node);
  node.role = role;
  node.misbehave = ({ path }, response) => {
    if (path === '/health/ready') {
      const details = { node: { status: troubles.length === 0 ? 'up' : 'down', ...facts, troubles } };
      response.writeHead(troubles.length === 0 ? 200 : 503).end(JSON.stringify({ details }));
      return true;
    }
    const index = /^\/chains\/aka\/blocks\/(\d+)$/.exec(path)?.[1];
    if (index === undefined) return false;
    if (hidesBlocks === true) response.writeHead(500).end();
    else response.end(JSON.stringify(token?.blocks[Number(index) - 1]));
    return true;
  };
  return node;
}

/** The first blocks of a chain. */
function first(chain: ChainBuilder, blocks: number): ServedChain {
  return { contract: chain.contract, chain: chain.chain, blocks: chain.blocks.slice(0, blocks) };
}

function tokenChain(...amounts: readonly string[]): ChainBuilder {
  const chain = ChainBuilder.token();
  for (const amount of amounts) chain.seal([chain.transfer({ amount })]);
  return chain;
}

const chain = tokenChain('1', '2', '3');
/** the same up to block 2 */
const fork = tokenChain('1', '9', '3', '4');

async function status(
  ...of: readonly TestUpstream[]
): Promise<{ code: number; nodes: Wire[]; text: string }> {
  const urls = of.map(({ url }) => url);
  const { code, stdout } = await run(['status', '--json', '--timeout', '2', ...urls]);
  const { stdout: text } = await run(['status', '--timeout', '2', ...urls]);
  const parsed = JSON.parse(stdout) as { ok: boolean; nodes: Wire[] };
  expect(parsed.ok).toBe(code === 0);
  return { code, nodes: parsed.nodes, text };
}

/** The report on the token chain. */
function token(node: Wire | undefined): Wire | undefined {
  return (node?.chains as Wire[] | undefined)?.[0];
}

describe('bpsc status', () => {
  it('shows one node', async () => {
    const node = await start({ token: chain });
    const result = await status(node);
    expect(result.code).toBe(0);
    expect(result.nodes).toEqual([
      {
        url: node.url,
        reachable: true,
        role: 'producer',
        ready: true,
        troubles: [],
        chains: [
          {
            kind: 'token',
            name: 'aka',
            id: chain.chain,
            head_index: 4,
            head_hash: chain.head.hash,
            entries: 3,
            lag: 0,
            agreement: 'alone',
            why: null,
          },
          expect.objectContaining({ kind: 'information', head_index: 1, agreement: 'alone' }),
        ],
      },
    ]);
  });

  it('shows a network as a table', async () => {
    const producer = await start({ token: chain });
    const follower = await start({
      role: 'follower',
      token: first(chain, 2),
      troubles: ['the upstream is silent'],
    });
    const { code, text } = await status(producer, follower);
    expect(code).toBe(1);
    const hash = (block: number): string => String(chain.blocks[block - 1]?.hash).slice(0, 12);
    const words = text.split('\n').map((line) => line.split(/ {2,}/).join('|'));
    expect(words).toEqual([
      'NODE|ROLE|CHAIN|HEAD|HASH|ENTRIES|BEHIND|AGREEMENT|READY',
      `${producer.url}|producer|aka|4|${hash(4)}|3|-|reference|yes`,
      expect.stringMatching(/^\|information\|1\|[0-9a-f]{12}\|0\|-\|reference$/),
      `${follower.url}|follower|aka|2|${hash(2)}|1|2|agree|no`,
      expect.stringMatching(/^\|information\|1\|[0-9a-f]{12}\|0\|-\|agree$/),
      `${follower.url} is not ready: the upstream is silent`,
      '',
    ]);
    expect(
      new Set(
        text
          .split('\n')
          .slice(1, 5)
          .map((line) => line.search(/aka|information/)),
      ).size,
    ).toBe(1);
  });

  it('compares at the last block that both have, whichever is ahead', async () => {
    const behind = await start({ token: first(chain, 3) });
    const ahead = await start({ role: 'follower', token: chain });
    const { code, nodes: shown } = await status(ahead, behind);
    expect(code).toBe(0);
    expect(shown.map(token)).toMatchObject([
      { agreement: 'agree', lag: 0 },
      { agreement: 'reference', lag: 1 },
    ]);
  });

  it('sees a fork', async () => {
    const {
      code,
      nodes: shown,
      text,
    } = await status(
      await start({ token: fork }),
      await start({ role: 'follower', token: chain }),
      await start({ role: 'follower', token: first(chain, 2) }),
    );
    expect(code).toBe(1);
    expect(shown.map(token)).toMatchObject([
      { agreement: 'reference' },
      { agreement: 'disagree', why: 'another block 4' },
      { agreement: 'agree' },
    ]);
    expect(text).toMatch(/ DISAGREE /);
    expect(text).toMatch(/\nhttp:\S+: DISAGREE on aka: another block 4\n$/);
  });

  it('sees another chain', async () => {
    const other = new ChainBuilder(
      tokenContract({ producer: OTHER_PRODUCER.publicKey }),
      OTHER_PRODUCER,
    ).begin();
    const { code, nodes: shown } = await status(
      await start({ token: chain }),
      await start({ role: 'follower', token: other }),
    );
    expect(code).toBe(1);
    expect(token(shown[1])).toMatchObject({ agreement: 'disagree', lag: 0, why: 'another chain id' });
  });

  it('compares followers with the one that is furthest', async () => {
    const { nodes: shown } = await status(
      await start({ role: 'follower', token: first(chain, 2) }),
      await start({ role: 'follower', token: chain }),
    );
    expect(shown.map(token)).toMatchObject([{ agreement: 'agree', lag: 2 }, { agreement: 'reference' }]);
  });

  it('shows a node that is not there', async () => {
    const gone = await start();
    await gone.close();
    nodes.pop();
    const { code, nodes: shown, text } = await status(await start({ token: chain }), gone);
    expect(code).toBe(1);
    expect(shown[1]).toEqual({
      url: gone.url,
      reachable: false,
      reason: expect.stringMatching(/^connect ECONNREFUSED/),
    });
    expect(text).toMatch(new RegExp(`\n${gone.url} is unreachable: connect ECONNREFUSED .*\n$`));
  });

  it('shows what is there but is no node as such', async () => {
    const page = await start();
    page.misbehave = (_asked, response) => (response.writeHead(404).end('no such page'), true);
    const { code, nodes: shown, text } = await status(await start({ token: chain }), page);
    expect(code).toBe(1);
    expect(shown[1]).toEqual({
      url: page.url,
      reachable: true,
      is_node: false,
      reason: 'answers with status 404',
    });
    expect(text).toMatch(new RegExp(`\n${page.url} is not a bpsc node: answers with status 404\n$`));
    expect(text).not.toContain('unreachable');
  });

  it('shows a fault of the upstream before any agreement', async () => {
    const producer = await start({ token: chain });
    const follower = await start({
      role: 'follower',
      token: chain,
      troubles: ['the token chain is no longer followed'],
      facts: { fault_aka: 'FEE_MISMATCH', fault_information: null },
    });
    const { code, nodes: shown, text } = await status(producer, follower);
    expect(code).toBe(1);
    expect(token(shown[1])).toMatchObject({
      agreement: 'fault',
      why: 'its upstream is at fault: FEE_MISMATCH',
    });
    expect(text).toMatch(/ FAULT .* no\n/);
  });

  it('says when it could not be found out', async () => {
    const { code, nodes: shown } = await status(
      await start({ token: chain, hidesBlocks: true }),
      await start({ role: 'follower', token: first(chain, 2) }),
    );
    expect(code).toBe(1);
    expect(token(shown[1])).toMatchObject({
      agreement: 'unknown',
      why: expect.stringMatching(/answers with no block \(status 500\)$/),
    });
  });

  it('shows a follower that has no chains yet', async () => {
    const { code, text } = await status(await start({ role: 'follower', troubles: ['no\u001b[2Jthing'] }));
    expect(code).toBe(1);
    expect(text).toMatch(/ follower {2}none yet .* no\n.* is not ready: no\\u001b\[2Jthing\n$/);
  });

  it('shows a chain that it can not believe', async () => {
    const node = await start({ token: chain });
    node.advertise = (answer) => {
      answer.chains[0]!.id = 'ab'.repeat(32);
      return answer;
    };
    const { code, nodes: shown, text } = await status(node);
    expect(code).toBe(1);
    expect(token(shown[0])).toMatchObject({
      name: 'aka',
      fault: expect.stringContaining('does not hash to the chain id'),
    });
    expect(text).toContain('FAULT');
  });

  it('does not take a node for sound that says it is ready and has no chains', async () => {
    const node = await start({ token: chain });
    node.advertise = (answer) => ({ ...answer, chains: [] });
    const { code, text } = await status(node);
    expect(code).toBe(1);
    expect(text).toContain('shows no chains');
  });

  it('takes a node with one chain for sound', async () => {
    const node = await start({ token: chain });
    node.advertise = (answer) => ({ ...answer, chains: answer.chains.slice(0, 1) });
    expect((await status(node)).code).toBe(0);
  });

  it('takes chains of one name for different ones where a node shows both', async () => {
    const other = new ChainBuilder(
      tokenContract({ producer: OTHER_PRODUCER.publicKey }),
      OTHER_PRODUCER,
    ).begin();
    const { code, nodes: shown } = await status(await start({ token: chain }), await start({ token: other }));
    expect(code).toBe(0);
    expect(shown.map(token)).toMatchObject([{ agreement: 'alone' }, { agreement: 'alone' }]);
  });

  it('asks a node once that is named twice', async () => {
    const node = await start({ token: chain });
    expect((await status(node, node)).nodes).toHaveLength(1);
  });

  it('refuses what is no address', async () => {
    const { code, stderr } = await run(['status', 'ftp://x']);
    expect([code, stderr]).toEqual([2, 'bpsc: ftp://x is no URL of a node, such as http://127.0.0.1:5000\n']);
  });
});

describe('many chains', () => {
  const many = Array.from({ length: 30 }, (_, at) => {
    const built = ChainBuilder.token({ name: `chain-${at}` });
    if (at === 3) built.seal([built.transfer()]);
    return built;
  });

  async function pair(): Promise<readonly [TestUpstream, TestUpstream]> {
    const [producer, follower] = await Promise.all([start(), start({ role: 'follower' })]);
    producer.chains = many;
    follower.chains = many.map((built, at) => (at === 3 ? first(built, 1) : built));
    for (const node of [producer, follower]) {
      const { misbehave } = node;
      node.misbehave = (asked, response) => {
        if (asked.path !== '/chains/chain-3/blocks/1') return misbehave?.(asked, response) ?? false;
        response.end(JSON.stringify(many[3]!.blocks[0]));
        return true;
      };
    }
    return [producer, follower];
  }

  it('have a line each, however many nodes there are', async () => {
    const { code, text } = await status(...(await pair()));
    expect(code).toBe(0);
    const lines = text.split('\n').map((line) => line.split(/ {2,}/).join('|'));
    expect(lines).toHaveLength(3 + 1 + 31 + 1);
    expect(lines.slice(0, 7)).toEqual([
      'NODE|ROLE|CHAINS|READY',
      expect.stringMatching(/^http\S+\|producer\|30\|yes$/),
      expect.stringMatching(/^http\S+\|follower\|30\|yes$/),
      '',
      'CHAIN|HEAD|HASH|ENTRIES|NODES|BEHIND|AGREEMENT',
      expect.stringMatching(/^chain-0\|1\|[0-9a-f]{12}\|0\|2\|-\|agree$/),
      expect.stringMatching(/^chain-1\|/),
    ]);
    expect(lines[8]).toMatch(/^chain-3\|2\|[0-9a-f]{12}\|1\|2\|up to 1\|agree$/);
  });

  it('are distinguished by their ids where two have one name', async () => {
    const node = await start();
    const other = new ChainBuilder(
      tokenContract({ name: 'chain-0', producer: OTHER_PRODUCER.publicKey }),
      OTHER_PRODUCER,
    ).begin();
    node.chains = [other];
    const { text } = await status((await pair())[0], node);
    expect(text.match(/^chain-0 \S+/gm)).toEqual(
      [many[0]!, other].map(({ chain: id }) => `chain-0 (${id.slice(0, 8)})`),
    );
  });

  it('are shown one by one where one is named', async () => {
    const { stdout } = await run(['status', '--chain', 'chain-7', ...(await pair()).map(({ url }) => url)]);
    expect(stdout.match(/chain-\d+/g)).toEqual(['chain-7', 'chain-7']);
    const { code, stdout: none } = await run(['status', '--chain', 'lead', nodes[0]!.url]);
    expect(code).toBe(1);
    expect(none).toContain('lead: it shows no such chain');
  });

  it('may be of a kind that is not known: that is no trouble', async () => {
    const node = await start({ token: chain });
    node.advertise = (answer) => ({
      ...answer,
      chains: [...answer.chains, { name: 'art', kind: 'image', contract: { version: 1, kind: 'image' } }],
    });
    const { code, text, nodes: shown } = await status(node);
    expect(code).toBe(0);
    expect(text).toMatch(/ art .* unsupported\b/);
    expect(shown[0]!.chains).toContainEqual({ name: 'art', unsupported: 'kind "image"' });
  });
});
