import { readFileSync } from 'node:fs';
import { printable, table } from './shell/io.js';
import { run } from './testing/test-io.js';

const COMMANDS =
  'wallet send accept decline balance history tx inform records block verify status keygen use completion'.split(
    ' ',
  );

describe('bpsc', () => {
  it.each([[['--help']], [['help']], [['-h']]])('shows its commands: %p', async (args) => {
    const { code, stdout, stderr } = await run(args, { columns: 100 });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: bpsc \[options\] \[command\]\n/);
    for (const name of [...COMMANDS, 'help']) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    expect(stdout).toMatch(/\nExamples:\n {2}bpsc init /);
  });

  it.each(COMMANDS)('shows the help of %s', async (name) => {
    const { code, stdout } = await run(['help', name]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: bpsc ${name} `));
    expect(stdout).toMatch(/\nExamples:\n {2}\S/);
    expect((await run([name, '--help'])).stdout).toBe(stdout);
  });

  it('shows its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('shows its help as an error when it gets no arguments', async () => {
    const { code, stdout, stderr } = await run([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: bpsc/);
  });

  it.each<[readonly string[], string]>([
    [['verfy', 'x'], "bpsc: unknown command 'verfy'\n(Did you mean verify?)\nSee bpsc --help.\n"],
    [
      ['verify', '--jsn', 'x'],
      "bpsc: unknown option '--jsn'\n(Did you mean --json?)\nSee bpsc help verify.\n",
    ],
    [['tx'], "bpsc: missing required argument 'id'\nSee bpsc help tx.\n"],
    [
      ['verify', 'a', 'b'],
      expect.stringMatching(/^bpsc: too many arguments for 'verify'\. Expected 1 argument but got 2/),
    ],
    [
      ['verify', '--producer', 'abc', 'x'],
      "bpsc: option '--producer <key>' argument 'abc' is invalid. It must be 64 lower-case hex digits.\nSee bpsc help verify.\n",
    ],
    [
      ['status', '--timeout', '0', 'x:1'],
      "bpsc: option '--timeout <seconds>' argument '0' is invalid. It must be a number above 0, at most 3600.\nSee bpsc help status.\n",
    ],
  ])('says what is wrong: %p', async (args, message) => {
    expect(await run(args)).toEqual({ code: 2, stdout: '', stderr: message });
  });

  it('prints nothing that a terminal would obey', () => {
    expect(printable('a\u001b[2J\u009b\n\u202eb ü')).toBe('a\\u001b[2J\\u009b\\u000a\\u202eb ü');
  });

  it('aligns columns', () => {
    expect(
      table([
        ['a', 'bcd', ''],
        ['ef', '', 'g'],
      ]),
    ).toBe('a   bcd\nef       g\n');
  });
});
