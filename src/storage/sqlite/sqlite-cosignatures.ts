/** The cosignatures of one chain's checkpoints. There are few, and they are served with every checkpoint: all are in memory. */
import { toHex } from '../../chain/bytes/bytes.js';
import type { NoteSignature } from '../../chain/note/signed-note.js';
import { bytes } from './rows.js';
import type { SqliteCommits } from './sqlite-commits.js';

interface CosignatureRow {
  readonly size: number;
  readonly name: string;
  readonly key_id: Buffer;
  readonly signature: Buffer;
}

const ALL = 'SELECT size, name, key_id, signature FROM cosignature WHERE chain = ? ORDER BY size, rowid';
const INSERT = `
  INSERT OR REPLACE INTO cosignature (chain, size, name, key_id, signature) VALUES (?, ?, ?, ?, ?)`;
const DELETE = 'DELETE FROM cosignature WHERE chain = ? AND size = ?';

/** One array, by which a caller sees that nothing has changed. */
const NONE: readonly NoteSignature[] = [];

type BySize = ReadonlyMap<number, readonly NoteSignature[]>;

export class SqliteCosignatures {
  private known: BySize | undefined;

  constructor(
    private readonly commits: SqliteCommits,
    private readonly chain: number,
  ) {}

  of(size: number): readonly NoteSignature[] {
    return this.all().get(size) ?? NONE;
  }

  sizes(): readonly number[] {
    return [...this.all().keys()];
  }

  keep(size: number, cosignatures: readonly NoteSignature[], forget: readonly number[]): void {
    // Whether it succeeds or not, the next caller reads what is stored then.
    this.known = undefined;
    const { sql } = this.commits;
    this.commits.commit(() => {
      for (const { name, id, signature } of cosignatures) {
        sql.run(INSERT, [this.chain, size, name, bytes(id), Buffer.from(signature)]);
      }
      for (const each of forget) if (each !== size) sql.run(DELETE, [this.chain, each]);
    });
  }

  private all(): BySize {
    this.known ??= this.read();
    return this.known;
  }

  private read(): BySize {
    const all = new Map<number, NoteSignature[]>();
    for (const row of this.commits.sql.all<CosignatureRow>(ALL, [this.chain])) {
      const ofSize = all.get(row.size) ?? [];
      ofSize.push({ name: row.name, id: toHex(row.key_id), signature: new Uint8Array(row.signature) });
      all.set(row.size, ofSize);
    }
    return all;
  }
}
