/** Shows the model what every node shows, after each step, and what clients sent and were answered. */
import { contractText } from '../../src/chain/contract/contract.js';
import type { Hash } from '../../src/chain/bytes/bytes.js';
import type { Chain, FaultRecord } from '../../src/ledger/store.js';
import { textOf } from '../model/bytes.js';
import { Model, Violation, type JsonObject } from '../model/model.js';
import { intentKey, type Intent } from '../clients/intent.js';
import type { Machine } from '../nodes/machine.js';
import type { ShownNode } from './shown-node.js';
import type { NetworkRequest, ServerAnswer } from '../network/network.js';
import { routeOf } from '../nodes/reading-door.js';
import type { Timeline } from '../world/timeline.js';
import type { Trace } from '../world/trace.js';

/** Between two looks at what is overdue. */
const OVERDUE_EVERY_MS = 500;

interface Place {
  readonly index: number;
  readonly hash: string;
}

export class Judge {
  readonly model = new Model();
  readonly chains = new Map<Hash, Chain>();
  private readonly machines: ShownNode[] = [];
  private readonly producers = new Map<Hash, string>();
  /** the last block that each node showed, by node and chain */
  private readonly shown = new Map<string, Map<Hash, Place>>();
  private readonly requests = new Map<string, number>();
  private lookedAt = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly trace: Trace,
  ) {}

  add(node: ShownNode, isHonest: boolean): void {
    this.machines.push(node);
    this.shown.set(node.name, new Map());
    this.model.addNode(node.name, isHonest);
  }

  chainBorn(producer: string, chain: Chain): void {
    if (this.chains.has(chain.id)) return;
    this.chains.set(chain.id, chain);
    this.producers.set(chain.id, producer);
    this.model.addChain(contractText(chain.contract), producer, this.timeline.now);
  }

  /** The chains of a producer. */
  chainsOf(producer: string): readonly Hash[] {
    return [...this.producers].flatMap(([chain, name]) => (name === producer ? chain : []));
  }

  producerOf(chain: Hash): string | undefined {
    return this.producers.get(chain);
  }

  /** @returns the request's number */
  sent({ chain, fields }: Intent): number {
    const number = this.model.sent(chain, { fields });
    const { sender = '', nonce } = fields;
    if (typeof nonce === 'string') this.requests.set(intentKey(chain, textOf(sender), nonce), number);
    return number;
  }

  refused(chain: string, request: number): void {
    this.model.refused(chain, request);
  }

  /** An answer leaves a producer. */
  answered(producer: Machine, { path, body }: NetworkRequest, { status, body: bytes }: ServerAnswer): void {
    const { chain } = routeOf(path);
    if (chain === undefined || (status !== 200 && status !== 201)) return;
    const answer = JSON.parse(Buffer.from(bytes).toString()) as JsonObject;
    const asked = JSON.parse(body ?? '{}') as JsonObject;
    const id = (answer['id'] ?? (answer['transaction'] as JsonObject | undefined)?.['id']) as Hash;
    const sender = path.includes('/transactions') ? textOf(asked['sender']) : '';
    const request = this.requests.get(intentKey(chain, sender, textOf(asked['nonce'])));
    const stored = producer.running?.store.store(chain as Hash)?.entryById(id);
    const sequence = stored?.sequence ?? -1;
    if (stored === undefined) {
      throw new Violation('promise-kept', `${producer.name} acknowledges ${id}, and does not have it.`);
    }
    this.trace.line(producer.name, `acknowledges ${id.slice(0, 12)} for block ${Number(answer['index'])}`);
    const promised = { id, sequence, block: answer['index'] as number };
    this.model.acknowledged(chain, request ?? -1, promised, this.timeline.now);
  }

  accused(by: string, { upstream, chain, fault, message }: Omit<FaultRecord, 'lastSeenAt' | 'times'>): void {
    this.trace.line(
      by,
      `accuses ${upstream} of ${fault} on ${chain === '' ? 'everything' : chain}: ${message}`,
    );
    const accused = this.machines.find(({ url }) => url === upstream);
    if (accused !== undefined) this.model.accused(by, accused.name, `${fault}: ${message}`);
  }

  /** After a step: what the node shows now. @throws Violation */
  look(node: ShownNode): void {
    if (!node.isUp) return;
    const shown = this.shown.get(node.name) as Map<Hash, Place>;
    for (const chain of this.chains.keys()) {
      const head = node.head(chain);
      const last = shown.get(chain);
      if (head === undefined || head.hash === last?.hash) continue;
      if (last !== undefined && head.index <= last.index) {
        this.model.headShown(node.name, chain, head.index, head.hash);
      }
      for (let index = (last?.index ?? 0) + 1; index <= head.index; index++) {
        this.model.blockShown(node.name, chain, node.blockText(chain, index));
      }
      shown.set(chain, head);
      this.trace.line(
        node.name,
        `shows block ${head.index} of ${this.nameOf(chain)}, ${head.hash.slice(0, 12)}`,
      );
    }
  }

  /** A process has begun: what it shows is what the one before it showed, or more. */
  lookAgain(node: ShownNode): void {
    for (const chain of this.shown.get(node.name)?.keys() ?? []) {
      if (node.head(chain) === undefined) {
        throw new Violation('head-never-regresses', `${node.name} has lost ${chain}.`);
      }
    }
  }

  /** @param isCalm whether nothing hinders a producer */
  elapsed(isCalm: (producer: string) => boolean): void {
    const { now } = this.timeline;
    if (now - this.lookedAt < OVERDUE_EVERY_MS) return;
    this.lookedAt = now;
    for (const [chain, producer] of this.producers) {
      if (isCalm(producer)) this.model.calm(chain, now);
      else this.model.disturbed(chain);
    }
    this.model.elapsed(now);
  }

  /** The index of the last block that a node showed. */
  shownOf(node: string, chain: Hash): number {
    return this.shown.get(node)?.get(chain)?.index ?? 0;
  }

  /** Whether no entry waits that has to be sealed by time. */
  isSettled(chain: Hash): boolean {
    const { schedule } = (this.chains.get(chain) as Chain).contract;
    return schedule.intervalMs === null || !this.model.isOwed(chain);
  }

  nameOf(chain: Hash): string {
    return this.chains.get(chain)?.name ?? chain;
  }
}
