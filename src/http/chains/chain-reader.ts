/**
 * Finds chains, blocks and entries for the controllers, or throws the refusal that says why it found none.
 */
import { Injectable } from '@nestjs/common';
import type { SealedHeader } from '../../chain/block/block.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { kindOf, type ChainKind } from '../../chain/contract/kinds.js';
import { WALLET_EXPECTED } from '../../chain/entry/transaction.js';
import type { Frontier } from '../../chain/tree/tree.js';
import { isWalletName } from '../../chain/contract/wallet-policy.js';
import { InvalidInput, NotFound, Unavailable } from '../../ledger/errors.js';
import { levelAt, type Reached } from '../../ledger/cosignatures.js';
import { NodeInfo } from '../../ledger/node-info.js';
import { storedEntryText } from '../../ledger/reader.js';
import {
  isInformationStore,
  isTokenStore,
  type AnyChainStore,
  type InformationChainStore,
  type StoredEntry,
  type TokenChainStore,
} from '../../ledger/chain-store.js';
import { LedgerStore } from '../../ledger/store.js';
import type { BlockSource } from './block-text.js';
import { KeptBlocks } from './kept-blocks.js';

const NOT_SYNCED_RETRY_SECONDS = 1;

/** One chain and its head, read once, so that an answer stays consistent while the chain grows. */
export interface ChainView<S extends AnyChainStore = AnyChainStore> extends BlockSource {
  readonly store: S;
  readonly head: SealedHeader;
}

@Injectable()
export class ChainReader {
  private readonly keptBlocks: KeptBlocks;

  constructor(
    private readonly store: LedgerStore,
    private readonly info: NodeInfo,
  ) {
    this.keptBlocks = new KeptBlocks(store);
  }

  /**
   * The chain with this name or id.
   * @throws NotFound
   * @throws Unavailable before a follower's first contact with its upstream
   */
  named(ref: string): AnyChainStore {
    const stores = this.all();
    return (
      stores.find(({ chain }) => chain.name === ref || chain.id === ref) ??
      missing(`there is no chain ${JSON.stringify(ref)} here: ${namesOf(stores)}`)
    );
  }

  /** The token chain with this name or id; by default, the node's first one. @throws NotFound, Unavailable */
  token(ref?: string): TokenChainStore {
    return this.ofKind(ref, isTokenStore, 'token');
  }

  /** The same for information chains. @throws NotFound, Unavailable */
  information(ref?: string): InformationChainStore {
    return this.ofKind(ref, isInformationStore, 'information');
  }

  view<S extends AnyChainStore>(store: S): ChainView<S> {
    // If the content of entries may be erased from sealed blocks, blocks are always read from the store.
    const kept = kindOf(store.chain.contract).mayBeErased ? undefined : this.keptBlocks;
    return { store, kept, head: store.head().header };
  }

  /** @throws NotFound for block 0 and for indexes beyond the head */
  header(store: AnyChainStore, index: number): SealedHeader {
    return store.header(index) ?? noBlock(store, index);
  }

  frontier(store: AnyChainStore, index: number): Frontier {
    return store.frontier(index) ?? noBlock(store, index);
  }

  /**
   * Checks that the address is valid on the chain, so that a mistyped one is not reported as an empty wallet.
   * @throws InvalidInput
   */
  assertAddress(address: string, { chain }: TokenChainStore): void {
    const { policy } = chain.contract.wallets;
    if (isWalletName(address, policy)) return;
    throw new InvalidInput([{ field: 'address', message: WALLET_EXPECTED[policy] }]);
  }

  /** An entry, and the tree size at the head: entries beyond it are pending. @throws NotFound */
  entry(store: AnyChainStore, id: Hash): { readonly entry: StoredEntry; readonly sealedSize: number } {
    const { treeSize: sealedSize } = store.head().header;
    const entry = store.entryById(id);
    const { entryName } = kindOf(store.chain.contract);
    return entry === undefined
      ? missing(`there is no ${entryName} ${id} on ${store.chain.name}`)
      : { entry, sealedSize };
  }

  /** @throws Unavailable before a follower's first contact with its upstream */
  all(): readonly AnyChainStore[] {
    const stores = this.store.stores();
    return stores.length === 0 ? this.notSynced() : stores;
  }

  private ofKind<S extends AnyChainStore>(
    ref: string | undefined,
    isOfKind: (store: AnyChainStore) => store is S,
    kind: string,
  ): S {
    if (ref === undefined) return this.first(isOfKind, kind);
    const store = this.named(ref);
    return isOfKind(store)
      ? store
      : missing(`${store.chain.name} is of kind ${store.chain.contract.kind}, not ${kind}`);
  }

  /**
   * The node's own chain takes precedence over those it follows; otherwise the one that it has had longest.
   */
  private first<S extends AnyChainStore>(isOfKind: (store: AnyChainStore) => store is S, kind: string): S {
    const stores = this.all();
    const ofKind = stores.filter(isOfKind);
    const first = ofKind.find(({ chain }) => chain.origin === 'private') ?? ofKind[0];
    if (first !== undefined) return first;
    const isWaiting =
      this.info.role === 'follower' && !stores.some(({ chain }) => chain.origin === 'followed');
    return isWaiting ? this.notSynced() : missing(`this node has no ${kind} chain`);
  }

  private notSynced(): never {
    const upstream = this.info.upstreams.join(', ') || 'its upstream';
    const message = `this node has no chain yet: it has received nothing from ${upstream}`;
    throw new Unavailable('NOT_SYNCED', message, NOT_SYNCED_RETRY_SECONDS);
  }
}

/** Most names of chains listed in a refusal. */
const NAMES_SHOWN_MAX = 12;

function namesOf(stores: readonly AnyChainStore[]): string {
  const names = stores.map(({ chain }) => chain.name);
  if (names.length > NAMES_SHOWN_MAX) return `GET /chains lists all ${names.length} chains`;
  const last = names.pop();
  return names.length === 0 ? `the chain is ${last}` : `the chains are ${names.join(', ')} and ${last}`;
}

function noBlock(store: AnyChainStore, index: number): never {
  const { name } = store.chain;
  if (index < 1) return missing(`${name} has no block ${index}: the first is block 1`);
  return missing(`${name} has no block ${index}: the head of ${name} is block ${store.head().header.index}`);
}

/**
 * An entry's wire form with `sequence`, `block`, `status` and `level`. An entry that is not sealed yet is pending, and its
 * `block` is the promised one.
 */
export function placedEntryText(entry: StoredEntry, kind: ChainKind, reached: Reached): string {
  const { sequence, block } = entry;
  const level = levelAt(sequence, reached);
  const status = level === 'accepted' ? 'pending' : 'sealed';
  const place = `"sequence":${sequence},"block":${block},"status":"${status}","level":"${level}"`;
  return `${storedEntryText(entry, kind).slice(0, -1)},${place}}`;
}

function missing(message: string): never {
  throw new NotFound(message);
}
