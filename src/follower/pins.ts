/** What the operator pinned, and the two moments it is held against: a start on an existing database, and the first contact. */
import type { Hash, PublicKey } from '../chain/bytes.js';
import type { ChainKind } from '../chain/contract.js';
import { fault, type Fault } from '../chain/faults.js';
import { OperatorError } from '../ledger/errors.js';
import type { Chain } from '../ledger/store.js';
import type { AdvertisedChain, Advertisement } from '../ledger/advertisement.js';

export interface Pins {
  /** the token chain's id */
  readonly chainId: Hash | undefined;
  readonly producerPublicKey: PublicKey | undefined;
}

export const CHAIN_KINDS = ['token', 'information'] as const satisfies readonly ChainKind[];

/**
 * The chains that a database holds already must be the pinned ones.
 * @throws OperatorError
 */
export function assertPinned(pins: Pins, chains: readonly Chain[]): void {
  const mismatch = checkPins(pins, chains);
  if (mismatch === undefined) return;
  throw new OperatorError(
    `the database follows another chain than the one that is pinned: ${mismatch.message}; ` +
      'correct CHAIN_ID and PRODUCER_PUBLIC_KEY, or set DATABASE_URL to another file',
  );
}

/** The two chains to begin with: one token and one information chain of one producer, and of the pins. */
export function checkFirstContact(
  advertisement: Advertisement,
  pins: Pins,
): readonly AdvertisedChain[] | Fault {
  const chains: AdvertisedChain[] = [];
  for (const kind of CHAIN_KINDS) {
    const chain = advertisement.chains.get(kind);
    if (chain === undefined) {
      const expected = 'one token chain and one information chain';
      return fault('MALFORMED', { field: 'chains', expected, found: `no ${kind} chain` });
    }
    if ('fault' in chain) return chain;
    chains.push(chain);
  }
  const [first, second] = chains.map(({ contract }) => contract);
  if (first?.name === second?.name) {
    const expected = 'a name for each chain';
    return fault('MALFORMED', { field: 'contract.name', expected, found: `${first?.name} twice` });
  }
  const mismatch = checkPins(pins, chains);
  if (mismatch !== undefined) return mismatch;
  if (first !== undefined && second !== undefined && first.producer !== second.producer) {
    return producerMismatch(first.producer, second.producer);
  }
  return chains;
}

function checkPins(pins: Pins, chains: readonly Pick<Chain, 'id' | 'contract'>[]): Fault | undefined {
  for (const { id, contract } of chains) {
    if (contract.kind === 'token' && pins.chainId !== undefined && id !== pins.chainId) {
      return fault('CHAIN_MISMATCH', { field: 'id', expected: pins.chainId, found: id });
    }
    if (pins.producerPublicKey !== undefined && contract.producer !== pins.producerPublicKey) {
      return producerMismatch(pins.producerPublicKey, contract.producer);
    }
  }
  return undefined;
}

function producerMismatch(expected: PublicKey, found: PublicKey): Fault {
  return fault('PRODUCER_MISMATCH', { field: 'contract.producer', expected, found });
}
