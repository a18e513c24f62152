/** The lottery: who stakes twice as much wins twice as often. */

const WORD_BYTES = 8;
const WORDS = 2n ** 64n;

/** Below `limit`, each number as likely as any other: what would favour the small ones is drawn again. */
export function uniformBelow(limit: bigint, random: (bytes: number) => Buffer): bigint {
  const fair = WORDS - (WORDS % limit);
  for (;;) {
    const word = random(WORD_BYTES).readBigUInt64BE();
    if (word < fair) return word % limit;
  }
}

/**
 * @param stakes whole numbers above zero, below 2^53 each
 * @returns the place of the winner; each wins with its stake / all stakes
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
