/** `bpsc verify` where it may not write: on a read-only mount, and as another user than the one whose file it is. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import { killNodes, producerIn, startNode } from '../support/node-process.js';

const MAIN = path.resolve('dist/cli/main.js');
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
/** A mount of its own for what is run, seen by nobody else. */
const UNSHARED = ['unshare', '--mount', 'sh', '-ec'];

const can = (command: readonly string[]): boolean => spawnSync(command[0]!, command.slice(1)).status === 0;
const canMount = can([...UNSHARED, 'mount -t tmpfs none /mnt && mount -o remount,ro /mnt']);
const canBeNobody = can([
  ...NOBODY,
  process.execPath,
  '-e',
  `require('fs').readFileSync(${JSON.stringify(MAIN)})`,
]);
if (!canMount || !canBeNobody) {
  process.stderr.write(
    `read-only.e2e.spec.ts: ${canMount ? '' : 'no mounts here; '}${canBeNobody ? '' : 'no other user here; '}tests are skipped\n`,
  );
}

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function verify(command: readonly string[], file: string): Result {
  const args = [...command.slice(1), process.execPath, MAIN, 'verify', '-q', '--json', file];
  // Where copies are made; sticky, as /tmp is.
  const TMPDIR = temporaryFolder();
  chmodSync(TMPDIR, 0o1777);
  const env = { ...process.env, TMPDIR };
  const { status, stdout, stderr } = spawnSync(command[0]!, args, { encoding: 'utf8', env });
  expect(readdirSync(TMPDIR)).toEqual([]);
  return { code: status, stdout, stderr };
}

/** Verifies in a folder that is mounted read-only. */
function verifyReadOnly(file: string): Result {
  const folder = path.dirname(file);
  return verify(
    [...UNSHARED, `mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"`, folder],
    file,
  );
}

/** A database as a clean stop leaves it, and as kill -9 does, with and without the log's index. */
const folders: Record<string, string> = {};
let stopped: string;
let blocks: number;

beforeAll(async () => {
  const folder = temporaryFolder();
  const env = producerIn(folder);
  const node = await startNode(env);
  for (let nonce = 0; nonce < 3; nonce++) {
    await fetch(`${node.url}/transactions/new`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sender: 'alice', recipient: 'bob', amount: '1', nonce: String(nonce) }),
    });
    await fetch(`${node.url}/mine`, { method: 'POST' });
  }
  const place = (name: string, ends: readonly string[]): void => {
    const of = path.join(folder, name);
    mkdirSync(of);
    for (const end of ends) copyFileSync(file + end, path.join(of, `node.db${end}`));
    folders[name] = of;
  };
  const file = (env.DATABASE_URL ?? '').slice('file:'.length);
  place('killed', ['', '-wal', '-shm']);
  place('without index', ['', '-wal']);
  await node.stop();
  place('stopped', ['']);
  stopped = path.join(folders.stopped ?? '', 'node.db');
  blocks = blocksOf(verify(['env'], stopped));
  // Readable to everybody, writable to root.
  chmodSync(folder, 0o755);
  for (const each of Object.values(folders)) {
    chmodSync(each, 0o755);
    for (const name of readdirSync(each)) chmodSync(path.join(each, name), 0o644);
  }
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

function blocksOf({ stdout }: Result): number {
  return (JSON.parse(stdout) as { chains: { blocks: number }[] }).chains[0]?.blocks ?? 0;
}

describe.each(['stopped', 'killed', 'without index'])('the database of a node that was %s', (name) => {
  const ways: [string, boolean, (file: string) => Result][] = [
    ['on a read-only mount', canMount, verifyReadOnly],
    ['as another user', canBeNobody, (file) => verify(NOBODY, file)],
  ];
  for (const [way, isPossible, verifyThere] of ways) {
    (isPossible ? it : it.skip)(`is verified ${way}, and nothing is left`, () => {
      const folder = folders[name] ?? '';
      const before = readdirSync(folder);
      const result = verifyThere(path.join(folder, 'node.db'));
      expect([result.code, result.stderr]).toEqual([0, '']);
      expect(blocksOf(result)).toBe(blocks);
      expect(blocks).toBeGreaterThanOrEqual(4);
      expect(readdirSync(folder)).toEqual(before);
    });
  }
});

(canMount ? it : it.skip)('a full disk for the copy is reported in one line', () => {
  const folder = path.dirname(stopped);
  const script = `
    mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"
    mount -t tmpfs -o size=64k none /mnt; export TMPDIR=/mnt; exec "$@"`;
  const { code, stderr } = verify([...UNSHARED, script, folder], stopped);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^bpsc: .* can only be read from a copy, and \/mnt has no room for one: set TMPDIR[^\n]*\n$/,
  );
});

(canBeNobody ? it : it.skip)('a file that may not be read is reported in one line', () => {
  const folder = path.join(path.dirname(path.dirname(stopped)), 'secret');
  mkdirSync(folder);
  const file = path.join(folder, 'node.db');
  copyFileSync(stopped, file);
  chmodSync(file, 0o600);
  chmodSync(folder, 0o755);
  const { code, stderr } = verify(NOBODY, file);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^bpsc: [^\n]*cannot be read: [^\n]*\n$/);
});
