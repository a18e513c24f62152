/** Real nodes for the end-to-end tests: processes of the built program, on free ports, on folders of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { checkFetched } from './openapi.js';

const MAIN = path.resolve('dist/main.js');
/** For anything that is waited for, such as a node to listen, on a machine that is busy with other tests. */
const LIMIT_MS = 60_000;

export interface NodeProcess {
  /** such as http://127.0.0.1:40001 */
  readonly url: string;
  readonly child: ChildProcess;
  /** what it wrote so far, both streams */
  output(): string;
  /** Sends a signal and waits for the end. @returns the exit code, or the signal that ended it */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const running = new Set<ChildProcess>();

/** Kills whatever a failed test left behind; for afterAll. */
export async function killNodes(): Promise<void> {
  await Promise.all([...running].map((child) => end(child, 'SIGKILL')));
}

function launch(
  env: Record<string, string>,
  { args = [MAIN], cwd = process.cwd() }: Launch = {},
): { child: ChildProcess; output: () => string } {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH, HOME, FREE_DISK_BYTES_MIN: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (text += data.toString()));
  return { child, output: () => text };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode ?? child.signalCode ?? 'SIGKILL';
}

/** Another way to start a node than its program alone. */
interface Launch {
  readonly args?: readonly string[];
  readonly cwd?: string;
}

/** Starts a node, on a free port unless `env` or `how` says otherwise, and waits until it listens. */
export async function startNode(env: Record<string, string>, how?: Launch): Promise<NodeProcess> {
  const { child, output } = launch(how === undefined ? { PORT: '0', ...env } : env, how);
  const url = await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the node ended with ${child.exitCode}:\n${output()}`);
      return /listens on (http:\/\/[0-9.:]+)/.exec(output())?.[1];
    },
    LIMIT_MS,
    () => `the node does not listen:\n${output()}`,
  );
  return { url, child, output, stop: (signal = 'SIGTERM') => end(child, signal) };
}

/** Starts a node that is expected to end by itself. */
export async function startAndEnd(
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const { child, output } = launch({ PORT: '0', ...env });
  await once(child, 'close');
  return { code: child.exitCode, output: output() };
}

/** The environment of a producer in `folder`, sealing only on request by default. */
export function producerIn(folder: string, env: Record<string, string> = {}): Record<string, string> {
  return {
    ROLE: 'producer',
    DATABASE_URL: `file:${path.join(folder, 'producer.db')}`,
    PRODUCER_KEY_FILE: path.join(folder, 'producer-key.pem'),
    BLOCK_INTERVAL_MS: '',
    BLOCK_MAX_ENTRIES: '',
    INFORMATION_BLOCK_INTERVAL_MS: '',
    INFORMATION_BLOCK_MAX_ENTRIES: '',
    ...env,
  };
}

export function followerIn(
  folder: string,
  producerUrl: string,
  env: Record<string, string> = {},
): Record<string, string> {
  return {
    ROLE: 'follower',
    DATABASE_URL: `file:${path.join(folder, `follower-${Math.random().toString(36).slice(2)}.db`)}`,
    PRODUCER_URL: producerUrl,
    SYNC_INTERVAL_MS: '50',
    ...env,
  };
}

/** Waits for a condition: the first value that is neither undefined nor false. */
export async function until<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = LIMIT_MS,
  message: () => string = () => `never came true: ${condition.toString()}`,
): Promise<T> {
  const last = performance.now() + limitMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > last) throw new Error(message());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

/**
 * GET, or POST where there is a body: an object as JSON, a string or bytes as they are. The answer is what the node's
 * OpenAPI document says, or this throws.
 */
export async function call(url: string, body?: unknown, init: RequestInit = {}): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    ...(body === undefined
      ? {}
      : {
          method: 'POST',
          body: raw ? (body as string) : JSON.stringify(body),
        }),
    ...init,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(init.headers as Record<string, string> | undefined),
    },
  });
  const text = await response.text();
  await checkFetched(url, {
    method: init.method ?? (body === undefined ? 'GET' : 'POST'),
    status: response.status,
    contentType: response.headers.get('content-type') ?? undefined,
    text,
  });
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  let parsed: unknown = {};
  if (isJson && !response.headers.get('content-type')?.includes('ndjson')) parsed = JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    body: parsed as Record<string, unknown>,
    text,
  };
}
