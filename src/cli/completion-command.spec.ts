import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { run } from './testing/test-io.js';

afterAll(removeTemporary);

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout, stderr } = await run(['completion', shell]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

describe('bpsc completion bash', () => {
  let file: string;
  beforeAll(async () => {
    file = path.join(temporaryFolder(), 'bpsc.bash');
    writeFileSync(file, await scriptFor('bash'));
  });
  /** What bash offers for the last word. */
  const offered = (...words: string[]): string[] => {
    const script = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bpsc; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync('bash', ['-c', script, file, 'bpsc', ...words], { encoding: 'utf8' });
    return output.split('\n').filter((line) => line !== '');
  };

  it('completes commands, inner commands, options and shells', () => {
    expect(offered('rec')).toEqual(expect.arrayContaining(['records', 'receipt']));
    expect(offered('wallet', '')).toEqual(expect.arrayContaining(['new', 'list', 'show']));
    expect(offered('wallet', 'new', '--im')).toEqual(['--import']);
    expect(offered('tx', 'abc', '--ver')).toEqual(['--verify']);
    expect(offered('completion', 'f')).toEqual(['fish']);
    expect(offered('--vers')).toEqual(['--version']);
    expect(offered('nonsense', 'wal')).toEqual(['wallet']);
  });

  it('offers no command where an argument is expected: bash then offers files', () => {
    expect(offered('verify', '')).toEqual([]);
  });
});

describe('bpsc completion fish', () => {
  (isInstalled('fish') ? it : it.skip)('completes commands, inner commands, options and shells', async () => {
    const file = path.join(temporaryFolder(), 'bpsc.fish');
    writeFileSync(file, await scriptFor('fish'));
    const offered = (line: string): string[] => {
      const script = `source ${file}; complete -C ${JSON.stringify(line)}`;
      const output = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
      return output.split('\n').filter((each) => each !== '');
    };
    expect(offered('bpsc rec')).toEqual(
      expect.arrayContaining(['records\tlist information records, or show one']),
    );
    expect(offered('bpsc wallet ')).toEqual(expect.arrayContaining([expect.stringMatching(/^new\t/)]));
    expect(offered('bpsc tx --ver')).toEqual([
      '--verify\tprove that it is in a block that the producer signed',
    ]);
    expect(offered('bpsc completion z')).toEqual(['zsh']);
  });
});

describe('bpsc completion zsh', () => {
  it('names every command and what it does', async () => {
    const script = await scriptFor('zsh');
    for (const name of ['send', 'records', 'completion']) expect(script).toContain(`'${name}:`);
    expect(script).toContain("'tx:show a transaction'");
  });

  (isInstalled('zsh') ? it : it.skip)('is a script that zsh can read', async () => {
    const file = path.join(temporaryFolder(), 'bpsc.zsh');
    writeFileSync(file, await scriptFor('zsh'));
    const { status, stderr } = spawnSync('zsh', ['-f', '-n', file], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

it('says what shells there are', async () => {
  const { code, stderr } = await run(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
});
