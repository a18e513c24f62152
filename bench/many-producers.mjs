// A follower of twenty producers with three chains each: what it takes of the machine while nothing happens, and how
// long a block takes from its seal until the follower serves it while transactions come in steadily.
import { mkdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transfers } from './bodies.mjs';
import { startFollower, startProducer } from './processes.mjs';
import { processorSeconds } from './resident.mjs';
import { figure } from './rounds.mjs';
import { isTokenContract } from '../dist/chain/contract/kinds.js';

const producerCount = { full: 20, smoke: 2 };
const chains = ['gold', 'silver', 'notes'].map((name) => ({
  kind: name === 'notes' ? 'information' : 'token',
  name,
  // A tenth of the default, so that a round has many blocks.
  schedule: { interval_ms: 1000 },
}));
const perSecond = 100;
const settleSeconds = { full: 20, smoke: 1 };
const idleSeconds = { full: 60, smoke: 2 };
const loadSeconds = { full: 30, smoke: 2 };
/** A follower that is slower than this is broken, not slow. */
const lateMs = 10_000;

export async function followMany({ directory, form, rounds, seed }) {
  const producers = [];
  for (let at = 0; at < producerCount[form]; at++) {
    const own = path.join(directory, `producer-${at}`);
    mkdirSync(own);
    producers.push(await startProducer(own, { CHAINS: JSON.stringify(chains) }));
  }
  const follower = await startFollower(directory, producers.map(({ url }) => url).join(','));
  await sleep(settleSeconds[form] * 1000);
  const percent = await idlePercent(follower, idleSeconds[form]);
  const bodies = transfers(seed);
  await measure(producers, follower, bodies, loadSeconds.smoke);
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    const delays = await measure(producers, follower, bodies, loadSeconds[form]);
    measured.push({ ours: at(delays, 0.99), p50: at(delays, 0.5), blocks: delays.length });
  }
  for (const server of [follower, ...producers]) await server.stop();
  const what = `a follower of ${producers.length} producers with ${chains.length} chains each`;
  return [
    figure({
      name: `${what}: processor while idle`,
      unit: '% of a core',
      aim: { oursMax: 3 },
      rounds: [{ ours: percent }],
    }),
    figure({
      name: `${what}: sealed to served, ${perSecond} transactions/s in all, p99`,
      unit: 'ms',
      aim: { oursMax: 100 },
      rounds: measured,
    }),
  ];
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

async function idlePercent(server, seconds) {
  const before = processorSeconds(server);
  const started = performance.now();
  await sleep(seconds * 1000);
  return ((processorSeconds(server) - before) / ((performance.now() - started) / 1000)) * 100;
}

/** @returns the milliseconds from each producer's event of a block to the follower's, in ascending order */
async function measure(producers, follower, bodies, seconds) {
  const sealed = new Map();
  const served = new Map();
  const listeners = [
    ...producers.map((producer) => listen(producer, (hash, now) => sealed.set(hash, now))),
    listen(follower, (hash, now) => served.set(hash, now)),
  ];
  await Promise.all(listeners.map(({ opened }) => opened));
  await send(producers, bodies, seconds);
  const isLate = (deadline) => performance.now() > deadline;
  for (const deadline = performance.now() + lateMs; [...sealed.keys()].some((hash) => !served.has(hash));) {
    if (isLate(deadline)) throw new Error('the follower still has not served all blocks');
    await sleep(10);
  }
  for (const { close } of listeners) close();
  if (sealed.size === 0) throw new Error('no block was sealed');
  return [...sealed].map(([hash, time]) => served.get(hash) - time).sort((a, b) => a - b);
}

/** Open-loop, to the token chains in turn. */
async function send(producers, bodies, seconds) {
  const targets = producers.flatMap(({ url }) =>
    chains.filter(isTokenContract).map(({ name }) => `${url}/chains/${name}/transactions`),
  );
  const posts = [];
  const start = performance.now();
  for (let sent = 0; sent < seconds * perSecond;) {
    const due = Math.min(seconds * perSecond, ((performance.now() - start) / 1000) * perSecond);
    for (; sent < due; sent++) posts.push(post(targets[sent % targets.length], bodies.next().value));
    await sleep(5);
  }
  await Promise.all(posts);
}

async function post(url, body) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Live events of the blocks of all chains. */
function listen({ url }, onBlock) {
  let request;
  const opened = new Promise((resolve, reject) => {
    request = http.get(`${url}/events?types=block`, (response) => {
      let text = '';
      response.setEncoding('utf8').once('data', resolve);
      response.on('data', (part) => {
        const now = performance.now();
        text += part;
        const end = text.lastIndexOf('\n');
        for (const [, hash] of text.slice(0, end + 1).matchAll(/"hash":"([0-9a-f]{64})"/g))
          onBlock(hash, now);
        text = text.slice(end + 1);
      });
    });
    request.once('error', reject);
  });
  return { opened, close: () => request.destroy() };
}
