/** What happened, line by line: its digest says whether two runs were the same. */
import { createHash } from 'node:crypto';

const PENDING_MAX = 65_536;

export class Trace {
  private readonly hash = createHash('sha256');
  private pending = '';

  /**
   * @param now true time in milliseconds
   * @param show gets each line; undefined: nobody reads it
   */
  constructor(
    private readonly now: () => number,
    private readonly show: ((line: string) => void) | undefined,
  ) {}

  /** @param who the process or part of the world that it is about */
  line(who: string, what: string): void {
    const at = this.now();
    this.pending += `${at} ${who} ${what}\n`;
    if (this.pending.length > PENDING_MAX) this.flush();
    this.show?.(`${new Date(at).toISOString().slice(5, -1)}  ${who.padEnd(12)}  ${what}`);
  }

  /** An event that is in the digest, but of which nobody reads. */
  event(who: string): void {
    this.pending += `${this.now()} ${who}\n`;
    if (this.pending.length > PENDING_MAX) this.flush();
  }

  /** SHA-256 of all lines, in hex; nothing can be added after that. */
  digest(): string {
    this.flush();
    return this.hash.digest('hex');
  }

  private flush(): void {
    this.hash.update(this.pending);
    this.pending = '';
  }
}
