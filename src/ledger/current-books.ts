/** The books as a node shows them. */
import type { Book, BookSource } from '../chain/books/book.js';
import type { TokenChainStore } from './chain-store.js';
import { assert } from './errors.js';

/** Given by the role's root module: a follower's end at its head, a producer's with the last entry that it accepted. */
export abstract class CurrentBooks {
  /** Of one chain: to be read at once, not kept. */
  abstract of(store: TokenChainStore): BookSource;
}

/** Every role looks at every block: the books must always balance, exactly. @throws InvariantError */
export function assertBalanced(book: Book): void {
  assert(
    book.isBalanced(),
    'circulating and held tokens are not those that were allocated, issued and not burnt',
  );
}
