/** A network of each kind on this machine: real nodes, each a process. */
import path from 'node:path';
import { ChildNode } from './child-node.js';
import { call } from './call.js';
import { ValidatorClient } from './validator-client.js';

export interface NetworkOptions {
  /** the folder of its nodes' data */
  readonly folder: string;
  /** of the first node; the others get the next ones; 0: any free ones */
  readonly port?: number;
}

const portOf = (first: number | undefined, place: number): string =>
  first === undefined || first === 0 ? '0' : String(first + place);
const database = (folder: string, name: string): string => `file:${path.join(folder, `${name}.db`)}`;

/** A payment, as all three networks can carry it. */
export interface Payment {
  readonly sender: string;
  readonly recipient: string;
  readonly amount: number;
}

async function startAll(nodes: readonly ChildNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.start()));
}

/** Nodes of the tutorial's chain, each of which knows the others. */
export class PowNetwork {
  readonly nodes: readonly ChildNode[];

  constructor(options: NetworkOptions & { readonly zeros: number; readonly nodes?: number }) {
    const { folder, port, zeros, nodes = 3 } = options;
    this.nodes = Array.from({ length: nodes }, (_, place) => {
      const name = `miner ${place + 1}`;
      return new ChildNode(name, {
        ROLE: 'pow',
        POW_ZEROS: String(zeros),
        PORT: portOf(port, place),
        DATABASE_URL: database(folder, `pow-${place + 1}`),
      });
    });
  }

  async start(): Promise<void> {
    await startAll(this.nodes);
    const addresses = this.nodes.map(({ url }) => url);
    for (const { url } of this.nodes) {
      await call(`${url}/nodes/register`, { nodes: addresses.filter((other) => other !== url) });
    }
  }

  stop(): Promise<unknown> {
    return Promise.all(this.nodes.map((node) => node.stop()));
  }
}

/** The server of the proof-of-stake chain, and validators that are connected to it. */
export class PosNetwork {
  readonly server: ChildNode;
  readonly nodes: readonly ChildNode[];
  readonly validators: readonly ValidatorClient[];

  /** @param stakes one validator for each */
  constructor(options: NetworkOptions & { readonly roundMs: number; readonly stakes: readonly number[] }) {
    const { folder, port, roundMs, stakes } = options;
    this.server = new ChildNode('server', {
      ROLE: 'pos',
      POS_ROUND_MS: String(roundMs),
      PORT: portOf(port, 0),
      TCP_PORT: portOf(port, 1),
      DATABASE_URL: database(folder, 'pos'),
    });
    this.nodes = [this.server];
    this.validators = stakes.map((stake, place) => new ValidatorClient(`validator ${place + 1}`, stake));
  }

  get tcpPort(): number {
    return Number(this.server.find(/validators connect to [^"]*?:(\d+):/));
  }

  async start(): Promise<void> {
    await this.server.start();
    for (const validator of this.validators) await validator.connect(this.tcpPort);
  }

  async stop(): Promise<void> {
    for (const validator of this.validators) validator.disconnect();
    await this.server.stop();
  }
}

/** A producer of the smart blockchain and its followers. */
export class BpscNetwork {
  readonly producer: ChildNode;
  readonly followers: readonly ChildNode[];
  readonly nodes: readonly ChildNode[];

  constructor(options: NetworkOptions & { readonly blockIntervalMs: number; readonly followers?: number }) {
    const { folder, port, blockIntervalMs, followers = 2 } = options;
    this.producer = new ChildNode('producer', {
      ROLE: 'producer',
      BLOCK_INTERVAL_MS: String(blockIntervalMs),
      FREE_DISK_BYTES_MIN: '0',
      PORT: portOf(port, 0),
      DATABASE_URL: database(folder, 'producer'),
      PRODUCER_KEY_FILE: path.join(folder, 'producer-key.pem'),
    });
    const upstream = { get: (): string => this.producer.url };
    this.followers = Array.from({ length: followers }, (_, place) =>
      followerNode(`follower ${place + 1}`, folder, portOf(port, place + 1), upstream),
    );
    this.nodes = [this.producer, ...this.followers];
  }

  async start(): Promise<void> {
    await this.producer.start();
    await startAll(this.followers);
    await call(`${this.producer.url}/nodes/register`, { nodes: this.followers.map(({ url }) => url) });
  }

  stop(): Promise<unknown> {
    return Promise.all(this.nodes.map((node) => node.stop()));
  }
}

/** @param upstream called when the follower starts, since its address is only known then */
export function followerNode(
  name: string,
  folder: string,
  port: string,
  upstream: { get: () => string },
): ChildNode {
  const env = {
    ROLE: 'follower',
    PORT: port,
    DATABASE_URL: database(folder, name.replace(' ', '-')),
    get PRODUCER_URL(): string {
      return upstream.get();
    },
  };
  return new ChildNode(name, env);
}
