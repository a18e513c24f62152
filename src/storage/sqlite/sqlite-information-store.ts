/** An information chain on SQLite: its records, and the erasures of their content. */
import { hashHex, type Hash } from '../../chain/bytes/bytes.js';
import { isTransaction } from '../../chain/contract/kinds.js';
import type { InformationContract } from '../../chain/contract/contract.js';
import { ERASURE_BEGIN, type InformationContent, type InformationEntry } from '../../chain/entry/entry.js';
import type { Erasure } from '../../chain/entry/erasure.js';
import type { ErasureTarget } from '../../chain/entry/erasure-rules.js';
import type { Chain, InformationChainStore, NewEntry, StoredEntry } from '../../ledger/chain-store.js';
import { assert } from '../../ledger/errors.js';
import { rangeOf, type HashPrefix } from '../../ledger/hash-prefix.js';
import { entryTable, type ChainRows } from './entry-table.js';
import { buffer, bytes, type EntryRow } from './rows.js';
import { SqliteChainStore } from './sqlite-chain-store.js';
import type { SqliteCommits } from './sqlite-commits.js';

const IS_WHOLE = `typeof(information) = 'text' AND typeof(salt) = 'blob'`;
const HAS_NONE = 'information IS NULL AND salt IS NULL';
const IS_ERASURE = `substr(leaf, 1, ${ERASURE_BEGIN.length}) = '${ERASURE_BEGIN}'`;

const TABLE = entryTable(
  'information',
  'sequence, id, block, leaf, information, salt',
  `substr(CAST(leaf AS BLOB), 1, octet_length(leaf) - 1) || ',"id":"' || lower(hex(id)) ||
     CASE WHEN ${IS_WHOLE} THEN '","information":' || information || ',"salt":"' || lower(hex(salt)) || '"}'
          WHEN ${HAS_NONE} THEN iif(${IS_ERASURE}, '"}', '","erased":true}') END`,
  'ifnull(octet_length(information), 0)',
);
const BY_NONCE = `SELECT ${TABLE.columns} FROM information WHERE nonce = ? AND chain = ?`;
/** Two chains may hold the same leaf, and so the same id. */
const BY_ID = `SELECT ${TABLE.columns} FROM information WHERE id = ? AND sequence >= ? AND sequence < ?`;
/** The plus signs keep SQLite on the index of the ids. */
const BY_ID_RANGE = `
  SELECT ${TABLE.columns} FROM information
  WHERE id BETWEEN ? AND ? AND +sequence >= ? AND +sequence < ? ORDER BY id LIMIT ?`;
const PLACE_BY_ID = `
  SELECT sequence, ${IS_ERASURE} AS erasure FROM information WHERE id = ? AND sequence >= ? AND sequence < ?`;
const ERASURE_OF = 'SELECT sequence FROM erasure WHERE record = ?';
const BY_ROW = `SELECT ${TABLE.columns} FROM information WHERE sequence = ?`;
const REDACT = `
  UPDATE fault SET evidence = '{"note":"it held information that was erased since; the digest covers what it was"}'
  WHERE instr(evidence, ?) > 0`;
const RECORDS_ERASED = 'SELECT record FROM erasure WHERE sequence >= ? AND sequence < ? ORDER BY sequence';

export class SqliteInformationStore
  extends SqliteChainStore<InformationContract>
  implements InformationChainStore
{
  constructor(
    chain: Chain<InformationContract>,
    commits: SqliteCommits,
    private readonly rows: ChainRows,
  ) {
    super(chain, commits, rows, TABLE);
  }

  /** The producer owns all nonces: `sender` is not looked at. */
  entryByNonce(_sender: string, nonce: string): StoredEntry | undefined {
    return this.entryOf(this.sql.get<EntryRow>(BY_NONCE, [nonce, this.rows.number]));
  }

  entryById(id: Hash): StoredEntry | undefined {
    return this.entryOf(this.sql.get<EntryRow>(BY_ID, [bytes(id), this.firstRow, this.endRow]));
  }

  entriesByPrefix(prefix: HashPrefix, limit: number): readonly StoredEntry[] {
    return this.sql
      .all<EntryRow>(BY_ID_RANGE, [...rangeOf(prefix).map(bytes), this.firstRow, this.seenEnd, limit])
      .flatMap((row) => this.entryOf(row) ?? []);
  }

  erasureTarget(id: Hash, before: number): ErasureTarget {
    const end = Math.min(this.firstRow + before, this.endRow);
    const found = this.sql.get<{ sequence: number; erasure: number }>(PLACE_BY_ID, [
      bytes(id),
      this.firstRow,
      end,
    ]);
    if (found === undefined) return 'unknown';
    if (found.erasure === 1) return 'erasure';
    const erasure = this.sql.get<{ sequence: number }>(ERASURE_OF, [found.sequence]);
    return erasure !== undefined && erasure.sequence < end ? 'erased' : 'record';
  }

  erasureOf(record: number): StoredEntry | undefined {
    const erasure = this.sql.get<{ sequence: number }>(ERASURE_OF, [this.firstRow + record]);
    return erasure && this.entryOf(this.sql.get<EntryRow>(BY_ROW, [erasure.sequence]));
  }

  erasedBetween(from: number, to: number): readonly number[] {
    return this.recordsErased(from, to).map((record) => record - this.firstRow);
  }

  withheld(limit: number): readonly number[] {
    return this.sql
      .all<{ sequence: number }>(
        'SELECT sequence FROM withheld WHERE sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?',
        [this.firstRow, this.endRow, limit],
      )
      .map(({ sequence }) => sequence - this.firstRow);
  }

  fillIn(record: number, { text, salt }: InformationContent): void {
    const row = this.firstRow + record;
    this.commits.commit(() => {
      if (this.noLongerWithheld(row) === 0) return;
      this.sql.run('UPDATE information SET information = ?, salt = ? WHERE sequence = ?', [
        text,
        bytes(salt),
        row,
      ]);
    });
  }

  protected insertEntries(entries: readonly NewEntry[]): void {
    for (const { sequence, block, entry } of entries) {
      assert(!isTransaction(entry), `the entry ${sequence} of ${this.chain.name} is no record`);
      const { leaf, content } = entry;
      const row = this.firstRow + sequence;
      this.sql.run(
        `INSERT INTO information (sequence, id, block, nonce, leaf, information, salt, chain)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          row,
          buffer(entry.id),
          block,
          leaf.nonce,
          entry.leafText,
          content?.text ?? null,
          content === undefined ? null : bytes(content.salt),
          this.rows.number,
        ],
      );
      if (content === undefined) this.insertWithoutContent(row, entry);
    }
  }

  private insertWithoutContent(row: number, { leaf, id }: InformationEntry): void {
    if (leaf.type === 'information') {
      this.sql.run('INSERT INTO withheld (sequence) VALUES (?)', [row]);
      return;
    }
    const record = this.recordRow(leaf, row);
    assert(record !== undefined, `the erasure ${hashHex(id)} erases nothing that ${this.chain.name} has`);
    this.sql.run('INSERT INTO erasure (sequence, record) VALUES (?, ?)', [row, record]);
    this.noLongerWithheld(record);
  }

  private recordRow({ erases }: Erasure, end: number): number | undefined {
    return this.sql.get<{ sequence: number }>(PLACE_BY_ID, [bytes(erases), this.firstRow, end])?.sequence;
  }

  /** @returns how many rows that were */
  private noLongerWithheld(row: number): number {
    return this.sql.run('DELETE FROM withheld WHERE sequence = ?', [row]);
  }

  protected eraseContent(from: number, to: number): void {
    const records = this.recordsErased(from, to);
    if (records.length === 0) return;
    this.commits.erasing(() => {
      for (const record of records) {
        this.redactEvidence(record);
        this.sql.run('UPDATE information SET information = NULL, salt = NULL WHERE sequence = ?', [record]);
      }
    });
  }

  /** Evidence that an earlier version kept may hold the content, which its salt shows. */
  private redactEvidence(record: number): void {
    const row = this.sql.get<{ salt: Buffer | null }>('SELECT salt FROM information WHERE sequence = ?', [
      record,
    ]);
    if (row === undefined || row.salt === null) return;
    this.sql.run(REDACT, [row.salt.toString('hex')]);
  }

  private recordsErased(from: number, to: number): readonly number[] {
    return this.sql
      .all<{ record: number }>(RECORDS_ERASED, [this.firstRow + from, this.firstRow + to])
      .map(({ record }) => record);
  }

  protected changeBooks(): never {
    throw new TypeError('an information chain has no books');
  }
}
