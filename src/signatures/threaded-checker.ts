/** Checks signatures on worker threads, one for each core except the one that runs everything else. */
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BATCH_SIGNATURES, checkBatch } from './check-batch.js';
import { InlineSignatureChecker } from './inline-checker.js';
import { SignatureChecker, type SignedText } from './signature-checker.js';

/** More threads would compete with the rest of the machine, for a load that is rare. */
const THREADS_MAX = 8;
/** Handing over this few signatures takes as long as checking them. */
const FEW = 4;

interface Batch {
  readonly signed: readonly SignedText[];
  resolve(verdicts: readonly boolean[]): void;
}

interface Thread {
  readonly worker: Worker;
  batch: Batch | undefined;
}

/** @param threads the number of spare cores */
export function createSignatureChecker(threads = availableParallelism() - 1): SignatureChecker {
  return threads < 1
    ? new InlineSignatureChecker()
    : new ThreadedSignatureChecker(Math.min(threads, THREADS_MAX));
}

/** The first batch starts the threads: under the policy `open` there is none. */
export class ThreadedSignatureChecker extends SignatureChecker {
  private readonly threads: Thread[] = [];
  private readonly queue: Batch[] = [];
  private helping = false;
  private closed = false;

  /** @param file the worker's JavaScript file */
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

  /** Ends the threads. A process can exit without this: idle threads don't keep it alive. */
  async close(): Promise<void> {
    this.closed = true;
    const threads = this.threads.splice(0);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
    // Unanswered checks are finished here; if a thread's answer has already arrived, that one counts.
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
      // The batch of the failed thread is checked here, as are batches that no thread is left for.
      this.queue.unshift(thread.batch);
      void this.help();
    });
    this.threads.push(thread);
    return thread;
  }

  /** Checks batches on this thread too while the others are busy, and yields to the event loop between them. */
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
