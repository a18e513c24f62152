/** The body of an answer, as far as it has arrived: what the code under test reads instead of a socket's stream. */

interface Reader {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: unknown): void;
}

export class Body implements AsyncIterableIterator<Uint8Array, undefined> {
  private readonly pieces: Uint8Array[] = [];
  private reader: Reader | undefined;
  private end: { readonly error: Error | undefined } | undefined;

  /** @param onClose called when the reader wants no more */
  constructor(private readonly onClose: () => void) {}

  push(piece: Uint8Array): void {
    const { reader } = this;
    this.reader = undefined;
    if (reader === undefined) this.pieces.push(piece);
    else reader.resolve({ done: false, value: piece });
  }

  /** @param error undefined: it is complete */
  finish(error?: Error): void {
    if (this.end !== undefined) return;
    this.end = { error };
    const { reader } = this;
    this.reader = undefined;
    if (error === undefined) reader?.resolve({ done: true, value: undefined });
    else reader?.reject(error);
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const piece = this.pieces.shift();
    if (piece !== undefined) return Promise.resolve({ done: false, value: piece });
    if (this.end === undefined) {
      return new Promise((resolve, reject) => (this.reader = { resolve, reject }));
    }
    const { error } = this.end;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** A Readable has it. No events are emitted: reading throws the errors. */
  on(): this {
    return this;
  }

  destroy(): void {
    this.onClose();
  }
}
