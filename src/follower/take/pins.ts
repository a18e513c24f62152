/** The operator's pins: they determine which of the upstreams' chains are followed. */
import type { Hash, PublicKey } from '../../chain/bytes/bytes.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import { fault, type Fault } from '../../chain/faults.js';
import type { Advertisement } from '../../ledger/advertisement.js';
import { OperatorError } from '../../ledger/errors.js';
import type { Chain } from '../../ledger/store.js';

export interface Pins {
  /** CHAIN_ID. A single token chain: all chains of its producer; otherwise exactly these chains. Empty: any chains. */
  readonly chainIds: readonly Hash[];
  /** whether CHAIN_ID is written as a list, so that even a single id is exact: `<id>,` */
  readonly isChainList: boolean;
  /** PRODUCER_PUBLIC_KEY: only chains of these producers. Empty: of any producer. */
  readonly producerPublicKeys: readonly PublicKey[];
}

type Pinnable = Pick<Chain, 'id' | 'contract'>;

/** A chain that an upstream listed in its latest answer. */
export interface ListedChain {
  readonly id: Hash;
  readonly producer: PublicKey;
  readonly upstream: string;
}

/**
 * Whether a chain may be followed.
 * @param known all known chains, to look up a chain that is the only pinned one
 */
export function isPinned(chain: Pinnable, pins: Pins, known: readonly Pinnable[]): boolean {
  const { chainIds, producerPublicKeys } = pins;
  const { producer } = chain.contract;
  if (producerPublicKeys.length > 0 && !producerPublicKeys.includes(producer)) return false;
  if (chainIds.length === 0 || chainIds.includes(chain.id)) return true;
  const [only] = chainIds;
  const alone = pins.isChainList ? undefined : known.find(({ id }) => id === only);
  return alone !== undefined && isTokenContract(alone.contract) && alone.contract.producer === producer;
}

/**
 * Returns a sentence for each pin that no followed chain matches, with the reason.
 * @param listed the chains that the upstreams list, followed or not
 */
export function missingPins(
  pins: Pins,
  followed: readonly Pinnable[],
  listed: readonly ListedChain[],
): string[] {
  const { chainIds, producerPublicKeys } = pins;
  return [
    ...chainIds
      .filter((pinned) => !followed.some(({ id }) => id === pinned))
      .map((pinned) => `CHAIN_ID names ${pinned}, ${whyNoChain(pinned, pins, listed)}`),
    ...producerPublicKeys
      .filter((pinned) => !followed.some(({ contract }) => contract.producer === pinned))
      .map((pinned) => `PRODUCER_PUBLIC_KEY names ${pinned}, ${whyNoChainOf(pinned, pins, listed)}`),
  ];
}

function whyNoChain(
  pinned: Hash,
  { producerPublicKeys: keys }: Pins,
  listed: readonly ListedChain[],
): string {
  const found = listed.find(({ id }) => id === pinned);
  if (found === undefined) return 'but no upstream has listed that chain yet';
  const { producer, upstream } = found;
  return keys.length > 0 && !keys.includes(producer)
    ? `and ${upstream} lists that chain, but PRODUCER_PUBLIC_KEY does not name its producer, ${producer}`
    : `and ${upstream} lists that chain, but it is not followed yet`;
}

function whyNoChainOf(pinned: PublicKey, { chainIds }: Pins, listed: readonly ListedChain[]): string {
  const found = listed.filter(({ producer }) => producer === pinned);
  const [first] = found;
  if (first === undefined) return 'but no upstream has listed a chain of that producer yet';
  return chainIds.length > 0 && !found.some(({ id }) => chainIds.includes(id))
    ? `and ${first.upstream} lists chains of that producer, but CHAIN_ID names none of them`
    : `and ${first.upstream} lists chains of that producer, but none is followed yet`;
}

/**
 * Checks that the chains already in the database match the pins.
 * @throws OperatorError
 */
export function assertPinned(pins: Pins, chains: readonly Chain[]): void {
  const other = chains.find((chain) => !isPinned(chain, pins, chains));
  if (other === undefined) return;
  const { id, name, contract } = other;
  throw new OperatorError(
    `the database follows a chain other than the pinned one: ${name}, ${id}, of the producer ` +
      `${contract.producer}; correct CHAIN_ID and PRODUCER_PUBLIC_KEY, or set DATABASE_URL to another file`,
  );
}

/**
 * If one chain or one producer is pinned and there is only one upstream, a producer that lists other chains is the
 * wrong upstream: a fault. In all other cases, and always if CHAIN_ID is a list, the follower waits for the chains.
 */
export function pinMismatch(pins: Pins, { role, chains }: Advertisement): Fault | undefined {
  if (role === 'follower' || chains.length === 0 || pins.isChainList) return undefined;
  const [id] = pins.chainIds;
  const [producer, ...otherKeys] = pins.producerPublicKeys;
  const found = chains.find(({ contract }) => isTokenContract(contract)) ?? chains[0];
  if (id !== undefined && !chains.some((chain) => chain.id === id)) {
    return fault('CHAIN_MISMATCH', { field: 'id', expected: id, found: found?.id ?? '' });
  }
  if (producer === undefined || otherKeys.length > 0) return undefined;
  if (chains.some(({ contract }) => contract.producer === producer)) return undefined;
  return fault('PRODUCER_MISMATCH', {
    field: 'contract.producer',
    expected: producer,
    found: found?.contract.producer ?? '',
  });
}
