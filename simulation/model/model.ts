/**
 * The independent judge of a simulated network. It is told what clients sent and were answered, and what honest nodes
 * show, and throws a {@link Violation} at the first thing that the protocol or a promise rules out. It shares no code
 * with `src`: what both have in common are the bytes of the protocol.
 */
import { parseObject, sha256, type JsonObject, textOf } from './bytes.js';
import { Chain, entriesDigest } from './chain.js';
import { Promises, type Acknowledgement, type Request } from './promises.js';
import { formatUnits } from './units.js';
import { require, Violation } from './violation.js';

export type { Acknowledgement, Request } from './promises.js';
export type { Json, JsonObject } from './bytes.js';
export { Violation } from './violation.js';

/** Between what the contract allows and what is judged: a commit, timers and the network take some time. */
const SLACK_MS = 2_000;

interface JudgedChain {
  readonly chain: Chain;
  readonly promises: Promises;
  /** the node that seals it */
  readonly producer: string;
  /** the producer keeps the rules; otherwise only what each node shows by itself is judged */
  isProducerHonest: boolean;
  /** true time since which nothing hinders the producer; undefined while something does */
  calmSince: number | undefined;
}

interface JudgedNode {
  isHonest: boolean;
  /** by chain: the hash of each block that it showed, from genesis */
  readonly shown: Map<string, string[]>;
}

export class Model {
  private readonly chains = new Map<string, JudgedChain>();
  private readonly nodes = new Map<string, JudgedNode>();
  /** SHA-256 of the wire text in which a block was first shown, by its hash: most nodes show the same text */
  private readonly texts = new Map<string, string>();

  /**
   * @param contractText the contract's canonical bytes
   * @param producer the node that seals it
   * @returns the chain's id
   */
  addChain(contractText: string, producer: string, now: number): string {
    const chain = new Chain(contractText);
    const { id, name, token } = chain.contract;
    const promises = new Promises(name, token !== undefined);
    this.chains.set(id, { chain, promises, producer, isProducerHonest: true, calmSince: now });
    return id;
  }

  addNode(node: string, isHonest = true): void {
    this.nodes.set(node, { isHonest, shown: new Map() });
  }

  /** From now on this node may show anything. */
  turnsDishonest(node: string): void {
    this.node(node).isHonest = false;
  }

  /** From now on this chain's producer may seal anything, as two processes with one key do. */
  producerTurnsDishonest(chain: string): void {
    this.judged(chain).isProducerHonest = false;
  }

  /** The node was set back to an older copy of its database. */
  restored(node: string, chain: string, head: number): void {
    const shown = this.node(node).shown.get(chain);
    if (shown !== undefined) shown.length = Math.min(shown.length, head);
  }

  /** @returns the request's number, for its answer */
  sent(chain: string, request: Request): number {
    return this.judged(chain).promises.sent(request);
  }

  refused(chain: string, request: number): void {
    this.judged(chain).promises.refused(request);
  }

  /** @param now true time, in milliseconds */
  acknowledged(chain: string, request: number, promised: Acknowledgement, now: number): void {
    const { chain: sealed, promises } = this.judged(chain);
    promises.acknowledged(request, promised, now, sealed.entry(promised.id));
  }

  /** Something hinders the chain's producer (it is down, its disk fails, its clock is wrong). */
  disturbed(chain: string): void {
    this.judged(chain).calmSince = undefined;
  }

  /** Nothing hinders the chain's producer any more. */
  calm(chain: string, now: number): void {
    this.judged(chain).calmSince ??= now;
  }

  /**
   * A node shows the block after the last that it showed of this chain. A chain's producer must be the first to show one.
   * @param text the block in its wire form
   */
  blockShown(node: string, chain: string, text: string): void {
    const { isHonest, shown } = this.node(node);
    if (!isHonest) return;
    const judged = this.judged(chain);
    const hashes = shown.get(chain) ?? [];
    shown.set(chain, hashes);
    hashes.push(
      judged.isProducerHonest ? this.judge(node, judged, hashes.length + 1, text) : (hashOf(text) ?? ''),
    );
  }

  /** A node says which block is its last. @throws Violation if it has shown a higher one, or another */
  headShown(node: string, chain: string, index: number, hash: string): void {
    const { isHonest, shown } = this.node(node);
    if (!isHonest) return;
    const hashes = shown.get(chain) ?? [];
    require(index >= hashes.length, 'head-never-regresses', () =>
      `${node} showed block ${hashes.length} of ${this.nameOf(chain)}, and now its head is ${index}.`);
    require(index > hashes.length || hashes[index - 1] === hash, 'one-story', () =>
      `${node} showed ${hashes[index - 1] ?? 'nothing'} as block ${index} of ${this.nameOf(chain)}, and now ${hash}.`);
  }

  /** A node reports a fault of another, or of a chain's producer. */
  accused(by: string, accused: string, why: string): void {
    if (!this.node(by).isHonest || !this.node(accused).isHonest) return;
    throw new Violation('no-false-accusation', `${by} accuses ${accused}: ${why}`);
  }

  producerAccused(by: string, chain: string, why: string): void {
    if (!this.node(by).isHonest || !this.judged(chain).isProducerHonest) return;
    throw new Violation('no-false-accusation', `${by} accuses the producer of ${this.nameOf(chain)}: ${why}`);
  }

  /** Is everything sealed that should be by now? */
  elapsed(now: number): void {
    for (const { chain, promises, calmSince, isProducerHonest } of this.chains.values()) {
      const oldest = promises.oldest();
      const { intervalMs, name } = chain.contract;
      if (oldest === undefined || calmSince === undefined || intervalMs === null || !isProducerHonest)
        continue;
      const due = Math.max(oldest.acceptedAt, calmSince) + intervalMs + SLACK_MS;
      require(now <= due, 'sealed-in-time', () =>
        `${oldest.id}, accepted on ${name} at ${oldest.acceptedAt}, should be sealed by ${due}; it is ${now}.`);
    }
  }

  /** A node answered with a wallet at the block that it showed last, nothing waiting. */
  walletShown(node: string, chain: string, answer: JsonObject): void {
    const { chain: sealed, isProducerHonest } = this.judged(chain);
    const { isHonest, shown } = this.node(node);
    const { books, contract, head } = sealed;
    const isLevel = shown.get(chain)?.length === head?.index;
    if (!isHonest || !isProducerHonest || !isLevel || books === undefined || contract.token === undefined)
      return;
    const address = textOf(answer['address']);
    const expected = books.balanceText(address);
    require(answer['available'] === expected, 'books-agree', () =>
      `${node} says that ${address} may send ${textOf(answer['available'])} on ${contract.name}, not ${expected}.`);
    const held = formatUnits(books.heldBy(address), contract.token.decimals);
    require(answer['held'] === held, 'books-agree', () =>
      `${node} says that ${address} holds ${textOf(answer['held'])} on ${contract.name}, not ${held}.`);
  }

  /** All faults are over, and the time allowed after the last has passed: every honest node has every block. */
  requireLevel(chain: string, nodes: readonly string[]): void {
    const { chain: sealed, isProducerHonest } = this.judged(chain);
    if (!isProducerHonest) return;
    for (const node of nodes) {
      const count = this.node(node).shown.get(chain)?.length ?? 0;
      require(count === sealed.blocks.length, 'level-in-the-end', () =>
        `${node} shows ${count} blocks of ${sealed.contract.name}, of ${sealed.blocks.length}.`);
    }
  }

  /** Whether an acknowledged entry is not sealed yet. */
  isOwed(chain: string): boolean {
    return this.judged(chain).promises.oldest() !== undefined;
  }

  /** The sealed chain, for comparisons and for what clients do next. */
  sealed(chain: string): Chain {
    return this.judged(chain).chain;
  }

  private judge(
    node: string,
    { chain, promises, producer }: JudgedChain,
    index: number,
    text: string,
  ): string {
    const digest = sha256(text).toString('base64');
    const known = chain.block(index);
    if (known === undefined) {
      require(node === producer, 'sealed-by-its-producer', () =>
        `${node} shows block ${index} of ${chain.contract.name}, which ${producer} has not shown: ${text.slice(0, 1000)}`);
      const taken = chain.take(text);
      promises.sealed(taken);
      this.texts.set(taken.block.hash, digest);
      return taken.block.hash;
    }
    if (this.texts.get(known.hash) === digest) return known.hash;
    const wire = parseObject(text);
    const entries = (wire[chain.contract.token ? 'transactions' : 'information'] ??
      []) as readonly JsonObject[];
    require(wire['index'] === index &&
      wire['hash'] === known.hash &&
      entriesDigest(entries) === known.entriesDigest, 'one-story', () =>
      `${node} shows another block ${index} of ${chain.contract.name} than ${known.hash}: ${text.slice(0, 1000)}`);
    return known.hash;
  }

  private nameOf(chain: string): string {
    return this.judged(chain).chain.contract.name;
  }

  private judged(chain: string): JudgedChain {
    const judged = this.chains.get(chain);
    if (judged === undefined) throw new Error(`the model has no chain ${chain}`);
    return judged;
  }

  private node(name: string): JudgedNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`the model has no node ${name}`);
    return node;
  }
}

function hashOf(text: string): string | undefined {
  const { hash } = parseObject(text);
  return typeof hash === 'string' ? hash : undefined;
}
