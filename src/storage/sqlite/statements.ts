/** Prepared statements of one connection, each created once. */
import type { Database, Statement } from 'better-sqlite3';

export type Parameters = readonly (string | number | bigint | Buffer | null)[];

export class Statements {
  private readonly prepared = new Map<string, Statement>();

  constructor(private readonly db: Database) {}

  all<Row>(sql: string, parameters: Parameters = []): Row[] {
    return this.statement(sql).all(...parameters) as Row[];
  }

  get<Row>(sql: string, parameters: Parameters = []): Row | undefined {
    return this.statement(sql).get(...parameters) as Row | undefined;
  }

  /** @returns the number of changed rows */
  run(sql: string, parameters: Parameters = []): number {
    return this.statement(sql).run(...parameters).changes;
  }

  private statement(sql: string): Statement {
    let statement = this.prepared.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.prepared.set(sql, statement);
    }
    return statement;
  }
}
