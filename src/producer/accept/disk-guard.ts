/** Refuses entries before the disk is full, so that there is still room to seal the accepted ones. */
import { statfsSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../ledger/clock.js';
import { Unavailable } from '../../ledger/errors.js';

/** How long a measurement of the disk is valid. */
const LOOK_EVERY_MS = 500;

export class DiskGuard {
  private lookedAt = -Infinity;
  private freeBytes = 0;
  private readonly directory: string;

  constructor(
    databaseFile: string,
    private readonly freeBytesMin: number,
    private readonly clock: Clock,
  ) {
    this.directory = path.dirname(path.resolve(databaseFile));
  }

  /** The bytes that an ordinary user can still write. */
  free(): number {
    const now = this.clock.elapsed();
    if (now - this.lookedAt >= LOOK_EVERY_MS) {
      const { bavail, bsize } = statfsSync(this.directory);
      this.freeBytes = bavail * bsize;
      this.lookedAt = now;
    }
    return this.freeBytes;
  }

  hasRoom(): boolean {
    return this.free() >= this.freeBytesMin;
  }

  /** The refusal of an entry; undefined while there is room. */
  refusal(): Unavailable | undefined {
    if (this.hasRoom()) return undefined;
    return new Unavailable(
      'DISK_FULL',
      `the disk has ${this.free()} bytes free, and entries are accepted from ${this.freeBytesMin} on`,
      30,
    );
  }
}
