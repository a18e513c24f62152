/** Parses an upstream's claims on GET /chains: its role, its chains with their contracts and heads. They prove nothing. */
import { parseHash, type Hash } from '../chain/bytes/bytes.js';
import { fault, isFault, shown, type Fault } from '../chain/faults.js';
import { asFields, type Fields } from '../chain/bytes/fields.js';
import { assertJsonSize } from '../chain/bytes/json-size.js';
import { JsonError, parseStrictJson } from '../chain/bytes/json.js';
import { isInformationContract } from '../chain/contract/kinds.js';
import { readShownChain, shownName, unknownPart, type ShownChain } from '../chain/contract/shown-chain.js';
import type { Role } from './node-info.js';

/** Maximum bytes of the answer. No node makes or begins chains for which it would be longer: see list-size.ts. */
export const ADVERTISEMENT_BYTES_MAX = 16 * 1024 * 1024;

/** Maximum values in it: a chain has some seventy, and four more for each wallet that it allocates to. */
export const ADVERTISEMENT_VALUES_MAX = 98_304;

export type AdvertisedChain = ShownChain;

/** An invalid item: the other chains can still be followed. */
export interface FaultyItem {
  /** the id that it claims, if that is well-formed */
  readonly id: Hash | undefined;
  /** the name that it claims; "" if that is not well-formed */
  readonly name: string;
  readonly fault: Fault;
}

/** A chain whose kind or version this software does not support: this is not a fault. */
export interface UnsupportedChain {
  readonly name: string;
  /** the part that is not supported, as a short text */
  readonly reason: string;
}

export interface Advertisement {
  readonly role: Role;
  /** In the node's order, which begins with its default chains; each id appears once. */
  readonly chains: readonly AdvertisedChain[];
  /** the chain that a follower seals itself, if it has one: it lists it before those that it follows */
  readonly own: Hash | undefined;
  readonly faulty: readonly FaultyItem[];
  readonly unsupported: readonly UnsupportedChain[];
  /** the answer as received */
  readonly text: string;
}

/** Parses the answer to GET /chains. A returned fault concerns the answer as a whole, not a single chain. */
export function parseAdvertisement(text: string): Advertisement | Fault {
  let fields: Fields | undefined;
  try {
    assertJsonSize(text, ADVERTISEMENT_VALUES_MAX);
    fields = asFields(parseStrictJson(text).value);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return fault('MALFORMED', { field: `chains${error.pointer}`, expected: 'JSON', found: error.message });
  }
  if (fields === undefined) return malformed('chains', 'an object', text);
  const { role, chains: items } = fields;
  if (role !== 'producer' && role !== 'follower') {
    return malformed('role', '"producer" or "follower"', role);
  }
  if (!Array.isArray(items)) return malformed('chains', 'an array', items);
  const chains = new Map<Hash, AdvertisedChain>();
  const faulty: FaultyItem[] = [];
  const unsupported: UnsupportedChain[] = [];
  for (const item of items as unknown[]) {
    const fields = asFields(item) ?? {};
    const name = shownName(fields);
    const reason = unknownPart(fields);
    if (reason !== undefined) {
      unsupported.push({ name, reason });
      continue;
    }
    const chain =
      asFields(item) === undefined ? malformed('chains', 'objects', item) : readShownChain(fields);
    if (isFault(chain)) faulty.push({ id: parseHash(fields.id), name, fault: chain });
    else if (chains.has(chain.id)) {
      faulty.push({ id: chain.id, name, fault: malformed('id', 'each chain once', chain.id) });
    } else chains.set(chain.id, chain);
  }
  const all = [...chains.values()];
  const own = sealsOne(fields) ? all.find(({ contract }) => isInformationContract(contract))?.id : undefined;
  return { role, chains: all, own, faulty, unsupported, text };
}

/** Only a node that seals says how many entries wait; of a follower, that is an information chain (PRIVATE_CHAIN). */
function sealsOne({ role, details }: Fields): boolean {
  return role === 'follower' && asFields(details)?.pending_information !== undefined;
}

function malformed(field: string, expected: string, found: unknown): Fault {
  return fault('MALFORMED', { field, expected, found: shown(found) });
}
