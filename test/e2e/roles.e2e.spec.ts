/** Several tokens with scopes: real processes, the command, and the chain of who did what. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCli } from '../support/cli.js';
import {
  call,
  killNodes,
  producerIn,
  startAndEnd,
  startNode,
  until,
  type Answer,
  type NodeProcess,
} from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const CHAINS = JSON.stringify([
  { kind: 'token', name: 'aka' },
  { kind: 'token', name: 'gold', symbol: 'GLD' },
  { kind: 'information', name: 'notes' },
  { kind: 'information', name: 'audit' },
]);
const TRANSFER = { sender: 'alice', recipient: 'bob', amount: '1' };

let folder: string;
let file: string;
let node: NodeProcess;
let env: Record<string, string>;

beforeAll(async () => {
  folder = temporaryFolder();
  file = path.join(folder, 'tokens.json');
  env = producerIn(folder, { CHAINS, API_TOKENS_FILE: file, AUDIT_CHAIN: 'audit' });
  node = await startNode(env);
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

async function token(name: string, ...options: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(['token', 'new', name, ...options], folder, {
    API_TOKENS_FILE: file,
  });
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return stdout.trim();
}

const post = (route: string, body: unknown, bearer: string): Promise<Answer> =>
  call(`${node.url}${route}`, body, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
  });

/** The node takes a new token within a second. */
const known = (bearer: string): Promise<unknown> =>
  until(async () => (await post('/chains/none/mine', undefined, bearer)).status !== 401 || undefined, 10_000);

async function records(): Promise<readonly Record<string, unknown>[]> {
  const { body } = (await call(`${node.url}/chains/audit/information?limit=100`)) as unknown as {
    body: { information: readonly { information: Record<string, unknown> }[] };
  };
  return body.information.map(({ information }) => information);
}

it('starts without tokens, and lets nobody change anything', async () => {
  expect(node.output()).toContain('there is no token in');
  expect(existsSync(file)).toBe(false);
  expect((await call(`${node.url}/transactions/new`, TRANSFER)).status).toBe(401);
  expect((await call(`${node.url}/chains`)).status).toBe(200);
});

it('lets a token do what its scopes and chains allow, and says what is missing', async () => {
  const shop = await token('shop', '--scopes', 'submit', '--chain', 'aka', '--chain', 'notes');
  const office = await token('office', '--scopes', 'seal,erase,chains,nodes');
  await known(shop);
  await known(office);

  expect((await post('/transactions/new', TRANSFER, shop)).status).toBe(201);
  const { body } = await post('/chains/notes/information', { information: 'a note' }, shop);
  const sealing = await post('/chains/aka/mine', undefined, shop);
  expect([
    sealing.status,
    sealing.body.code,
    sealing.body.detail,
    sealing.headers.get('www-authenticate'),
  ]).toEqual([
    403,
    'SCOPE_MISSING',
    'this route needs the scope seal: the token shop has submit',
    'Bearer error="insufficient_scope", scope="seal"',
  ]);
  const other = await post('/chains/gold/transactions', TRANSFER, shop);
  expect([other.status, other.body.code, other.body.detail]).toEqual([
    403,
    'CHAIN_NOT_ALLOWED',
    'the token shop is not for the chain gold: it is for aka, notes',
  ]);
  expect((await post('/chains/none/transactions', TRANSFER, shop)).status).toBe(404);
  expect((await post('/transactions/new', TRANSFER, office)).body.code).toBe('SCOPE_MISSING');

  expect((await post('/mine', undefined, office)).status).toBe(200);
  expect(
    (await post(`/chains/notes/information/${String(body.id)}/erase`, { reason: 'asked for' }, office))
      .status,
  ).toBe(201);
  expect((await post('/chains', { kind: 'information', name: 'more' }, office)).status).toBe(201);
  expect((await post('/nodes/register', { nodes: ['http://127.0.0.1:9'] }, office)).status).toBe(201);
  expect((await post('/chains/audit/mine', undefined, office)).status).toBe(200);

  const output = node.output();
  expect(output).toContain('The token shop was added: it allows submit on aka, notes');
  expect(output).toMatch(/The token shop: submit on aka, id [0-9a-f]{64}, block 2/);
  expect(output).toContain('The token office: seal on aka, block 2');
  for (const secret of [shop, office])
    expect(output + readFileSync(file, 'utf8')).not.toContain(secret.slice(5));
});

it('records privileged acts on AUDIT_CHAIN, each before it is answered, and takes nothing there from others', async () => {
  const all = await records();
  expect(all.map(({ act, token: name, chain }) => [act, name, chain])).toEqual(
    expect.arrayContaining([
      ['token added', 'shop', undefined],
      ['token added', 'office', undefined],
      ['seal', 'office', 'aka'],
      ['erase', 'office', 'notes'],
      ['chains', 'office', 'more'],
      ['nodes', 'office', undefined],
    ]),
  );
  expect(all.some(({ act }) => act === 'submit')).toBe(false);
  expect(all.find(({ act }) => act === 'seal')).toMatchObject({ block: 2, at: expect.any(Number) });

  const writer = await token('writer', '--scopes', 'submit');
  await known(writer);
  const forged = await post(
    '/chains/audit/information',
    { information: { act: 'seal', token: 'office' } },
    writer,
  );
  expect([forged.status, forged.body.code]).toEqual([403, 'AUDIT_CHAIN']);
});

it('refuses a revoked token without a restart, and keeps the last good tokens of a broken file', async () => {
  const guest = await token('guest', '--scopes', 'seal');
  await known(guest);
  await runCli(['token', 'revoke', 'guest'], folder, { API_TOKENS_FILE: file });
  await until(async () => (await post('/mine', undefined, guest)).status === 401 || undefined, 10_000);

  const writer = await token('teller', '--scopes', 'submit');
  await known(writer);
  const good = readFileSync(file);
  writeFileSync(file, '{"tokens": [{}]}');
  const metrics = async (): Promise<string> => (await fetch(`${node.url}/metrics`)).text();
  await until(async () => (await metrics()).includes('bpsc_tokens_file_readable 0') || undefined, 10_000);
  expect((await post('/transactions/new', TRANSFER, writer)).status).toBe(201);
  const ready = await fetch(`${node.url}/health/ready`);
  expect(ready.status).toBe(200);
  expect(await ready.text()).toContain('has a wrong token: tokens[0].name');
  expect(node.output()).toContain('the tokens from before stay valid');
  writeFileSync(file, good);
  await until(async () => (await metrics()).includes('bpsc_tokens_file_readable 1') || undefined, 10_000);
});

it('counts the requests of a token apart from those of its address', async () => {
  const reader = await token('reader', '--scopes', 'read');
  const limited = await startNode(
    producerIn(temporaryFolder(), { API_TOKENS_FILE: file, RATE_LIMIT_PER_MINUTE: '3' }),
  );
  const statuses = async (headers: Record<string, string>): Promise<number[]> => {
    const found: number[] = [];
    // Not by call(), which asks for the API's document too.
    for (let i = 0; i < 4; i++) found.push((await fetch(`${limited.url}/nodes`, { headers })).status);
    return found;
  };
  expect(await statuses({})).toEqual([200, 200, 200, 429]);
  expect(await statuses({ authorization: 'Bearer wrong' })).toEqual([429, 429, 429, 429]);
  expect(await statuses({ authorization: `Bearer ${reader}` })).toEqual([200, 200, 200, 429]);
  await limited.stop();
});

it('does not start with an audit chain that is none, or without tokens', async () => {
  await node.stop();
  const wrong = await startAndEnd({ ...env, AUDIT_CHAIN: 'gold' });
  expect([wrong.code, wrong.output]).toEqual([
    1,
    expect.stringContaining(
      'AUDIT_CHAIN must name an information chain of this producer: gold is of another kind',
    ),
  ]);
  const { API_TOKENS_FILE: _file, ...open } = env;
  expect((await startAndEnd(open)).output).toContain('AUDIT_CHAIN requires API_TOKEN or API_TOKENS_FILE');
});
