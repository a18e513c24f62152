/** `bpsc chain`, and the commands that take `--chain`, against nodes that are stubs. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ChainBuilder, type Wire } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { problem, StubNode } from '../../client/testing/stub-node.js';
import { run, type Run } from '../testing/test-io.js';

const gold = ChainBuilder.token({ name: 'gold' });
const silver = ChainBuilder.token({ name: 'silver', token: { symbol: 'SLV', decimals: 2 } });
const notes = ChainBuilder.information({ name: 'notes' });

let node: StubNode;
let home: string;
beforeEach(async () => {
  node = await StubNode.start(gold, notes, silver);
  home = temporaryFolder();
});
afterEach(() => node.close());
afterAll(removeTemporary);

const bpsc = (...args: readonly string[]): Promise<Run> =>
  run(args, { home, settings: { node: node.url, apiToken: 'secret' } });

const wallet = (address: string, available: string): Wire => ({
  address,
  ...{ available, held: '0', balance: available, issued: '0', sent: '0', received: available },
  ...{ fees_paid: '0', fees_collected: '0', transactions_sent: 0, transactions_received: 1 },
});

const created = (chain: ChainBuilder): void => {
  const { transactions: _, information: __, ...head } = chain.blocks[0]!;
  const { contract, chain: id } = chain;
  const answer = { id, name: contract.name, kind: contract.kind, contract, head };
  node.script.push((response) => void response.writeHead(201).end(JSON.stringify(answer)));
};

describe('bpsc chain new', () => {
  it('asks for what was said and nothing else, with the token, and prints the id', async () => {
    created(silver);
    const options = ['--symbol', 'SLV', '--decimals', '2', '--fee-rate', '0', '--interval', '500'];
    const { code, stdout } = await bpsc('chain', 'new', 'token', 'silver', ...options);
    expect([code, stdout]).toEqual([0, `${silver.chain}\n`]);
    expect(node.posts).toMatchObject([{ path: '/chains', headers: { authorization: 'Bearer secret' } }]);
    expect(node.posts[0]!.body).toEqual({
      kind: 'token',
      name: 'silver',
      symbol: 'SLV',
      decimals: 2,
      fee: { rate: '0' },
      schedule: { interval_ms: 500 },
    });
    created(notes);
    const json = await bpsc('chain', 'new', 'information', 'notes', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ name: 'notes', kind: 'information', id: notes.chain });
    expect(node.posts[1]!.body).toEqual({ kind: 'information', name: 'notes' });
  });

  it('says why it was refused', async () => {
    node.script.push(problem(403, 'API_TOKEN_NEEDED'));
    const { code, stderr } = await bpsc('chain', 'new', 'token', 'lead');
    expect([code, stderr]).toEqual([1, 'bpsc: refused: says API_TOKEN_NEEDED (API_TOKEN_NEEDED)\n']);
  });

  it('names its own variable for the token where the node asks for one', async () => {
    node.script.push(problem(401, 'UNAUTHORIZED'), problem(403, 'TOKEN_NEEDED'));
    expect((await bpsc('chain', 'new', 'token', 'lead')).stderr).toContain(
      "(UNAUTHORIZED): set BPSC_API_TOKEN to the node's API_TOKEN, or to a token of its API_TOKENS_FILE\n",
    );
    expect((await bpsc('chain', 'new', 'token', 'lead')).stderr).toContain(
      '(TOKEN_NEEDED): API_TOKEN is set on the node, and BPSC_API_TOKEN to the same for this command\n',
    );
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a kind that is none', ['image', 'art'], /It must be token or information\./],
    ['no name', ['token'], /missing required argument 'name'/],
    ['decimals that are none', ['token', 'a', '--decimals', 'two'], /It must be a whole number\./],
    ['a policy that is none', ['token', 'a', '--policy', 'closed'], /open, signed/],
  ])('refuses %s before it asks anything', async (_what, args, message) => {
    const { code, stderr } = await bpsc('chain', 'new', ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(node.posts).toEqual([]);
  });
});

it('bpsc chain list shows the chains of a node', async () => {
  const { code, stdout } = await bpsc('chain', 'list');
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['CHAIN', 'KIND', 'BLOCKS', 'ENTRIES', 'ID'],
    ['gold', 'token', '1', '0', gold.chain],
    ['notes', 'information', '1', '0', notes.chain],
    ['silver', 'token', '1', '0', silver.chain],
    [''],
  ]);
});

describe('--chain', () => {
  const base = `/chains/${silver.chain}`;

  it.each(['silver', silver.chain])('bpsc send pays on it: %s', async (name) => {
    const { code, stdout } = await bpsc('send', '1', 'bob', '--from', 'alice', '--chain', name);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^sent +1 SLV to bob\n/)]);
    expect(node.posts.map(({ path: to }) => to)).toEqual([`${base}/transactions`]);
  });

  it('bpsc send --resume sends the same again to the same chain', async () => {
    node.script.push(...Array<'lose'>(5).fill('lose'));
    const lost = await bpsc('send', '1', 'bob', '--from', 'alice', '--chain', 'silver', '--timeout', '0.2');
    expect(lost.code).toBe(4);
    expect(readdirSync(path.join(home, '.bpsc/wallets'))).toHaveLength(1);
    const { code, stdout } = await bpsc('send', '--resume', '--from', 'alice');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^sent +1 SLV to bob\n/)]);
    expect(new Set(node.posts.map(({ path: to, text }) => `${to} ${text}`)).size).toBe(1);
    expect(node.accepted).toHaveLength(1);
  });

  it('bpsc accept answers on it, balance and history read it', async () => {
    await bpsc('accept', 'ab'.repeat(32), '--from', 'bob', '--chain', 'silver');
    expect(node.posts.map(({ path: to }) => to)).toEqual([`${base}/transactions/${'ab'.repeat(32)}/accept`]);
    node.answers.set(`${base}/wallets/bob`, wallet('bob', '7'));
    node.answers.set(`${base}/transactions?address=bob`, { transactions: [], next_cursor: null });
    expect((await bpsc('balance', 'bob', '--chain', 'silver')).stdout).toContain('available  7 SLV\n');
    expect((await bpsc('history', 'bob', '--chain', 'silver')).code).toBe(0);
  });

  it('is refused where there is none, or one of another kind', async () => {
    const unknown = await bpsc('balance', 'bob', '--chain', 'lead');
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      `bpsc: the chain lead is none of ${node.url}, which has gold, notes, silver\n`,
    ]);
    const other = await bpsc('send', '1', 'bob', '--from', 'alice', '--chain', 'notes');
    expect([other.code, other.stderr]).toEqual([
      2,
      'bpsc: the chain notes is a chain of the kind information, not token\n',
    ]);
    const pinned = await bpsc('balance', 'bob', '--chain', 'silver', '--chain-id', gold.chain);
    expect([pinned.code, pinned.stderr]).toEqual([1, expect.stringContaining('belongs to another chain')]);
    expect(node.posts).toEqual([]);
  });
});

describe('bpsc balance without a chain', () => {
  it('shows every token chain where there are several', async () => {
    const wallets = [gold, silver].map(({ contract, chain }, at) => ({
      chain: contract.name,
      id: chain,
      symbol: (contract.token as { symbol: string }).symbol,
      ...wallet('bob', String(at + 1)),
    }));
    node.answers.set('/addresses/bob', { address: 'bob', wallets });
    node.answers.set('/addresses/eve', { address: 'eve', wallets: [] });
    const { code, stdout } = await bpsc('balance', 'bob');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['CHAIN', 'AVAILABLE', 'HELD', 'BALANCE', 'SYMBOL'],
      ['gold', '1', '0', '1', 'AKA'],
      ['silver', '2', '0', '2', 'SLV'],
      [''],
    ]);
    expect(JSON.parse((await bpsc('balance', 'bob', '--json')).stdout)).toMatchObject({
      address: 'bob',
      wallets: [{ chain: 'gold', chain_id: gold.chain, available: '1' }, { symbol: 'SLV' }],
    });
    expect((await bpsc('balance', 'eve')).stdout).toBe(
      'eve was never named on any token chain of this node\n',
    );
  });

  it('shows the one that there is', async () => {
    node.chains = [gold, notes];
    node.answers.set('/wallets/bob', wallet('bob', '3'));
    expect((await bpsc('balance', 'bob')).stdout).toContain('available  3 AKA\n');
  });
});
