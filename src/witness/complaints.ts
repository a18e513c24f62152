/** Log lines about logs: anybody may repeat a request, so only some of them are written. */
import { Logger } from '@nestjs/common';
import type { Clock } from '../ledger/clock.js';

/** Between two lines about the same log. */
const PAUSE_MS = 60_000;

export class Complaints {
  private readonly logger = new Logger('Witness');
  /** when the last line of each level about each log was written, on the steady clock */
  private readonly written = new Map<string, number>();

  constructor(private readonly clock: Pick<Clock, 'elapsed'>) {}

  warn(origin: string, line: string): void {
    if (this.isDue(`warn ${origin}`)) this.logger.warn(line);
  }

  error(origin: string, line: string): void {
    if (this.isDue(`error ${origin}`)) this.logger.error(line);
  }

  /** Origins are those of known logs: there are few. */
  private isDue(key: string): boolean {
    const now = this.clock.elapsed();
    const last = this.written.get(key);
    if (last !== undefined && now - last < PAUSE_MS) return false;
    this.written.set(key, now);
    return true;
  }
}
