/** Mines off the main thread, so that a node answers while it does. */
import { Worker } from 'node:worker_threads';
import type { Job } from './search.js';

/** A search that is under way. */
export interface Search {
  /** The number; undefined when it was stopped. */
  readonly proof: Promise<number | undefined>;
  /** numbers tried so far */
  tries(): number;
  stop(): void;
}

export abstract class Miner {
  abstract start(job: Job): Search;
}

/** What the thread is given. */
export interface MiningWorkerData extends Job {
  /** one number: the tries so far */
  readonly tries: BigInt64Array;
}

/** One thread to a search: it is ended rather than asked to stop, so its loop has nothing to listen to. */
export class ThreadMiner extends Miner {
  constructor(private readonly file: URL | string = new URL('./mining-worker.js', import.meta.url)) {
    super();
  }

  override start(job: Job): Search {
    const tries = new BigInt64Array(new SharedArrayBuffer(8));
    const worker = new Worker(this.file, { workerData: { ...job, tries } satisfies MiningWorkerData });
    const proof = new Promise<number | undefined>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => resolve(undefined));
    });
    return {
      proof,
      tries: () => Number(Atomics.load(tries, 0)),
      stop: () => void worker.terminate(),
    };
  }
}
