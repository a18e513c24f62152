/** Runs the built `bpsc` command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = path.resolve('dist/cli/main.js');

/** @param env in addition to this process's own */
export async function runCli(
  args: readonly string[],
  cwd = process.cwd(),
  env: Record<string, string> = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}
