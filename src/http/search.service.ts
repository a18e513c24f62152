/** Finds what has a name: by id, hash, index or address, each exactly. */
import { Injectable } from '@nestjs/common';
import { parseHash, type Hash } from '../chain/bytes.js';
import { isWalletName } from '../chain/wallet-policy.js';
import { CurrentBooks } from '../ledger/current-books.js';
import { LedgerStore } from '../ledger/store.js';
import { ChainReader } from './chain-reader.js';
import type { SearchResultDto } from './dto/search.dto.js';

const INDEX = /^[1-9][0-9]{0,14}$/;

@Injectable()
export class SearchService {
  constructor(
    private readonly store: LedgerStore,
    private readonly reader: ChainReader,
    private readonly books: CurrentBooks,
  ) {}

  /** A name may be several things: 7 is a block of either chain, and can be a wallet too. @throws Unavailable */
  find(query: string): readonly SearchResultDto[] {
    // So that a follower that has no chains yet says so.
    const contract = this.reader.tokenContract();
    const hash = parseHash(query.toLowerCase());
    const results = hash === undefined ? [] : this.hash(hash);
    if (INDEX.test(query)) results.push(...this.index(Number(query)));
    for (const { contract: other } of this.store.chains()) {
      if (other.name === query) results.push({ type: 'chain', chain: other.name });
    }
    if (isWalletName(query, contract.wallets.policy) && this.hasWallet(query)) {
      results.push({ type: 'wallet', address: query });
    }
    return results;
  }

  private hash(hash: Hash): SearchResultDto[] {
    const results: SearchResultDto[] = [];
    const chains = this.store.chains();
    const header = this.store.headerByHash(hash);
    for (const { id, contract } of chains) {
      const { name: chain, kind } = contract;
      if (id === hash) results.push({ type: 'chain', chain });
      if (header?.chain === id) results.push({ type: 'block', chain, index: header.index, hash });
      if (this.store.entryById(kind, hash) !== undefined) {
        results.push({ type: kind === 'token' ? 'transaction' : 'information', chain, id: hash });
      }
    }
    return results;
  }

  private index(index: number): SearchResultDto[] {
    return this.store.chains().flatMap(({ contract: { name: chain, kind } }) => {
      const header = this.store.header(kind, index);
      return header === undefined ? [] : [{ type: 'block', chain, index, hash: header.hash }];
    });
  }

  /** Also one that only waits for its first block. */
  private hasWallet(address: string): boolean {
    return (
      this.books.get().wallet(address) !== undefined ||
      this.store.transactionsOf(address, Number.MAX_SAFE_INTEGER, 1).length > 0
    );
  }
}
