/**
 * Makes signed chains as wire objects, and blocks that cheat in one place and are perfectly sealed everywhere else.
 * Written from the protocol's text and sharing no code with `src/chain`: each of the two checks the other.
 */
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import { bech32, wordsOf } from './bech32m.js';

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

/** The address of a public key (64 hex digits): version 0 and 20 bytes of its SHA-256, as bech32m. */
export function walletAddress(publicKey: string): string {
  const keyHash = sha256(Buffer.from(publicKey, 'hex')).subarray(0, 20);
  return bech32('bp', wordsOf(Buffer.concat([Buffer.of(0), keyHash])));
}

/** Who has a wallet under the policy `signed`: a key pair and its address. */
export class Holder extends TestProducer {
  readonly address = walletAddress(this.publicKey);
}

export const ALICE = new Holder('a1'.repeat(32));
export const BOB = new Holder('b2'.repeat(32));
export const CAROL = new Holder('c3'.repeat(32));
export const MALLORY = new Holder('d4'.repeat(32));
export const ISSUER = new Holder('e5'.repeat(32));
/** The producer as the holder of the fee wallet. */
export const FEE_HOLDER = new Holder('01'.repeat(32));
const HOLDERS = new Map(
  [ALICE, BOB, CAROL, MALLORY, ISSUER, FEE_HOLDER].map((holder) => [holder.address, holder]),
);

const SCHEDULE = { interval_ms: 10_000, max_entries: 1000, seal_empty: false };

/** The token contract of the protocol's text; `changes` replaces top-level fields. */
export function tokenContract(changes: Wire = {}): Wire {
  const isSigned = (changes.wallets as Wire | undefined)?.policy === 'signed';
  const feeWallet = isSigned ? walletAddress(PRODUCER.publicKey) : 'bpsc_wallet_address';
  return {
    version: 1,
    kind: 'token',
    name: 'aka',
    producer: PRODUCER.publicKey,
    created_at: CREATED_AT,
    schedule: { ...SCHEDULE },
    token: { symbol: 'AKA', decimals: 18 },
    fee: { rate: '0.00005', wallet: feeWallet, disposition: 'collect' },
    wallets: { policy: 'open', allocations: [] },
    ...changes,
  };
}

/** A token contract under the policy `signed`: ALICE and BOB have tokens, ISSUER may issue more. */
export function signedContract(changes: Wire = {}): Wire {
  const allocations = [
    { address: ALICE.address, amount: '10000000' },
    { address: BOB.address, amount: '100.5' },
  ];
  return tokenContract({ wallets: { policy: 'signed', allocations, issuer: ISSUER.address }, ...changes });
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

/** The holder's part of a leaf, which is what a holder signs (protocol, section 7). */
const HOLDER_FIELDS = 'amount_send hold_until memo metadata nonce recipient sender transfer type'.split(' ');

/** What a holder signs. */
export function holderText(leaf: Wire, chain: string): string {
  const own = HOLDER_FIELDS.filter((field) => field in leaf).map((field) => [field, leaf[field]]);
  return `bpsc/transaction/v1\n${jcs({ ...Object.fromEntries(own), chain })}`;
}

interface HolderParts {
  /** a wallet; under the policy `signed` by default the holder's own */
  sender?: string;
  /** who signs, under the policy `signed`: by default the one of this file's holders that has the sender's address */
  holder?: Holder;
  nonce?: string;
  timestamp?: number;
  /** Whether `cheat` comes after the signature, and breaks it; by default it is signed with the rest. */
  cheatAfterSigning?: boolean;
}

export interface IssueParts extends HolderParts {
  recipient?: string;
  amount?: string;
}

export interface TransferParts extends IssueParts {
  memo?: string;
  metadata?: Wire;
  /** makes it a hold */
  holdUntil?: number;
}

export type AnswerParts = HolderParts;

export interface ReturnParts {
  sender?: string;
  nonce?: string;
  timestamp?: number;
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

  /** A chain under the policy `signed`. */
  static signed(changes: Wire = {}): ChainBuilder {
    return new ChainBuilder(signedContract(changes)).begin();
  }

  /** Seals the genesis block. */
  begin(): this {
    this.seal([], { timestamp: this.contract.created_at as number });
    return this;
  }

  /** A transfer, or a hold, as it is on the wire; `cheat` changes its leaf before the id is made. */
  transfer(parts: TransferParts = {}, cheat?: Cheat): Wire {
    const { rate, wallet } = this.contract.fee as { rate: string; wallet: string };
    const { decimals } = this.contract.token as { decimals: number };
    const amount = parts.amount ?? '1000000';
    const { fee, receive } = splitAmount(amount, rate, decimals);
    const leaf = {
      amount_bpsc: fee,
      amount_receive: receive,
      amount_send: amount,
      bpsc: wallet,
      recipient: parts.recipient ?? this.walletOf('bob', BOB),
      type: 'transfer',
      ...(parts.memo === undefined ? {} : { memo: parts.memo }),
      ...(parts.metadata === undefined ? {} : { metadata: parts.metadata }),
      ...(parts.holdUntil === undefined ? {} : { hold_until: parts.holdUntil }),
    };
    return this.holderEntry(leaf, this.walletOf('alice', ALICE), parts, cheat);
  }

  /** New tokens, as they are on the wire; `cheat` changes the leaf before the id is made. */
  issue(parts: IssueParts = {}, cheat?: Cheat): Wire {
    const { issuer } = this.contract.wallets as { issuer?: string };
    const leaf = {
      amount_send: parts.amount ?? '1000000',
      recipient: parts.recipient ?? this.walletOf('bob', BOB),
      type: 'issue',
    };
    return this.holderEntry(leaf, issuer ?? this.walletOf('issuer', ISSUER), parts, cheat);
  }

  /**
   * The word on a hold, of its recipient where `parts` name nobody else; `cheat` changes the leaf before the id
   * is made.
   */
  answer(type: 'accept' | 'decline', hold: Wire, parts: AnswerParts = {}, cheat?: Cheat): Wire {
    return this.holderEntry({ transfer: hold.id, type }, hold.recipient as string, parts, cheat);
  }

  /** The producer's return of a hold; `cheat` changes the leaf before the id is made. */
  returned(hold: Wire, parts: ReturnParts = {}, cheat?: Cheat): Wire {
    const { wallet } = this.contract.fee as { wallet: string };
    const leaf = {
      nonce: parts.nonce ?? this.nextNonce(),
      reason: 'expired',
      sender: parts.sender ?? wallet,
      timestamp: parts.timestamp ?? this.nextTimestamp(),
      transfer: hold.id,
      type: 'return',
    };
    return this.entry(leaf, cheat);
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

  /** The erasure of a record, as it is on the wire. */
  erasure(record: Wire, parts: { reason?: string; nonce?: string; timestamp?: number } = {}): Wire {
    const leaf = {
      erases: record.id,
      nonce: parts.nonce ?? this.nextNonce(),
      ...(parts.reason === undefined ? {} : { reason: parts.reason }),
      timestamp: parts.timestamp ?? this.nextTimestamp(),
      type: 'erasure',
    };
    return this.entry(leaf, undefined);
  }

  /** The next block, without making it the head: any number of blocks may be forged on one parent. */
  forge(entries: readonly Wire[] = [], parts: BlockParts = {}): Wire {
    const parent = this.blocks.at(-1);
    const name = 'token' in this.contract ? 'transactions' : 'information';
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

  private get isSigned(): boolean {
    return (this.contract.wallets as Wire).policy === 'signed';
  }

  /** What somebody's wallet is called under the contract's policy. */
  private walletOf(name: string, holder: Holder): string {
    return this.isSigned ? holder.address : name;
  }

  private holderEntry(own: Wire, usual: string, parts: HolderParts, cheat: Cheat | undefined): Wire {
    const leaf: Wire = {
      ...own,
      nonce: parts.nonce ?? this.nextNonce(),
      sender: parts.sender ?? parts.holder?.address ?? usual,
      timestamp: parts.timestamp ?? this.nextTimestamp(),
    };
    if (!this.isSigned) return this.entry(leaf, cheat);
    const holder = parts.holder ?? HOLDERS.get(leaf.sender as string);
    if (holder === undefined) throw new Error(`nobody here can sign for ${String(leaf.sender)}`);
    leaf.public_key = holder.publicKey;
    const late = parts.cheatAfterSigning === true;
    if (!late) cheat?.(leaf);
    leaf.signature = holder.sign(holderText(leaf, this.chain));
    return this.entry(leaf, late ? cheat : undefined);
  }

  private entry(leaf: Wire, cheat: Cheat | undefined): Wire {
    cheat?.(leaf);
    // In the order in which a node sends them.
    const sorted = Object.fromEntries(Object.entries(leaf).sort(([a], [b]) => (a < b ? -1 : 1)));
    return { ...sorted, id: leafHash(leaf).toString('hex') };
  }

  private nextNonce(): string {
    return `nonce-${++this.nonces}`;
  }

  /** A time not before anything in the chain so far. */
  private nextTimestamp(): number {
    return (this.blocks.at(-1)?.timestamp as number | undefined) ?? CREATED_AT;
  }
}
