/** Audits a database file, with a node running on it or not. */
import { parseHash } from '../chain/bytes.js';
import { parseContract, type Contract } from '../chain/contract.js';
import { fault, isFault, shown, type Fault } from '../chain/faults.js';
import type { AuditBlock, AuditScratch, ChainAudit } from '../ledger/audit.js';
import {
  compareBlock,
  compareChain,
  compareHead,
  differs,
  WaitingAudit,
  type StoredChainFacts,
} from '../ledger/audit-stored.js';
import { compareSupply, compareWallet, HoldComparison, missingWallet } from '../ledger/audit-stored-books.js';
import { AuditDatabase } from '../storage/audit-database.js';
import type { Difference } from '../storage/schema.js';
import type { AuditTarget, BrokenChain, ChainEnd, TargetChain } from './audit-target.js';

/** @throws OperatorError when there is no such database */
export async function openDatabaseTarget(file: string): Promise<AuditTarget> {
  const database = await AuditDatabase.open(file);
  if (!(database instanceof AuditDatabase)) return unreadableTarget(file, database);
  try {
    const rows = database.chains();
    const totals: Totals = { blocks: 0, entries: { token: 0, information: 0 } };
    return {
      name: file,
      role: roleOf(database),
      begin: nothing,
      chains: () => rows.map(({ facts, treeSize }) => targetChain(database, facts, treeSize, totals)),
      finish: () => compareRest(database, rows.length, totals),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function roleOf(database: AuditDatabase): string {
  const role = database.role();
  return typeof role === 'string' ? role : 'unknown';
}

/** Nothing in it can be relied on, and that is a fault. */
function unreadableTarget(file: string, difference: Difference): AuditTarget {
  return {
    name: file,
    role: 'unknown',
    *begin() {
      yield;
      return storedFault(difference);
    },
    chains: () => [],
    finish: nothing,
    close: () => Promise.resolve(),
  };
}

function* nothing(): Generator<void, undefined, void> {
  yield;
}

export function storedFault({ what, expected, found }: Difference): Fault {
  return fault('STORED_MISMATCH', { field: what, expected, found });
}

/** What was seen of the tables: nothing else may be in them. */
interface Totals {
  blocks: number;
  entries: Record<Contract['kind'], number>;
}

function targetChain(
  database: AuditDatabase,
  facts: StoredChainFacts,
  treeSize: unknown,
  totals: Totals,
): TargetChain | BrokenChain {
  const contract = readContract(facts.contract);
  const broken = isFault(contract) ? contract : compareChain(facts, contract);
  const id = parseHash(facts.chainId);
  if (isFault(contract) || broken !== undefined || id === undefined) {
    const kind = isFault(contract) ? undefined : contract.kind;
    return { name: String(facts.name), kind, fault: broken ?? fault('CHAIN_ID_MISMATCH') };
  }
  const { kind } = contract;
  return {
    id,
    contract,
    size: { blocks: count(facts.headIndex), entries: count(treeSize) },
    nonces: database.nonces(kind),
    *blocks(): Generator<AuditBlock, void, void> {
      for (const { wire, frontier, entries } of database.blocks(kind, id)) {
        yield { wire, compare: (verified) => compareBlock(verified, frontier, entries) };
      }
    },
    *finish(audit: ChainAudit): Generator<void, ChainEnd | Fault, void> {
      const misplaced = compareHead(facts, audit);
      if (misplaced !== undefined) return misplaced;
      const waiting = new WaitingAudit(audit);
      for (const rows of database.entriesFrom(kind, audit.entries)) {
        if (database.role() === 'follower') return beyondHead(audit);
        const found = waiting.take(rows);
        if (found !== undefined) return found;
        yield;
      }
      totals.blocks += audit.blocks;
      totals.entries[kind] = audit.entries + waiting.entries;
      if (kind === 'information') return { waiting: waiting.entries };
      const books = yield* compareBooks(database, audit.scratch);
      return isFault(books) ? books : { waiting: waiting.entries, ...books };
    },
  };
}

/** A follower accepts nothing: its entries come with their blocks. */
function beyondHead({ entries, blocks }: ChainAudit): Fault {
  return fault('STORED_MISMATCH', {
    sequence: entries,
    field: 'entries',
    expected: `none after block ${blocks}, since this is a follower's database`,
    found: 'some',
  });
}

function readContract(text: unknown): Contract | Fault {
  try {
    return parseContract(typeof text === 'string' ? JSON.parse(text) : text);
  } catch {
    return fault('MALFORMED', { field: 'contract', expected: 'JSON', found: shown(text) });
  }
}

function* compareBooks(
  database: AuditDatabase,
  scratch: AuditScratch,
): Generator<void, { readonly wallets: number; readonly holds: number } | Fault, void> {
  const wallets = yield* compareWallets(database, scratch);
  if (isFault(wallets)) return wallets;
  const holds = yield* compareHolds(database, scratch);
  if (isFault(holds)) return holds;
  return compareSupply(database.supply(), scratch.supply()) ?? { wallets, holds };
}

/** @returns how many wallets there are */
function* compareWallets(
  database: AuditDatabase,
  scratch: AuditScratch,
): Generator<void, number | Fault, void> {
  let compared = 0;
  for (const wallets of database.wallets()) {
    for (const wallet of wallets) {
      const mismatch = compareWallet(wallet, scratch);
      if (mismatch !== undefined) return mismatch;
      compared++;
    }
    yield;
  }
  return missingWallet(scratch) ?? compared;
}

/** @returns how many holds there are */
function* compareHolds(
  database: AuditDatabase,
  scratch: AuditScratch,
): Generator<void, number | Fault, void> {
  const comparison = new HoldComparison(scratch);
  for (const holds of database.holds()) {
    const mismatch = comparison.take(holds);
    if (mismatch !== undefined) return mismatch;
    yield;
  }
  return comparison.missing() ?? comparison.holds;
}

function* compareRest(
  database: AuditDatabase,
  chains: number,
  totals: Totals,
): Generator<void, Fault | undefined, void> {
  const damage = database.damage();
  if (damage !== undefined) return storedFault(damage);
  yield;
  const role = database.role();
  if (role !== 'producer' && role !== 'follower') return differs({}, 'role', 'producer or follower', role);
  const { indexed } = database;
  if (indexed === undefined || indexed > totals.entries.token) {
    return fault('STORED_MISMATCH', {
      field: 'indexed_row',
      expected: `a sequence up to ${totals.entries.token}`,
      found: shown(indexed),
    });
  }
  const index = (yield* database.wrongIndex()) ?? (yield* database.wrongLookUp());
  if (index !== undefined) {
    return fault('STORED_MISMATCH', { field: `the index ${index}`, expected: 'what its table gives' });
  }
  const misfiled = database.misfiled();
  if (misfiled !== undefined) {
    return fault('STORED_MISMATCH', { field: misfiled, expected: 'what the chain has', found: 'another' });
  }
  const miscounted =
    differs({}, 'chains', 2, chains) ??
    differs({}, 'blocks', totals.blocks, database.count('block')) ??
    differs({}, 'transactions', totals.entries.token, database.count('transaction')) ??
    differs({}, 'information records', totals.entries.information, database.count('information'));
  if (miscounted !== undefined) return miscounted;
  // What all comparisons take for the same may be another thing for what reads it.
  const wrongClass = yield* database.wrongClass();
  return wrongClass === undefined ? undefined : storedFault(wrongClass);
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}
