/** Audits a database file, whether or not a node uses it. */
import { parseHash } from '../../chain/bytes/bytes.js';
import { parseContract, type Contract } from '../../chain/contract/contract.js';
import { fault, isFault, shown, type Fault } from '../../chain/faults.js';
import { kindOf } from '../../chain/contract/kinds.js';
import type { Entry } from '../../chain/entry/entry.js';
import type { VerifiedBlock } from '../../chain/block/verify-block.js';
import type { AuditBlock, AuditScratch, ChainAudit } from '../chain-audit.js';
import {
  compareBlock,
  compareChain,
  compareCheckpoint,
  compareHead,
  compareIndexed,
  differs,
  WaitingAudit,
  type ChainPlace,
  type Stored,
  type StoredChainFacts,
} from '../stored/stored-facts.js';
import { compareErasures } from '../stored/stored-erasures.js';
import { compareSupply, compareWallet, HoldComparison, missingWallet } from '../stored/stored-books.js';
import type { AuditChain } from './audit-chain.js';
import type { SubtreeAudit } from './audit-subtrees.js';
import { AuditDatabase, type CountedTable } from './audit-database.js';
import { ROWS_PER_CHAIN } from '../../storage/sqlite/entry-table.js';
import type { Difference } from '../../storage/sqlite/schema.js';
import type { AuditTarget, BrokenChain, ChainEnd, TargetChain } from '../target.js';

/** @throws OperatorError if there is no such database */
export async function openDatabaseTarget(file: string): Promise<AuditTarget> {
  const database = await AuditDatabase.open(file);
  if (!(database instanceof AuditDatabase)) return unreadableTarget(file, database);
  try {
    const rows = database.chains();
    const places = placesOf(rows.map(({ facts }) => facts));
    const totals = new Map<CountedTable, number>(COUNTED_TABLES.map((table) => [table, 0]));
    return {
      name: file,
      role: roleOf(database),
      begin: nothing,
      chains: () =>
        rows.map((row, at) => targetChain({ database, totals, place: places[at] as ChainPlace }, row)),
      unsupported: () => [],
      finish: () => compareRest(database, totals),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The positions of chains in this order: the first of a kind begins at row 0 of its table. */
function placesOf(chains: readonly StoredChainFacts[]): readonly ChainPlace[] {
  return chains.map(({ kind }, at) => {
    const isFirst = !chains.slice(0, at).some((before) => before.kind === kind);
    return { number: at + 1, firstRow: isFirst ? 0 : at * ROWS_PER_CHAIN };
  });
}

function roleOf(database: AuditDatabase): string {
  const role = database.role();
  return typeof role === 'string' ? role : 'unknown';
}

/** A database that can't be read, which is a fault. */
function unreadableTarget(file: string, difference: Difference): AuditTarget {
  return {
    name: file,
    role: 'unknown',
    *begin() {
      yield;
      return storedFault(difference);
    },
    chains: () => [],
    unsupported: () => [],
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

/** The number of rows of each table that belong to a chain: there may be no others. */
type Totals = Map<CountedTable, number>;

/** The readers of a chain. */
interface ChainContext {
  readonly database: AuditDatabase;
  readonly totals: Totals;
  /** its expected position */
  readonly place: ChainPlace;
}

function targetChain(
  context: ChainContext,
  { facts, treeSize }: { readonly facts: StoredChainFacts; readonly treeSize: Stored },
): TargetChain | BrokenChain {
  const { database, place } = context;
  const contract = readContract(facts.contract);
  const broken = isFault(contract) ? contract : compareChain(facts, contract, place, database.role());
  const id = parseHash(facts.chainId);
  const name = String(facts.name);
  if (isFault(contract) || broken !== undefined || id === undefined) {
    return { name, fault: broken ?? fault('CHAIN_ID_MISMATCH') };
  }
  const chain = database.chain(contract.kind, place);
  const subtrees = chain.subtrees();
  return {
    id,
    name,
    contract,
    size: { blocks: count(facts.headIndex), entries: count(treeSize) },
    nonces: chain.nonces(),
    *blocks(): Generator<AuditBlock, void, void> {
      for (const { wire, frontier, checkpoint, entries } of chain.blocks(id)) {
        const compare = (verified: VerifiedBlock): Fault | undefined =>
          compareBlock(verified, frontier, entries, place.number) ??
          compareCheckpoint(verified, contract, checkpoint) ??
          firstFault(verified.entries, subtrees);
        yield { wire, compare };
      }
    },
    finish: (audit: ChainAudit) => finishChain(context, chain, facts, audit, subtrees),
  };
}

/** The data of a chain that is stored in addition to its blocks. */
function* finishChain(
  { totals, place }: ChainContext,
  chain: AuditChain,
  facts: StoredChainFacts,
  audit: ChainAudit,
  subtrees: SubtreeAudit,
): Generator<void, ChainEnd | Fault, void> {
  const misplaced = compareHead(facts, audit);
  if (misplaced !== undefined) return misplaced;
  const waiting = new WaitingAudit(audit, place.number, ({ id }) => subtrees.take(id));
  for (const rows of chain.entriesFrom(audit.entries)) {
    if (facts.origin === 'followed') return beyondHead(audit);
    const found = waiting.take(rows);
    if (found !== undefined) return found;
    yield;
  }
  const entries = audit.entries + waiting.entries;
  const { hasBooks } = kindOf(audit.contract);
  const misindexed = compareIndexed(facts, place, hasBooks ? entries : 0);
  if (misindexed !== undefined) return misindexed;
  add(totals, 'block', audit.blocks);
  add(totals, 'subtree', subtrees.spans);
  add(totals, hasBooks ? 'transaction' : 'information', entries);
  if (!hasBooks) return compareInformation(chain, audit, totals) ?? { waiting: waiting.entries };
  const books = yield* compareBooks(chain, audit.scratch, place.number);
  if (isFault(books)) return books;
  add(totals, 'wallet', books.wallets);
  add(totals, 'hold', books.holds);
  add(totals, 'supply', 1);
  return { waiting: waiting.entries, ...books };
}

function compareInformation(chain: AuditChain, audit: ChainAudit, totals: Totals): Fault | undefined {
  const [erasures, withheld] = [chain.erasures(), chain.withheld()];
  add(totals, 'erasure', erasures.length);
  add(totals, 'withheld', withheld.length);
  return compareErasures(audit, erasures, withheld);
}

function firstFault(entries: readonly Entry[], subtrees: SubtreeAudit): Fault | undefined {
  for (const { id } of entries) {
    const found = subtrees.take(id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function add(totals: Totals, table: CountedTable, rows: number): void {
  totals.set(table, (totals.get(table) ?? 0) + rows);
}

/** Nothing waits on a followed chain: its entries arrive with their blocks. */
function beyondHead({ entries, blocks }: ChainAudit): Fault {
  return fault('STORED_MISMATCH', {
    sequence: entries,
    field: 'entries',
    expected: `none after block ${blocks}, since this chain is followed`,
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
  chain: AuditChain,
  scratch: AuditScratch,
  number: number,
): Generator<void, { readonly wallets: number; readonly holds: number } | Fault, void> {
  const wallets = yield* compareWallets(chain, scratch);
  if (isFault(wallets)) return wallets;
  const holds = yield* compareHolds(chain, scratch, number);
  if (isFault(holds)) return holds;
  return compareSupply(chain.supply(), scratch.supply(), number) ?? { wallets, holds };
}

/** @returns the number of wallets */
function* compareWallets(chain: AuditChain, scratch: AuditScratch): Generator<void, number | Fault, void> {
  let compared = 0;
  for (const wallets of chain.wallets()) {
    for (const wallet of wallets) {
      const mismatch = compareWallet(wallet, scratch);
      if (mismatch !== undefined) return mismatch;
      compared++;
    }
    yield;
  }
  return missingWallet(scratch) ?? compared;
}

/** @returns the number of holds */
function* compareHolds(
  chain: AuditChain,
  scratch: AuditScratch,
  number: number,
): Generator<void, number | Fault, void> {
  const comparison = new HoldComparison(scratch, number);
  for (const holds of chain.holds()) {
    const mismatch = comparison.take(holds);
    if (mismatch !== undefined) return mismatch;
    yield;
  }
  return comparison.missing() ?? comparison.holds;
}

/** The names of the rows of counted tables. */
const ROWS_OF: Readonly<Record<CountedTable, string>> = {
  block: 'blocks',
  subtree: 'subtrees',
  transaction: 'transactions',
  information: 'information records',
  erasure: 'erasures',
  withheld: 'records without content',
  wallet: 'wallets',
  hold: 'holds',
  supply: 'supplies',
};
const COUNTED_TABLES = Object.keys(ROWS_OF) as CountedTable[];

function* compareRest(database: AuditDatabase, totals: Totals): Generator<void, Fault | undefined, void> {
  const damage = database.damage();
  if (damage !== undefined) return storedFault(damage);
  yield;
  const role = database.role();
  if (role !== 'producer' && role !== 'follower') return differs({}, 'role', 'producer or follower', role);
  const index = (yield* database.wrongIndex()) ?? (yield* database.wrongLookUp());
  if (index !== undefined) {
    return fault('STORED_MISMATCH', { field: `the index ${index}`, expected: 'what its table gives' });
  }
  for (const [table, rows] of totals) {
    // Additional rows belong to no chain.
    const miscounted = differs({}, ROWS_OF[table], rows, database.count(table));
    if (miscounted !== undefined) return miscounted;
    yield;
  }
  // Values that compare as equal may still be read differently.
  const wrongClass = yield* database.wrongClass();
  return wrongClass === undefined ? undefined : storedFault(wrongClass);
}

function count(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}
