/**
 * CHECKPOINT_FILE: a copy, outside the database, of the last block header that this node sealed on each of its chains. At
 * a start it shows whether the database is an older copy of itself.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { SealedHeader } from '../../chain/block/block.js';
import { parseSealedHeader, sealedHeaderLine } from '../../chain/block/sealed-header-text.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { FatalError, OperatorError } from '../../ledger/errors.js';
import { renameDurably } from '../../keys/durable.js';
import { readSmallFile } from '../../keys/small-file.js';

export class CheckpointFile {
  private readonly last = new Map<Hash, SealedHeader>();

  constructor(readonly path: string) {}

  /**
   * The headers in the file, one for each chain; none if it doesn't exist. Their signatures are not verified.
   * @throws OperatorError
   */
  read(): readonly SealedHeader[] {
    return this.lines().map((line, place) => {
      const header = parseLine(line);
      if (typeof header !== 'string') return header;
      throw new OperatorError(
        `line ${place + 1} of the checkpoint file ${this.path} ${header}: restore the file, or delete it to continue ` +
          'without it',
      );
    });
  }

  /** Stores the last headers of several chains. On disk when it returns. @throws OperatorError */
  keepAll(headers: readonly SealedHeader[]): void {
    try {
      this.write(headers);
    } catch (error) {
      throw new OperatorError(this.cannot('written', error), { cause: error });
    }
  }

  /**
   * Stores a chain's last header. On disk when it returns.
   * @throws FatalError: the block is in the database, and must not be announced before it is in this file
   */
  keep(header: SealedHeader): void {
    try {
      this.write([header]);
    } catch (error) {
      throw new FatalError(this.cannot('written', error), { cause: error });
    }
  }

  private lines(): readonly string[] {
    try {
      return (readSmallFile(this.path) ?? '').split('\n').filter(Boolean);
    } catch (error) {
      throw new OperatorError(this.cannot('read', error), { cause: error });
    }
  }

  private write(headers: readonly SealedHeader[]): void {
    for (const header of headers) this.last.set(header.chain, header);
    const unfinished = `${this.path}.new`;
    const file = openSync(unfinished, 'w', 0o600);
    try {
      writeSync(file, [...this.last.values()].map((header) => `${sealedHeaderLine(header)}\n`).join(''));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // A crash before this line leaves the previous copy, which the next start updates before it serves anything.
    renameDurably(unfinished, this.path);
  }

  private cannot(what: 'read' | 'written', error: unknown): string {
    return `the checkpoint file ${this.path} (CHECKPOINT_FILE) cannot be ${what}: ${(error as Error).message}`;
  }
}

/** @returns a sentence without a subject if the line is not a sealed header */
function parseLine(line: string): SealedHeader | string {
  try {
    return parseSealedHeader(JSON.parse(line));
  } catch {
    return 'is not JSON';
  }
}
