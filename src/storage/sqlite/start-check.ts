/**
 * Checks what a start relies on: the chains' rows, their last blocks, and everything after those. The rest takes time
 * proportional to the chains' length, and is left to an audit.
 */
import type { Database } from 'better-sqlite3';
import { isChainKind, KINDS } from '../../chain/contract/kinds.js';
import { OperatorError } from '../../ledger/errors.js';
import type { Role } from '../../ledger/node-info.js';
import { endRow } from './entry-table.js';
import type { Difference } from './schema.js';
import { wrongClassIn } from './storage-classes.js';

interface ChainState {
  readonly number: number;
  readonly kind: string;
  readonly name: string;
  readonly origin: string;
  readonly firstRow: number;
  readonly indexedRow: number;
  readonly headIndex: number;
  /** of the head block; null if no block has its hash */
  readonly treeSize: number | null;
}

const CHAINS = `
  SELECT number, kind, name, origin, first_row AS firstRow, indexed_row AS indexedRow, head_index AS headIndex,
         (SELECT tree_size FROM block WHERE chain = number AND "index" = head_index AND hash = head_hash) AS treeSize
  FROM chain ORDER BY number`;

/** Tables that are empty if there is no chain. */
const OF_CHAINS = [
  'block',
  'subtree',
  'transaction',
  'information',
  'erasure',
  'withheld',
  'wallet',
  'hold',
  'supply',
  'transaction_run',
  'cosignature',
];

/** @throws OperatorError with a line that names the problem and the remedy */
export function assertStartable(db: Database, role: Role): void {
  for (const table of ['meta', 'chain', 'supply']) requireClasses(db, table, '1');
  const chains = db.prepare<[], ChainState>(CHAINS).all();
  if (chains.length === 0) {
    const left = OF_CHAINS.find((table) => exists(db, `"${table}"`));
    if (left !== undefined) throw damaged(db, `there are rows in ${left}, and no chain that they are of`);
  }
  for (const chain of chains) {
    requireOrigin(db, chain, role);
    requireEnd(db, chain);
  }
}

function requireOrigin(db: Database, { name, origin }: ChainState, role: Role): void {
  // A chain that a follower seals itself is private; a producer has created all of its chains.
  if (role === 'follower' ? origin === 'followed' || origin === 'private' : origin !== 'followed') return;
  throw new OperatorError(
    `the chain ${name} in ${db.name} is ${origin}, and the database's role is ${role}: ` +
      (role === 'producer'
        ? `to continue this producer from a follower's database, set the origin of its chains too: ` +
          `UPDATE chain SET origin = 'configured'`
        : `a producer's database can't become a follower's. Set DATABASE_URL to another file, and pull again`),
  );
}

function requireEnd(db: Database, chain: ChainState): void {
  const { number, kind, name, headIndex, treeSize, firstRow, indexedRow } = chain;
  if (treeSize === null) throw damaged(db, `${name} has no block ${headIndex} with the hash of its head`);
  requireClasses(db, 'block', `chain = ${number} AND "index" >= ${headIndex}`);
  if (exists(db, 'block', `chain = ${number} AND "index" > ${headIndex}`)) {
    throw damaged(db, `${name} has blocks after its head, block ${headIndex}`);
  }
  if (!isChainKind(kind)) throw damaged(db, `${name} is of an unknown kind, ${kind}`);
  const { hasBooks } = KINDS[kind];
  const table = hasBooks ? 'transaction' : 'information';
  const next = firstRow + treeSize;
  const isWaiting = `sequence >= ${next} AND sequence < ${endRow(chain)}`;
  requireClasses(db, table, isWaiting);
  if (treeSize > 0 && !exists(db, `"${table}"`, `sequence = ${next - 1}`)) {
    throw damaged(db, `${name} lacks its last sealed entry, ${treeSize - 1}`);
  }
  const { count, last } = db
    .prepare<[], { count: number; last: number | null }>(
      `SELECT count(*) AS count, max(sequence) AS last FROM "${table}" WHERE ${isWaiting}`,
    )
    .get() ?? { count: 0, last: null };
  if (chain.origin === 'followed' && count > 0) throw beyondHead(db, name, count);
  if (count > 0 && last !== next + count - 1) {
    throw damaged(db, `${count} entries of ${name} wait for a block, with gaps between them`);
  }
  if (!hasBooks) return;
  if (!exists(db, 'supply', `id = ${number}`)) throw damaged(db, `${name} has no supply`);
  if (exists(db, 'hold', `sequence >= ${next} AND sequence < ${endRow(chain)}`)) {
    throw damaged(db, `${name} has holds after its last block`);
  }
  const runs = `first >= ${firstRow} AND first < ${endRow(chain)}`;
  requireClasses(db, 'transaction_run', runs);
  if (
    indexedRow < firstRow ||
    indexedRow > next + count ||
    exists(db, 'transaction_run', `${runs} AND first + octet_length(ids) / 8 > ${next + count}`)
  ) {
    throw damaged(db, `what finds the transactions of ${name} goes further than those`);
  }
}

function beyondHead(db: Database, name: string, count: number): OperatorError {
  return new OperatorError(
    `the database ${db.name} has ${count} ${count === 1 ? 'entry' : 'entries'} of ${name} after its last block, which a ` +
      `follower can't have: a producer had accepted them, or somebody put them there. Set DATABASE_URL to another file, ` +
      'and pull again',
  );
}

function requireClasses(db: Database, table: string, where: string): void {
  const found = wrongClassIn(db, table, where);
  if (found !== undefined) throw damaged(db, sentence(found));
}

function sentence({ what, expected, found }: Difference): string {
  return `${what} should be ${expected}, and is ${found}`;
}

function damaged(db: Database, what: string): OperatorError {
  return new OperatorError(
    `the database ${db.name} is damaged, or was changed by something other than bpsc: ${what}. Run bpsc verify for details; ` +
      'restore it or, on a follower, set DATABASE_URL to another file and pull again',
  );
}

function exists(db: Database, table: string, where = '1'): boolean {
  return db.prepare(`SELECT 1 FROM ${table} WHERE ${where} LIMIT 1`).get() !== undefined;
}
