/** Compares what an upstream says it has with what was verified before: the look before every pull. */
import { GENESIS_INDEX, type SealedHeader } from '../../chain/block/block.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { fault, type Fault } from '../../chain/faults.js';
import { verifySeal } from '../../chain/block/verify-block.js';
import type { AdvertisedChain, Advertisement } from '../../ledger/advertisement.js';
import type { Role } from '../../ledger/node-info.js';
import type { Chain } from '../../ledger/store.js';

/** Where the upstream stands, seen from here. */
export type Standing = 'ahead' | 'level' | 'behind';

export interface Ours {
  readonly chain: Chain;
  readonly head: SealedHeader;
  /** the index of the head when the upstream was asked: blocks may have come from another one since */
  readonly indexBefore: number;
  /** the hash of the verified block at `index`, which is not beyond `head` */
  readonly hashAt: (index: number) => Hash | undefined;
}

/**
 * A follower may lag behind us; a producer never does, for it is where every block comes from: one that ends
 * before a block that it signed was set back.
 */
export function compareChains(
  { chain, head, indexBefore, hashAt }: Ours,
  theirs: AdvertisedChain,
  upstreamRole: Role,
): Standing | Fault {
  const { index, hash } = theirs.head;
  const known = index > head.index ? undefined : hashAt(index);
  if (hash !== known) {
    const unsealed = verifySeal(theirs.head, chain.contract);
    if (unsealed !== undefined) return unsealed;
    return known === undefined ? 'ahead' : forked(index, `${known}, which was verified before`, hash);
  }
  if (index === head.index) return 'level';
  if (upstreamRole === 'follower' || index >= indexBefore) return 'behind';
  // Without an index: it is the same fault wherever the upstream has come to since.
  return fault('TRUNCATED', {
    field: 'head',
    expected: `block ${indexBefore} or a later one`,
    found: `block ${index}${index === GENESIS_INDEX ? ', the first one' : ''}`,
  });
}

/** An upstream that must have a chain, and doesn't show it. */
export function missingChain({ id, contract }: Chain, { chains }: Advertisement): Fault {
  const other = chains.find(
    (theirs) => theirs.contract.kind === contract.kind && theirs.contract.name === contract.name,
  );
  const found =
    other === undefined
      ? 'no such chain'
      : `${other.id}: the upstream was started from scratch, or serves another chain`;
  const expected = `the ${contract.kind} chain ${id}`;
  return fault('CHAIN_MISMATCH', { field: 'chains', expected, found });
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
