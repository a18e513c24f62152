/** Finds the blocks that a waiting entry can have been promised: a start relies on this, and an audit checks it. */

/**
 * The first and the last block that the next waiting entry can have been promised: the block of the previous entry, or the
 * one after it. The first waiting entry may be one block further on: if an empty block was being sealed when the process
 * ended, that block is sealed first.
 * @param headIndex the index of the last sealed block
 * @param previous the block promised to the previous entry; undefined for the first waiting entry
 */
export function promisable(headIndex: number, previous: number | undefined): readonly [number, number] {
  return previous === undefined ? [headIndex + 1, headIndex + 2] : [previous, previous + 1];
}
