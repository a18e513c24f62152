/** Proof of work under measurement: three miners that mine without a pause. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { call } from '../network/call.js';
import type { ChildNode } from '../network/child-node.js';
import { PowNetwork } from '../network/networks.js';
import { figuresOf, type Figures } from './figures.js';
import { measure, type Subject, type Timing } from './interval.js';
import { attempt, shown, until } from './steps.js';

/** The usual count for Bitcoin payments: the transaction's block and five more. */
const CONFIRMATIONS = 6;
const ZEROS = 4;

interface Chain {
  readonly chain: readonly { index: number; transactions: readonly { amount: number }[] }[];
  readonly length: number;
}

class WorkSubject implements Subject {
  readonly nodes: readonly ChildNode[];
  /** when every node had this many blocks, in milliseconds; by the number of blocks */
  private readonly reachedAt: number[] = [];
  private isMining = true;
  private readonly miners: Promise<void>[];

  constructor(
    network: PowNetwork,
    readonly folder: string,
  ) {
    this.nodes = network.nodes;
    this.miners = this.nodes.map((node) => this.keepMining(node));
  }

  /** A node that finds a block notifies the others, which take the longer chain. */
  private async keepMining({ url }: ChildNode): Promise<void> {
    while (this.isMining) {
      const block = await attempt(() => call(`${url}/mine`));
      if (block === undefined) {
        // Stale: the others were faster.
        await new Promise((resolve) => setTimeout(resolve, 20));
        continue;
      }
      const others = this.nodes.filter((other) => other.url !== url && other.isRunning);
      await Promise.all(others.map((other) => attempt(() => call(`${other.url}/nodes/resolve`))));
    }
  }

  async stopMining(): Promise<void> {
    this.isMining = false;
    const stop = (url: string): Promise<unknown> => fetch(`${url}/mine`, { method: 'DELETE' });
    await Promise.all(this.nodes.map(({ url }) => attempt(() => stop(url))));
    await Promise.all(this.miners);
  }

  async send(payment: { amount: number }, number: number): Promise<string | undefined> {
    const node = this.nodes[number % this.nodes.length];
    if (node === undefined) return undefined;
    await call(`${node.url}/transactions/new`, payment);
    return String(payment.amount);
  }

  async look(): Promise<void> {
    const common = Math.min(...(await Promise.all(this.nodes.map(lengthOf))));
    const now = performance.now();
    for (let length = this.reachedAt.length; length <= common; length++) this.reachedAt[length] = now;
  }

  async delays(sentAt: ReadonlyMap<string, number>): Promise<readonly number[]> {
    const { chain } = await call<Chain>(`${this.nodes[0]?.url ?? ''}/chain`);
    return chain.flatMap(({ index, transactions }) => {
      const final = this.reachedAt[index + CONFIRMATIONS - 1];
      if (final === undefined) return [];
      return transactions.flatMap(({ amount }) => {
        const sent = sentAt.get(String(amount));
        return sent === undefined ? [] : [(final - sent) / 1000];
      });
    });
  }

  async blocks(): Promise<number> {
    const [first] = this.nodes;
    return first === undefined ? 0 : lengthOf(first);
  }
}

async function lengthOf({ url }: ChildNode): Promise<number> {
  const { info } = await call<{ info: { node: { blocks: number } } }>(`${url}/health/ready`);
  return info.node.blocks;
}

export async function runWork(folder: string, timing: Timing, watts: number): Promise<Figures> {
  const network = new PowNetwork({ folder, zeros: ZEROS });
  try {
    await network.start();
    const subject = new WorkSubject(network, folder);
    const interval = await measure(subject, timing).finally(() => subject.stopMining());
    return figuresOf(interval, watts, {
      finalMeans: `${CONFIRMATIONS} confirmations (its block and ${CONFIRMATIONS - 1} more) on every node: never certain, only ever less likely to be replaced`,
      whenANodeLies: await lie(network),
      whenTheProducerStops: await stopOne(network),
    });
  } finally {
    await network.stop();
  }
}

/** A node serves a longer chain without any work. */
async function lie(network: PowNetwork): Promise<string> {
  const [victim] = network.nodes;
  if (victim === undefined) return '';
  const { chain, length } = await call<Chain>(`${victim.url}/chain`);
  const forged = { chain: [...chain, { ...chain.at(-1), index: length + 1 }], length: length + 1 };
  const server = createServer((_request, response) => response.end(JSON.stringify(forged)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await call(`${victim.url}/nodes/register`, { nodes: [address] });
    const { message } = await call<{ message: string }>(`${victim.url}/nodes/resolve`);
    const { nodes } = await call<{ nodes: readonly { node: string; result?: string }[] }>(
      `${victim.url}/nodes`,
    );
    const reason = nodes.find(({ node }) => node === address)?.result ?? '';
    return `a longer chain without the work is not taken (${message}; ${reason}). Anyone with more than half of the hashing power can rewrite any block`;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function stopOne(network: PowNetwork): Promise<string> {
  const [first, second] = network.nodes;
  if (first === undefined || second === undefined) return '';
  await first.stop('SIGKILL');
  const start = performance.now();
  await until(() => attempt(() => call(`${second.url}/mine`)), 'a block after a miner stopped');
  return `any miner may stop: another one mined the next block ${shown((performance.now() - start) / 1000)} s after one was killed`;
}
