/** The lottery: twice the stake wins twice as often. */

const WORD_BYTES = 8;
const WORDS = 2n ** 64n;

/** Below `limit`, uniformly distributed: values that would favour small numbers are drawn again. */
export function uniformBelow(limit: bigint, random: (bytes: number) => Buffer): bigint {
  const fair = WORDS - (WORDS % limit);
  for (;;) {
    const word = random(WORD_BYTES).readBigUInt64BE();
    if (word < fair) return word % limit;
  }
}

/**
 * @param stakes whole numbers above zero, below 2^53 each
 * @returns the winner's position; each wins with the probability stake / all stakes
 */
export function draw(stakes: readonly number[], random: (bytes: number) => Buffer): number {
  const total = stakes.reduce((sum, stake) => sum + BigInt(stake), 0n);
  let left = uniformBelow(total, random);
  for (const [place, stake] of stakes.entries()) {
    if (left < BigInt(stake)) return place;
    left -= BigInt(stake);
  }
  throw new Error('the ticket is below the total');
}
