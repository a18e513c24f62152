/** Finds chains, blocks, entries and wallets by their id, hash, index, name or address, or by the beginning of one. */
import { Injectable } from '@nestjs/common';
import { parseHash, type Hash } from '../../chain/bytes/bytes.js';
import { isWalletName } from '../../chain/contract/wallet-policy.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import {
  isTokenStore,
  type AnyChainStore,
  type StoredEntry,
  type TokenChainStore,
} from '../../ledger/chain-store.js';
import { CurrentBooks } from '../../ledger/current-books.js';
import { parseHashPrefix, type HashPrefix } from '../../ledger/hash-prefix.js';
import type { SealedHeader } from '../../chain/block/block.js';
import { ChainReader } from '../chains/chain-reader.js';
import { RESULTS_MAX, type SearchResultDto } from '../dto/search.dto.js';

const INDEX = /^[1-9][0-9]{0,14}$/;

type Found = Omit<SearchResultDto, 'match'>;

export interface SearchResults {
  readonly results: readonly SearchResultDto[];
  /** Whether there are more than {@link RESULTS_MAX}. */
  readonly more: boolean;
}

@Injectable()
export class SearchService {
  constructor(
    private readonly reader: ChainReader,
    private readonly books: CurrentBooks,
  ) {}

  /**
   * Everything that is named exactly so comes first: 7 is a block of each chain, and may be a wallet too.
   * @throws Unavailable
   */
  find(query: string): SearchResults {
    const stores = this.reader.all();
    const results: SearchResultDto[] = this.exact(stores, query).map((found) => ({
      ...found,
      match: 'exact',
    }));
    const seen = new Set(results.map(keyOf));
    for (const found of this.beginning(stores, query)) {
      if (seen.has(keyOf(found))) continue;
      if (results.length >= RESULTS_MAX) return { results: results.slice(0, RESULTS_MAX), more: true };
      results.push({ ...found, match: 'prefix' });
    }
    return { results: results.slice(0, RESULTS_MAX), more: results.length > RESULTS_MAX };
  }

  private exact(stores: readonly AnyChainStore[], query: string): readonly Found[] {
    const hash = parseHash(query.toLowerCase());
    return [
      ...(hash === undefined ? [] : stores.flatMap((store) => ofHash(store, hash))),
      ...(INDEX.test(query) ? stores.flatMap((store) => ofIndex(store, Number(query))) : []),
      ...stores.map(chainFound).filter(({ chain }) => chain === query),
      ...stores.filter(isTokenStore).flatMap((store) => this.wallet(store, query)),
    ];
  }

  /** Lazily, chain by chain: the caller stops when it has enough. */
  private *beginning(stores: readonly AnyChainStore[], query: string): Generator<Found, void, void> {
    const prefix = parseHashPrefix(query);
    for (const store of stores) {
      const { id, name } = store.chain;
      if (name.startsWith(query) || (prefix !== undefined && id.startsWith(prefix))) yield chainFound(store);
    }
    if (prefix !== undefined) for (const store of stores) yield* ofPrefix(store, prefix);
    for (const store of stores.filter(isTokenStore)) {
      for (const address of store.addressesByPrefix(query, LIMIT)) yield* this.wallet(store, address);
    }
  }

  /** Includes a wallet whose first transaction is still pending. */
  private wallet(store: TokenChainStore, address: string): readonly Found[] {
    const { name: chain, contract } = store.chain;
    if (!isWalletName(address, contract.wallets.policy)) return [];
    const exists =
      this.books.of(store).wallet(address) !== undefined ||
      store.transactionsOf(address, Number.MAX_SAFE_INTEGER, 1).length > 0;
    return exists ? [{ type: 'wallet', chain, address }] : [];
  }
}

/** One more than is shown, and one that may have been found exactly. */
const LIMIT = RESULTS_MAX + 2;

function ofHash(store: AnyChainStore, hash: Hash): readonly Found[] {
  const results: Found[] = store.chain.id === hash ? [chainFound(store)] : [];
  const header = store.headerByHash(hash);
  if (header !== undefined) results.push(blockFound(store, header));
  const entry = store.entryById(hash);
  if (entry !== undefined) results.push(entryFound(store, entry));
  return results;
}

function ofIndex(store: AnyChainStore, index: number): readonly Found[] {
  const header = store.header(index);
  return header === undefined ? [] : [blockFound(store, header)];
}

function* ofPrefix(store: AnyChainStore, prefix: HashPrefix): Generator<Found, void, void> {
  for (const header of store.headersByPrefix(prefix, LIMIT)) yield blockFound(store, header);
  for (const entry of store.entriesByPrefix(prefix, LIMIT)) yield entryFound(store, entry);
}

function chainFound({ chain: { name } }: AnyChainStore): Found {
  return { type: 'chain', chain: name };
}

function blockFound({ chain }: AnyChainStore, { index, hash }: SealedHeader): Found {
  return { type: 'block', chain: chain.name, index, hash };
}

function entryFound({ chain: { name, contract } }: AnyChainStore, { id }: StoredEntry): Found {
  return { type: isTokenContract(contract) ? 'transaction' : 'information', chain: name, id };
}

function keyOf({ type, chain, index, id, address }: Found): string {
  return JSON.stringify([type, chain, index, id, address]);
}
