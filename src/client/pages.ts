/** Lists that come page by page, as one list. */
import { UnexpectedAnswerError } from './errors.js';
import type { AnswerFields } from './reading.js';

/**
 * All items of a list, a page at a time as they are asked for.
 * @param load the page at a cursor; undefined: the first
 * @throws UnexpectedAnswerError for pages that go round in a circle, or on without items: the list would have no end
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
