/** Logs this node's own faults: with the stack, but not again for every request that causes the same one. */
import type { LoggerService } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

/** The same fault is logged again after this many milliseconds. */
const AGAIN_MS = 60_000;
/** The maximum number of different faults in memory. */
const FAULTS_MAX = 100;

export class OwnFaults {
  private readonly logged = new LRUCache<string, true>({ max: FAULTS_MAX, ttl: AGAIN_MS });

  constructor(private readonly logger: Pick<LoggerService, 'error'>) {}

  log(error: unknown): void {
    const fault = placeOf(error);
    if (this.logged.has(fault)) return;
    this.logged.set(fault, true);
    this.logger.error(error);
  }
}

/** Where it was thrown. The message is not used: it may contain parts of the request. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = /\n {4}at [^\n]*/.exec(error.stack ?? '')?.[0];
  return `${error.name}${place ?? error.message}`;
}
