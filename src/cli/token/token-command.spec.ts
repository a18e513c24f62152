import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { sha256 } from '../../access/token-list.js';
import { run, type Run } from '../testing/test-io.js';

afterAll(removeTemporary);

let tokensFile: string;
beforeEach(() => (tokensFile = path.join(temporaryFolder(), 'tokens.json')));
const bpsc = (...args: string[]): Promise<Run> =>
  run(['token', ...args], { settings: { tokensFile }, time: 1_760_000_000_000 });

it('prints a token once, and keeps its hash, its scopes and its chains', async () => {
  const { code, stdout, stderr } = await bpsc(
    'new',
    'shop',
    '--scopes',
    'submit,seal',
    '--chain',
    'aka',
    '--chain',
    'gold',
  );
  expect([code, stderr]).toEqual([0, 'It is not stored anywhere and can’t be shown again: keep it now\n']);
  const token = stdout.trim();
  expect(token).toMatch(/^bpsc_[A-Za-z0-9_-]{43}$/);
  expect(JSON.parse(readFileSync(tokensFile, 'utf8'))).toEqual({
    tokens: [
      {
        name: 'shop',
        sha256: sha256(token).toString('hex'),
        scopes: ['submit', 'seal'],
        chains: ['aka', 'gold'],
        created_at: 1_760_000_000_000,
      },
    ],
  });
  expect(statSync(tokensFile).mode & 0o777).toBe(0o600);
});

it('lists what there is, and revokes by name', async () => {
  await bpsc('new', 'shop', '--scopes', 'submit', '--chain', 'aka');
  const made = await bpsc('new', 'office', '--scopes', 'erase', '--json');
  expect(JSON.parse(made.stdout)).toMatchObject({ name: 'office', scopes: ['erase'], chains: null });
  expect((await bpsc('list')).stdout).toBe(
    'TOKEN   SCOPES  CHAINS  MADE\n' +
      'shop    submit  aka     2025-10-09T08:53:20.000Z\n' +
      'office  erase   all     2025-10-09T08:53:20.000Z\n',
  );
  expect(await bpsc('revoke', 'shop')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'The token shop is revoked\n',
  });
  const left = JSON.parse((await bpsc('list', '--json')).stdout);
  expect(left).toEqual({
    tokens: [{ name: 'office', scopes: ['erase'], chains: null, created_at: 1_760_000_000_000 }],
  });
});

it.each<[string, readonly string[], RegExp]>([
  ['no scope', ['new', 'a'], /--scopes/],
  ['an unknown scope', ['new', 'a', '--scopes', 'write'], /They must be of submit, seal, erase/],
  ['a name in capitals', ['new', 'Shop', '--scopes', 'read'], /It must be 1 to 64 characters/],
  [
    'a chain that is none',
    ['new', 'a', '--scopes', 'submit', '--chain', 'A'],
    /names "A", which is no name or id/,
  ],
  [
    'a scope that no chain limits',
    ['new', 'a', '--scopes', 'nodes', '--chain', 'aka'],
    /concerns the whole node/,
  ],
  ['a name that is taken', ['new', 'there', '--scopes', 'read'], /there is a token there in .* already/],
  ['a token that is not there', ['revoke', 'b'], /there is no token b in/],
])('refuses %s, and changes nothing', async (_what, args, message) => {
  await bpsc('new', 'there', '--scopes', 'read');
  const before = readFileSync(tokensFile, 'utf8');
  const { code, stderr } = await bpsc(...args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(readFileSync(tokensFile, 'utf8')).toBe(before);
});

it('says which file it needs', async () => {
  expect((await run(['token', 'list'])).stderr).toContain(
    'name the tokens file with --file, or set API_TOKENS_FILE',
  );
  expect((await bpsc('list')).stderr).toContain(`there is no tokens file ${tokensFile}`);
});
