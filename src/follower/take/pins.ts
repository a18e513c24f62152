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
  /** PRODUCER_PUBLIC_KEY: only chains of these producers. Empty: of any producer. */
  readonly producerPublicKeys: readonly PublicKey[];
}

type Pinnable = Pick<Chain, 'id' | 'contract'>;

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
  const alone = chainIds.length > 1 ? undefined : known.find(({ id }) => id === only);
  return alone !== undefined && isTokenContract(alone.contract) && alone.contract.producer === producer;
}

/** Returns a sentence for each pin that none of these chains matches. */
export function missingPins({ chainIds, producerPublicKeys }: Pins, chains: readonly Pinnable[]): string[] {
  return [
    ...chainIds
      .filter((pinned) => !chains.some(({ id }) => id === pinned))
      .map((pinned) => `CHAIN_ID names ${pinned}, but no upstream has listed that chain yet`),
    ...producerPublicKeys
      .filter((pinned) => !chains.some(({ contract }) => contract.producer === pinned))
      .map(
        (pinned) =>
          `PRODUCER_PUBLIC_KEY names ${pinned}, but no upstream has listed a chain of that producer yet`,
      ),
  ];
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
 * wrong upstream: a fault. In all other cases the follower waits for the pinned chains.
 */
export function pinMismatch(pins: Pins, { role, chains }: Advertisement): Fault | undefined {
  if (role === 'follower' || chains.length === 0) return undefined;
  const [id, ...otherIds] = pins.chainIds;
  const [producer, ...otherKeys] = pins.producerPublicKeys;
  const found = chains.find(({ contract }) => isTokenContract(contract)) ?? chains[0];
  if (id !== undefined && otherIds.length === 0 && !chains.some((chain) => chain.id === id)) {
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
