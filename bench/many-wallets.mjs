// Memory: a producer and a follower after transfers between a million wallets, against the same after a thousand.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFollower, startProducer } from './processes.mjs';
import { figure } from './rounds.mjs';

const batch = 10_000;

export async function run({ directory, form }) {
  // In short, the transfers still fill a block: it isn't waited for.
  const wallets = form === 'smoke' ? 20_000 : 1_000_000;
  const [few, many] = await Promise.all(
    [1000, wallets].map((number) => resident(directory, number, wallets / 2)),
  );
  console.log(
    `memory after ${wallets / 2} transfers: producer ${many.producer} MiB with ${wallets} wallets, ${few.producer} with 1000; ` +
      `follower ${many.follower} and ${few.follower}`,
  );
  return figure({
    name: `resident memory with ${wallets} wallets, both roles`,
    unit: 'MiB, less is better',
    aim: { ratioMax: 1.2 },
    rounds: [{ ours: many.producer + many.follower, ceiling: few.producer + few.follower, few, many }],
  });
}

async function resident(directory, wallets, transfers) {
  const own = path.join(directory, `wallets-${wallets}`);
  mkdirSync(own);
  const producer = await startProducer(own);
  const follower = await startFollower(own, producer.url);
  for (let sent = 0; sent < transfers; sent += batch) {
    const transactions = Array.from({ length: Math.min(batch, transfers - sent) }, (_, i) => {
      const at = (2 * (sent + i)) % wallets;
      return { sender: `wallet-${at}`, recipient: `wallet-${at + 1}`, amount: '1' };
    });
    await post(producer, transactions);
  }
  const blocks = async (node) => (await (await fetch(`${node.url}/chains/aka/head`)).json()).tree_size;
  for (const node of [producer, follower]) while ((await blocks(node)) !== transfers) await sleep(200);
  const memory = { producer: residentMiB(producer), follower: residentMiB(follower) };
  await follower.stop();
  await producer.stop();
  return memory;
}

async function post(producer, transactions) {
  for (;;) {
    const response = await fetch(`${producer.url}/transactions/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ transactions }),
    });
    const answer = await response.json();
    if (response.status === 201 && answer.accepted === transactions.length) return;
    if (response.status !== 503)
      throw new Error(`${response.status} ${JSON.stringify(answer).slice(0, 300)}`);
    await sleep(1000);
  }
}

/** What the system holds in memory for a process, in MiB. */
function residentMiB({ child }) {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) / 1024);
}
