/**
 * Writes lines to stdout or stderr without ever blocking: a full disk, or a pipe that is closed or that nobody reads,
 * only loses lines, which are counted.
 */
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The maximum number of bytes that wait in memory for a slow reader. */
export const WAITING_BYTES_MAX = 1024 * 1024;
/** Milliseconds between two attempts while a pipe is full. */
const RETRY_MS = 50;

/** Writes bytes without blocking. @returns the number of bytes written; @throws EAGAIN if there is no room now */
export type Sink = (bytes: Uint8Array) => number;

export interface LineOutputParts {
  readonly sink: Sink;
  /** Returns the line, including its line feed, that is written in place of this many lost ones. */
  readonly notice: (lines: number) => string;
  /** Does the work later; this must not keep the process alive. */
  readonly later: (work: () => void, milliseconds: number) => void;
}

interface Waiting {
  /** the bytes left to write */
  bytes: Uint8Array;
  /** the number of lines that are missing if this is lost; for a notice, the lines that it reports */
  readonly lines: number;
  readonly isNotice: boolean;
  isBegun: boolean;
}

export class LineOutput {
  private lost = 0;
  /** lost lines that no notice has reported yet */
  private unreported = 0;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private isFull = false;

  constructor(private readonly parts: LineOutputParts) {}

  /** Lines that could not be written since the start. */
  get dropped(): number {
    return this.lost;
  }

  /** @param line including its line feed */
  write(line: string): void {
    const added = { bytes: Buffer.from(line), lines: 1, isNotice: false, isBegun: false };
    if (this.isFull && (this.unreported > 0 || this.waitingBytes + added.bytes.length > WAITING_BYTES_MAX)) {
      this.lose(added);
      return;
    }
    if (!this.isFull) this.reportLoss();
    this.push(added);
    if (!this.isFull) this.flush();
  }

  /** Writes as many waiting lines as there is room for. */
  flush(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      try {
        this.advance(first, this.parts.sink(first.bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') this.tryLater();
        else this.loseWaiting();
        return;
      }
      if (this.waiting.length === 0) this.reportLoss();
    }
  }

  private push(added: Waiting): void {
    this.waiting.push(added);
    this.waitingBytes += added.bytes.length;
  }

  private advance(first: Waiting, written: number): void {
    this.waitingBytes -= written;
    first.isBegun = true;
    first.bytes = first.bytes.subarray(written);
    if (first.bytes.length === 0) this.waiting.shift();
  }

  private tryLater(): void {
    if (this.isFull) return;
    this.isFull = true;
    this.parts.later(() => {
      this.isFull = false;
      this.flush();
    }, RETRY_MS);
  }

  /**
   * Drops all waiting lines, except the rest of one that is partly written: otherwise the next line would continue it.
   */
  private loseWaiting(): void {
    const [first, ...others] = this.waiting;
    const isKept = first?.isBegun === true;
    if (first !== undefined && !isKept) this.lose(first);
    for (const each of others) this.lose(each);
    this.waiting = isKept ? [first] : [];
    this.waitingBytes = isKept ? first.bytes.length : 0;
  }

  private lose({ lines, isNotice }: Waiting): void {
    this.unreported += lines;
    if (!isNotice) this.lost += lines;
  }

  private reportLoss(): void {
    if (this.unreported === 0) return;
    const bytes = Buffer.from(this.parts.notice(this.unreported));
    this.push({ bytes, lines: this.unreported, isNotice: true, isBegun: false });
    this.unreported = 0;
  }
}

/** A sink for a descriptor of this process; writes to pipes and terminals do not block. */
export function sinkOf(descriptor: 1 | 2): Sink {
  const own = withoutWaiting(descriptor);
  return (bytes) => writeSync(own, bytes);
}

function withoutWaiting(descriptor: 1 | 2): number {
  const isTerminal = isatty(descriptor);
  const stat = fstatSync(descriptor);
  if (!isTerminal && !stat.isFIFO() && !stat.isSocket()) return descriptor;
  if (!stat.isSocket()) {
    // Opened again, so that other writers to the same pipe or terminal still block, as they expect.
    try {
      const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
      return openSync(`/proc/self/fd/${descriptor}`, flags);
    } catch {
      // Not Linux, or another user's pipe.
    }
  }
  // Node makes the descriptors of its own streams non-blocking.
  return (descriptor === 1 ? process.stdout : process.stderr).fd;
}

/** Writes to this process's stdout or stderr until it ends. */
export function lineOutput(descriptor: 1 | 2, notice: (lines: number) => string): LineOutput {
  const later = (work: () => void, milliseconds: number): void => void setTimeout(work, milliseconds).unref();
  const output = new LineOutput({ sink: sinkOf(descriptor), notice, later });
  process.on('exit', () => {
    output.flush();
  });
  return output;
}

let stderr: LineOutput | undefined;

/** Reports on stderr why the process ends, or can't do something. Never blocks, so that it can't delay the exit. */
export function complain(text: string): void {
  stderr ??= lineOutput(2, (lines) => `bpsc: ${lines} lines could not be written here\n`);
  stderr.write(`bpsc: ${text}\n`);
}
