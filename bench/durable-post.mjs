// Figure 1: durable POST /transactions/new, against a bare Fastify route with the same body schema that stores nothing.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fire } from './load.mjs';
import { startProgram, startProducer } from './processes.mjs';
import { someTransfers } from './bodies.mjs';
import { figure } from './rounds.mjs';

const root = path.join(import.meta.dirname, '..');
const bodiesMax = 500;
/** Enough for both servers' code to be compiled. */
const warmUpRequests = 4_000;

const connections = 64;

export async function run({ directory, rounds, secondsPerRound, seed }) {
  const producer = await startProducer(directory);
  const ceiling = await startProgram(path.join(import.meta.dirname, 'bare-fastify.mjs'), directory);
  const bodies = someTransfers(seed, bodiesMax).map((transfer) => JSON.stringify(transfer));
  let accepted = 0;

  const post = async (server, amount) => {
    const result = await fire({ url: `${server.url}/transactions/new`, bodies, connections, amount });
    if (result.created !== amount) {
      throw new Error(
        `${server.name}: ${amount} requests, but the answers were ${JSON.stringify(result.answers)}`,
      );
    }
    if (server === producer) accepted += result.created;
    return result;
  };

  // A round has a number of requests, not a time; the last round's speed says how many fill the time.
  const speed = new Map();
  for (const server of [producer, ceiling]) speed.set(server, (await post(server, warmUpRequests)).perSecond);
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    // Whatever slows the machine down for a while meets both, and neither always goes first.
    const order = round % 2 === 1 ? [producer, ceiling] : [ceiling, producer];
    const result = new Map();
    for (const server of order) {
      const amount = Math.max(connections, Math.round(speed.get(server) * secondsPerRound));
      result.set(server, await post(server, amount));
      speed.set(server, result.get(server).perSecond);
    }
    const [ours, theirs] = [result.get(producer), result.get(ceiling)];
    measured.push({ ours: ours.perSecond, ceiling: theirs.perSecond, latency: ours });
    console.log(
      `round ${round} of ${rounds}: ${Math.round(ours.perSecond)}/s of ${Math.round(theirs.perSecond)}/s, p50 ${ours.p50Ms} ms, p99 ${ours.p99Ms} ms`,
    );
  }

  await verifyNothingIsLost(producer, accepted);
  await producer.stop();
  await ceiling.stop();
  return figure({
    name: `durable POST /transactions/new, ${connections} connections`,
    unit: 'requests/s',
    aim: { ratioMin: 0.5 },
    rounds: measured,
  });
}

/** Seals what waits, then asks the chain itself, and an audit that trusts nothing which the producer says. */
async function verifyNothingIsLost(producer, accepted) {
  for (;;) {
    const block = await getJson(`${producer.url}/mine`);
    if (block.transactions.length === 0) break;
  }
  const head = await getJson(`${producer.url}/chains/aka/head`);
  if (head.tree_size !== accepted) {
    throw new Error(`${accepted} transactions were answered with 201, but the chain has ${head.tree_size}`);
  }
  execFileSync(process.execPath, [path.join(root, 'dist/cli/main.js'), 'verify', producer.url], {
    stdio: 'pipe',
  });
  console.log(`verified: all ${accepted} transactions are on the chain, and the chain audits clean`);
}

async function getJson(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
