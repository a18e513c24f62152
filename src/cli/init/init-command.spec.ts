import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { readConfig } from '../../config/read-config.js';
import { run, type RunOptions, type Run } from '../testing/test-io.js';

afterAll(removeTemporary);

const init = (folder: string, args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  run(['init', folder, ...args], options);
const read = (folder: string, name: string): string => readFileSync(path.join(folder, name), 'utf8');
const chains = (folder: string): unknown => JSON.parse(read(folder, 'chains.json'));

/** The variables in a file, as Node reads them. */
function variables(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

describe('bpsc init', () => {
  it('writes settings that a node accepts, with a token of its own each time', async () => {
    const [one, two] = [path.join(temporaryFolder(), 'new'), temporaryFolder()];
    expect(await init(one, ['--yes'])).toMatchObject({ code: 0, stderr: '' });
    expect(await init(two, ['--yes'])).toMatchObject({ code: 0 });
    expect(readdirSync(one).sort()).toEqual([
      '.env',
      '.gitignore',
      'README.md',
      'chains.json',
      'follower.env',
    ]);
    expect(chains(one)).toMatchObject([{ kind: 'token', name: 'points', decimals: 0 }]);
    const env = variables(read(one, '.env'));
    expect(readConfig({ ...env, CHAINS: path.join(one, 'chains.json') })).toMatchObject({
      role: 'producer',
      port: 5000,
      apiToken: env['API_TOKEN'],
    });
    expect(readConfig(variables(read(one, 'follower.env')))).toMatchObject({ role: 'follower', port: 5001 });
    expect(read(two, '.env')).not.toContain(env['API_TOKEN']);
  });

  it('prints JSON', async () => {
    const folder = temporaryFolder();
    const { stdout } = await init(folder, ['--yes', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ folder, files: expect.arrayContaining(['.env']) as string[] });
  });

  it('lets only the owner read the file with the token', async () => {
    const folder = temporaryFolder();
    await init(folder, ['--yes']);
    expect(statSync(path.join(folder, '.env')).mode & 0o777).toBe(0o600);
  });

  it('asks for what no option says, again after an answer that is not valid', async () => {
    const folder = temporaryFolder();
    const typed = ['gold', 'tokens, certificates', 'maybe', '', '70000', '7000', '7000', '7005'];
    const { code, stderr } = await init(folder, [], { typed });
    expect(code).toBe(0);
    expect(typed).toEqual([]);
    for (const complaint of [
      'It must be one or more of tokens, points, certificates, audit-log, not gold.',
      'It must be open or signed, not maybe.',
      'It must be a port, a number from 1 to 65535.',
      'The producer has port 7000: the follower needs another.',
    ]) {
      expect(stderr).toContain(complaint);
    }
    expect(chains(folder)).toMatchObject([
      { kind: 'token', name: 'tokens', wallets: { policy: 'open' } },
      { kind: 'information', name: 'certificates' },
    ]);
    expect(read(folder, 'follower.env')).toContain('PORT=7005\nPRODUCER_URL=http://127.0.0.1:7000\n');
  });

  it('does not ask about wallets where there are only records', async () => {
    const folder = temporaryFolder();
    const { stderr } = await init(folder, ['--for', 'audit-log'], { typed: ['', ''] });
    expect(stderr).not.toContain('Wallets');
    expect(chains(folder)).toEqual([
      { kind: 'information', name: 'audit-log', schedule: { interval_ms: 1000 } },
    ]);
  });

  it('makes the wallet of the issuer of signed tokens', async () => {
    const folder = temporaryFolder();
    const settings = { passphrase: 'correct horse' };
    expect(await init(folder, ['--yes', '--policy', 'signed'], { settings })).toMatchObject({ code: 0 });
    const { address } = JSON.parse(read(folder, 'wallets/issuer.json')) as { address: string };
    expect(chains(folder)).toMatchObject([{ wallets: { policy: 'signed', issuer: address } }]);
    expect(read(folder, '.gitignore')).toContain('wallets/');
  });

  it.each([
    [['--for', 'gold', '--yes'], "argument 'gold' is invalid. It must be one or more of"],
    [['--port', '0', '--yes'], 'It must be a port, a number from 1 to 65535.'],
    [
      ['--port', '5', '--follower-port', '5', '--yes'],
      'The producer has port 5: the follower needs another.',
    ],
    [['--policy', 'closed', '--yes'], 'Allowed choices are open, signed.'],
    [[], 'there is no terminal to ask on: use --yes'],
  ])('refuses %s and writes nothing', async (args, message) => {
    const folder = temporaryFolder();
    const { code, stderr } = await init(folder, args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('overwrites nothing, and then writes nothing', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'wallets'));
    writeFileSync(path.join(folder, 'chains.json'), 'mine');
    const { code, stderr } = await init(folder, ['--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('chains.json already exists, and no file is overwritten');
    expect(readdirSync(folder).sort()).toEqual(['chains.json', 'wallets']);
    expect(read(folder, 'chains.json')).toBe('mine');
  });
});
