/** The smart blockchain under measurement: a producer and two followers. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { call } from '../network/call.js';
import type { ChildNode } from '../network/child-node.js';
import { BpscNetwork, followerNode, type Payment } from '../network/networks.js';
import { figuresOf, type Figures } from './figures.js';
import { measure, type Subject, type Timing } from './interval.js';
import { attempt, shown, until } from './steps.js';

interface Accepted {
  readonly index: number;
  readonly transaction: { readonly id: string };
}

interface Chains {
  readonly chains: readonly { readonly name: string; readonly length: number }[];
}

class SmartSubject implements Subject {
  readonly nodes: readonly ChildNode[];
  /** the promised block of each payment, by its id */
  private readonly promised = new Map<string, number>();
  /** when every node had verified that many blocks, in milliseconds */
  private readonly reachedAt: number[] = [];

  constructor(
    private readonly network: BpscNetwork,
    readonly folder: string,
  ) {
    this.nodes = network.nodes;
  }

  async send(payment: Payment): Promise<string> {
    const body = { ...payment, amount: String(payment.amount) };
    const { index, transaction } = await call<Accepted>(
      `${this.network.producer.url}/transactions/new`,
      body,
    );
    this.promised.set(transaction.id, index);
    return transaction.id;
  }

  async look(): Promise<void> {
    const common = Math.min(...(await Promise.all(this.nodes.map(lengthOf))));
    const now = performance.now();
    for (let length = this.reachedAt.length; length <= common; length++) this.reachedAt[length] = now;
  }

  async delays(sentAt: ReadonlyMap<string, number>): Promise<readonly number[]> {
    return [...sentAt].flatMap(([id, sent]) => {
      const final = this.reachedAt[this.promised.get(id) ?? Infinity];
      return final === undefined ? [] : [(final - sent) / 1000];
    });
  }

  blocks(): Promise<number> {
    return lengthOf(this.network.producer);
  }
}

/** Of the token chain, which is the first. */
async function lengthOf({ url }: ChildNode): Promise<number> {
  const { chains } = await call<Chains>(`${url}/chains`);
  return chains[0]?.length ?? 0;
}

export async function runSmart(
  folder: string,
  timing: Timing,
  watts: number,
  blockIntervalMs: number,
): Promise<Figures> {
  const network = new BpscNetwork({ folder, blockIntervalMs });
  try {
    await network.start();
    const interval = await measure(new SmartSubject(network, folder), timing);
    return figuresOf(interval, watts, {
      finalMeans:
        'its block is sealed by the producer, and every follower has verified it: no block is ever replaced',
      whenANodeLies: await lie(network, folder),
      whenTheProducerStops: await stopProducer(network),
    });
  } finally {
    await network.stop();
  }
}

/** A proxy between the producer and a new follower changes the recipient of a payment. */
async function lie(network: BpscNetwork, folder: string): Promise<string> {
  const liar = createServer((request, response) => {
    void (async () => {
      const answer = await fetch(`${network.producer.url}${request.url ?? '/'}`, {
        headers: { accept: request.headers.accept ?? '*/*', 'accept-encoding': 'identity' },
      });
      const text = await answer.text();
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(text.replaceAll('"bob"', '"eve"'));
    })().catch(() => response.destroy());
  });
  liar.listen(0, '127.0.0.1');
  await once(liar, 'listening');
  const url = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
  const victim = followerNode('deceived follower', folder, '0', { get: () => url });
  const start = performance.now();
  try {
    await victim.start();
    const fault = await until(async () => {
      const faults = await attempt(() =>
        call<{ faults: readonly { fault: string }[] }>(`${victim.url}/faults`),
      );
      return faults?.faults[0];
    }, 'the fault');
    const seconds = shown((performance.now() - start) / 1000);
    return `a follower that was sent a changed block refused it (${fault.fault}) ${seconds} s after its own start, and kept the evidence. The producer itself may refuse or delay a transaction`;
  } finally {
    await victim.stop();
    liar.closeAllConnections();
    liar.close();
  }
}

async function stopProducer(network: BpscNetwork): Promise<string> {
  const [follower] = network.followers;
  if (follower === undefined) return '';
  await network.producer.stop('SIGKILL');
  const sent = await attempt(() => call(`${network.producer.url}/transactions/new`, {}));
  const length = await attempt(() => lengthOf(follower));
  if (sent !== undefined || length === undefined) return 'it went on';
  return `nothing new is sealed until it is back: that is the price of one authority. Its followers went on serving all ${length} blocks`;
}
