/** Lists that come page by page, as one list. */
import { UnexpectedAnswerError } from './errors.js';
import type { AnswerFields } from './reading.js';

/**
 * All items of a list, a page at a time as they are asked for.
 * @param load the page at a cursor; undefined: the first
 */
export async function* allPages<T>(
  load: (cursor: string | undefined) => Promise<AnswerFields>,
  items: (page: AnswerFields) => readonly T[],
): AsyncGenerator<T, void, void> {
  let cursor: string | undefined;
  for (;;) {
    const page = await load(cursor);
    yield* items(page);
    const next = page.optionalText('next_cursor');
    if (next === undefined) return;
    if (next === cursor) throw new UnexpectedAnswerError('a list answers with the same page again');
    cursor = next;
  }
}
