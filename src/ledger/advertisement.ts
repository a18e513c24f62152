/** What an upstream says of itself on GET /chains: its role, its chains with their contracts and heads. Nothing is proven by it. */
import type { SealedHeader } from '../chain/block.js';
import { hashHex, parseHash, type Hash } from '../chain/bytes.js';
import { chainId, parseContract, PROTOCOL_VERSION, type Contract } from '../chain/contract.js';
import { fault, isFault, shown, type Fault } from '../chain/faults.js';
import { asFields, isCount, type Fields } from '../chain/fields.js';
import { assertJsonSize } from '../chain/json-size.js';
import { canonicalJson, JsonError, parseStrictJson } from '../chain/json.js';
import { KINDS } from '../chain/kinds.js';
import { sha256 } from '../chain/sha256.js';
import { parseHeader } from '../chain/verify-block.js';
import type { Role } from './node-info.js';

/** Bytes of the answer: more than the longest contracts can have, with an allocation to thousands of long names. */
export const ADVERTISEMENT_BYTES_MAX = 8 * 1024 * 1024;

/** Names and values in it: a chain has some seventy, and four more for each wallet that it allocates to. */
const ADVERTISEMENT_VALUES_MAX = 98_304;

/** A name that a node may show a chain by: its contract's, or an alias that begins with it. */
const SHOWN_NAME = /^[a-z][a-z0-9-]{0,96}$/;

/** Digits of a chain's id behind its name, at least, where another chain of the node has that name. */
export const ALIAS_DIGITS = 8;

export interface AdvertisedChain {
  readonly id: Hash;
  /** what the chain is called there, which proves nothing: its contract's name, unless that was taken */
  readonly name: string;
  /** hashes to `id` */
  readonly contract: Contract;
  /** its forms are right, its seal is not checked yet */
  readonly head: SealedHeader;
}

/** An item that can't be right: the others can still be followed. */
export interface FaultyItem {
  /** the id that it claims, where it has the form of one */
  readonly id: Hash | undefined;
  /** the name that it claims; "" where it has not the form of one */
  readonly name: string;
  readonly fault: Fault;
}

/** A chain that this version knows nothing of, by its kind or version: no fault. */
export interface UnsupportedChain {
  readonly name: string;
  /** what it is that is not known, as a short text */
  readonly reason: string;
}

export interface Advertisement {
  readonly role: Role;
  /** In the node's order, which begins with its default chains; each id once. */
  readonly chains: readonly AdvertisedChain[];
  readonly faulty: readonly FaultyItem[];
  readonly unsupported: readonly UnsupportedChain[];
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
    const chain = asFields(item) === undefined ? malformed('chains', 'objects', item) : parseChain(fields);
    if (isFault(chain)) faulty.push({ id: parseHash(fields.id), name, fault: chain });
    else if (chains.has(chain.id)) {
      faulty.push({ id: chain.id, name, fault: malformed('id', 'each chain once', chain.id) });
    } else chains.set(chain.id, chain);
  }
  return { role, chains: [...chains.values()], faulty, unsupported, text };
}

function shownName({ name }: Fields): string {
  return typeof name === 'string' && SHOWN_NAME.test(name) ? name : '';
}

/** What of a chain this version doesn't know: the version, the kind, or a part of a contract that hashes to the id. */
function unknownPart(item: Fields): string | undefined {
  const contract = asFields(item.contract);
  const version = contract?.version;
  if (isCount(version) && version !== PROTOCOL_VERSION) return `version ${version}`;
  const kind = contract?.kind ?? item.kind;
  if (typeof kind === 'string' && kind !== '' && !Object.hasOwn(KINDS, kind)) return `kind ${shown(kind)}`;
  const parsed = parseContract(contract);
  if (!isFault(parsed) || parsed.fault !== 'UNSUPPORTED') return undefined;
  return item.id === hashHex(sha256(canonicalJson(contract))) ? parsed.field : undefined;
}

/** A node calls a chain by its contract's name or, where another chain has that, by an alias with digits of its id. */
function isNameOf(name: string, { name: own }: Contract, id: Hash): boolean {
  return name === own || (name.startsWith(`${own}-`) && isAlias(name.slice(own.length + 1), id));
}

function isAlias(digits: string, id: Hash): boolean {
  return digits.length >= ALIAS_DIGITS && id.startsWith(digits);
}

function parseChain(fields: Fields): AdvertisedChain | Fault {
  const contract = parseContract(fields.contract);
  if (isFault(contract)) return contract;
  if (contract.kind !== fields.kind) return malformed('kind', contract.kind, fields.kind);
  const id = parseHash(fields.id);
  if (id === undefined) return malformed('id', '64 lower-case hex digits', fields.id);
  const expected = chainId(contract);
  if (id !== expected) return fault('CHAIN_ID_MISMATCH', { field: 'id', expected, found: id });
  const name = shownName(fields);
  if (!isNameOf(name, contract, id)) return malformed('name', contract.name, fields.name);
  const headFields = asFields(fields.head);
  if (headFields === undefined) return malformed('head', 'an object', fields.head);
  const head = parseHeader(headFields);
  if (isFault(head)) return head;
  if (head.chain !== id) {
    return fault('CHAIN_MISMATCH', { index: head.index, field: 'chain', expected: id, found: head.chain });
  }
  return { id, name, contract, head };
}

function malformed(field: string, expected: string, found: unknown): Fault {
  return fault('MALFORMED', { field, expected, found: shown(found) });
}
