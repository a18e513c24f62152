/** The port to the books as a node shows them. */
import type { Book, BookSource } from '../chain/books/book.js';
import type { TokenChainStore } from './chain-store.js';
import { assert } from './errors.js';

/** Provided by the role's root module: a follower's end at its head, a producer's at the last entry that it accepted. */
export abstract class CurrentBooks {
  /** The books of one chain. Read them at once; do not keep them. */
  abstract of(store: TokenChainStore): BookSource;
}

/** Every role checks this for every block: the books must always balance exactly. @throws InvariantError */
export function assertBalanced(book: Book): void {
  assert(
    book.isBalanced(),
    'circulating and held tokens do not add up to the allocated and issued tokens less the burnt ones',
  );
}
