/** Reads files before they are asked for, a few at a time: the way to a host is long, and the files are small. */

export class ReadAhead<T> {
  private readonly reading = new Map<number, Promise<T>>();

  /**
   * @param read reads the file with an index
   * @param end the index after the last file
   * @param atOnce files that are in memory or on their way, at most
   */
  constructor(
    private readonly read: (index: number) => Promise<T>,
    private readonly end: number,
    private readonly atOnce: number,
  ) {}

  /** The file with this index; those before it are forgotten, some of those after it are begun. */
  get(index: number): Promise<T> {
    for (const before of this.reading.keys()) if (before < index) this.reading.delete(before);
    for (let next = index; next < Math.min(index + this.atOnce, this.end); next++) {
      if (!this.reading.has(next)) void this.begin(next);
    }
    return this.reading.get(index) ?? this.begin(index);
  }

  private begin(index: number): Promise<T> {
    const file = this.read(index);
    this.reading.set(index, file);
    // Whoever asks for it gets the error; perhaps nobody does.
    file.catch(() => undefined);
    return file;
  }
}
