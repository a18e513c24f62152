// Figure 6: how long it takes from a block's seal on the producer until a follower serves it, while transactions come
// in steadily.
import { mkdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transfers } from './bodies.mjs';
import { startFollower, startProducer } from './processes.mjs';
import { figure } from './rounds.mjs';

const perSecond = 1000;
const tickMs = 10;
const connections = 64;
/** A follower that is slower than this is not slow, but broken. */
const lateMs = 10_000;

export async function run({ directory, form, rounds, seed }) {
  const own = path.join(directory, 'freshness');
  mkdirSync(own);
  const producer = await startProducer(own);
  const follower = await startFollower(own, producer.url);
  const bodies = transfers(seed);
  // With a block a second, the highest of a round is its p99.
  const seconds = form === 'smoke' ? 3 : 30;
  await measure(producer, follower, bodies, form === 'smoke' ? 2 : 5);
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    const { delays, answers } = await measure(producer, follower, bodies, seconds);
    delays.sort((a, b) => a - b);
    const at = (share) => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))];
    measured.push({ ours: at(0.99), p50: at(0.5), blocks: delays.length, answers });
    console.log(
      `round ${round} of ${rounds}: ${delays.length} blocks, p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms`,
    );
  }
  await follower.stop();
  await producer.stop();
  return figure({
    name: `sealed to served by a follower, ${perSecond} transactions/s, p99`,
    unit: 'ms',
    aim: { oursMax: 50 },
    rounds: measured,
  });
}

/**
 * Sends transactions for a while, and listens to both nodes' live events meanwhile: a block is announced after it is
 * stored, and what is stored is served.
 * @returns for each block the milliseconds from the producer's event to the follower's
 */
async function measure(producer, follower, bodies, seconds) {
  const sealed = new Map();
  const delays = [];
  let served = 0;
  const ears = [
    listen(producer, (index) => sealed.set(index, performance.now())),
    listen(follower, (index) => {
      served = index;
      // A block that was sealed before this began.
      if (sealed.has(index)) delays.push(performance.now() - sealed.get(index));
    }),
  ];
  await Promise.all(ears.map(({ opened }) => opened));
  const answers = await send(producer, bodies, seconds);
  const last = Math.max(...sealed.keys());
  for (const deadline = performance.now() + lateMs; served < last; await sleep(10)) {
    if (performance.now() > deadline) throw new Error(`the follower still has not served block ${last}`);
  }
  for (const { close } of ears) close();
  const block = await fetch(`${follower.url}/chains/aka/blocks/${last}`);
  if (!block.ok) throw new Error(`the follower announced block ${last} but answers ${block.status}`);
  if (delays.length !== sealed.size) throw new Error(`${sealed.size} blocks, but ${delays.length} announced`);
  return { delays, answers };
}

/** Open-loop: what is due is sent, whatever became of what was sent before. @returns answers by status */
async function send(producer, bodies, seconds) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const answers = {};
  const pending = new Set();
  const start = performance.now();
  for (let sent = 0; sent < seconds * perSecond;) {
    const due = Math.min(seconds * perSecond, ((performance.now() - start) / 1000) * perSecond);
    for (; sent < due; sent++) {
      const posted = post(producer, agent, bodies.next().value).then((status) => {
        answers[status] = (answers[status] ?? 0) + 1;
        pending.delete(posted);
      });
      pending.add(posted);
    }
    await sleep(tickMs);
  }
  await Promise.all(pending);
  agent.destroy();
  if (answers[201] !== seconds * perSecond) throw new Error(`answers: ${JSON.stringify(answers)}`);
  return answers;
}

function post({ url }, agent, body) {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${url}/transactions/new`,
      { method: 'POST', agent, headers },
      (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      },
    );
    request.once('error', reject).end(text);
  });
}

/** Live events of the token chain's blocks. */
function listen({ url }, onBlock) {
  let request;
  const opened = new Promise((resolve, reject) => {
    request = http.get(`${url}/events?types=block&chain=aka`, (response) => {
      response.setEncoding('utf8').once('data', resolve);
      response.on('data', (text) => {
        for (const [, index] of text.matchAll(/"index":(\d+)/g)) onBlock(Number(index));
      });
    });
    request.once('error', reject);
  });
  return { opened, close: () => request.destroy() };
}
