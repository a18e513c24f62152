/** For tests: runs the command in this process and keeps what it writes. */
import type { Io, Writer } from '../io.js';
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
}

export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { isTTY = false, columns, stop = new AbortController().signal } = options;
  const stdout = new Kept(isTTY, columns);
  const stderr = new Kept(isTTY, columns);
  let time = 0;
  // Every look at the clock is a second later: progress has something to show.
  const io: Io = { stdout, stderr, stop, now: () => (time += 1000) };
  const code = await runProgram(args, io);
  return { code, stdout: stdout.text, stderr: stderr.text };
}
