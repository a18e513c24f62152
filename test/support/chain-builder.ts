/**
 * Makes signed chains as wire objects, and blocks that cheat in one place and are perfectly sealed everywhere else.
 * Written from the protocol's text and sharing no code with `src/chain`: each of the two checks the other.
 */
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';

/** An object as it is on the wire. */
export type Wire = Record<string, unknown>;
/** Changes an object in place. */
export type Cheat = (object: Wire) => unknown;

export const CREATED_AT = 1_760_000_000_000;
const GENESIS_PREVIOUS_HASH = '0'.repeat(64);

const jcs = (value: unknown): string => canonicalize(value) as string;
const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** A producer's Ed25519 key pair. */
export class TestProducer {
  /** raw, as 64 hex digits */
  readonly publicKey: string;
  private readonly key: KeyObject;

  /** @param seed the RFC 8032 secret key, as 64 hex digits */
  constructor(seed: string) {
    const head = '302e020100300506032b657004220420'; // PKCS#8 (RFC 8410, section 7)
    this.key = createPrivateKey({ key: Buffer.from(head + seed, 'hex'), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.key).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(-32).toString('hex');
  }

  /** The signature over `message` (UTF-8), as 128 hex digits. */
  sign(message: string | Uint8Array): string {
    const bytes = typeof message === 'string' ? Buffer.from(message) : message;
    return sign(null, bytes, this.key).toString('hex');
  }
}

export const PRODUCER = new TestProducer('01'.repeat(32));
export const OTHER_PRODUCER = new TestProducer('02'.repeat(32));

const SCHEDULE = { interval_ms: 10_000, max_entries: 1000, seal_empty: false };

/** The token contract of the protocol's text; `changes` replaces top-level fields. */
export function tokenContract(changes: Wire = {}): Wire {
  return {
    version: 1,
    kind: 'token',
    name: 'aka',
    producer: PRODUCER.publicKey,
    created_at: CREATED_AT,
    schedule: { ...SCHEDULE },
    token: { symbol: 'AKA', decimals: 18 },
    fee: { rate: '0.00005', wallet: 'bpsc_wallet_address', disposition: 'collect' },
    wallets: { policy: 'open', allocations: [] },
    ...changes,
  };
}

export function informationContract(changes: Wire = {}): Wire {
  return {
    version: 1,
    kind: 'information',
    name: 'information',
    producer: PRODUCER.publicKey,
    created_at: CREATED_AT,
    schedule: { ...SCHEDULE },
    ...changes,
  };
}

/** MTH of RFC 6962, section 2.1, as it is written there; over the leaves' own hashes. */
export function merkleRoot(leafHashes: readonly Uint8Array[]): Buffer {
  if (leafHashes.length === 0) return sha256('');
  if (leafHashes.length === 1) return Buffer.from(leafHashes[0] as Uint8Array);
  let k = 1;
  while (2 * k < leafHashes.length) k *= 2;
  return sha256(Buffer.of(1), merkleRoot(leafHashes.slice(0, k)), merkleRoot(leafHashes.slice(k)));
}

/** The fee and the rest of an amount, by long arithmetic on decimal strings. */
export function splitAmount(
  amount: string,
  rate: string,
  decimals: number,
): { fee: string; receive: string } {
  const units = (text: string, places: number): bigint => {
    const [whole = '0', fraction = ''] = text.split('.');
    return BigInt(whole + fraction.padEnd(places, '0'));
  };
  const format = (value: bigint): string => {
    const one = 10n ** BigInt(decimals);
    const fraction = (value % one).toString().padStart(decimals, '0').replace(/0+$/, '');
    return `${value / one}${decimals === 0 || fraction === '' ? '' : `.${fraction}`}`;
  };
  const send = units(amount, decimals);
  const product = send * units(rate, 18);
  const fee = product / 10n ** 18n + (product % 10n ** 18n === 0n ? 0n : 1n);
  return { fee: format(fee), receive: format(send - fee) };
}

/** SHA-256(0x00 ‖ JCS(leaf)); an entry's leaf is all but what only goes beside it on the wire. */
export function leafHash(entry: Wire): Buffer {
  const leaf = { ...entry };
  for (const beside of ['id', 'information', 'salt', 'erased']) delete leaf[beside];
  return sha256('\0', jcs(leaf));
}

export interface TransferParts {
  sender?: string;
  recipient?: string;
  amount?: string;
  nonce?: string;
  timestamp?: number;
  memo?: string;
}

export interface InformationParts {
  information?: unknown;
  nonce?: string;
  timestamp?: number;
  /** 32 hex digits */
  salt?: string;
  erased?: boolean;
}

export interface BlockParts {
  timestamp?: number;
  /** changes the block (header fields and entries) before it is hashed and signed */
  cheat?: Cheat;
  /** changes the finished block */
  tamper?: Cheat;
  /** signs in the place of the contract's producer */
  signer?: TestProducer;
}

/** A chain that grows block by block from its contract. */
export class ChainBuilder {
  readonly chain: string;
  readonly blocks: Wire[] = [];
  private leaves: Buffer[] = [];
  private nonces = 0;

  constructor(
    readonly contract: Wire,
    private readonly producer = PRODUCER,
  ) {
    this.chain = sha256(jcs(contract)).toString('hex');
  }

  static token(changes: Wire = {}): ChainBuilder {
    return new ChainBuilder(tokenContract(changes)).begin();
  }

  static information(changes: Wire = {}): ChainBuilder {
    return new ChainBuilder(informationContract(changes)).begin();
  }

  get head(): Wire {
    const head = this.blocks.at(-1);
    if (head === undefined) throw new Error('the chain has no block yet');
    return head;
  }

  /** Seals the genesis block. */
  begin(): this {
    this.seal([], { timestamp: this.contract.created_at as number });
    return this;
  }

  /** A transfer as it is on the wire; `cheat` changes its leaf before the id is made. */
  transfer(parts: TransferParts = {}, cheat?: Cheat): Wire {
    const { rate, wallet } = this.contract.fee as { rate: string; wallet: string };
    const { decimals } = this.contract.token as { decimals: number };
    const amount = parts.amount ?? '1000000';
    const { fee, receive } = splitAmount(amount, rate, decimals);
    return this.entry(
      {
        amount_bpsc: fee,
        amount_receive: receive,
        amount_send: amount,
        bpsc: wallet,
        nonce: parts.nonce ?? this.nextNonce(),
        recipient: parts.recipient ?? 'bob',
        sender: parts.sender ?? 'alice',
        timestamp: parts.timestamp ?? this.nextTimestamp(),
        type: 'transfer',
        ...(parts.memo === undefined ? {} : { memo: parts.memo }),
      },
      cheat,
    );
  }

  /** An information record as it is on the wire; `cheat` changes its leaf before the id is made. */
  information(parts: InformationParts = {}, cheat?: Cheat): Wire {
    const information = 'information' in parts ? parts.information : { degree: 'BSc', grade: 1.5 };
    const salt = parts.salt ?? '5a'.repeat(16);
    const leaf = {
      information_hash: sha256(Buffer.from(salt, 'hex'), jcs(information)).toString('hex'),
      nonce: parts.nonce ?? this.nextNonce(),
      timestamp: parts.timestamp ?? this.nextTimestamp(),
      type: 'information',
    };
    const beside = parts.erased === true ? { erased: true } : { information, salt };
    return { ...this.entry(leaf, cheat), ...beside };
  }

  /** The next block, without making it the head: any number of blocks may be forged on one parent. */
  forge(entries: readonly Wire[] = [], parts: BlockParts = {}): Wire {
    const parent = this.blocks.at(-1);
    const name = this.contract.kind === 'token' ? 'transactions' : 'information';
    const leaves = [...this.leaves, ...entries.map(leafHash)];
    const draft: Wire = {
      chain: this.chain,
      index: this.blocks.length + 1,
      previous_hash: parent === undefined ? GENESIS_PREVIOUS_HASH : parent.hash,
      timestamp: parts.timestamp ?? this.nextTimestamp() + 1000,
      tree_root: merkleRoot(leaves).toString('hex'),
      tree_size: leaves.length,
      version: 1,
      [name]: entries,
    };
    parts.cheat?.(draft);
    const { [name]: sealed, ...header } = draft;
    const text = jcs(header);
    const signature = (parts.signer ?? this.producer).sign(`bpsc/block/v1\n${text}`);
    const block = { ...header, hash: sha256(text).toString('hex'), signature, [name]: sealed };
    // Through JSON: a block from outside shares nothing with the objects it was made of.
    const received = JSON.parse(JSON.stringify(block)) as Wire;
    parts.tamper?.(received);
    return received;
  }

  /** The next block, which becomes the head. */
  seal(entries: readonly Wire[] = [], parts: BlockParts = {}): Wire {
    const block = this.forge(entries, parts);
    this.leaves = [...this.leaves, ...entries.map(leafHash)];
    this.blocks.push(block);
    return block;
  }

  /** Roots of the perfect subtrees of the tree so far, largest first. */
  frontier(): Buffer[] {
    const nodes: Buffer[] = [];
    let start = 0;
    for (let width = 2 ** 40; width >= 1; width /= 2) {
      if (this.leaves.length - start < width) continue;
      nodes.push(merkleRoot(this.leaves.slice(start, start + width)));
      start += width;
    }
    return nodes;
  }

  private entry(leaf: Wire, cheat: Cheat | undefined): Wire {
    cheat?.(leaf);
    return { ...leaf, id: leafHash(leaf).toString('hex') };
  }

  private nextNonce(): string {
    return `nonce-${++this.nonces}`;
  }

  /** A time not before anything in the chain so far. */
  private nextTimestamp(): number {
    return (this.blocks.at(-1)?.timestamp as number | undefined) ?? CREATED_AT;
  }
}
