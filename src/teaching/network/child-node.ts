/** A node as a separate process, started from this build. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { childEnvironment } from '../../config/child-env.js';
import { OperatorError } from '../errors.js';
import type { Usage } from './meter.js';

const MAIN = path.resolve(import.meta.dirname, '../../main.js');
const METER = new URL('./meter.js', import.meta.url).href;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 8000;
const USAGE_LIMIT_MS = 10_000;
const LAST_CHARACTERS = 2000;

export class ChildNode {
  private child: ChildProcess | undefined;
  private output = '';
  private address: string | undefined;

  /** @param env its settings; our variables in this process's environment are not passed on */
  constructor(
    readonly name: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** such as http://127.0.0.1:5000 @throws Error before the first start */
  get url(): string {
    if (this.address === undefined) throw new Error(`${this.name} was never started`);
    return this.address;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  /** The text of its log. */
  find(pattern: RegExp): string | undefined {
    return pattern.exec(this.output)?.[1];
  }

  /** Resolves when it listens. A second start uses the same port and data. @throws OperatorError */
  async start(): Promise<void> {
    if (this.child !== undefined) return;
    const fixed = this.address === undefined ? {} : { PORT: new URL(this.address).port };
    const child = spawn(process.execPath, ['--import', METER, MAIN], {
      env: { ...childEnvironment(), PORT: '0', LOG_FORMAT: 'json', ...this.env, ...fixed },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C is for the parent, which stops its nodes in order.
      detached: process.platform !== 'win32',
    });
    this.child = child;
    this.output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data: Buffer) => (this.output += data.toString('utf8')));
    }
    child.once('close', () => (this.child = undefined));
    await this.listens(child);
    // Later output is not used, and must not fill memory.
    for (const stream of [child.stdout, child.stderr]) stream?.removeAllListeners('data').resume();
  }

  private async listens(child: ChildProcess): Promise<void> {
    const end = performance.now() + START_LIMIT_MS;
    while (this.child === child && performance.now() < end) {
      const url = this.find(/ listens on (http:\/\/[0-9.:]+)/);
      if (url !== undefined) {
        this.address = url;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGKILL');
    throw new OperatorError(`${this.name} did not start:\n${this.output.slice(-LAST_CHARACTERS)}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const ended = once(child, 'close');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(late);
  }

  /** Its resource use since it was started. */
  async usage(): Promise<Usage> {
    const { child } = this;
    if (child === undefined) return { cpuSeconds: 0, bytesReceived: 0 };
    const answer = once(child, 'message', { signal: AbortSignal.timeout(USAGE_LIMIT_MS) });
    child.send('usage');
    const [usage] = (await answer) as [Usage];
    return usage;
  }
}
