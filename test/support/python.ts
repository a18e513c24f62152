/** Runs Python programs, for the tests of independent checkers. */
import { execFile, spawnSync } from 'node:child_process';

const isThere = spawnSync('python3', ['--version']).status === 0;
if (!isThere) {
  if (process.env.CI === 'true')
    throw new Error('There is no python3: in CI the checkers in Python must run.');
  process.stderr.write('\nTESTS OF THE PYTHON CHECKERS SKIPPED. There is no python3.\n\n');
}

/** `describe`, skipped loudly where there is no Python. In CI that is an error. */
export const describeWithPython = isThere ? describe : describe.skip;

export interface PythonRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function runPython(folder: string, ...args: string[]): Promise<PythonRun> {
  return new Promise((resolve) => {
    execFile('python3', args, { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, stdout, stderr });
    });
  });
}
