/** Mines on the test's own thread, in turns: Jest's workers have no compiled file for a thread. */
import { Miner, type Search } from '../pow/miner.js';
import { searcher, type Job } from '../pow/search.js';

const STEP = 2000;

export class InlineMiner extends Miner {
  /** While it is true, searches find nothing. */
  held = false;

  override start(job: Job): Search {
    const search = searcher(job);
    let isStopped = false;
    let from = 0;
    const proof = new Promise<number | undefined>((resolve) => {
      const step = (): void => {
        if (isStopped) return resolve(undefined);
        const found = this.held ? undefined : search(from, STEP);
        if (found !== undefined) return resolve(found);
        if (!this.held) from += STEP;
        setImmediate(step);
      };
      step();
    });
    return { proof, tries: () => from, stop: () => void (isStopped = true) };
  }
}
