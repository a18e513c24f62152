// npm run network: a producer and its followers on this machine, each a process of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createInterface as createPrompt } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, styleText } from 'node:util';
import { ensureBuild } from './ensure-build.mjs';
import { fail, root, shown } from './project.mjs';
import { endWithNpm } from './with-npm.mjs';

const liveWithinMs = 60_000;
const stopWithinMs = 10_000;
const followersMax = 20;
const lastLinesMax = 10;
const sameSignalMs = 500;
const unusable = {
  EADDRINUSE: 'is taken by another program; stop that one, or choose others',
  EACCES: "can't be used by this user; choose others, from 1024 on",
  EADDRNOTAVAIL: "can't be used: this machine has no address as HOST says",
};

const usage = `Starts a producer and its followers on this machine. Ctrl-C stops them all; the next start goes on with their chains.

usage: npm run network -- [options]

  --followers N   how many followers, 0 to ${followersMax} (default 2)
  --port BASE     the producer's port, the followers have the next ones (default 5000)
  --data DIR      where databases and the producer's key are kept (default ./data)
  --fresh         begin with new chains: deletes what the network keeps in DIR, but asks first
  --yes           don't ask
  --help          this

The environment (and .env) sets everything else for every node: BLOCK_INTERVAL_MS, FEE_RATE, LOG_LEVEL, API_TOKEN …
`;

// The channel to a node carries nothing: when it closes the node stops, so that none outlives this process, whatever
// ends it. Loaded before the node's own code, so that this holds while it boots, too.
const endWithParent =
  "data:text/javascript,process.on('disconnect', () => process.kill(process.pid, 'SIGTERM')); process.channel.unref();";

endWithNpm();
const options = readOptions();
const colours = process.stdout.hasColors?.() ?? false;
const nodes = [];
let stopping;

await ensureBuild();
// The reader of our output may stop or go away: the network keeps running.
const { lineOutput } = await import('../dist/logging/line-output.js');
const missing = (lines) => `${lines} lines could not be written and are missing here\n`;
const [out, complaints] = [lineOutput(1, missing), lineOutput(2, missing)];
if (existsSync('.env')) process.loadEnvFile('.env');
const plans = plan(options);
for (const { port } of plans) await requireFree(port);
if (options.fresh) await deleteOld();
mkdirSync(options.data, { recursive: true });

// One Ctrl-C may come twice: from the terminal, and passed on by npm.
let signalledAt = -Infinity;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (performance.now() - signalledAt < sameSignalMs) return;
    signalledAt = performance.now();
    void stop(0);
  });
}

const [producer, ...followers] = plans;
await live(start(producer));
await Promise.all(followers.map((follower) => live(start(follower))));
await introduce();
if (stopping === undefined) out.write(banner());

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        followers: { type: 'string', default: '2' },
        port: { type: 'string', default: '5000' },
        data: { type: 'string', default: './data' },
        fresh: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    fail(`${error.message}\nnpm run network -- --help tells the options`);
  }
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const followers = wholeNumber('--followers', values.followers, 0, followersMax);
  const port = wholeNumber('--port', values.port, 1, 65_535 - followers);
  return { ...values, followers, port };
}

function wholeNumber(name, text, min, max) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < min || number > max)
    fail(`${name} must be a whole number from ${min} to ${max}, not '${text}'`);
  return number;
}

/** What is to run: the producer first. */
function plan({ followers, port: base, data }) {
  // A node's own place in the network is the network's to say.
  const { PORT, ROLE, DATABASE_URL, PRODUCER_URL, PRODUCER_KEY_FILE, PRIVATE_CHAIN, ...common } = process.env;
  common.LOG_FORMAT ??= 'pretty';
  if (colours) common.FORCE_COLOR ??= '1';
  const file = (name) => `${data.replace(/[/\\]+$/, '')}/${name}`;
  const producerUrl = `http://127.0.0.1:${base}`;
  const producer = {
    label: 'producer',
    port: base,
    colour: 'cyan',
    env: {
      ...common,
      ROLE: 'producer',
      PORT: String(base),
      DATABASE_URL: `file:${file('producer.db')}`,
      PRODUCER_KEY_FILE: file('producer-key.pem'),
    },
  };
  const palette = ['green', 'yellow', 'magenta', 'blue'];
  return [
    producer,
    ...Array.from({ length: followers }, (_, i) => base + 1 + i).map((port, i) => ({
      label: `follower ${port}`,
      port,
      colour: palette[i % palette.length],
      env: {
        ...common,
        ROLE: 'follower',
        PORT: String(port),
        DATABASE_URL: `file:${file(`follower-${port}.db`)}`,
        PRODUCER_URL: producerUrl,
        ...(PRIVATE_CHAIN === undefined ? {} : { PRIVATE_CHAIN }),
      },
    })),
  ];
}

/** Without this a stranger on the port would be taken for our node. */
async function requireFree(port) {
  const server = createServer();
  await new Promise((resolve) => {
    server.once('error', (error) => {
      fail(
        `port ${port} ${unusable[error.code] ?? `can't be used (${error.message})`}: npm run network -- --port 6000`,
      );
    });
    server.listen(port, process.env.HOST ?? '127.0.0.1', () => server.close(resolve));
  });
}

async function deleteOld() {
  const ours = /^((producer|follower-\d+)\.db.*|producer-key\.pem)$/;
  const files = (existsSync(options.data) ? readdirSync(options.data) : []).filter((name) => ours.test(name));
  if (files.length === 0) return;
  if (!options.yes) {
    if (!process.stdin.isTTY) fail('--fresh deletes chains: without a terminal to ask on it needs --yes');
    const keep = () => fail('Nothing was deleted or started.');
    const prompt = createPrompt({ input: process.stdin, output: process.stdout }).once('close', keep);
    const answer = await prompt.question(
      `Delete from ${shown(path.resolve(options.data))}: ${files.join(', ')}\n` +
        'These chains and this key are gone for good then. Delete? [y/N] ',
    );
    if (!/^y(es)?$/i.test(answer.trim())) keep();
    prompt.off('close', keep).close();
  }
  for (const name of files) rmSync(path.join(options.data, name));
}

function start({ label, port, colour, env }) {
  const nodeArguments = ['--enable-source-maps', '--import', endWithParent, path.join(root, 'dist/main.js')];
  const child = spawn(process.execPath, nodeArguments, {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Not in our process group, so that Ctrl-C reaches a node once and through us.
    detached: process.platform !== 'win32',
  });
  const node = { label, port, child, lastLines: [] };
  const width = Math.max(...plans.map((other) => other.label.length));
  const prefix = paint(colour, `${label.padEnd(width)} │ `);
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', (line) => {
      node.lastLines = [...node.lastLines.slice(1 - lastLinesMax), line];
      out.write(`${prefix}${line}\n`);
    });
  }
  node.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`),
    );
  });
  void node.ended.then((how) => {
    node.gone = true;
    if (stopping !== undefined) return;
    const last = node.lastLines.map((line) => `  ${line}\n`).join('');
    void stop(1, `${label} ${how}. Its last lines:\n${last}`);
  });
  nodes.push(node);
  return node;
}

async function live(node) {
  const deadline = Date.now() + liveWithinMs;
  while (!node.gone && stopping === undefined) {
    try {
      const { ok } = await fetch(`http://127.0.0.1:${node.port}/health/live`, {
        signal: AbortSignal.timeout(2_000),
      });
      if (ok) return;
    } catch {
      // Not yet.
    }
    if (Date.now() > deadline)
      void stop(1, `${node.label} did not answer within ${liveWithinMs / 1000} s.\n`);
    await sleep(100);
  }
  // Stopping: never to go on from here, the process ends when all nodes have.
  await new Promise(() => {});
}

/** Tells the producer of its followers, so that its explorer shows them. Without it the network runs all the same. */
async function introduce() {
  if (followers.length === 0 || stopping !== undefined) return;
  const token = process.env.API_TOKEN;
  const nodesUrl = `http://127.0.0.1:${options.port}/nodes/register`;
  await fetch(nodesUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ nodes: followers.map(({ port }) => `http://127.0.0.1:${port}`) }),
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
}

/** Ends every node, then this process. A second call, a second Ctrl-C, doesn't wait. */
function stop(exitCode, why = '') {
  if (stopping !== undefined) {
    for (const { child } of nodes) child.kill('SIGKILL');
    return stopping;
  }
  stopping = (async () => {
    for (const { child } of nodes) child.kill('SIGTERM');
    const late = setTimeout(() => {
      for (const { label, child, gone } of nodes) {
        if (gone) continue;
        complaints.write(`${label} did not stop within ${stopWithinMs / 1000} s: killed\n`);
        child.kill('SIGKILL');
      }
    }, stopWithinMs);
    await Promise.all(nodes.map(({ ended }) => ended));
    clearTimeout(late);
    complaints.write(
      exitCode === 0 ? '\nStopped. npm run network goes on with the same chains.\n' : `\n${why}`,
    );
    process.exit(exitCode);
  })();
  return stopping;
}

function banner() {
  const url = (port) => `http://127.0.0.1:${port}`;
  const base = url(options.port);
  const auth = process.env.API_TOKEN ? ` -H "Authorization: Bearer $API_TOKEN"` : '';
  const post = (route, body) =>
    `curl -X POST ${base}${route}${auth} -H 'Content-Type: application/json' -d '${body}'`;
  const lines = [
    paint('bold', 'The network runs. Open (and /api of each for its API):'),
    ...plans.map(({ label, port, colour }) => `  ${paint(colour, label.padEnd(14))} ${url(port)}`),
    '',
    paint('bold', 'Try:'),
    `  ${post('/transactions/new', '{"sender":"alice","recipient":"bob","amount":1000000}')}`,
    `  ${post('/information/new', '{"information":{"note":"hello"}}')}`,
    `  curl ${base}/mine${auth}`,
    `  curl ${url((plans[1] ?? producer).port)}/chain`,
    `  curl ${base}/wallets/bob`,
    `  npx bpsc status ${plans.map(({ port }) => url(port)).join(' ')}`,
    '',
    `Data: ${shown(path.resolve(options.data))}. Ctrl-C stops all of it.`,
  ];
  return `\n${lines.join('\n')}\n\n`;
}

function paint(colour, text) {
  return colours ? styleText(colour, text) : text;
}
