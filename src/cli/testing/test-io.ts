/** For tests: runs the command in this process and captures its output. */
import type { CliSettings } from '../../config/cli-env.js';
import { SYSTEM_CLOCK } from '../../ledger/system-clock.js';
import type { Io, Writer } from '../shell/io.js';
import { runProgram } from '../program.js';

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

class Kept implements Writer {
  text = '';
  constructor(
    readonly isTTY: boolean,
    readonly columns: number | undefined,
  ) {}
  write(text: string): void {
    this.text += text;
  }
}

export interface RunOptions {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly stop?: AbortSignal;
  readonly settings?: Partial<CliSettings>;
  readonly home?: string;
  /** the input for each prompt in turn; without it there is no terminal */
  readonly typed?: string[];
  readonly input?: string;
  /** milliseconds since 1970-01-01 UTC */
  readonly time?: number;
}

const NO_SETTINGS: CliSettings = {
  passphrase: undefined,
  wallet: undefined,
  node: undefined,
  apiToken: undefined,
  tokensFile: undefined,
  profile: undefined,
  noColor: false,
};

export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { isTTY = false, columns, stop = new AbortController().signal } = options;
  const stdout = new Kept(isTTY, columns);
  const stderr = new Kept(isTTY, columns);
  let time = 0;
  // Each reading of the clock is a second later, so that progress is shown.
  const { typed, input = '', settings, home = '/nowhere' } = options;
  const ask =
    typed &&
    ((question: string): Promise<string> => {
      stderr.write(question);
      return Promise.resolve(typed.shift() ?? '');
    });
  const io: Io = {
    stdout,
    stderr,
    stop,
    clock: {
      now: () => options.time ?? SYSTEM_CLOCK.now(),
      elapsed: () => (time += 1000),
      after: (ms, callback, name) => SYSTEM_CLOCK.after(ms, callback, name),
      random: () => SYSTEM_CLOCK.random(),
    },
    settings: { ...NO_SETTINGS, ...settings },
    home,
    ask,
    askSecret: ask,
    readInput: () => Promise.resolve(input),
  };
  const code = await runProgram(args, io);
  return { code, stdout: stdout.text, stderr: stderr.text };
}
