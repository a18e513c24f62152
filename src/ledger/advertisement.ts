/** What an upstream says of itself on GET /chains: its role, its chains with their contracts and heads. Nothing is proven by it. */
import type { SealedHeader } from '../chain/block.js';
import { parseHash, type Hash } from '../chain/bytes.js';
import { chainId, parseContract, type ChainKind, type Contract } from '../chain/contract.js';
import { fault, shown, type Fault } from '../chain/faults.js';
import { asFields, type Fields } from '../chain/fields.js';
import { assertJsonSize } from '../chain/json-size.js';
import { JsonError, parseStrictJson } from '../chain/json.js';
import { parseHeader } from '../chain/verify-block.js';
import type { Role } from './node-info.js';

/** Bytes of the answer: more than the longest contracts can have, with an allocation to thousands of long names. */
export const ADVERTISEMENT_BYTES_MAX = 8 * 1024 * 1024;

/** Names and values in it: a contract allocates to 4096 wallets at most, with two of each. */
const ADVERTISEMENT_VALUES_MAX = 65_536;

export interface AdvertisedChain {
  readonly id: Hash;
  /** hashes to `id` */
  readonly contract: Contract;
  /** its forms are right, its seal is not checked yet */
  readonly head: SealedHeader;
}

export interface Advertisement {
  readonly role: Role;
  /** by kind; where one chain is at fault, the other can still be followed */
  readonly chains: ReadonlyMap<ChainKind, AdvertisedChain | Fault>;
  /** the answer as it came */
  readonly text: string;
}

/** Reads the answer to GET /chains. A fault is one of the answer as a whole. */
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
  const chains = new Map<ChainKind, AdvertisedChain | Fault>();
  for (const item of items as unknown[]) {
    const chain = asFields(item);
    const kind = chain?.kind;
    if (chain === undefined || (kind !== 'token' && kind !== 'information')) {
      return malformed('chains.kind', '"token" or "information"', kind);
    }
    if (chains.has(kind)) return malformed('chains', `one ${kind} chain`, `another ${kind} chain`);
    chains.set(kind, parseChain(chain));
  }
  return { role, chains, text };
}

function parseChain(fields: Fields): AdvertisedChain | Fault {
  const contract = parseContract(fields.contract);
  if ('fault' in contract) return contract;
  if (contract.kind !== fields.kind) return malformed('contract.kind', shown(fields.kind), contract.kind);
  if (contract.name !== fields.name) return malformed('name', contract.name, fields.name);
  const id = parseHash(fields.id);
  if (id === undefined) return malformed('id', '64 lower-case hex digits', fields.id);
  const expected = chainId(contract);
  if (id !== expected) return fault('CHAIN_ID_MISMATCH', { field: 'id', expected, found: id });
  const headFields = asFields(fields.head);
  if (headFields === undefined) return malformed('head', 'an object', fields.head);
  const head = parseHeader(headFields);
  if ('fault' in head) return head;
  if (head.chain !== id) {
    return fault('CHAIN_MISMATCH', { index: head.index, field: 'chain', expected: id, found: head.chain });
  }
  return { id, contract, head };
}

function malformed(field: string, expected: string, found: unknown): Fault {
  return fault('MALFORMED', { field, expected, found: shown(found) });
}
