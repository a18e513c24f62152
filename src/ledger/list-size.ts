/**
 * The size of the list of a node's chains, GET /chains. No node may have chains whose list its followers, which limit what
 * they read (advertisement.ts), could not read.
 */
import type { Contract } from '../chain/contract/contract.js';
import { isTokenContract } from '../chain/contract/kinds.js';
import { ALLOCATIONS_MAX, type Allocation } from '../chain/contract/wallet-policy.js';
import { DECIMALS_MAX, WHOLE_DIGITS_MAX } from '../chain/entry/amount.js';
import { NAME_CHARACTERS_MAX, utf8Length } from '../chain/entry/entry-fields.js';
import { ADVERTISEMENT_BYTES_MAX, ADVERTISEMENT_VALUES_MAX } from './advertisement.js';
import { assert } from './errors.js';

/** The limit for CHAINS_MAX. */
export const CHAINS_MAX_MAX = 1024;

/**
 * What a listed chain takes at most apart from its allocations, with its share of the node's details: most of the bytes
 * are the cosignatures of its head, and of an older checkpoint.
 */
export const LISTED_CHAIN_MAX = { bytes: 10_240, values: 76 };
/** What the list takes at most apart from its chains. */
const ENVELOPE_MAX = { bytes: 1024 * 1024, values: 4096 };
/** `{"address":"","amount":""},` */
const ALLOCATION_FRAME_BYTES = 27;
const ALLOCATION_VALUES = 4;
const ALLOCATION_BYTES_MAX =
  4 * NAME_CHARACTERS_MAX + WHOLE_DIGITS_MAX + 1 + DECIMALS_MAX + ALLOCATION_FRAME_BYTES;

// However CHAINS_MAX is set, that many chains always fit, and one with as many allocations as a contract may have.
assert(
  CHAINS_MAX_MAX * LISTED_CHAIN_MAX.bytes + ALLOCATIONS_MAX * ALLOCATION_BYTES_MAX + ENVELOPE_MAX.bytes <=
    ADVERTISEMENT_BYTES_MAX,
  'the chains of a node must fit into the bytes that a follower reads',
);
assert(
  CHAINS_MAX_MAX * LISTED_CHAIN_MAX.values + ALLOCATIONS_MAX * ALLOCATION_VALUES + ENVELOPE_MAX.values <=
    ADVERTISEMENT_VALUES_MAX,
  'the chains of a node must fit into the values that a follower reads',
);

/** Part of a message about chains that don't fit. */
export const LIST_LIMIT =
  `GET /chains, the list that followers read, has at most ${ADVERTISEMENT_BYTES_MAX} bytes and ` +
  `${ADVERTISEMENT_VALUES_MAX} values: wallets.allocations take most of it`;

/** Counts the room that is left in the list of a node's chains. */
export class ListRoom {
  private bytes = ADVERTISEMENT_BYTES_MAX - ENVELOPE_MAX.bytes;
  private values = ADVERTISEMENT_VALUES_MAX - ENVELOPE_MAX.values;

  /** @param listed the contracts of the chains that the node has; a database may have more than fit, from before */
  constructor(listed: Iterable<Contract>) {
    for (const contract of listed) this.subtract(contract);
  }

  get left(): { readonly bytes: number; readonly values: number } {
    return { bytes: this.bytes, values: this.values };
  }

  /** Reserves the room for a chain. @returns whether there was enough */
  take(contract: Contract): boolean {
    const { bytes, values } = this;
    this.subtract(contract);
    if (this.bytes >= 0 && this.values >= 0) return true;
    [this.bytes, this.values] = [bytes, values];
    return false;
  }

  private subtract(contract: Contract): void {
    const allocations = isTokenContract(contract) ? contract.wallets.allocations : [];
    this.bytes -= LISTED_CHAIN_MAX.bytes + bytesOf(allocations);
    this.values -= LISTED_CHAIN_MAX.values + ALLOCATION_VALUES * allocations.length;
  }
}

const counted = new WeakMap<readonly Allocation[], number>();

/** The maximum bytes in the contract's JSON. */
function bytesOf(allocations: readonly Allocation[]): number {
  const known = counted.get(allocations);
  if (known !== undefined) return known;
  let bytes = 0;
  for (const { address, amount } of allocations) {
    // An amount has no more digits than its smallest units, or than a point and its decimals need.
    const digits = Math.max(String(amount).length, DECIMALS_MAX + 1) + 1;
    bytes += utf8Length(JSON.stringify(address)) + digits + ALLOCATION_FRAME_BYTES;
  }
  counted.set(allocations, bytes);
  return bytes;
}
