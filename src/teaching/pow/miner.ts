/** Mines on a worker thread, so that a node can answer meanwhile. */
import { Worker } from 'node:worker_threads';
import type { Job } from './search.js';

/** A running search. */
export interface Search {
  /** The number; undefined if the search was stopped. */
  readonly proof: Promise<number | undefined>;
  /** numbers tried so far */
  tries(): number;
  stop(): void;
}

export abstract class Miner {
  abstract start(job: Job): Search;
}

/** The data for the thread. */
export interface MiningWorkerData extends Job {
  /** one number: the tries so far */
  readonly tries: BigInt64Array;
}

/** One thread per search: it is terminated to stop it, so its loop needs no checks. */
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
