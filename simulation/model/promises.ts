/** What clients sent to a chain, what they were promised, and whether the chain keeps it. */
import { jcs, type JsonObject, textOf } from './bytes.js';
import type { SealedEntry, TakenBlock } from './chain.js';
import { require } from './violation.js';

/** A request for one entry. */
export interface Request {
  /** the fields of the leaf that the client decides, with the leaf's names; `nonce` only where it sends one */
  readonly fields: JsonObject;
}

/** What a producer answered with 201 (or 200 to a repeat). */
export interface Acknowledgement {
  readonly id: string;
  readonly sequence: number;
  /** the index of the promised block */
  readonly block: number;
}

interface Sending {
  readonly fields: JsonObject;
  outcome: 'unknown' | 'refused' | 'acknowledged' | 'sealed';
}

interface Promise extends Acknowledgement {
  /** true time, in milliseconds */
  readonly acceptedAt: number;
}

export class Promises {
  private readonly sendings: Sending[] = [];
  /** by sender and nonce, or by sender alone where the producer makes the nonce */
  private readonly byKey = new Map<string, Sending[]>();
  /** unsealed, by id, in the order of acceptance */
  private readonly open = new Map<string, Promise>();

  constructor(
    private readonly name: string,
    private readonly hasSenders: boolean,
  ) {}

  /** @returns the request's number, for its answer */
  sent({ fields }: Request): number {
    const sending: Sending = { fields, outcome: 'unknown' };
    const key = this.keyOf(fields, fields['nonce'] !== undefined);
    const others = this.byKey.get(key);
    if (others === undefined) this.byKey.set(key, [sending]);
    else others.push(sending);
    return this.sendings.push(sending) - 1;
  }

  /** The producer refused the request for good: it changed nothing. */
  refused(request: number): void {
    const sending = this.sendings[request];
    if (sending?.outcome === 'unknown') sending.outcome = 'refused';
  }

  /** @param sealed the entry with this id, where the chain has it already */
  acknowledged(
    request: number,
    promised: Acknowledgement,
    now: number,
    sealed: SealedEntry | undefined,
  ): void {
    const sending = this.sendings[request];
    if (sending?.outcome === 'unknown') sending.outcome = 'acknowledged';
    if (sealed !== undefined) return this.requireKept(promised, sealed);
    const before = this.open.get(promised.id);
    if (before !== undefined) return this.requireSame(before, promised);
    this.open.set(promised.id, { ...promised, acceptedAt: now });
  }

  /** A block was sealed: are the promises kept that it should keep, and was all of it asked for? */
  sealed({ block, entries }: TakenBlock): void {
    for (const entry of entries) {
      const promised = this.open.get(entry.id);
      if (promised !== undefined) {
        this.requireKept(promised, entry);
        this.open.delete(entry.id);
      }
      if (entry.leaf['type'] !== 'return') this.requireSent(entry);
    }
    for (const promised of this.open.values()) {
      if (promised.sequence >= block.treeSize) break;
      require(false, 'promise-kept', () =>
        `${promised.id} was promised sequence ${promised.sequence} of ${this.name} in block ${promised.block}; block ${block.index} ends at ${block.treeSize} without it.`);
    }
  }

  /** The unsealed promise that was made first. */
  oldest(): Promise | undefined {
    return this.open.values().next().value;
  }

  get openCount(): number {
    return this.open.size;
  }

  private requireKept(promised: Acknowledgement, { id, sequence, block }: SealedEntry): void {
    require(promised.sequence === sequence && promised.block === block, 'promise-kept', () =>
      `${id} was promised sequence ${promised.sequence} of ${this.name} in block ${promised.block}, and is ${sequence} in block ${block}.`);
  }

  private requireSame(before: Acknowledgement, now: Acknowledgement): void {
    require(before.sequence === now.sequence && before.block === now.block, 'promise-kept', () =>
      `${now.id} was promised sequence ${before.sequence} of ${this.name} in block ${before.block}, and now ${now.sequence} in block ${now.block}.`);
  }

  private requireSent({ id, leaf }: SealedEntry): void {
    const withNonce = this.byKey.get(this.keyOf(leaf, true)) ?? [];
    const without = this.byKey.get(this.keyOf(leaf, false)) ?? [];
    const asked = [...withNonce, ...without].find(
      ({ fields, outcome }) => (outcome === 'unknown' || outcome === 'acknowledged') && isIn(fields, leaf),
    );
    require(asked !== undefined, 'only-what-was-sent', () =>
      `Nobody sent ${id} to ${this.name}, or it was refused: ${jcs(leaf)}.`);
    asked.outcome = 'sealed';
  }

  private keyOf(fields: JsonObject, hasNonce: boolean): string {
    const sender = this.hasSenders ? textOf(fields['sender']) : '';
    return hasNonce ? `${sender}\n${textOf(fields['nonce'])}` : sender;
  }
}

function isIn(fields: JsonObject, leaf: JsonObject): boolean {
  return Object.entries(fields).every(([key, value]) => jcs(value) === jcs(leaf[key] ?? null));
}
