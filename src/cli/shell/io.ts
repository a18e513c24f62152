/** The command's access to the world outside: output, input, time, and interruption. */
import { escaped, escapedJson } from '../../chain/bytes/hidden-characters.js';
import type { Clock } from '../../ledger/clock.js';
import type { CliSettings } from '../../config/cli-env.js';

/** An output stream, such as process.stdout and process.stderr. */
export interface Writer {
  write(text: string): unknown;
  /** true on a terminal */
  readonly isTTY?: boolean | undefined;
  /** of a terminal */
  readonly columns?: number | undefined;
}

export interface Io {
  /** the results, and nothing else */
  readonly stdout: Writer;
  /** progress and errors */
  readonly stderr: Writer;
  /** aborted when the user wants to stop */
  readonly stop: AbortSignal;
  readonly clock: Clock;
  /** the environment variables */
  readonly settings: CliSettings;
  /** the user's home folder */
  readonly home: string;
  /** Prompts on the terminal; undefined if there is no terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Prompts on the terminal without echoing the input; undefined if there is no terminal. */
  readonly askSecret: ((question: string) => Promise<string>) | undefined;
  /** the whole standard input */
  readonly readInput: () => Promise<string>;
}

/** The exit statuses that a shell sees. */
export const EXIT = {
  ok: 0,
  /** the chains are invalid, nodes disagree, or the node refused the request */
  fault: 1,
  /** wrong usage, or a missing file or node: nothing was changed */
  trouble: 2,
  /** our own bug */
  bug: 3,
  /** no answer to a payment: it may have been accepted, and can be resumed */
  unknown: 4,
  /** 128 + SIGINT */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A reason to end with one line on stderr and {@link EXIT.trouble}. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  /** further lines, such as the choices that there are */
  readonly lines: readonly string[];

  constructor(message: string, options?: ErrorOptions & { readonly lines?: readonly string[] }) {
    super(message, options);
    this.lines = options?.lines ?? [];
  }
}

/** Makes text safe to print on a terminal: data from outside may contain control characters and invisible ones. */
export function printable(text: string): string {
  return escaped(text);
}

/** A JSON document that is safe to print. */
export function document(value: object): string {
  return `${escapedJson(JSON.stringify(value, undefined, 2))}\n`;
}

/** A JSON document on one line. */
export function documentLine(value: object): string {
  return `${escapedJson(JSON.stringify(value))}\n`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${thousands(count)} ${count === 1 ? one : many}`;
}

/** 1234567 as 1,234,567. */
export function thousands(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Aligns rows in columns, without trailing spaces. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
