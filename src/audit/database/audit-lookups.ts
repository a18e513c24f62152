/** Compares the lookup tables (transaction-index.ts) with the transactions themselves. */
import { randomInt } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Stored } from '../stored/stored-facts.js';
import { endRow, ROWS_PER_CHAIN } from '../../storage/sqlite/entry-table.js';
import { POSTING_BYTES, Postings } from '../../storage/sqlite/lookups/postings.js';
import { prefixOf } from '../../storage/sqlite/lookups/transaction-index.js';

/** Some ten milliseconds of work. */
const ROWS_PER_STEP = 5000;
const TWO_32 = 2 ** 32;

/** A transaction's columns as they are stored. A sequence is a row here: unique among all chains. */
export type FoundBy = readonly [sequence: Stored, id: Stored, sender: Stored, recipient: Stored];

/**
 * Sums up pairs of a key (up to 48 bits) and a sequence, in any order. Each pair is hashed (MurmurHash3's mixing) twice,
 * with new seeds in every audit: nobody can prepare other pairs with the same sum, and a collision has the odds of 2^-64.
 */
class PairSum {
  count = 0;
  private first = 0;
  private second = 0;

  constructor(private readonly seeds = [randomInt(TWO_32), randomInt(TWO_32)] as const) {}

  /** An empty one to be compared with this one. */
  another(): PairSum {
    return new PairSum(this.seeds);
  }

  add(key: number, sequence: number): void {
    const [first, second] = this.seeds;
    this.count++;
    this.first = (this.first + hash(first, key, sequence)) | 0;
    this.second = (this.second + hash(second, key, sequence)) | 0;
  }

  equals(other: PairSum): boolean {
    return this.count === other.count && this.first === other.first && this.second === other.second;
  }
}

/** Sums over the expected and the stored lookup rows of some transactions. */
class Sums {
  readonly given = new PairSum();
  readonly found = this.given.another();

  get areEqual(): boolean {
    return this.given.equals(this.found);
  }
}

/** A generation, which is stored until all of it is in the tables. */
interface Run {
  readonly first: number;
  readonly end: number;
  /** the part that the tables already contain */
  readonly ids: Sums;
  readonly wallets: Sums;
}

type Name = 'ids' | 'wallets';

/** A chain whose transactions are looked up. */
export interface IndexedChain {
  readonly firstRow: number;
  /** the first row that the tables may lack */
  readonly indexed: number;
}

/** A chain's lookup rows that are not all in the tables. */
interface Place extends IndexedChain {
  /** without gaps from `indexed` on */
  readonly runs: readonly Run[];
}

/**
 * Both sides are in different orders, and too large for memory: so each is summed up, and the sums are
 * compared. Of a stored generation, the tables must contain the first ones in the order of their keys: a node relies on
 * that to find at its start how many it has written.
 */
export class LookUpAudit {
  private readonly tables = { ids: new Sums(), wallets: new Sums() };
  /** by the part of the rows that is the chain's own */
  private readonly places: ReadonlyMap<number, Place>;

  constructor(
    private readonly db: Database,
    chains: readonly IndexedChain[],
  ) {
    const select = db
      .prepare<[number, number], [first: Stored, count: Stored]>(
        'SELECT first, octet_length(ids) / 8 FROM transaction_run WHERE first >= ? AND first < ? ORDER BY first',
      )
      .raw();
    this.places = new Map(
      chains.map((chain) => {
        const runs = select.all(chain.indexed, endRow({ number: 0, ...chain })).map(([first, count]) => ({
          first: Number(first),
          end: Number(first) + Number(count),
          ids: new Sums(),
          wallets: new Sums(),
        }));
        return [partOf(chain.firstRow), { ...chain, runs }];
      }),
    );
  }

  /** Adds a row of the transactions, each once. Values of the wrong type are a separate fault, not reported here. */
  expect([sequence, id, sender, recipient]: FoundBy): void {
    if (typeof sequence !== 'number') return;
    const place = this.placeOf(sequence);
    if (place === undefined) return;
    if (id instanceof Buffer) place.ids.given.add(prefixOf(id), sequence);
    if (typeof sender === 'number') place.wallets.given.add(sender, sequence);
    if (typeof recipient === 'number' && recipient !== sender) place.wallets.given.add(recipient, sequence);
  }

  /**
   * Compares the sums once all transactions were added; each step reads some thousand rows.
   * @returns the first table with different content
   */
  *wrong(): Generator<void, string | undefined, void> {
    const hasIds = yield* this.take(
      `SELECT prefix, sequence FROM transaction_id WHERE (prefix, sequence) > (?, ?) ORDER BY prefix, sequence LIMIT ?`,
      'ids',
    );
    if (!hasIds || !this.tables.ids.areEqual) return 'transaction_id';
    const hasWallets = yield* this.take(
      `SELECT wallet, sequence FROM wallet_transaction WHERE (wallet, sequence) > (?, ?) ORDER BY wallet, sequence LIMIT ?`,
      'wallets',
    );
    if (!hasWallets || !this.tables.wallets.areEqual) return 'wallet_transaction';
    return yield* this.wrongOfRuns();
  }

  /** The sums to which a transaction's keys belong; undefined if only a node's memory contains them. */
  private placeOf(row: number): Record<Name, Sums> | undefined {
    const place = this.places.get(partOf(row));
    if (place === undefined) return undefined;
    return row < place.indexed ? this.tables : place.runs.find(({ first, end }) => first <= row && row < end);
  }

  /** @returns whether all rows of the table belong to transactions that it may contain */
  private *take(sql: string, name: Name): Generator<void, boolean, void> {
    const select = this.db.prepare<[Stored, Stored, number], [Stored, Stored]>(sql).raw();
    for (let after: [Stored, Stored] = [Number.MIN_SAFE_INTEGER, 0]; ;) {
      const rows = select.all(...after, ROWS_PER_STEP);
      for (const [key, sequence] of rows) {
        if (!Number.isSafeInteger(key) || !Number.isSafeInteger(sequence)) return false;
        const place = this.placeOf(sequence as number);
        if (place === undefined) return false;
        place[name].found.add(key as number, sequence as number);
      }
      yield;
      const last = rows.at(-1);
      if (last === undefined || rows.length < ROWS_PER_STEP) return true;
      after = last;
    }
  }

  private *wrongOfRuns(): Generator<void, string | undefined, void> {
    const stored = this.db.prepare<[], number>('SELECT count(*) FROM transaction_run').pluck().get();
    let known = 0;
    for (const place of this.places.values()) {
      const wrong = yield* this.wrongOfPlace(place);
      if (wrong !== undefined) return wrong;
      known += place.runs.length;
    }
    return stored === known ? undefined : 'transaction_run';
  }

  private *wrongOfPlace({ indexed, runs }: Place): Generator<void, string | undefined, void> {
    const select = this.db.prepare<[number], { ids: Stored; wallets: Stored }>(
      'SELECT ids, wallets FROM transaction_run WHERE first = ?',
    );
    let next = indexed;
    for (const run of runs) {
      if (run.first !== next) return 'transaction_run';
      next = run.end;
      const row = select.get(run.first);
      for (const name of ['ids', 'wallets'] as const) {
        const sums = run[name];
        const stored = addUp(sums, run.first, row?.[name]);
        if (stored?.all.equals(sums.given) !== true) return 'transaction_run';
        if (!stored.beginning.equals(sums.found)) return TABLE_OF[name];
      }
      yield;
    }
    return undefined;
  }
}

/** The chain to which a row belongs. */
function partOf(row: number): number {
  return Math.floor(row / ROWS_PER_CHAIN);
}

const TABLE_OF = { ids: 'transaction_id', wallets: 'wallet_transaction' } as const;

/**
 * @returns the sums of a generation's postings: of all, and of the first ones, as many as the table contains;
 * undefined if there are none, or they are not in order
 */
function addUp(
  { given, found }: Sums,
  first: number,
  bytes: Stored,
): { readonly all: PairSum; readonly beginning: PairSum } | undefined {
  if (!(bytes instanceof Buffer) || bytes.length === 0 || bytes.length % POSTING_BYTES !== 0)
    return undefined;
  const postings = Postings.ofBytes(bytes);
  const sums = { all: given.another(), beginning: given.another() };
  let before = -1;
  for (let at = 0; at < postings.count; at++) {
    const [key, offset] = [postings.keyAt(at), postings.offsetAt(at)];
    if (key < before || (key === before && offset <= postings.offsetAt(at - 1))) return undefined;
    before = key;
    sums.all.add(key, first + offset);
    if (at < found.count) sums.beginning.add(key, first + offset);
  }
  return sums;
}

function hash(seed: number, key: number, sequence: number): number {
  let mixed = mix(seed, key | 0);
  mixed = mix(mixed, Math.floor(key / TWO_32));
  mixed = mix(mixed, sequence | 0);
  mixed = mix(mixed, Math.floor(sequence / TWO_32));
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function mix(hash: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  mixed ^= hash;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
