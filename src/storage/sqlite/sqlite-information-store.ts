/** An information chain on SQLite. */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { InformationContract } from '../../chain/contract/contract.js';
import type { Chain, NewEntry, StoredEntry } from '../../ledger/chain-store.js';
import { assert } from '../../ledger/errors.js';
import { entryTable, type ChainRows } from './entry-table.js';
import { buffer, bytes, type EntryRow } from './rows.js';
import { SqliteChainStore } from './sqlite-chain-store.js';
import type { SqliteCommits } from './sqlite-commits.js';

const TABLE = entryTable(
  'information',
  'sequence, id, block, leaf, information, salt',
  `substr(CAST(leaf AS BLOB), 1, octet_length(leaf) - 1) || ',"id":"' || lower(hex(id)) ||
     iif(typeof(information) <> 'text' OR typeof(salt) <> 'blob', '","erased":true}',
         '","information":' || information || ',"salt":"' || lower(hex(salt)) || '"}')`,
  'ifnull(octet_length(information), 0)',
);
const BY_NONCE = `SELECT ${TABLE.columns} FROM information WHERE nonce = ? AND chain = ?`;
/** Two chains may hold the same leaf, and so the same id. */
const BY_ID = `SELECT ${TABLE.columns} FROM information WHERE id = ? AND sequence >= ? AND sequence < ?`;

export class SqliteInformationStore extends SqliteChainStore<InformationContract> {
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

  protected insertEntries(entries: readonly NewEntry[]): void {
    for (const { sequence, block, entry } of entries) {
      assert(entry.kind === 'information', `the entry ${sequence} of ${this.chain.name} is no record`);
      const { leaf, content } = entry;
      this.sql.run(
        `INSERT INTO information (sequence, id, block, nonce, leaf, information, salt, chain)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          this.firstRow + sequence,
          buffer(entry.id),
          block,
          leaf.nonce,
          entry.leafText,
          content?.text ?? null,
          content === undefined ? null : bytes(content.salt),
          this.rows.number,
        ],
      );
    }
  }

  protected changeBooks(): never {
    throw new TypeError('an information chain has no books');
  }
}
