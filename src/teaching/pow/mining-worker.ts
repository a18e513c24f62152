/** A worker thread that searches for one proof. */
import { parentPort, workerData } from 'node:worker_threads';
import type { MiningWorkerData } from './miner.js';
import { searcher } from './search.js';

/** The numbers tried between two progress reports: below a millisecond. */
const STEP = 1000;

const { tries, ...job } = workerData as MiningWorkerData;
const search = searcher(job);
let found: number | undefined;
for (let from = 0; found === undefined; from += STEP) {
  found = search(from, STEP);
  Atomics.store(tries, 0, BigInt(found === undefined ? from + STEP : found + 1));
}
parentPort?.postMessage(found);
