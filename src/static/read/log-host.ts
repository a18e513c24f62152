/** The port to whatever keeps the files of a static layout: a file host, or a folder. */

export interface LogHost {
  /** Where it is, for messages. */
  readonly name: string;
  /**
   * Reads a file. Nothing is promised about its bytes.
   * @param path relative to the folder that has chains.json
   * @returns undefined if there is no such file, or not yet
   * @throws FileTooLong, and the host's own errors if it can't be asked
   */
  read(path: string, bytesMax: number): Promise<Uint8Array | undefined>;
}

/** There is no such file, or not yet: this proves nothing. */
export class MissingFile extends Error {
  override readonly name = 'MissingFile';

  constructor(readonly path: string) {
    super(`there is no ${path}`);
  }
}

/** A file that no export writes. */
export class BadFile extends Error {
  override readonly name = 'BadFile';

  constructor(
    readonly path: string,
    /** what it must be, as the rest of a sentence */
    readonly expected: string,
    readonly found: string,
    readonly received: Uint8Array,
  ) {
    super(`${path} must be ${expected} (found ${found})`);
  }
}

export class FileTooLong extends BadFile {
  constructor(path: string, bytesMax: number, received: Uint8Array) {
    super(path, `at most ${bytesMax} bytes`, 'more', received);
  }
}

/** Reads a file as text. @throws MissingFile, BadFile, and the host's own errors */
export async function readText(host: LogHost, path: string, bytesMax: number): Promise<string> {
  const bytes = await host.read(path, bytesMax);
  if (bytes === undefined) throw new MissingFile(path);
  return textOf(path, bytes);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws BadFile */
export function textOf(path: string, bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new BadFile(path, 'UTF-8', 'other bytes', bytes);
  }
}
