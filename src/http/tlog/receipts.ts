/** Makes receipts and proofs for sealed entries. */
import { Injectable } from '@nestjs/common';
import { toHex, type Hash } from '../../chain/bytes/bytes.js';
import { kindOf } from '../../chain/contract/kinds.js';
import { formatReceipt } from '../../chain/proof/receipt.js';
import { consistencySteps, inclusionSteps, rootStep } from '../../chain/tree/proofs.js';
import {
  isInformationStore,
  isTokenStore,
  type AnyChainStore,
  type SignedHead,
  type StoredEntry,
} from '../../ledger/chain-store.js';
import { Cosignatures } from '../../ledger/cosignatures.js';
import { checkpointOf } from '../../ledger/checkpoints.js';
import { InvalidInput, NotFound, NotSealed } from '../../ledger/errors.js';
import { LedgerStore } from '../../ledger/store.js';
import { ChainReader } from '../chains/chain-reader.js';
import { ReadCache } from '../chains/read-cache.js';
import type { ConsistencyProofDto, InclusionProofDto } from '../dto/proof.dto.js';

const RETRY_SECONDS = 1;

export interface Receipt {
  readonly fileName: string;
  readonly text: string;
}

export interface ReceiptOptions {
  /** the tree size of an older checkpoint; undefined: the newest one */
  readonly size: number | undefined;
  readonly withContent: boolean;
}

/** Most characters of cached receipts. */
const KEPT_MAX = 8 * 1024 * 1024;

/** A receipt up to its checkpoint, which may gain cosignatures. */
interface ProvenPart {
  readonly sequence: number;
  readonly text: string;
}

@Injectable()
export class Receipts {
  /** Of token chains only, since information may be erased; keyed by chain, tree size and id. */
  private readonly kept: ReadCache<string, ProvenPart>;
  /** by chain: see {@link witnessedHead} */
  private readonly witnessed = new Map<Hash, SignedHead>();

  constructor(
    private readonly reader: ChainReader,
    store: LedgerStore,
    private readonly cosignatures: Cosignatures,
  ) {
    this.kept = new ReadCache(store, { sizeMax: KEPT_MAX, sizeOf: ({ text }) => text.length });
  }

  /**
   * @param ref the chain's name or id; if omitted, the node's default pair is searched, the token chain first
   * @throws NotFound, NotSealed, InvalidInput, Unavailable
   */
  receipt(ref: string | undefined, id: Hash, { size, withContent }: ReceiptOptions): Receipt {
    const stores = ref === undefined ? this.pair() : [this.reader.named(ref)];
    for (const store of stores) {
      const kept = this.keptReceipt(store, id, size);
      if (kept !== undefined) return kept;
    }
    const { store, entry } = this.find(ref, stores, id);
    this.sealed(store, entry);
    const witnessed = size === undefined ? this.witnessedHead(store) : undefined;
    const isCovered = witnessed !== undefined && entry.sequence < witnessed.header.treeSize;
    const signed = isCovered ? witnessed : signedFor(store, entry, size);
    const part = provenPart(store, entry, signed, withContent);
    if (isTokenStore(store)) this.kept.set(keyOf(store, signed, id), part);
    return receiptOf(store, signed, part);
  }

  private keptReceipt(store: AnyChainStore, id: Hash, size: number | undefined): Receipt | undefined {
    const witnessed = size === undefined ? this.witnessedHead(store) : undefined;
    for (const signed of [witnessed, store.signedHead(size)]) {
      const kept = signed && this.kept.get(keyOf(store, signed, id));
      if (kept === undefined || signed === undefined) continue;
      const isOther = signed !== witnessed && kept.sequence < (witnessed?.header.treeSize ?? 0);
      return isOther ? undefined : receiptOf(store, signed, kept);
    }
    return undefined;
  }

  /** The newest checkpoint that is witnessed, if a newer one is not yet: a receipt that proves more is worth more. */
  private witnessedHead(store: AnyChainStore): SignedHead | undefined {
    const size = this.cosignatures.witnessedSize(store);
    if (size === undefined || store.signedHead()?.header.treeSize === size) return undefined;
    const known = this.witnessed.get(store.chain.id);
    if (known?.header.treeSize === size) return known;
    const signed = store.signedHead(size);
    if (signed !== undefined) this.witnessed.set(store.chain.id, signed);
    return signed;
  }

  /** @throws NotFound, NotSealed, InvalidInput, Unavailable */
  inclusion(ref: string, id: Hash, asked: number | undefined): InclusionProofDto {
    const store = this.reader.named(ref);
    const { entry } = this.reader.entry(store, id);
    const { sequence } = this.sealed(store, entry);
    const size = asked ?? store.head().header.treeSize;
    assertSealedSize(store, 'size', size);
    if (sequence >= size) throw wrongSize(`must be above ${sequence}, the sequence of the entry`);
    return {
      chain: store.chain.id,
      id,
      sequence,
      size,
      root: rootOf(store, size),
      proof: store.tree.hashes(inclusionSteps(sequence, size)).map(toHex),
    };
  }

  /** @throws NotFound, InvalidInput, Unavailable */
  consistency(ref: string, from: number, asked: number | undefined): ConsistencyProofDto {
    const store = this.reader.named(ref);
    const to = asked ?? store.head().header.treeSize;
    assertSealedSize(store, 'to', to);
    if (from > to)
      throw new InvalidInput([{ field: 'from', message: `must be at most ${to}, the newer size` }]);
    return {
      chain: store.chain.id,
      from,
      from_root: rootOf(store, from),
      to,
      to_root: rootOf(store, to),
      proof: store.tree.hashes(consistencySteps(from, to)).map(toHex),
    };
  }

  private find(
    ref: string | undefined,
    stores: readonly AnyChainStore[],
    id: Hash,
  ): { readonly store: AnyChainStore; readonly entry: StoredEntry } {
    for (const store of stores) {
      if (ref !== undefined) return { store, entry: this.reader.entry(store, id).entry };
      const entry = store.entryById(id);
      if (entry !== undefined) return { store, entry };
    }
    throw new NotFound(`there is no entry ${id} on ${stores.map(({ chain }) => chain.name).join(' or ')}`);
  }

  /** The node's default pair. */
  private pair(): readonly AnyChainStore[] {
    const all = this.reader.all();
    const own = (store: AnyChainStore): boolean => store.chain.origin === 'private';
    return [isTokenStore, isInformationStore].flatMap((isOfKind) => {
      const ofKind = all.filter(isOfKind);
      return ofKind.find(own) ?? ofKind[0] ?? [];
    });
  }

  private sealed(store: AnyChainStore, entry: StoredEntry): StoredEntry {
    if (entry.sequence < store.head().header.treeSize) return entry;
    throw waiting(store, entry, `block ${entry.block}`);
  }
}

function keyOf({ chain }: AnyChainStore, { header }: SignedHead, id: Hash): string {
  return `${chain.id}${header.treeSize}/${id}`;
}

function receiptOf(store: AnyChainStore, signed: SignedHead, { sequence, text }: ProvenPart): Receipt {
  return {
    fileName: `${store.chain.name}-${sequence}.tlog-proof`,
    text: text + checkpointOf(store, signed),
  };
}

/**
 * The block to whose checkpoint a receipt leads.
 * @throws NotFound, NotSealed, InvalidInput
 */
function signedFor(store: AnyChainStore, entry: StoredEntry, size: number | undefined): SignedHead {
  const signed = store.signedHead(size);
  if (signed === undefined && size !== undefined) {
    throw new NotFound(`${store.chain.name} has no checkpoint for ${size} entries here`);
  }
  // A follower may have the block before its checkpoint.
  if (signed === undefined) throw waiting(store, entry, 'its checkpoint');
  if (entry.sequence < signed.header.treeSize) return signed;
  if (size === undefined) throw waiting(store, entry, 'a checkpoint that includes it');
  throw wrongSize(`must be above ${entry.sequence}, the sequence of the entry`);
}

function provenPart(
  store: AnyChainStore,
  { sequence, leafText, content }: StoredEntry,
  { header }: SignedHead,
  withContent: boolean,
): ProvenPart {
  const text = formatReceipt({
    leafText,
    content: withContent ? content : undefined,
    sequence,
    proof: store.tree.hashes(inclusionSteps(sequence, header.treeSize)),
    checkpoint: '',
  });
  return { sequence, text };
}

function waiting({ chain }: AnyChainStore, { id }: StoredEntry, what: string): NotSealed {
  const { entryName } = kindOf(chain.contract);
  return new NotSealed(
    `the ${entryName} ${id} is waiting for ${what} of ${chain.name}: try again later`,
    RETRY_SECONDS,
  );
}

function wrongSize(message: string): InvalidInput {
  return new InvalidInput([{ field: 'size', message }]);
}

function assertSealedSize(store: AnyChainStore, field: string, size: number): void {
  const { treeSize } = store.head().header;
  if (size <= treeSize) return;
  throw new InvalidInput([
    { field, message: `must be at most ${treeSize}, the number of sealed entries of ${store.chain.name}` },
  ]);
}

function rootOf(store: AnyChainStore, size: number): string {
  const [root = new Uint8Array()] = store.tree.hashes([rootStep(size)]);
  return toHex(root);
}
