/** Coordinates the order in which the chains of several upstreams begin at the start. */
import { withinMs, type Clock } from '../../ledger/clock.js';

/** The maximum time to wait for an upstream to list its chains and deliver them. */
const WAIT_MS_MAX = 5_000;

/**
 * At the start, the chains of an upstream begin after those of the upstreams before it in PRODUCER_URL, provided that
 * those answer. So names and default chains do not depend on which upstream answers first.
 */
export class FirstTurns {
  private readonly waiting = new Set<number>();
  private readonly tried: { readonly done: Promise<void>; readonly resolve: () => void }[];

  constructor(
    private readonly clock: Pick<Clock, 'after'>,
    upstreams: number,
  ) {
    for (let place = 0; place < upstreams; place++) this.waiting.add(place);
    this.tried = Array.from({ length: upstreams }, () => {
      let resolve = (): void => undefined;
      const done = new Promise<void>((fulfil) => (resolve = fulfil));
      return { done, resolve };
    });
  }

  /**
   * Resolves once the upstreams before this one have been tried, after {@link WAIT_MS_MAX}, or when `stop` is aborted.
   */
  async before(place: number, stop: AbortSignal): Promise<void> {
    const earlier = Promise.all(this.tried.slice(0, place).map(({ done }) => done));
    let abort = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (abort = resolve));
    stop.addEventListener('abort', abort);
    if (stop.aborted) abort();
    await withinMs(this.clock, Promise.race([earlier, stopped]), WAIT_MS_MAX);
    stop.removeEventListener('abort', abort);
  }

  /** Whether every upstream has been tried. */
  get areOver(): boolean {
    return this.waiting.size === 0;
  }

  /** Records that this upstream's chains have begun, or could not. */
  markTried(place: number): void {
    this.waiting.delete(place);
    this.tried[place]?.resolve();
  }
}
