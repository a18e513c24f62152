/** The command on a producer of several chains, as real processes: makes a chain, pays on it, and verifies all of them. */
import path from 'node:path';
import { runCli, type CliResult } from '../support/cli.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const TOKEN = 'a-token-of-this-test';
const CHAINS = JSON.stringify([
  { kind: 'token', name: 'gold', symbol: 'GLD', decimals: 2 },
  { kind: 'information', name: 'notes' },
]);

const folder = temporaryFolder();
const home = temporaryFolder();
let node: NodeProcess;

const bpsc = (args: readonly string[], token = TOKEN): Promise<CliResult> =>
  runCli(args, folder, { HOME: home, BPSC_NODE: node.url, BPSC_API_TOKEN: token });

beforeAll(async () => {
  node = await startNode(producerIn(folder, { CHAINS, API_TOKEN: TOKEN }));
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

it('makes a chain on a node that runs, pays on it, and finds all chains in order', async () => {
  const created = await bpsc(['chain', 'new', 'token', 'silver', '--symbol', 'SLV', '--decimals', '3']);
  expect([created.code, created.stderr]).toEqual([0, '']);
  const id = created.stdout.trim();
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  const again = await bpsc(['chain', 'new', 'token', 'silver', '--symbol', 'SLV', '--decimals', '3']);
  expect([again.code, again.stdout]).toEqual([0, `${id}\n`]);
  const refused = await bpsc(['chain', 'new', 'token', 'lead'], 'another-token-of-this-test');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^bpsc: refused: /)]);
  expect((await bpsc(['chain', 'list'])).stdout).toMatch(/\nsilver +token +1 +0 +[0-9a-f]{64}\n/);

  for (const chain of ['silver', id]) {
    const sent = await bpsc(['send', '1', 'bob', '--from', 'alice', '--chain', chain]);
    expect([sent.code, sent.stdout]).toEqual([0, expect.stringMatching(/^sent +1 SLV to bob\n/)]);
  }
  expect((await bpsc(['send', '5', 'bob', '--from', 'alice'])).stdout).toMatch(/^sent +5 GLD to bob\n/);
  const authorized = { headers: { authorization: `Bearer ${TOKEN}` } };
  expect((await call(`${node.url}/chains/silver/mine`, {}, authorized)).status).toBe(200);

  const balances = await bpsc(['balance', 'bob', '--json']);
  expect(JSON.parse(balances.stdout)).toMatchObject({
    wallets: [
      { chain: 'gold', symbol: 'GLD', available: '4.99' },
      { chain: 'silver', chain_id: id, available: '1.998' },
    ],
  });
  const history = await bpsc(['history', 'bob', '--chain', 'silver', '--json']);
  expect((JSON.parse(history.stdout) as { transactions: unknown[] }).transactions).toHaveLength(2);

  for (const target of [node.url, path.join(folder, 'producer.db')]) {
    const verified = await bpsc(['verify', '-q', '--json', '--chain-id', id, target]);
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    expect(JSON.parse(verified.stdout)).toMatchObject({
      ok: true,
      chains: [
        { name: 'gold', blocks: 1 },
        { name: 'notes', blocks: 1 },
        { name: 'silver', id, blocks: 2, entries: 2 },
      ],
    });
  }
  const unknown = await bpsc(['watch', node.url, '--chain', 'lead']);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    `bpsc: ${node.url} has no chain lead: it has gold, notes, silver\n`,
  ]);
  const status = await bpsc(['status', node.url]);
  expect([status.code, status.stdout]).toEqual([0, expect.stringMatching(/ silver +2 /)]);
});
