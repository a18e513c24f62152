/** One chain as its producer sealed it: every block verified by the protocol's text (sections 3 to 7 and 13), all entries kept. */
import { addressOf } from './address.js';
import { Books } from './books.js';
import {
  isSignature,
  jcs,
  leafHash,
  leafOf,
  parseObject,
  publicKey,
  sha256,
  type JsonObject,
  textOf,
} from './bytes.js';
import { parseContract, type Contract } from './contract.js';
import { Tree } from './tree.js';
import { require } from './violation.js';

export interface SealedEntry {
  readonly id: string;
  readonly leaf: JsonObject;
  readonly sequence: number;
  /** the index of its block */
  readonly block: number;
}

export interface SealedBlock {
  readonly index: number;
  readonly hash: string;
  readonly timestamp: number;
  readonly treeSize: number;
  readonly treeRoot: string;
  /** SHA-256 of JCS of all entries as they were first seen, without what erasure removes */
  readonly entriesDigest: string;
}

export interface TakenBlock {
  readonly block: SealedBlock;
  readonly entries: readonly SealedEntry[];
}

const HOLDER_FIELDS = 'amount_send hold_until memo metadata nonce recipient sender transfer type'.split(' ');
const HEADER_FIELDS = 'chain index previous_hash timestamp tree_root tree_size version'.split(' ');

/** The header's part of a block in its wire form. */
export function headerOf(block: JsonObject): JsonObject {
  return pick(block, HEADER_FIELDS);
}

function pick(object: JsonObject, fields: readonly string[]): JsonObject {
  const found = Object.entries(object).filter(([key]) => fields.includes(key));
  return Object.fromEntries(found);
}

export class Chain {
  readonly contract: Contract;
  /** undefined of an information chain */
  readonly books: Books | undefined;
  readonly blocks: SealedBlock[] = [];
  readonly entries: SealedEntry[] = [];
  private readonly tree = new Tree();
  private readonly nonces = new Set<string>();
  private readonly byId = new Map<string, number>();
  /** ids of records → ids of the erasures that removed them */
  private readonly erasures = new Map<string, string>();

  /** @param contractText the contract's canonical bytes */
  constructor(contractText: string) {
    this.contract = parseContract(contractText);
    this.books = this.contract.token && new Books(this.contract.token);
  }

  get head(): SealedBlock | undefined {
    return this.blocks.at(-1);
  }

  /** The block with this index; the first is 1. */
  block(index: number): SealedBlock | undefined {
    return this.blocks[index - 1];
  }

  entry(id: string): SealedEntry | undefined {
    const sequence = this.byId.get(id);
    return sequence === undefined ? undefined : this.entries[sequence];
  }

  erasureOf(id: string): string | undefined {
    return this.erasures.get(id);
  }

  /** Verifies the next block and takes it. @throws Violation, after which this chain is of no use */
  take(text: string): TakenBlock {
    const wire = parseObject(text);
    const where = `Block ${textOf(wire['index'])} of ${this.contract.name}`;
    const parent = this.head;
    const header = headerOf(wire);
    const [timestamp, treeSize] = [header['timestamp'] as number, header['tree_size'] as number];
    const entries = (wire[this.contract.token ? 'transactions' : 'information'] ??
      []) as readonly JsonObject[];
    require(header['chain'] === this.contract.id &&
      header['version'] === 1 &&
      header['index'] === this.blocks.length + 1 &&
      header['previous_hash'] === (parent?.hash ?? '0'.repeat(64)), 'bytes-of-the-protocol', () =>
      `${where} doesn't follow block ${this.blocks.length}, ${parent?.hash ?? 'none'}: ${jcs(header)}.`);
    require(timestamp >= (parent?.timestamp ?? this.contract.createdAt) &&
      entries.length <= this.contract.maxEntries &&
      treeSize === this.entries.length + entries.length, 'bytes-of-the-protocol', () =>
      `${where} has ${entries.length} entries: ${jcs(header)} after ${JSON.stringify(parent)}.`);
    if (parent === undefined) {
      require(timestamp === this.contract.createdAt && treeSize === 0, 'bytes-of-the-protocol', () =>
        `${where}, the genesis block, is ${jcs(header)}.`);
    }
    const taken = entries.map((entry) => this.takeEntry(entry, this.blocks.length + 1));
    const last = taken.at(-1);
    require(last === undefined ||
      timestamp >= (last.leaf['timestamp'] as number), 'bytes-of-the-protocol', () =>
      `${where} of ${timestamp} is earlier than its entries.`);
    const headerText = jcs(header);
    const hash = sha256(headerText).toString('hex');
    const treeRoot = this.tree.root();
    require(header['tree_root'] === treeRoot &&
      wire['hash'] === hash &&
      isSignature(
        publicKey(this.contract.producer),
        `bpsc/block/v1\n${headerText}`,
        wire['signature'],
      ), 'bytes-of-the-protocol', () =>
      `${where} has not the root ${treeRoot}, the hash ${hash}, or its producer's signature: ${headerText}.`);
    const block = {
      index: this.blocks.length + 1,
      hash,
      timestamp,
      treeSize,
      treeRoot,
      entriesDigest: entriesDigest(entries),
    };
    this.blocks.push(block);
    return { block, entries: taken };
  }

  private takeEntry(wire: JsonObject, block: number): SealedEntry {
    const leaf = leafOf(wire);
    const hash = leafHash(leaf);
    const entry = { id: hash.toString('hex'), leaf, sequence: this.entries.length, block };
    const before = this.entries.at(-1)?.leaf['timestamp'] as number | undefined;
    require(wire['id'] === entry.id &&
      (leaf['timestamp'] as number) >= (before ?? 0), 'bytes-of-the-protocol', () =>
      `Entry ${entry.sequence} of ${this.contract.name} has another id than ${entry.id}, or runs backwards.`);
    const nonce = `${this.contract.token ? textOf(leaf['sender']) : ''}\n${textOf(leaf['nonce'])}`;
    require(!this.nonces.has(nonce), 'promise-kept', () =>
      `The nonce ${JSON.stringify(nonce)} is on ${this.contract.name} twice, the second time as ${entry.id}.`);
    this.nonces.add(nonce);
    if (this.contract.token === undefined) this.takeRecord(entry, wire);
    else this.takeTransaction(entry);
    this.byId.set(entry.id, entry.sequence);
    this.entries.push(entry);
    this.tree.append(hash);
    return entry;
  }

  private takeTransaction({ id, leaf }: SealedEntry): void {
    if (this.contract.token?.isSigned === true && leaf['type'] !== 'return') {
      const signed = jcs({ ...pick(leaf, HOLDER_FIELDS), chain: this.contract.id });
      const key = textOf(leaf['public_key']);
      require(addressOf(key) === leaf['sender'] &&
        isSignature(
          publicKey(key),
          `bpsc/transaction/v1\n${signed}`,
          leaf['signature'],
        ), 'bytes-of-the-protocol', () => `${id} is not signed by its sender ${textOf(leaf['sender'])}.`);
    }
    this.books?.book(id, leaf);
  }

  private takeRecord({ id, leaf }: SealedEntry, wire: JsonObject): void {
    if (leaf['type'] === 'erasure') {
      const erased = textOf(leaf['erases']);
      const record = this.entry(erased);
      require(record !== undefined &&
        record.leaf['type'] === 'information' &&
        !this.erasures.has(erased), 'bytes-of-the-protocol', () =>
        `${id} erases ${erased}, which is no record, or has been erased.`);
      this.erasures.set(erased, id);
      return;
    }
    if (wire['erased'] === true) return;
    const { salt, information } = wire;
    const content = sha256(Buffer.from(textOf(salt), 'hex'), jcs(information ?? null)).toString('hex');
    require(leaf['information_hash'] === content, 'bytes-of-the-protocol', () =>
      `The record ${id} is of ${content}, not of ${textOf(leaf['information_hash'])}.`);
  }
}

/** What two copies of a block must share: all but the content of records, which can be erased. */
export function entriesDigest(entries: readonly JsonObject[]): string {
  const texts = entries.map((entry) => `${textOf(entry['id'])}${jcs(leafOf(entry))}`);
  return sha256(texts.join('\n')).toString('hex');
}
