import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ChainBuilder } from '../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { StubNode } from '../client/testing/stub-node.js';
import { run, type Run, type RunOptions } from './testing/test-io.js';

afterAll(removeTemporary);

let home: string;
beforeEach(() => {
  home = temporaryFolder();
});
const bpsc = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  run(args, { home, ...options });
const profilesFile = (): string => path.join(home, '.bpsc', 'profiles.json');

describe('bpsc use', () => {
  it('creates a profile, changes it, chooses it, lists all, and removes it', async () => {
    expect((await bpsc(['use'])).stdout).toBe(
      'There are no profiles yet: bpsc use <name> --node <url> creates one\n',
    );
    await bpsc(['use', 'school', '--node', 'ledger.example.org:5000', '--information-chain', 'diplomas']);
    const shown = await bpsc(['use', 'local', '--node', '127.0.0.1:5000', '--wallet', 'alice']);
    expect(shown).toEqual({ code: 0, stdout: 'node    http://127.0.0.1:5000\nwallet  alice\n', stderr: '' });
    await bpsc(['use', 'local', '--token-chain', 'gold']);
    const list = async (): Promise<unknown> => JSON.parse((await bpsc(['use', '--json'])).stdout);
    const school = { node: 'http://ledger.example.org:5000', information_chain: 'diplomas' };
    const local = { node: 'http://127.0.0.1:5000', token_chain: 'gold', wallet: 'alice' };
    expect(await list()).toEqual({ current: 'local', profiles: { school, local } });
    expect((await bpsc(['use'])).stdout).toMatch(/^ {3}school .*\n\* {2}local /);
    await bpsc(['use', 'school']);
    expect(await list()).toMatchObject({ current: 'school' });
    expect(statSync(profilesFile()).mode & 0o777).toBe(0o600);
    expect((await bpsc(['use', 'school', '--remove'])).stderr).toBe('The profile school is removed\n');
    expect(await list()).toEqual({ current: null, profiles: { local } });
    await bpsc(['use', 'local']);
    await bpsc(['use', '--none']);
    expect(await list()).toEqual({ current: null, profiles: { local } });
  });

  it.each([
    [['use', 'nobody'], 'there is no profile nobody (there are none yet): create it with --node <url>'],
    [['use', 'nobody', '--remove'], 'there is no profile nobody'],
    [['use', '../x', '--node', 'a:1'], "a profile's name must be letters, digits"],
    [['use', 'x', '--node', 'ftp://a'], 'ftp://a'],
    [['use', '--node', 'a:1'], 'name the profile: bpsc use <name>'],
    [['use', 'x', '--none'], '--none'],
  ])('says what is wrong, and writes nothing: %p', async (args, message) => {
    const { code, stderr } = await bpsc(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(() => readFileSync(profilesFile())).toThrow('ENOENT');
  });

  it.each([
    ['{', 'is not valid JSON'],
    ['{"version":2}', 'its version must be 1'],
    ['{"version":1,"current":"x","profiles":{}}', '"current" must be the name of one of its profiles'],
  ])('names a damaged file, which stops no help: %s', async (text, message) => {
    mkdirSync(path.join(home, '.bpsc'));
    writeFileSync(profilesFile(), text);
    for (const args of [['use'], ['balance', 'bob']]) {
      const { code, stderr } = await bpsc(args);
      expect(code).toBe(2);
      expect(stderr).toContain(`${profilesFile()}: `);
      expect(stderr).toContain(message);
    }
    expect((await bpsc(['balance', '--help'])).code).toBe(0);
  });
});

describe('a profile in use', () => {
  it('gives the node, the chain and the token where no variable does', async () => {
    const gold = ChainBuilder.token({ name: 'gold' });
    const silver = ChainBuilder.token({ name: 'silver' });
    const notes = ChainBuilder.information({ name: 'notes' });
    const [used, other] = await Promise.all([
      StubNode.start(gold, silver, notes),
      StubNode.start(gold, notes),
    ]);
    const token = path.join(home, 'token');
    writeFileSync(token, 'from-file\n');
    const given = ['--node', used.url, '--token-chain', 'silver', '--information-chain', 'notes'];
    await bpsc(['use', 'mine', ...given, '--token-file', token]);
    await bpsc(['send', '1', 'bob', '--from', 'alice']);
    await bpsc(['inform', '1']);
    expect(used.posts.map(({ path: posted }) => posted)).toEqual([
      `/chains/${silver.chain}/transactions`,
      `/chains/${notes.chain}/information`,
    ]);
    expect(used.posts[0]!.headers.authorization).toBe('Bearer from-file');
    const settings = { node: other.url, apiToken: 'mine' };
    await bpsc(['inform', '1'], { settings });
    expect(other.posts[0]!.headers.authorization).toBe('Bearer mine');
    await bpsc(['use', 'second', '--node', other.url]);
    await bpsc(['inform', '1'], { settings: { profile: 'mine' } });
    expect([used.posts.length, other.posts.length]).toEqual([3, 1]);
    expect(await bpsc(['inform', '1'], { settings: { profile: 'none' } })).toMatchObject({
      code: 2,
      stderr: 'bpsc: BPSC_PROFILE: there is no profile none: bpsc use lists them\n',
    });
    await Promise.all([used.close(), other.close()]);
  });
});
