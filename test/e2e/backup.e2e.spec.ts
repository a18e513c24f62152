/** Backup and restore with real processes: under load, after kill -9, and when the backup itself is cut off. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { runCli, type CliResult } from '../support/cli.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startAndEnd,
  startNode,
  until,
  type NodeProcess,
} from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const TOKEN = 'the-token-of-this-test';
const AUTHORIZED = { headers: { authorization: `Bearer ${TOKEN}` } };

let folder: string;
let env: Record<string, string>;
let producer: NodeProcess;
let backup: string;

/** What the producer has answered 201 to, by id. */
const accepted = new Set<string>();

beforeAll(async () => {
  folder = temporaryFolder();
  env = producerIn(folder, {
    API_TOKEN: TOKEN,
    API_TOKENS_FILE: path.join(folder, 'tokens.json'),
    CHECKPOINT_FILE: path.join(folder, 'heads'),
    BLOCK_INTERVAL_MS: '100',
  });
  producer = await startNode(env);
  backup = path.join(folder, 'backups', 'first');
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

/** The command gets the node's settings as its environment. */
const bpsc = (settings: Record<string, string>, ...args: string[]): Promise<CliResult> =>
  runCli(args, folder, settings);

async function send(node: NodeProcess, nonce: string): Promise<void> {
  const body = { sender: 'alice', recipient: 'bob', amount: '1', nonce };
  const answer = await call(`${node.url}/transactions/new`, body, AUTHORIZED);
  expect(answer.status).toBe(201);
  accepted.add((answer.body as unknown as { transaction: { id: string } }).transaction.id);
}

/** The hash of each chain's last block. */
async function heads(url: string): Promise<Readonly<Record<string, string>>> {
  const { body } = await call(`${url}/chains`);
  const { chains } = body as unknown as { chains: { name: string; head: { hash: string } }[] };
  return Object.fromEntries(chains.map(({ name, head }) => [name, head.hash]));
}

it('backs up a producer under load, for its owner alone, with a manifest of every file', async () => {
  await bpsc(env, 'token', 'new', 'shop', '--scopes', 'submit');
  for (let i = 0; i < 20; i++) await send(producer, `before-${i}`);
  const before = new Set(accepted);
  const enough = new AbortController();
  const load = (async () => {
    for (let i = 0; !enough.signal.aborted; i++) await send(producer, `during-${i}`);
  })();
  const result = await bpsc(env, 'backup', backup, '--json');
  enough.abort();
  await load;
  expect([result.code, result.stderr]).toEqual([0, '']);
  expect(accepted.size).toBeGreaterThan(before.size);

  const manifest = JSON.parse(readFileSync(path.join(backup, 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ format: 'bpsc-backup-1', role: 'producer', secrets: ['API_TOKEN'] });
  expect(manifest.files.map(({ variable }: { variable: string }) => variable)).toEqual([
    'DATABASE_URL',
    'PRODUCER_KEY_FILE',
    'CHECKPOINT_FILE',
    'API_TOKENS_FILE',
  ]);
  expect(manifest.chains[0].index).toBeGreaterThan(1);
  expect(statSync(backup).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(backup)) {
    expect([name, statSync(path.join(backup, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(readFileSync(path.join(backup, name)).includes(TOKEN)).toBe(false);
  }
  expect(readdirSync(path.dirname(backup))).toEqual(['first']);

  // Everything that was accepted before the backup began is in it.
  const copy = path.join(temporaryFolder(), 'copy.db');
  copyFileSync(path.join(backup, 'database.db'), copy);
  const audit = await bpsc({}, 'verify', copy);
  expect([audit.code, audit.stderr]).toEqual([0, expect.any(String)]);
});

it('replaces nothing', async () => {
  const again = await bpsc(env, 'backup', backup);
  expect([again.code, again.stderr]).toEqual([
    2,
    `bpsc: ${backup} exists already: a backup replaces nothing\n`,
  ]);
  const there = await bpsc(env, 'restore', backup);
  expect([there.code, there.stderr]).toEqual([2, expect.stringContaining('there is a database already')]);
});

it('comes back after kill -9 in another folder, and its follower goes on', async () => {
  const last = path.join(folder, 'backups', 'last');
  // Nothing after this is accepted: the backup is the newest state.
  expect((await bpsc(env, 'backup', last, '--quick')).code).toBe(0);
  const follower = await startNode(followerIn(folder, producer.url));
  await until(async () => (await call(`${follower.url}/health/ready`)).status === 200);
  const seen = await heads(producer.url);
  await producer.stop('SIGKILL');

  const other = temporaryFolder();
  const settings = producerIn(other, {
    API_TOKENS_FILE: path.join(other, 'tokens.json'),
    CHECKPOINT_FILE: path.join(other, 'heads'),
    BLOCK_INTERVAL_MS: '100',
  });
  const result = await bpsc(settings, 'restore', last);
  expect(result.code).toBe(0);
  expect(result.stderr).toContain('Set before the start, it is not in the backup: API_TOKEN');
  expect(result.stderr).toContain('The node refuses to start if its CHECKPOINT_FILE');
  expect(result.stdout).toContain('BLOCK_INTERVAL_MS=100\n');
  const restored = await startNode({
    ...env,
    ...settings,
    PORT: new URL(producer.url).port,
  });
  for (const id of accepted) {
    const { status } = await call(`${restored.url}/transactions/${id}`);
    expect([id, status]).toEqual([id, 200]);
  }
  await send(restored, 'after');
  expect((await call(`${restored.url}/mine`, undefined, { ...AUTHORIZED, method: 'POST' })).status).toBe(200);
  await until(
    async () => JSON.stringify(await heads(follower.url)) === JSON.stringify(await heads(restored.url)),
  );
  expect(await heads(follower.url)).not.toEqual(seen);
  for (const target of [follower.url, restored.url]) {
    expect((await bpsc({}, 'verify', target)).code).toBe(0);
  }
  await follower.stop();

  // The first backup is behind what CHECKPOINT_FILE shows: it is restored beside it, and refuses to sign.
  await restored.stop();
  for (const each of readdirSync(other)) if (each.startsWith('producer.db')) rmSync(path.join(other, each));
  const old = await bpsc(settings, 'restore', backup);
  expect([old.code, old.stderr]).toEqual([
    0,
    expect.stringContaining('heads (CHECKPOINT_FILE) was there already'),
  ]);
  const refused = await startAndEnd({ ...env, ...settings });
  expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('is an older copy of itself')]);
});

it('is refused when a file of it was changed, is missing, or when it was never finished', async () => {
  const target = (): Record<string, string> => producerIn(temporaryFolder());
  const damaged = path.join(temporaryFolder(), 'damaged');
  cpSync(backup, damaged, { recursive: true });
  const database = path.join(damaged, 'database.db');
  const bytes = readFileSync(database);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(database, bytes);
  const into = target();
  const changed = await bpsc(into, 'restore', damaged);
  expect([changed.code, changed.stderr]).toEqual([
    2,
    expect.stringContaining('is not the file of the manifest'),
  ]);
  rmSync(database);
  expect((await bpsc(into, 'restore', damaged)).stderr).toContain('the backup is damaged');
  rmSync(path.join(damaged, 'manifest.json'));
  expect((await bpsc(into, 'restore', damaged)).stderr).toContain('is not a backup: it has no manifest.json');
  expect(existsSync(into.DATABASE_URL!.slice('file:'.length))).toBe(false);
});

it('leaves no folder that can be restored when it is killed in the middle', async () => {
  const parent = path.join(temporaryFolder(), 'cut-off');
  mkdirSync(parent);
  const goal = path.join(parent, 'goal');
  // The backup reads the database, so it waits for this lock in the middle of its work.
  const lock = new Database(path.join(folder, 'producer.db'));
  lock.pragma('locking_mode = EXCLUSIVE');
  lock.exec('BEGIN EXCLUSIVE');
  const child = spawn(process.execPath, [path.resolve('dist/cli/main.js'), 'backup', goal], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const unfinished = await until(() => readdirSync(parent)[0]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  lock.close();
  expect(unfinished).toMatch(/^goal\.[0-9a-f]{8}\.unfinished$/);
  expect(existsSync(goal)).toBe(false);
  const result = await bpsc(producerIn(temporaryFolder()), 'restore', path.join(parent, unfinished));
  expect([result.code, result.stderr]).toEqual([2, expect.stringContaining('has no manifest.json')]);
});

it('refuses a database that breaks a rule, and leaves nothing', async () => {
  const broken = temporaryFolder();
  const settings = producerIn(broken, { BLOCK_INTERVAL_MS: '' });
  const node = await startNode(settings);
  await call(`${node.url}/transactions/new`, { sender: 'a', recipient: 'b', amount: '1' });
  await call(`${node.url}/mine`, undefined, { method: 'POST' });
  await node.stop();
  const db = new Database(settings.DATABASE_URL!.slice('file:'.length));
  db.exec(`UPDATE wallet SET received = '9' WHERE rowid = (SELECT min(rowid) FROM wallet)`);
  db.close();
  const goal = path.join(broken, 'backup');
  const result = await bpsc(settings, 'backup', goal);
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining('wallet')]);
  expect(readdirSync(broken).filter((name) => name.startsWith('backup'))).toEqual([]);
});
