import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { ALICE } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { isAddress } from '../../chain/entry/address.js';
import { run, type Run, type RunOptions } from '../testing/test-io.js';

afterAll(removeTemporary);

const PASSPHRASE = 'correct horse';
const settings = { passphrase: PASSPHRASE };
let home: string;
beforeEach(() => (home = temporaryFolder()));

const wallet = (args: readonly string[], options: RunOptions = { settings }): Promise<Run> =>
  run(['wallet', ...args], { home, ...options });
const folder = (): string => path.join(home, '.bpsc', 'wallets');

describe('bpsc wallet new', () => {
  it('makes a key that only its owner can read, in a folder likewise, and prints the address', async () => {
    const { code, stdout, stderr } = await wallet(['new', 'alice']);
    const file = path.join(folder(), 'alice.json');
    expect(code).toBe(0);
    expect(isAddress(stdout.trim())).toBe(true);
    expect(stderr).toBe(
      `The key is in ${file}: keep a copy of it, and of the passphrase. The wallet's address is\n`,
    );
    expect([statSync(file).mode & 0o777, statSync(folder()).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(readdirSync(folder())).toEqual(['alice.json']);
  });

  it('takes a file as well, and makes no folders for it', async () => {
    const file = path.join(home, 'my.json');
    expect((await wallet(['new', file, '--json'])).stdout).toContain(JSON.stringify(file));
    const { code, stderr } = await wallet(['new', path.join(home, 'no', 'my.json')]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^bpsc: .*my\.json cannot be written: ENOENT.*\n$/),
    ]);
    expect(existsSync(folder())).toBe(false);
  });

  it('overwrites nothing', async () => {
    await wallet(['new', 'alice']);
    const file = path.join(folder(), 'alice.json');
    const before = readFileSync(file, 'utf8');
    const { code, stdout, stderr } = await wallet(['new', 'alice']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`bpsc: ${file} exists, and a wallet is never overwritten: name another\n`);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(readdirSync(folder())).toEqual(['alice.json']);
  });

  it('asks for the passphrase twice', async () => {
    const made = await wallet(['new', 'alice'], { typed: [PASSPHRASE, PASSPHRASE] });
    expect(made.code).toBe(0);
    expect(made.stderr).toContain('New passphrase: The same again: ');
    const { code, stderr } = await wallet(['new', 'bob'], { typed: [PASSPHRASE, 'correct house'] });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('the two passphrases differ: nothing was made\n'),
    ]);
    expect(readdirSync(folder())).toEqual(['alice.json']);
  });

  it.each<[string, RunOptions, string]>([
    ['no terminal', {}, 'there is no terminal for entering the passphrase: set BPSC_PASSPHRASE'],
    ['a short one', { settings: { passphrase: 'short' } }, 'BPSC_PASSPHRASE must have 8 characters or more'],
    ['a short one typed', { typed: ['short'] }, 'the passphrase must have 8 characters or more'],
  ])('says what is wrong with %s', async (_name, options, message) => {
    const { code, stderr } = await wallet(['new', 'alice'], options);
    expect([code, stderr.split('\n').at(-2)]).toEqual([2, expect.stringContaining(`bpsc: ${message}`)]);
    expect(existsSync(folder())).toBe(false);
  });

  it('takes a key that there is', async () => {
    const input = `${'A1'.repeat(32)}\n`;
    const { stdout } = await wallet(['new', 'alice', '--import'], { settings, input });
    expect(stdout).toBe(`${ALICE.address}\n`);
    const { code, stderr } = await wallet(['new', 'bob', '--import'], { settings, input: 'secret!' });
    expect([code, stderr]).toEqual([2, 'bpsc: the private key must be 64 hex digits, on stdin\n']);
  });
});

describe('bpsc wallet list and show', () => {
  it('show addresses without a passphrase', async () => {
    await wallet(['new', 'alice', '--import'], { settings, input: 'a1'.repeat(32) });
    writeFileSync(path.join(folder(), 'broken.json'), '{}');
    const list = await wallet(['list'], {});
    expect(list.stdout).toMatch(
      new RegExp(`^WALLET +ADDRESS\nalice +${ALICE.address}\nbroken +.* is not a bpsc wallet`),
    );
    const json = JSON.parse((await wallet(['list', '--json'], {})).stdout) as { wallets: object[] };
    expect(json.wallets).toMatchObject([
      { address: ALICE.address },
      { broken: expect.any(String) as string },
    ]);
    const show = await wallet(['show', 'alice'], {});
    expect(show.stdout).toMatch(
      new RegExp(`^address +${ALICE.address}\npublic key +${ALICE.publicKey}\nfile `),
    );
    expect(JSON.parse((await wallet(['show', 'alice', '--json'], {})).stdout)).toMatchObject({
      address: ALICE.address,
    });
  });

  it('warn of a file that others can read', async () => {
    await wallet(['new', 'alice']);
    chmodSync(path.join(folder(), 'alice.json'), 0o644);
    const { code, stderr } = await wallet(['show'], {});
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/can be read by users other than its owner: chmod 600 it\n$/),
    ]);
  });

  it('say that there is none, or too many', async () => {
    expect((await wallet(['list'], {})).stderr).toMatch(
      /^bpsc: there are no wallets in .*: bpsc wallet new makes one\n$/,
    );
    expect((await wallet(['show'], {})).stderr).toMatch(/^bpsc: there is no wallet yet: /);
    mkdirSync(folder(), { recursive: true });
    for (const name of ['a', 'b']) writeFileSync(path.join(folder(), `${name}.json`), '{}');
    expect((await wallet(['show'], {})).stderr).toBe(
      'bpsc: which wallet? Name one with --wallet, or in BPSC_WALLET: a, b\n',
    );
    expect((await wallet(['show'], { settings: { wallet: 'a' } })).stderr).toContain(
      'a.json is not a bpsc wallet',
    );
    expect((await wallet(['show', 'none'], {})).stderr).toMatch(/^bpsc: there is no wallet .*none\.json\n$/);
  });

  it('are explained', async () => {
    const { code, stdout } = await wallet(['help', 'new'], {});
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: bpsc wallet new /)]);
    expect((await wallet(['new'], {})).stderr).toMatch(/\nSee bpsc wallet help new\.\n$/);
  });
});
