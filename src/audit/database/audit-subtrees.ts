/** The stored roots of a chain's subtrees (sqlite-tree.ts), compared with those of its entries. */
import type { Database as Connection, Statement } from 'better-sqlite3';
import { SPAN_LEAVES, spanRecord } from '../../chain/tree/subtrees.js';
import { HASH_BYTES } from '../../chain/tree/tree.js';
import { toHex } from '../../chain/bytes/bytes.js';
import type { Fault } from '../../chain/faults.js';
import { differs, type Stored } from '../stored/stored-facts.js';

export class SubtreeAudit {
  private readonly select: Statement<[number, number], { roots: Stored }>;
  private readonly leafHashes = new Uint8Array(SPAN_LEAVES * HASH_BYTES);
  private count = 0;

  /** @param number the chain's */
  constructor(
    db: Connection,
    private readonly number: number,
  ) {
    this.select = db.prepare('SELECT roots FROM subtree WHERE chain = ? AND "index" = ?');
  }

  /** The number of rows for the entries so far. */
  get spans(): number {
    return Math.floor(this.count / SPAN_LEAVES);
  }

  /** Adds the next entry, sealed or waiting. @param id its leaf hash */
  take(id: Uint8Array): Fault | undefined {
    this.leafHashes.set(id, (this.count % SPAN_LEAVES) * HASH_BYTES);
    this.count++;
    if (this.count % SPAN_LEAVES !== 0) return undefined;
    const row = this.select.get(this.number, this.spans - 1);
    return differs(
      { sequence: this.count - SPAN_LEAVES },
      'subtree',
      toHex(spanRecord(this.leafHashes)),
      row?.roots instanceof Buffer ? row.roots.toString('hex') : row?.roots,
    );
  }
}
