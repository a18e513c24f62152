/** Cuts a stream of bytes into lines, in memory for one line at a time. */

const LINE_FEED = 0x0a;
const CAPACITY_MIN = 65_536;
/** The characters of a line that an error message about its length quotes. */
const BEGINNING_BYTES = 4096;
const EMPTY = new Uint8Array(0);

/**
 * Linear in the number of bytes, however small the pieces: the rest of a piece is copied into
 * one buffer that doubles as it grows, up to the limit of a line. Holds no more than twice the line so far, and one piece.
 */
export class LineSplitter {
  private buffer = new Uint8Array(0);
  private length = 0;
  /** of the current line */
  private bytesMax: number;
  private isAsked = false;

  /**
   * @param lineBytesMax bytes of a line, without its line feed
   * @param longer called once for a line that becomes longer, with its beginning; returns its own limit in bytes
   */
  constructor(
    private readonly lineBytesMax: number,
    private readonly longer?: (beginning: Uint8Array) => number,
  ) {
    this.bytesMax = lineBytesMax;
  }

  /** Whether a line was too long: then no more lines are yielded. */
  get overflowed(): boolean {
    return this.length > this.bytesMax;
  }

  /** The limit of the current line, in bytes. */
  get allowed(): number {
    return this.bytesMax;
  }

  /** The lines that end in `piece`, without their line feeds. Each is valid until the next one is requested. */
  *push(piece: Uint8Array): Generator<Uint8Array, void, void> {
    let start = 0;
    while (!this.overflowed) {
      const end = piece.indexOf(LINE_FEED, start);
      const last = piece.subarray(start, end === -1 ? undefined : end);
      if (end === -1 || !this.fits(last)) {
        this.keep(last);
        this.fits(EMPTY);
        return;
      }
      yield this.take(last);
      start = end + 1;
    }
  }

  /** The text after the last line feed. */
  rest(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private fits(last: Uint8Array): boolean {
    if (this.length + last.length <= this.bytesMax) return true;
    if (this.isAsked || this.longer === undefined) return false;
    this.isAsked = true;
    const beginning = this.length > 0 ? this.rest() : last;
    this.bytesMax = Math.max(this.bytesMax, this.longer(beginning.subarray(0, BEGINNING_BYTES)));
    return this.length + last.length <= this.bytesMax;
  }

  private take(last: Uint8Array): Uint8Array {
    this.bytesMax = this.lineBytesMax;
    this.isAsked = false;
    if (this.length === 0) return last;
    this.keep(last);
    const line = this.rest();
    this.length = 0;
    return line;
  }

  private keep(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.buffer.length) {
      const grown = new Uint8Array(
        Math.max(length, Math.min(2 * this.buffer.length, this.bytesMax), CAPACITY_MIN),
      );
      grown.set(this.rest());
      this.buffer = grown;
    }
    this.buffer.set(piece, this.length);
    this.length = length;
  }
}
