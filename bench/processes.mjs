// Starts what is measured, in processes of their own that end with this one.
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const readyWithinMs = 30_000;
const main = path.join(import.meta.dirname, '../dist/main.js');
const running = new Set();
const given = new Set();

/** A producer as a user would run it, with all settings at their defaults and nothing in its directory. */
export async function startProducer(directory, env = {}) {
  const port = await freePort();
  const server = start('producer', main, directory, {
    ROLE: 'producer',
    PORT: String(port),
    DATABASE_URL: `file:${path.join(directory, 'producer.db')}`,
    PRODUCER_KEY_FILE: path.join(directory, 'producer-key.pem'),
    ...env,
  });
  server.url = `http://127.0.0.1:${port}`;
  await server.orEnd(answers(`${server.url}/health/live`));
  return server;
}

/** A follower beside it, in the same way. */
export async function startFollower(directory, producerUrl, env = {}) {
  const port = await freePort();
  const server = start('follower', main, directory, {
    ROLE: 'follower',
    PORT: String(port),
    DATABASE_URL: `file:${path.join(directory, 'follower.db')}`,
    PRODUCER_URL: producerUrl,
    ...env,
  });
  server.url = `http://127.0.0.1:${port}`;
  await server.orEnd(answers(`${server.url}/health/ready`));
  return server;
}

/** A program that sends `{ url }` to its parent when it listens. */
export async function startProgram(file, directory, args = []) {
  const server = start(path.basename(file, '.mjs'), file, directory, {}, args);
  const listens = new Promise((resolve) => server.child.once('message', resolve));
  server.url = (await server.orEnd(listens)).url;
  return server;
}

export async function stopAll() {
  await Promise.all([...running].map((server) => server.stop()));
}

function start(name, file, directory, env, args = []) {
  const log = path.join(directory, `${name}.log`);
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, [file, ...args], {
    // The environment of the user who runs the bench is not part of it.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', output, output, 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const server = {
    name,
    child,
    async stop() {
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
      running.delete(server);
    },
    /** What `promise` gives, or an error with the log's end when the process ends before. */
    async orEnd(promise) {
      const done = await Promise.race([promise.then((value) => ({ value })), ended.then(() => undefined)]);
      if (done === undefined) throw new Error(`${name} ended:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
      return done.value;
    },
  };
  running.add(server);
  return server;
}

async function answers(url) {
  for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; await sleep(50)) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not yet.
    }
  }
  throw new Error(`${url} did not answer within ${readyWithinMs / 1000} s`);
}

/** One that nobody listens on, and that wasn't given to another process that may not listen yet. */
async function freePort() {
  for (;;) {
    const port = await new Promise((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => resolve(port));
      });
    });
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}
