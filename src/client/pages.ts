/** Reads a paged list as one list. */
import { UnexpectedAnswerError } from './errors.js';
import type { AnswerFields } from './reading.js';

/**
 * All items of a list; pages are requested as they are needed.
 * @param load the page at a cursor; undefined: the first
 * @throws UnexpectedAnswerError for pages that repeat, or continue without items: the list would have no end
 */
export async function* allPages<T>(
  load: (cursor: string | undefined) => Promise<AnswerFields>,
  items: (page: AnswerFields) => readonly T[],
): AsyncGenerator<T, void, void> {
  const seen = new Set<string | undefined>();
  for (let cursor: string | undefined; !seen.has(cursor);) {
    seen.add(cursor);
    const page = await load(cursor);
    const found = items(page);
    yield* found;
    cursor = page.optionalText('next_cursor');
    if (cursor === undefined) return;
    if (found.length === 0) throw new UnexpectedAnswerError('a list goes on after a page without items');
  }
  throw new UnexpectedAnswerError('a list answers with the same page again');
}
