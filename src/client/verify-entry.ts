/** Proves that an entry is in a block that a chain's producer signed, from that block and one hash for each bit set in its parent's size. */
import { ENTRIES_FIELD, type SealedHeader } from '../chain/block/block.js';
import { isTokenContract, isTransaction } from '../chain/contract/kinds.js';
import { checkAddress } from '../chain/books/book.js';
import { fromHex, hashHex, parseHash, toHex, type Hash } from '../chain/bytes/bytes.js';
import { blockEntriesMax, chainId, type Contract } from '../chain/contract/contract.js';
import { verifySignature } from '../chain/bytes/ed25519.js';
import { parseEntry, type Entry } from '../chain/entry/entry.js';
import { fault, shown, type Fault } from '../chain/faults.js';
import { asFields, type Fields } from '../chain/bytes/fields.js';
import { holderText } from '../chain/entry/transaction.js';
import { Frontier } from '../chain/tree/tree.js';
import { entryRecord, type EntryRecord } from './entry-record.js';
import { FaultError } from './errors.js';
import { checkProducer, orThrow, readHead } from './node-chains.js';

/** The facts that the proof is checked against. */
export interface EntryProof {
  /** the chain's: its hash is the chain's id, and it names the producer */
  readonly contract: Contract;
  /** the chain's id as the caller knows it from elsewhere; without it, the contract alone identifies the chain */
  readonly chainId?: string | undefined;
  /** the producer's public key, likewise */
  readonly producer?: string | undefined;
  /** the tree at the block before: `frontier` of GET /chains/:name/blocks/:index/frontier, from its largest subtree on */
  readonly frontier: readonly string[];
}

/** An entry whose content, position and seal were verified. */
export interface VerifiedEntry {
  readonly entry: EntryRecord;
  /** its position in the chain, from 0 */
  readonly sequence: number;
  /** of the block that contains it: signed by the producer */
  readonly header: SealedHeader;
}

/**
 * Verifies without any node: a stored block proves its entries forever.
 *
 * It checks the forms, ids and fees of all entries of the block, the entry's own signature under the policy `signed`,
 * the tree over all entries of the chain so far, the block's hash and the producer's signature. It can't check that the
 * block builds on its parent, nor that wallets had what they sent: that needs the chain (see `follow`).
 * @param entry its id, or the entry as it is on the wire
 * @param block as it is on the wire, parsed from JSON
 * @throws FaultError
 */
export function verifyEntry(entry: string | Fields, block: unknown, proof: EntryProof): VerifiedEntry {
  const { contract } = proof;
  const id = chainId(contract);
  const pinnedId = proof.chainId === undefined ? undefined : pinned(proof.chainId);
  if (pinnedId !== undefined && pinnedId !== id) {
    throw new FaultError(fault('CHAIN_MISMATCH', { field: 'chain', expected: pinnedId, found: id }));
  }
  checkProducer(proof, proof.producer);
  const wanted = wantedId(entry, contract);
  const fields = asFields(block);
  if (fields === undefined) throw malformed('block', 'an object', block);
  const header = readHead(fields, id, contract);
  const entries = readEntries(fields, header, contract);
  checkTree(entries, header, proof.frontier);
  const position = entries.findIndex((other) => toHex(other.id) === wanted);
  const found = entries[position];
  if (found === undefined) {
    throw malformed(ENTRIES_FIELD[contract.kind], `the entry ${wanted}`, 'none of that id', header.index);
  }
  const sequence = header.treeSize - entries.length + position;
  const unsigned = checkHolder(found, contract, id, { index: header.index, sequence });
  if (unsigned !== undefined) throw new FaultError(unsigned);
  return { entry: entryRecord(found, contract), sequence, header };
}

function pinned(value: string): Hash {
  const hash = parseHash(value);
  if (hash === undefined) throw malformed('chainId', '64 lower-case hex digits', value);
  return hash;
}

/** An entry on the wire counts only by its leaf: the id that it names must be that leaf's hash. */
function wantedId(entry: string | Fields, contract: Contract): string {
  if (typeof entry !== 'string') return toHex(orThrow(parseEntry(entry, contract)).id);
  const id = parseHash(entry);
  if (id === undefined) throw malformed('entry', 'an id of 64 lower-case hex digits', entry);
  return id;
}

function readEntries(block: Fields, header: SealedHeader, contract: Contract): readonly Entry[] {
  const name = ENTRIES_FIELD[contract.kind];
  const values = block[name];
  if (!Array.isArray(values)) throw malformed(name, 'an array', values, header.index);
  const max = Math.min(blockEntriesMax(contract), header.treeSize);
  if (values.length > max) {
    const detail = { index: header.index, expected: `at most ${max}`, found: String(values.length) };
    throw new FaultError(fault('TOO_MANY_ENTRIES', detail));
  }
  const first = header.treeSize - values.length;
  return values.map((value: unknown, position) =>
    orThrow(parseEntry(value, contract, { index: header.index, sequence: first + position })),
  );
}

/** The frontier is not proven by itself: it is valid if, with these entries, it leads to the signed root. */
function checkTree(entries: readonly Entry[], header: SealedHeader, nodes: readonly string[]): void {
  const tree = readFrontier(nodes, header.treeSize - entries.length);
  for (const { id } of entries) tree.append(id);
  const root = hashHex(tree.root());
  if (root === header.treeRoot) return;
  const detail = { index: header.index, field: 'tree_root', expected: root, found: header.treeRoot };
  throw new FaultError(fault('TREE_ROOT_MISMATCH', detail));
}

/** @throws FaultError */
export function readFrontier(nodes: readonly string[], size: number): Frontier {
  const hashes = nodes.map((node) => parseHash(node));
  const isWhole = hashes.every((hash) => hash !== undefined);
  const frontier = isWhole ? Frontier.of(hashes.map(fromHex), size) : undefined;
  if (frontier !== undefined) return frontier;
  throw malformed('frontier', `a hash for each bit set in ${size}`, nodes);
}

function checkHolder(
  entry: Entry,
  contract: Contract,
  id: Hash,
  place: { readonly index: number; readonly sequence: number },
): Fault | undefined {
  if (!isTransaction(entry) || !isTokenContract(contract)) return undefined;
  const { transaction } = entry;
  if (transaction.type === 'return' || transaction.proof === undefined) return undefined;
  const broken = checkAddress(transaction);
  if (broken !== undefined) {
    const { code, ...detail } = broken;
    return fault(code, { ...place, ...detail });
  }
  const { publicKey, signature } = transaction.proof;
  if (verifySignature(publicKey, holderText(transaction, contract, id), signature)) return undefined;
  const detail = { field: 'signature', expected: `a signature by ${publicKey}`, found: signature };
  return fault('BAD_SIGNATURE', { ...place, ...detail });
}

function malformed(field: string, expected: string, found: unknown, index?: number): FaultError {
  const detail = { field, expected, found: shown(found) };
  return new FaultError(fault('MALFORMED', index === undefined ? detail : { index, ...detail }));
}
