/** Checks signatures on worker threads, one for each core but the one that everything else runs on. */
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BATCH_SIGNATURES, checkBatch } from './check-batch.js';
import { InlineSignatureChecker } from './inline-checker.js';
import { SignatureChecker, type SignedText } from './signature-checker.js';

/** More would compete with the rest of the machine for what is a rare load. */
const THREADS_MAX = 8;
/** Handing a few signatures over takes as long as checking them. */
const FEW = 4;

interface Batch {
  readonly signed: readonly SignedText[];
  resolve(verdicts: readonly boolean[]): void;
}

interface Thread {
  readonly worker: Worker;
  batch: Batch | undefined;
}

/** @param threads as many as there are cores to spare */
export function createSignatureChecker(threads = availableParallelism() - 1): SignatureChecker {
  return threads < 1
    ? new InlineSignatureChecker()
    : new ThreadedSignatureChecker(Math.min(threads, THREADS_MAX));
}

/** The threads start with the first batch: under the policy `open` there is none. */
export class ThreadedSignatureChecker extends SignatureChecker {
  private readonly threads: Thread[] = [];
  private readonly queue: Batch[] = [];
  private helping = false;
  private closed = false;

  /** @param file the worker's, as JavaScript */
  constructor(
    private readonly threadsMax: number,
    private readonly file: URL | string = new URL('./worker.js', import.meta.url),
  ) {
    super();
  }

  override async check(signed: readonly SignedText[]): Promise<readonly boolean[]> {
    if (signed.length <= FEW || this.closed) return checkBatch(signed);
    const batches: Promise<readonly boolean[]>[] = [];
    for (let at = 0; at < signed.length; at += BATCH_SIGNATURES) {
      batches.push(this.enqueue(signed.slice(at, at + BATCH_SIGNATURES)));
    }
    this.dispatch();
    void this.help();
    return (await Promise.all(batches)).flat();
  }

  /** Ends the threads. A process needs no such end: idle threads don't keep it alive. */
  async close(): Promise<void> {
    this.closed = true;
    const threads = this.threads.splice(0);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
    // Unanswered checks are finished here; an answer that arrived anyway counts first.
    const left = [...threads.flatMap(({ batch }) => batch ?? []), ...this.queue.splice(0)];
    for (const batch of left) batch.resolve(checkBatch(batch.signed));
  }

  private enqueue(signed: readonly SignedText[]): Promise<readonly boolean[]> {
    return new Promise((resolve) => this.queue.push({ signed, resolve }));
  }

  private dispatch(): void {
    for (const thread of this.threads) this.give(thread);
    while (this.queue.length > 0 && this.threads.length < this.threadsMax) this.give(this.start());
  }

  private give(thread: Thread): void {
    if (thread.batch !== undefined) return;
    thread.batch = this.queue.shift();
    if (thread.batch !== undefined) thread.worker.postMessage(thread.batch.signed);
  }

  private start(): Thread {
    const worker = new Worker(this.file);
    worker.unref();
    const thread: Thread = { worker, batch: undefined };
    worker.on('message', (verdicts: readonly boolean[]) => {
      thread.batch?.resolve(verdicts);
      thread.batch = undefined;
      this.give(thread);
    });
    worker.on('error', () => {
      this.threads.splice(this.threads.indexOf(thread), 1);
      if (thread.batch === undefined) return;
      // Without the thread its batch is checked here, like what no thread is left for.
      this.queue.unshift(thread.batch);
      void this.help();
    });
    this.threads.push(thread);
    return thread;
  }

  /** This thread does its share as long as the others are busy, with turns for everything else in between. */
  private async help(): Promise<void> {
    if (this.helping) return;
    this.helping = true;
    await nextTurn();
    for (let batch = this.queue.shift(); batch !== undefined; batch = this.queue.shift()) {
      batch.resolve(checkBatch(batch.signed));
      await nextTurn();
    }
    this.helping = false;
  }
}
