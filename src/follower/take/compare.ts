/** Compares an upstream's advertised head with the verified chain, before every pull. */
import { GENESIS_INDEX, type SealedHeader } from '../../chain/block/block.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { fault, type Fault } from '../../chain/faults.js';
import { verifySeal } from '../../chain/block/verify-block.js';
import type { AdvertisedChain, Advertisement } from '../../ledger/advertisement.js';
import type { Role } from '../../ledger/node-info.js';
import type { Chain } from '../../ledger/store.js';

/** The upstream's position relative to this node. */
export type Standing = 'ahead' | 'level' | 'behind';

export interface Ours {
  readonly chain: Chain;
  readonly head: SealedHeader;
  /** the index of the head when the upstream was polled: another upstream may have delivered blocks since */
  readonly indexBefore: number;
  /** the hash of the verified block at `index`, which must not be beyond `head` */
  readonly hashAt: (index: number) => Hash | undefined;
}

/**
 * Compares the chains. An upstream follower may lag behind us, but a producer never does, since every block comes from
 * it: if it ends before a block that it signed, it was reset to an earlier state.
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
    return known === undefined ? 'ahead' : forked(index, `${known}, which was verified earlier`, hash);
  }
  if (index === head.index) return 'level';
  if (upstreamRole === 'follower' || index >= indexBefore) return 'behind';
  // Without an index: it is the same fault, however far the upstream has advanced since.
  return fault('TRUNCATED', {
    field: 'head',
    expected: `block ${indexBefore} or a later one`,
    found: `block ${index}${index === GENESIS_INDEX ? ', the first one' : ''}`,
  });
}

/**
 * The fault of a producer that lists another chain in place of one that it must have: its names are unique. That it
 * lists neither is no fault: nothing contradicts the chain, and it may be listed again.
 */
export function replacedChain({ id, contract }: Chain, { chains }: Advertisement): Fault | undefined {
  const other = chains.find(
    (theirs) => theirs.contract.kind === contract.kind && theirs.contract.name === contract.name,
  );
  if (other === undefined || other.id === id) return undefined;
  const found = `${other.id}: the upstream was started from scratch, or serves another chain`;
  const expected = `the ${contract.kind} chain ${id}`;
  return fault('CHAIN_MISMATCH', { field: 'chains', expected, found });
}

/** The fault of a pulled block that differs from the head that the same upstream advertised: both are signed. */
export function contradicts(shown: SealedHeader, pulled: SealedHeader): Fault | undefined {
  return shown.index === pulled.index && shown.hash !== pulled.hash
    ? forked(shown.index, `${shown.hash}, which the same upstream advertised as its head`, pulled.hash)
    : undefined;
}

function forked(index: number, expected: string, found: Hash): Fault {
  return fault('FORKED', { index, field: 'hash', expected, found });
}
