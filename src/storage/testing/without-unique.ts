/** For tests: hides from SQLite that an index is unique, as a tamperer could, and restores it afterwards. */
import type { Database } from 'better-sqlite3';

export function withoutUnique(db: Database, index: string, change: () => void): void {
  setSql(db, index, 'CREATE UNIQUE INDEX', 'CREATE INDEX');
  change();
  setSql(db, index, 'CREATE INDEX', 'CREATE UNIQUE INDEX');
}

function setSql(db: Database, index: string, from: string, to: string): void {
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  db.prepare('UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = ?').run(from, to, index);
  db.pragma('writable_schema = RESET');
}
