/**
 * Writes lines to stdout or stderr and never waits for them: a full disk, a pipe that is closed or that nobody reads
 * costs lines, which are counted, and nothing else.
 */
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Bytes that wait in memory for a slow reader, at most. */
export const WAITING_BYTES_MAX = 1024 * 1024;
/** Milliseconds between two tries while a pipe is full. */
const RETRY_MS = 50;

/** Takes bytes without waiting. @returns how many it took; @throws EAGAIN when there is no room for any now */
export type Sink = (bytes: Uint8Array) => number;

export interface LineOutputParts {
  readonly sink: Sink;
  /** The line, with its end, that is written in place of this many lost ones. */
  readonly notice: (lines: number) => string;
  /** Does the work later; as it only waits, it must not keep the process alive. */
  readonly later: (work: () => void, milliseconds: number) => void;
}

interface Waiting {
  /** what is left to write */
  bytes: Uint8Array;
  /** how many lines are missing when it is lost: for a notice, those that it reports */
  readonly lines: number;
  readonly isNotice: boolean;
  isBegun: boolean;
}

export class LineOutput {
  private lost = 0;
  /** The lost ones that no notice has reported yet. */
  private untold = 0;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private isFull = false;

  constructor(private readonly parts: LineOutputParts) {}

  /** Lines that could not be written since the start. */
  get dropped(): number {
    return this.lost;
  }

  /** @param line with its end */
  write(line: string): void {
    const added = { bytes: Buffer.from(line), lines: 1, isNotice: false, isBegun: false };
    if (this.isFull && (this.untold > 0 || this.waitingBytes + added.bytes.length > WAITING_BYTES_MAX)) {
      this.lose(added);
      return;
    }
    if (!this.isFull) this.tellLoss();
    this.push(added);
    if (!this.isFull) this.flush();
  }

  /** Writes as much of what waits as there is room for. */
  flush(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      try {
        this.advance(first, this.parts.sink(first.bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') this.tryLater();
        else this.loseWaiting();
        return;
      }
      if (this.waiting.length === 0) this.tellLoss();
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

  /** All but the rest of a line that is begun: it would end in the middle of the next one. */
  private loseWaiting(): void {
    const [first, ...others] = this.waiting;
    const isKept = first?.isBegun === true;
    if (first !== undefined && !isKept) this.lose(first);
    for (const each of others) this.lose(each);
    this.waiting = isKept ? [first] : [];
    this.waitingBytes = isKept ? first.bytes.length : 0;
  }

  private lose({ lines, isNotice }: Waiting): void {
    this.untold += lines;
    if (!isNotice) this.lost += lines;
  }

  private tellLoss(): void {
    if (this.untold === 0) return;
    const bytes = Buffer.from(this.parts.notice(this.untold));
    this.push({ bytes, lines: this.untold, isNotice: true, isBegun: false });
    this.untold = 0;
  }
}

/** A sink on a descriptor of this process's own, that pipes and terminals take without waiting. */
export function sinkOf(descriptor: 1 | 2): Sink {
  const own = withoutWaiting(descriptor);
  return (bytes) => writeSync(own, bytes);
}

function withoutWaiting(descriptor: 1 | 2): number {
  const isTerminal = isatty(descriptor);
  const stat = fstatSync(descriptor);
  if (!isTerminal && !stat.isFIFO() && !stat.isSocket()) return descriptor;
  if (!stat.isSocket()) {
    // Opened again, so that other writers to the same pipe or terminal still block on it, as they expect.
    try {
      const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
      return openSync(`/proc/self/fd/${descriptor}`, flags);
    } catch {
      // No Linux, or somebody else's pipe.
    }
  }
  // Node makes it so for a stream of its own.
  return (descriptor === 1 ? process.stdout : process.stderr).fd;
}

/** Writes to what this process was started with, until it ends. */
export function lineOutput(descriptor: 1 | 2, notice: (lines: number) => string): LineOutput {
  const later = (work: () => void, milliseconds: number): void => void setTimeout(work, milliseconds).unref();
  const output = new LineOutput({ sink: sinkOf(descriptor), notice, later });
  process.on('exit', () => {
    output.flush();
  });
  return output;
}

let stderr: LineOutput | undefined;

/** Says on stderr why the process ends, or can't do something. Never waits, so that the end can't be kept from coming. */
export function complain(text: string): void {
  stderr ??= lineOutput(2, (lines) => `bpsc: ${lines} lines could not be written here\n`);
  stderr.write(`bpsc: ${text}\n`);
}
