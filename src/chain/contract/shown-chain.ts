/** Parses an item of a node's GET /chains: a chain that the node claims to have. */
import type { SealedHeader } from '../block/block.js';
import { hashHex, parseHash, type Hash } from '../bytes/bytes.js';
import { chainId, parseContract, PROTOCOL_VERSION, type Contract } from './contract.js';
import { fault, isFault, shown, type Fault } from '../faults.js';
import { asFields, isCount, type Fields } from '../bytes/fields.js';
import { canonicalJson } from '../bytes/json.js';
import { isChainKind } from './kinds.js';
import { sha256 } from '../bytes/sha256.js';
import { parseHeader } from '../block/verify-block.js';

/** A name under which a node may list a chain: the contract's, or an alias that begins with it. */
const SHOWN_NAME = /^[a-z][a-z0-9-]{0,96}$/;

/** The minimum number of id digits after a chain's name, where another chain of the node has that name. */
export const ALIAS_DIGITS = 8;

export interface ShownChain {
  readonly id: Hash;
  /** the chain's name on that node, which proves nothing: its contract's name, unless that was taken */
  readonly name: string;
  /** hashes to `id` */
  readonly contract: Contract;
  /** well-formed; its seal is not checked yet */
  readonly head: SealedHeader;
  /** what is shown as the head's checkpoint, not looked at yet; undefined where none is */
  readonly checkpoint: string | undefined;
  /** the same for the newest checkpoint with cosignatures */
  readonly cosigned: string | undefined;
  /** whether the node says that the producer told two stories, and that it takes no more blocks of the chain */
  readonly isFrozen: boolean;
}

/** The name that an item claims; "" if it isn't well-formed. */
export function shownName({ name }: Fields): string {
  return typeof name === 'string' && SHOWN_NAME.test(name) ? name : '';
}

/**
 * The part of a chain that this version doesn't know: the version, the kind, or a field of a contract that hashes to
 * the id.
 */
export function unknownPart(item: Fields): string | undefined {
  const contract = asFields(item.contract);
  const version = contract?.version;
  if (isCount(version) && version !== PROTOCOL_VERSION) return `version ${version}`;
  const kind = contract?.kind ?? item.kind;
  if (typeof kind === 'string' && kind !== '' && !isChainKind(kind)) return `kind ${shown(kind)}`;
  const parsed = parseContract(contract);
  if (!isFault(parsed) || parsed.fault !== 'UNSUPPORTED') return undefined;
  return item.id === hashHex(sha256(canonicalJson(contract))) ? parsed.field : undefined;
}

/**
 * Whether `name` is the contract's name or, for a node where another chain has that name, an alias with digits of the
 * id.
 */
export function isNameOf(name: string, { name: own }: Contract, id: Hash): boolean {
  return name === own || (name.startsWith(`${own}-`) && isAlias(name.slice(own.length + 1), id));
}

function isAlias(digits: string, id: Hash): boolean {
  return digits.length >= ALIAS_DIGITS && id.startsWith(digits);
}

/**
 * The fault of a name that is neither the contract's nor an alias of it. For those that find chains by name, such as
 * clients: a follower knows chains by their ids, and a node may call them what it likes.
 */
export function wrongName({ id, name, contract }: ShownChain): Fault | undefined {
  return isNameOf(name, contract, id) ? undefined : malformed('name', contract.name, name);
}

/** Parses an item and checks that its id and head match its contract; the head’s seal is not checked, nor is its name. */
export function readShownChain(fields: Fields): ShownChain | Fault {
  const contract = parseContract(fields.contract);
  if (isFault(contract)) return contract;
  if (contract.kind !== fields.kind) return malformed('kind', contract.kind, fields.kind);
  const id = parseHash(fields.id);
  if (id === undefined) return malformed('id', '64 lower-case hex digits', fields.id);
  const expected = chainId(contract);
  if (id !== expected) return fault('CHAIN_ID_MISMATCH', { field: 'id', expected, found: id });
  const name = shownName(fields);
  if (name === '') return malformed('name', 'a name', fields.name);
  const headFields = asFields(fields.head);
  if (headFields === undefined) return malformed('head', 'an object', fields.head);
  const head = parseHeader(headFields);
  if (isFault(head)) return head;
  if (head.chain !== id) {
    return fault('CHAIN_MISMATCH', { index: head.index, field: 'chain', expected: id, found: head.chain });
  }
  const { checkpoint = null, cosigned_checkpoint: cosigned = null } = fields;
  if (checkpoint !== null && typeof checkpoint !== 'string')
    return malformed('checkpoint', 'a text', checkpoint);
  if (cosigned !== null && typeof cosigned !== 'string')
    return malformed('cosigned_checkpoint', 'a text', cosigned);
  return {
    id,
    name,
    contract,
    head,
    checkpoint: checkpoint ?? undefined,
    cosigned: cosigned ?? undefined,
    isFrozen: asFields(fields.frozen) !== undefined,
  };
}

function malformed(field: string, expected: string, found: unknown): Fault {
  return fault('MALFORMED', { field, expected, found: shown(found) });
}
