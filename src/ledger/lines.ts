/** Cuts a stream of bytes into lines, in memory for one line at a time. */

const LINE_FEED = 0x0a;
const CAPACITY_MIN = 65_536;

/**
 * Linear in the bytes it is given, however small the pieces they come in: what is left of a piece is copied into
 * one buffer that doubles as it grows. Holds no more than twice the longest line, and one piece.
 */
export class LineSplitter {
  private buffer = new Uint8Array(0);
  private length = 0;

  /** @param lineBytesMax bytes of a line, without its line feed */
  constructor(private readonly lineBytesMax: number) {}

  /** Whether a line was longer than allowed: nothing more comes out then. */
  get overflowed(): boolean {
    return this.length > this.lineBytesMax;
  }

  /** The lines that end in `piece`, without their line feeds. Each is valid until the next one is asked for. */
  *push(piece: Uint8Array): Generator<Uint8Array, void, void> {
    let start = 0;
    while (!this.overflowed) {
      const end = piece.indexOf(LINE_FEED, start);
      const last = piece.subarray(start, end === -1 ? undefined : end);
      if (end === -1 || this.length + last.length > this.lineBytesMax) {
        this.keep(last);
        return;
      }
      yield this.take(last);
      start = end + 1;
    }
  }

  /** What came after the last line feed. */
  rest(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private take(last: Uint8Array): Uint8Array {
    if (this.length === 0) return last;
    this.keep(last);
    const line = this.rest();
    this.length = 0;
    return line;
  }

  private keep(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.buffer.length, CAPACITY_MIN));
      grown.set(this.rest());
      this.buffer = grown;
    }
    this.buffer.set(piece, this.length);
    this.length = length;
  }
}
