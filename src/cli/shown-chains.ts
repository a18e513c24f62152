/** The chains that a node shows, each by itself: one that can't be read takes nothing from the others. */
import type { SealedHeader } from '../chain/block.js';
import type { Hash } from '../chain/bytes.js';
import type { Contract } from '../chain/contract.js';
import type { Fault } from '../chain/faults.js';
import type { Advertisement } from '../ledger/advertisement.js';

export interface ShownChain {
  readonly id: Hash;
  /** what the node calls it, in the paths of its routes too */
  readonly name: string;
  readonly contract: Contract;
  readonly head: SealedHeader;
}

/** A chain whose item in the answer is malformed, or isn't what it says. */
export interface FaultyChain {
  readonly name: string;
  readonly fault: Fault;
}

export function shownChains({ chains, faulty }: Advertisement): readonly (ShownChain | FaultyChain)[] {
  return [...chains, ...faulty.map(({ name, id, fault }) => ({ name: name || (id ?? 'a chain'), fault }))];
}
