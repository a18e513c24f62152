/** For tests: a node on a real socket that serves chains and accepts transactions, and loses answers on request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ChainBuilder,
  leafHash,
  merkleRoot,
  splitAmount,
  type Wire,
} from '../../../test/support/chain-builder.js';

export interface Posted {
  readonly path: string;
  readonly text: string;
  readonly body: Wire;
  readonly headers: IncomingMessage['headers'];
}

/** The treatment of one POST. `lose`: accepted, and the connection ends without an answer. */
export type Behaviour = 'accept' | 'lose' | 'drop' | 'hang' | ((response: ServerResponse) => void);

/** An answer in the form of RFC 9457. */
export function problem(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): (response: ServerResponse) => void {
  const body = {
    status,
    code,
    detail: `says ${code}`,
    errors: [{ field: 'amount', message: `says ${code}` }],
  };
  return (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/problem+json; charset=utf-8', ...headers })
      .end(JSON.stringify(body));
}

export class StubNode {
  /** for the next POSTs, in order; those after them are accepted */
  readonly script: Behaviour[] = [];
  readonly posts: Posted[] = [];
  readonly gets: string[] = [];
  /** what was accepted, each once */
  readonly accepted: Wire[] = [];
  /** answers to GETs beside the chains, by path with query */
  readonly answers = new Map<string, unknown>();
  /** does something else than answer a GET; returns whether it did */
  misbehave: (path: string, response: ServerResponse) => boolean = () => false;

  private constructor(
    private readonly server: Server,
    readonly url: string,
    public chains: readonly Pick<ChainBuilder, 'contract' | 'chain' | 'blocks'>[],
  ) {}

  static async start(...chains: StubNode['chains']): Promise<StubNode> {
    const server = createServer((request, response) => void node.take(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const node: StubNode = new StubNode(server, `http://127.0.0.1:${port}`, chains);
    return node;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const path = request.url ?? '/';
    if (request.method !== 'POST') {
      this.get(path, response);
      return;
    }
    const text = Buffer.concat(pieces).toString('utf8');
    this.posts.push({ path, text, body: JSON.parse(text) as Wire, headers: request.headers });
    const behaviour = this.script.shift() ?? 'accept';
    if (typeof behaviour === 'function') {
      behaviour(response);
      return;
    }
    if (behaviour === 'hang') return;
    if (behaviour === 'drop') return void response.destroy();
    const { chain, rest } = this.named(path);
    const { entry, repeated } = this.accept(chain, rest, JSON.parse(text) as Wire);
    if (behaviour === 'lose') return void response.destroy();
    const answer = rest.startsWith('/information')
      ? { id: entry.id, erasure: entry }
      : { transaction: entry };
    response
      .writeHead(repeated ? 200 : 201, {
        'content-type': 'application/json',
        ...(repeated ? { 'idempotency-hit': 'true' } : {}),
      })
      .end(JSON.stringify({ message: 'will be added to Block 2', index: 2, ...answer }));
  }

  /** The chain that a path names by id or name, else the first token chain, and the rest of the path. */
  private named(path: string): { chain: StubNode['chains'][number] | undefined; rest: string } {
    const [, name, rest = ''] = /^\/chains\/([a-z0-9-]+)(\/.*)?$/.exec(path) ?? [];
    if (name === undefined) return { chain: this.chains[0], rest: path };
    return {
      chain: this.chains.find(({ contract, chain }) => contract.name === name || chain === name),
      rest,
    };
  }

  private accept(
    chain: StubNode['chains'][number] | undefined,
    path: string,
    body: Wire,
  ): { entry: Wire; repeated: boolean } {
    const before = this.accepted.find(({ nonce, sender }) => nonce === body.nonce && sender === body.sender);
    if (before !== undefined) return { entry: before, repeated: true };
    const leaf = leafOf(chain ?? this.chains[0]!, path, body);
    const entry = { ...leaf, id: leafHash(leaf).toString('hex') };
    this.accepted.push(entry);
    return { entry, repeated: false };
  }

  private get(path: string, response: ServerResponse): void {
    this.gets.push(path);
    if (this.misbehave(path, response)) return;
    if (this.answers.has(path)) return json(response, this.answers.get(path));
    if (path === '/chains') {
      const chains = this.chains.map((chain) => ({
        name: chain.contract.name,
        kind: chain.contract.kind,
        id: chain.chain,
        contract: chain.contract,
        length: chain.blocks.length,
        head: headOf(chain.blocks.at(-1)!),
      }));
      return json(response, { role: 'producer', upstream: null, details: {}, chains });
    }
    const { chain, rest } = this.named(path);
    if (chain === undefined || rest === path) return problem(404, 'NOT_FOUND')(response);
    this.getOfChain(chain.blocks, rest, response);
  }

  private getOfChain(blocks: readonly Wire[], rest: string, response: ServerResponse): void {
    if (rest === '/head') return json(response, headOf(blocks.at(-1)!));
    const page = /^\/blocks\?from=(\d+)&limit=(\d+)$/.exec(rest);
    if (page !== null) {
      const from = Number(page[1]) - 1;
      const lines = blocks.slice(from, from + Number(page[2])).map((block) => `${JSON.stringify(block)}\n`);
      return void response.setHeader('content-type', 'application/x-ndjson').end(lines.join(''));
    }
    const one = /^\/blocks\/(\d+)(\/frontier)?$/.exec(rest);
    const block = blocks[Number(one?.[1]) - 1];
    if (one === null || block === undefined) return problem(404, 'NOT_FOUND')(response);
    if (one[2] === undefined) return json(response, block);
    return json(response, { frontier: frontierAt(blocks.slice(0, Number(one[1]))) });
  }
}

/** A node's answer to a body that is sent to a path. */
function leafOf(
  chain: StubNode['chains'][number],
  path: string,
  { amount, information, ...given }: Wire,
): Wire {
  const leaf: Wire = { ...given, timestamp: 1_760_000_000_123 };
  const [, resource, second, third] = path.split('/');
  if (resource === 'information' && third === 'erase') return { ...leaf, erases: second, type: 'erasure' };
  if (resource === 'information') {
    return {
      ...leaf,
      information_hash: '00'.repeat(32),
      type: 'information',
      seen: JSON.stringify(information),
    };
  }
  if (third !== undefined) return { ...leaf, transfer: second, type: third };
  if (second === 'issue') return { ...leaf, amount_send: amount, type: 'issue' };
  const { rate, wallet } = chain.contract.fee as { rate: string; wallet: string };
  const { decimals } = chain.contract.token as { decimals: number };
  const split = splitAmount(amount as string, rate, decimals);
  const amounts = { amount_send: amount, amount_receive: split.receive, amount_bpsc: split.fee };
  return { ...leaf, ...amounts, bpsc: wallet, type: 'transfer' };
}

/** Roots of the perfect subtrees of the tree over the blocks' entries, largest first. */
export function frontierAt(blocks: readonly Wire[]): string[] {
  const leaves = blocks.flatMap((block) => (block.transactions ?? block.information) as Wire[]).map(leafHash);
  const nodes: string[] = [];
  let start = 0;
  for (let width = 2 ** 20; width >= 1; width /= 2) {
    if (leaves.length - start < width) continue;
    nodes.push(merkleRoot(leaves.slice(start, start + width)).toString('hex'));
    start += width;
  }
  return nodes;
}

function headOf(block: Wire): Wire {
  const { transactions: _, information: __, ...head } = block;
  return head;
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}
