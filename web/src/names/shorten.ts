/** Long names and addresses in two parts, between which the page leaves out what has no room: people compare both ends. */

/** Characters, as a reader counts them, up to which a name stays in one piece. */
const WHOLE_MAX = 20;
/** Characters of the end, which is always shown. */
const TAIL = 6;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Never between a letter and its accent, or within an emoji. @returns the beginning and the end; the end may be empty */
export function inTwo(name: string): readonly [string, string] {
  if (name.length <= WHOLE_MAX) return [name, ''];
  const characters = [...segmenter.segment(name)].map(({ segment }) => segment);
  if (characters.length <= WHOLE_MAX) return [name, ''];
  return [characters.slice(0, -TAIL).join(''), characters.slice(-TAIL).join('')];
}
