/** Compares what an upstream says it has with what was verified before: the look before every pull. */
import { GENESIS_INDEX, type SealedHeader } from '../chain/block.js';
import type { Hash } from '../chain/bytes.js';
import { fault, type Fault } from '../chain/faults.js';
import { verifySeal } from '../chain/verify-block.js';
import type { Role } from '../ledger/node-info.js';
import type { Chain } from '../ledger/store.js';
import type { AdvertisedChain } from '../ledger/advertisement.js';

/** Where the upstream stands, seen from here. */
export type Standing = 'ahead' | 'level' | 'behind';

export interface Ours {
  readonly chain: Chain;
  readonly head: SealedHeader;
  /** the hash of the verified block at `index`, which is not beyond `head` */
  readonly hashAt: (index: number) => Hash | undefined;
}

/**
 * A follower may lag behind us; a producer never does, for it is where every block comes from: one that ends
 * before a block that it signed was set back.
 */
export function compareChains(
  ours: Ours,
  theirs: AdvertisedChain | undefined,
  upstreamRole: Role,
): Standing | Fault {
  const { chain, head } = ours;
  if (theirs === undefined) {
    return fault('CHAIN_MISMATCH', {
      field: 'chains',
      expected: `the ${chain.contract.kind} chain ${chain.id}`,
      found: 'no such chain',
    });
  }
  if (theirs.id !== chain.id) {
    return fault('CHAIN_MISMATCH', {
      field: 'id',
      expected: chain.id,
      found: `${theirs.id}: the upstream was started from scratch, or serves another chain`,
    });
  }
  const { index, hash } = theirs.head;
  const known = index > head.index ? undefined : ours.hashAt(index);
  if (hash !== known) {
    const unsealed = verifySeal(theirs.head, chain.contract);
    if (unsealed !== undefined) return unsealed;
    return known === undefined ? 'ahead' : forked(index, `${known}, which was verified before`, hash);
  }
  if (index === head.index) return 'level';
  if (upstreamRole === 'follower') return 'behind';
  // Without an index: it is the same fault wherever the upstream has come to since.
  return fault('TRUNCATED', {
    field: 'head',
    expected: `block ${head.index} or a later one`,
    found: `block ${index}${index === GENESIS_INDEX ? ', the first one' : ''}`,
  });
}

/** A pulled block that isn't the one that the same upstream showed as its head: both are signed, so it has two. */
export function contradicts(shown: SealedHeader, pulled: SealedHeader): Fault | undefined {
  return shown.index === pulled.index && shown.hash !== pulled.hash
    ? forked(shown.index, `${shown.hash}, which the same upstream showed as its head`, pulled.hash)
    : undefined;
}

function forked(index: number, expected: string, found: Hash): Fault {
  return fault('FORKED', { index, field: 'hash', expected, found });
}
