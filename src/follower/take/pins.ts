/** The operator's pins: they decide which of the chains that upstreams show are followed. */
import type { Hash, PublicKey } from '../../chain/bytes/bytes.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import { fault, type Fault } from '../../chain/faults.js';
import type { Advertisement } from '../../ledger/advertisement.js';
import { OperatorError } from '../../ledger/errors.js';
import type { Chain } from '../../ledger/store.js';

export interface Pins {
  /** CHAIN_ID. Of one token chain alone: all chains of its producer; else these and no others. Empty: any chains. */
  readonly chainIds: readonly Hash[];
  /** PRODUCER_PUBLIC_KEY: their chains, and no others. Empty: anybody's. */
  readonly producerPublicKeys: readonly PublicKey[];
}

type Pinnable = Pick<Chain, 'id' | 'contract'>;

/**
 * Whether a chain may be followed.
 * @param known all chains that are known, among which one that is pinned alone may be
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

/** The pins that none of these chains matches, a sentence for each. */
export function missingPins({ chainIds, producerPublicKeys }: Pins, chains: readonly Pinnable[]): string[] {
  return [
    ...chainIds
      .filter((pinned) => !chains.some(({ id }) => id === pinned))
      .map((pinned) => `CHAIN_ID names ${pinned}, and no upstream has shown that chain yet`),
    ...producerPublicKeys
      .filter((pinned) => !chains.some(({ contract }) => contract.producer === pinned))
      .map((pinned) => `PRODUCER_PUBLIC_KEY names ${pinned}, and no upstream has shown a chain of it yet`),
  ];
}

/**
 * The chains that a database holds already must be pinned ones.
 * @throws OperatorError
 */
export function assertPinned(pins: Pins, chains: readonly Chain[]): void {
  const other = chains.find((chain) => !isPinned(chain, pins, chains));
  if (other === undefined) return;
  const { id, name, contract } = other;
  throw new OperatorError(
    `the database follows another chain than the one that is pinned: ${name}, ${id}, of the producer ` +
      `${contract.producer}; correct CHAIN_ID and PRODUCER_PUBLIC_KEY, or set DATABASE_URL to another file`,
  );
}

/**
 * Where one chain or one producer is pinned, and there is one upstream to have it from, a producer that shows other
 * chains is not the one that is meant. In all other cases a follower waits for what is pinned.
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
