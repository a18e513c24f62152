/** For tests: an upstream on a real socket that serves what it is given, and can be made to misbehave at any request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Wire = Record<string, unknown>;

/** A chain as it is served: a ChainBuilder is one. */
export interface ServedChain {
  readonly contract: Wire;
  readonly chain: string;
  readonly blocks: readonly Wire[];
}

export interface Asked {
  /** without the query */
  readonly path: string;
  readonly from: number;
  readonly limit: number;
  readonly request: IncomingMessage;
}

/** Answers in the upstream's place; returns false to let it answer. */
export type Misbehaviour = (asked: Asked, response: ServerResponse) => boolean;

export class TestUpstream {
  role: 'producer' | 'follower' = 'producer';
  misbehave: Misbehaviour | undefined;
  /** what is said on GET /chains, changed before it is sent */
  advertise: (answer: { role: string; chains: Wire[] }) => unknown = (answer) => answer;
  /** whether it knows a chain by its id too, as nodes do since they have many */
  knowsIds = true;
  readonly requests: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
    public chains: readonly ServedChain[],
  ) {}

  static async start(chains: readonly ServedChain[] = [], port = 0): Promise<TestUpstream> {
    const server = createServer((request, response) => {
      upstream.answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { port: given } = server.address() as AddressInfo;
    const upstream: TestUpstream = new TestUpstream(server, `http://127.0.0.1:${given}`, chains);
    return upstream;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    this.requests.push(request.url ?? '/');
    const number = (name: string): number => Number(searchParams.get(name));
    const asked = { path: pathname, from: number('from'), limit: number('limit'), request };
    if (this.misbehave?.(asked, response) === true) return;
    if (pathname === '/chains') {
      const answer = this.advertise({ role: this.role, chains: this.chains.map(advertised) });
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      return;
    }
    if (this.answerRecord(pathname, response)) return;
    const [, ref, what] = /^\/chains\/([^/]+)\/(blocks|headers)$/.exec(pathname) ?? [];
    const chain = this.chains.find(
      ({ chain: id, contract }) => (this.knowsIds && ref === id) || ref === contract.name,
    );
    if (chain === undefined) return void response.writeHead(404).end();
    const blocks = chain.blocks.slice(asked.from - 1, asked.from - 1 + asked.limit);
    if (what === 'headers') {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ headers: blocks.map(headerOf) }));
      return;
    }
    response.setHeader('content-type', 'application/x-ndjson').end(ndjson(blocks));
  }

  private answerRecord(pathname: string, response: ServerResponse): boolean {
    const [, ref, id] = /^\/chains\/([^/]+)\/information\/([^/]+)$/.exec(pathname) ?? [];
    const record = this.chains
      .filter(({ chain }) => chain === ref)
      .flatMap(({ blocks }) => blocks.flatMap(({ information }) => (information ?? []) as Wire[]))
      .find((entry) => entry.id === id);
    if (record === undefined) return false;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(record));
    return true;
  }
}

/** The path that a chain's blocks are pulled from. */
export function blocksOf({ chain }: Pick<ServedChain, 'chain'>): string {
  return `/chains/${chain}/blocks`;
}

export function ndjson(blocks: readonly unknown[]): string {
  return blocks.map((block) => `${JSON.stringify(block)}\n`).join('');
}

function advertised({ contract, chain, blocks }: ServedChain): Wire {
  const { kind, name } = contract;
  return { name, kind, id: chain, contract, length: blocks.length, head: headerOf(blocks.at(-1)) };
}

function headerOf(block: Wire | undefined): Wire {
  const header = { ...block };
  delete header.transactions;
  delete header.information;
  return header;
}
