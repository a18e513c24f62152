/** Which block an entry that waits may have been promised: what a start relies on, and what an audit checks. */

/**
 * The first and the last block that the next waiting entry can have been promised: the block of the entry before it, or the
 * one after. The first entry that waits may be one block further on: an empty block was being sealed when the process
 * ended, and is sealed before it.
 * @param headIndex of the last sealed block
 * @param previous the block promised to the entry before; undefined for the first one that waits
 */
export function promisable(headIndex: number, previous: number | undefined): readonly [number, number] {
  return previous === undefined ? [headIndex + 1, headIndex + 2] : [previous, previous + 1];
}
