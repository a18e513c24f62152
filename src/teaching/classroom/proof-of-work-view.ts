/** The proof-of-work network of the classroom: miners that race, fork, and switch to the longer chain. */
import { call } from '../network/call.js';
import type { ChildNode } from '../network/child-node.js';
import type { PowNetwork } from '../network/networks.js';
import { sha256 } from '../pos/blocks.js';
import { parsePythonJson } from '../python-json/parse.js';
import { isPyArray, PyInt, type PyObject, type PyValue } from '../python-json/values.js';
import { sortedDumps } from '../python-json/write.js';
import { LOAD_COUNT, LOAD_PAUSE_MS, pause, payment } from './load.js';
import type { BlockState, MinerState, ProofOfWorkState } from './state.js';
import { unlessGone } from './unless-gone.js';

const BLOCKS_SHOWN = 6;
/** The time between two races of the miners. */
const RACE_MS = 4000;
/** The delay until the other nodes are notified: meanwhile a fork may be visible. */
const NEWS_MS = 2000;
/** The share of races that two miners begin at once. */
const FORK_PROBABILITY = 0.4;

interface Seen {
  readonly blocks: readonly BlockState[];
  length: number;
  pending: number;
  isMining: boolean;
  tries: number;
  replacements: number;
  head: string;
}

export class ProofOfWorkView {
  private readonly seen = new Map<string, Seen>();
  /** by the ids of the nodes */
  private readonly names = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly network: PowNetwork,
    private readonly zeros: number,
    private readonly tell: (text: string) => void,
  ) {}

  get state(): ProofOfWorkState {
    return {
      zeros: this.zeros,
      expectedTries: 16 ** this.zeros,
      nodes: this.network.nodes.map((node) => this.stateOf(node)),
    };
  }

  private stateOf(node: ChildNode): MinerState {
    const { name, url, isRunning } = node;
    const seen = this.seen.get(name);
    const {
      blocks = [],
      length = 0,
      pending = 0,
      tries = 0,
      replacements = 0,
      isMining = false,
    } = seen ?? {};
    return {
      name,
      url,
      isRunning,
      blocks,
      length,
      pending,
      tries,
      replacements,
      isMining: isRunning && isMining,
    };
  }

  async start(): Promise<void> {
    await this.network.start();
    this.race();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.network.stop();
  }

  switch(name: string, on: boolean): Promise<void> | undefined {
    const node = this.network.nodes.find((other) => other.name === name);
    return on ? node?.start() : node?.stop();
  }

  async load(): Promise<void> {
    for (let n = 0; n < LOAD_COUNT; n++) {
      const [node] = this.someOf(1);
      if (node !== undefined) await unlessGone(() => call(`${node.url}/transactions/new`, payment(n)));
      await pause(LOAD_PAUSE_MS);
    }
  }

  /** Starts one miner, or two at once; then all compare their chains. */
  private race(): void {
    this.timer = setTimeout(() => {
      const miners = this.someOf(Math.random() < FORK_PROBABILITY ? 2 : 1);
      for (const { url } of miners) void unlessGone(() => call(`${url}/mine`));
      this.timer = setTimeout(() => {
        const running = this.network.nodes.filter(({ isRunning }) => isRunning);
        for (const { url } of running) void unlessGone(() => call(`${url}/nodes/resolve`));
        this.race();
      }, NEWS_MS);
    }, RACE_MS - NEWS_MS);
  }

  private someOf(count: number): readonly ChildNode[] {
    const running = this.network.nodes.filter(({ isRunning }) => isRunning);
    return [...running].sort(() => Math.random() - 0.5).slice(0, count);
  }

  async look(): Promise<void> {
    await Promise.all(this.network.nodes.map((node) => unlessGone(() => this.lookAt(node))));
  }

  private async lookAt(node: ChildNode): Promise<void> {
    if (!node.isRunning) return;
    const health = await call<{ info: { node: { id: string; head: string; pending: number } } }>(
      `${node.url}/health/ready`,
    );
    const progress = await call<{ mining: boolean; tries?: number }>(`${node.url}/mine/progress`);
    const { id, head, pending } = health.info.node;
    this.names.set(id, node.name);
    const known = this.seen.get(node.name);
    const seen = known?.head === head ? known : await this.readChain(node, known, head);
    Object.assign(seen, { pending, isMining: progress.mining, tries: progress.tries ?? 0 });
    this.seen.set(node.name, seen);
  }

  private async readChain(node: ChildNode, known: Seen | undefined, head: string): Promise<Seen> {
    const answer = await fetch(`${node.url}/chain`);
    const chain = (parsePythonJson(await answer.text()) as PyObject).get('chain');
    const values = isPyArray(chain) ? chain : [];
    const blocks = values.slice(-BLOCKS_SHOWN).map((value) => this.blockState(value));
    const lost = known === undefined ? [] : lostBlocks(known.blocks, blocks);
    if (lost.length > 0) {
      this.tell(
        `${node.name} gives up block ${lost.map(({ index }) => index).join(', ')} for a longer chain`,
      );
    }
    const last = blocks.at(-1);
    if (known !== undefined && lost.length === 0 && last !== undefined && last.by === node.name) {
      this.tell(`${node.name} mined block ${last.index}`);
    }
    const replacements = (known?.replacements ?? 0) + (lost.length > 0 ? 1 : 0);
    return { blocks, length: values.length, pending: 0, isMining: false, tries: 0, replacements, head };
  }

  private blockState(value: PyValue): BlockState {
    const block = value as PyObject;
    const transactions = block.get('transactions');
    const list = isPyArray(transactions) ? transactions : [];
    const reward = list.at(-1) as PyObject | undefined;
    const index = block.get('index');
    return {
      index: index instanceof PyInt ? Number(index.digits) : 0,
      hash: sha256(sortedDumps(block)),
      transactions: Math.max(0, list.length - 1),
      by: this.minerOf(reward?.get('recipient')),
    };
  }

  /** A miner's rewards go to the id of its node. */
  private minerOf(id: PyValue | undefined): string {
    if (typeof id !== 'string') return '';
    return this.names.get(id) ?? id.slice(0, 6);
  }
}

/** The blocks that a node no longer has. */
function lostBlocks(before: readonly BlockState[], now: readonly BlockState[]): readonly BlockState[] {
  const from = now[0]?.index ?? 0;
  return before.filter(
    ({ index, hash }) => index >= from && now.find((block) => block.index === index)?.hash !== hash,
  );
}
