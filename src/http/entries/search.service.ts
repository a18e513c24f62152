/** Finds chains, blocks, entries and wallets by exact id, hash, index, name or address. */
import { Injectable } from '@nestjs/common';
import { parseHash, type Hash } from '../../chain/bytes/bytes.js';
import { isWalletName } from '../../chain/contract/wallet-policy.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import { isTokenStore, type AnyChainStore, type TokenChainStore } from '../../ledger/chain-store.js';
import { CurrentBooks } from '../../ledger/current-books.js';
import { ChainReader } from '../chains/chain-reader.js';
import type { SearchResultDto } from '../dto/search.dto.js';

const INDEX = /^[1-9][0-9]{0,14}$/;

@Injectable()
export class SearchService {
  constructor(
    private readonly reader: ChainReader,
    private readonly books: CurrentBooks,
  ) {}

  /**
   * A query may have several results: 7 is a block of each chain, and may be a wallet too.
   * @throws Unavailable
   */
  find(query: string): readonly SearchResultDto[] {
    const stores = this.reader.all();
    const hash = parseHash(query.toLowerCase());
    return [
      ...(hash === undefined ? [] : stores.flatMap((store) => ofHash(store, hash))),
      ...(INDEX.test(query) ? stores.flatMap((store) => ofIndex(store, Number(query))) : []),
      ...stores.flatMap(({ chain: { name } }) =>
        name === query ? [{ type: 'chain', chain: name } as const] : [],
      ),
      ...stores.filter(isTokenStore).flatMap((store) => this.wallet(store, query)),
    ];
  }

  /** Includes a wallet whose first transaction is still pending. */
  private wallet(store: TokenChainStore, address: string): readonly SearchResultDto[] {
    const { name: chain, contract } = store.chain;
    if (!isWalletName(address, contract.wallets.policy)) return [];
    const exists =
      this.books.of(store).wallet(address) !== undefined ||
      store.transactionsOf(address, Number.MAX_SAFE_INTEGER, 1).length > 0;
    return exists ? [{ type: 'wallet', chain, address }] : [];
  }
}

function ofHash(store: AnyChainStore, hash: Hash): readonly SearchResultDto[] {
  const { id, name: chain, contract } = store.chain;
  const results: SearchResultDto[] = id === hash ? [{ type: 'chain', chain }] : [];
  const header = store.headerByHash(hash);
  if (header !== undefined) results.push({ type: 'block', chain, index: header.index, hash });
  if (store.entryById(hash) !== undefined) {
    results.push({ type: isTokenContract(contract) ? 'transaction' : 'information', chain, id: hash });
  }
  return results;
}

function ofIndex(store: AnyChainStore, index: number): readonly SearchResultDto[] {
  const header = store.header(index);
  return header === undefined ? [] : [{ type: 'block', chain: store.chain.name, index, hash: header.hash }];
}
