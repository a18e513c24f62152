/** A rule that the network broke, as the model sees it. Thrown: nothing after it can be trusted. */
export const INVARIANTS = {
  'bytes-of-the-protocol': 'a block is as the protocol says, byte for byte',
  'only-what-was-sent': 'a chain holds only what clients sent, and what the producer may add',
  'promise-kept': 'an acknowledged entry is sealed once, at its place, in the block that was promised',
  'sealed-by-its-producer': 'an honest node shows only blocks that the producer sealed',
  'head-never-regresses': 'an honest node never shows a lower head than before',
  'one-story': 'all honest nodes show the same blocks',
  'books-agree': "wallets and the supply are as the model's own books",
  'no-false-accusation': 'nobody honest is accused',
  'sealed-in-time': 'an entry is sealed within the time that the contract allows',
  'level-in-the-end': 'all honest nodes are level soon after the last fault',
  'query-agrees': 'a query gives what a naive search of the chain gives',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export class Violation extends Error {
  constructor(
    readonly invariant: Invariant,
    /** what was seen, and what was expected */
    readonly detail: string,
  ) {
    super(`${invariant}: ${INVARIANTS[invariant]}. ${detail}`);
    this.name = 'Violation';
  }
}

export function require(condition: boolean, invariant: Invariant, detail: () => string): asserts condition {
  if (!condition) throw new Violation(invariant, detail());
}
