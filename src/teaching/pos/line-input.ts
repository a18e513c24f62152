/** Splits a connection's data into inputs: lines, or the data before a pause. */
import type { Clock } from '../clock.js';

/** The original reads at most so much at once. */
export const INPUT_BYTES_MAX = 1024;
const PAUSE_MS = 200;
const NEWLINE = 0x0a;

export class LineInput {
  private readonly parts: Buffer[] = [];
  private bytes = 0;
  private cancelPause: (() => void) | undefined;

  /** @param take is called with each input, without its line ending @param refuse is called for an input that is too long */
  constructor(
    private readonly clock: Clock,
    private readonly take: (input: string) => void,
    private readonly refuse: () => void,
  ) {}

  add(data: Buffer): void {
    this.cancelPause?.();
    let from = 0;
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE, from)) {
      if (!this.keep(data.subarray(from, end))) return;
      this.flush();
      from = end + 1;
    }
    if (!this.keep(data.subarray(from))) return;
    if (this.bytes > 0) this.cancelPause = this.clock.after(PAUSE_MS, () => this.flush());
  }

  /** Ends the data: the rest is an input. */
  end(): void {
    this.cancelPause?.();
    if (this.bytes > 0) this.flush();
  }

  /** Drops the incomplete input. */
  drop(): void {
    this.cancelPause?.();
    this.parts.length = 0;
    this.bytes = 0;
  }

  private keep(part: Buffer): boolean {
    this.bytes += part.length;
    if (this.bytes > INPUT_BYTES_MAX) {
      this.drop();
      this.refuse();
      return false;
    }
    if (part.length > 0) this.parts.push(Buffer.from(part));
    return true;
  }

  private flush(): void {
    const input = Buffer.concat(this.parts).toString('utf8').replace(/\r$/, '');
    this.drop();
    this.take(input);
  }
}
