/** The smart blockchain of the classroom: a producer that seals, followers that verify. */
import { call } from '../network/call.js';
import type { ChildNode } from '../network/child-node.js';
import type { BpscNetwork } from '../network/networks.js';
import { LOAD_COUNT, LOAD_PAUSE_MS, pause, payment } from './load.js';
import type { BlockState, SmartNodeState, SmartState } from './state.js';
import { unlessGone } from './unless-gone.js';

const BLOCKS_SHOWN = 6;
/** Sends payments now and then. */
const PAY_MS = 3000;

interface Seen {
  readonly length: number;
  readonly pending: number;
  readonly blocks: readonly BlockState[];
}

interface ChainsAnswer {
  readonly details: { readonly pending_transactions?: number };
  readonly chains: readonly { readonly name: string; readonly length: number }[];
}

interface HeadersAnswer {
  /** `tree_size` counts the entries of all blocks so far */
  readonly headers: readonly { readonly index: number; readonly hash: string; readonly tree_size: number }[];
}

export class SmartView {
  private readonly seen = new Map<string, Seen>();
  private timer: NodeJS.Timeout | undefined;
  private paid = 0;

  constructor(
    private readonly network: BpscNetwork,
    private readonly blockIntervalMs: number,
    private readonly tell: (text: string) => void,
  ) {}

  get state(): SmartState {
    const head = this.seen.get(this.network.producer.name)?.length ?? 0;
    return {
      blockIntervalMs: this.blockIntervalMs,
      nodes: this.network.nodes.map((node) => this.stateOf(node, head)),
    };
  }

  private stateOf(node: ChildNode, head: number): SmartNodeState {
    const { name, url, isRunning } = node;
    const { length = 0, pending = 0, blocks = [] } = this.seen.get(name) ?? {};
    const role = node === this.network.producer ? 'producer' : 'follower';
    return { name, url, isRunning, role, length, pending, blocks, behind: Math.max(0, head - length) };
  }

  async start(): Promise<void> {
    await this.network.start();
    this.timer = setInterval(() => void this.pay(this.paid++), PAY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.network.stop();
  }

  switch(name: string, on: boolean): Promise<void> | undefined {
    const node = this.network.nodes.find((other) => other.name === name);
    return on ? node?.start() : node?.stop();
  }

  async load(): Promise<void> {
    for (let n = 0; n < LOAD_COUNT; n++) {
      await this.pay(n);
      await pause(LOAD_PAUSE_MS);
    }
  }

  private async pay(n: number): Promise<void> {
    const { producer } = this.network;
    const { sender, recipient, amount } = payment(n);
    if (!producer.isRunning) return;
    // So that the fee, a part of it, is not below the smallest amount.
    const body = { sender, recipient, amount: String(amount * 1_000_000) };
    await unlessGone(() => call(`${producer.url}/transactions/new`, body));
  }

  async look(): Promise<void> {
    await Promise.all(this.network.nodes.map((node) => unlessGone(() => this.lookAt(node))));
  }

  private async lookAt(node: ChildNode): Promise<void> {
    if (!node.isRunning) return;
    const { chains, details } = await call<ChainsAnswer>(`${node.url}/chains`);
    const [chain] = chains;
    if (chain === undefined) return;
    const { name, length } = chain;
    const known = this.seen.get(node.name);
    const pending = details.pending_transactions ?? 0;
    if (known?.length === length) {
      this.seen.set(node.name, { ...known, pending });
      return;
    }
    const from = Math.max(1, length - BLOCKS_SHOWN);
    const { headers } = await call<HeadersAnswer>(`${node.url}/chains/${name}/headers?from=${from}`);
    const blocks = headers.map(({ index, hash, tree_size }, place) => ({
      index,
      hash,
      transactions: tree_size - (headers[place - 1]?.tree_size ?? 0),
      by: this.network.producer.name,
    }));
    this.seen.set(node.name, { length, pending, blocks: blocks.slice(-BLOCKS_SHOWN) });
    if (known !== undefined) {
      const verb = node === this.network.producer ? 'seals' : 'has verified';
      this.tell(`${node.name} ${verb} block ${length}`);
    }
  }
}
