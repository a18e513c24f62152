/** The order in which upstreams begin their chains at the start. */
import { withinMs, type Clock } from '../../ledger/clock.js';

/** An upstream that takes longer to say what it has, or to deliver it, is not waited for. */
const WAIT_MS_MAX = 5_000;

/**
 * At the start, the chains of an upstream begin after those of the upstreams before it in PRODUCER_URL, as far as those
 * answer: so names and the default chains do not depend on which answers first.
 */
export class FirstTurns {
  private readonly tried: { readonly done: Promise<void>; readonly resolve: () => void }[];

  constructor(
    private readonly clock: Pick<Clock, 'after'>,
    upstreams: number,
  ) {
    this.tried = Array.from({ length: upstreams }, () => {
      let resolve = (): void => undefined;
      const done = new Promise<void>((fulfil) => (resolve = fulfil));
      return { done, resolve };
    });
  }

  /** Resolves once the upstreams before this one were tried, after {@link WAIT_MS_MAX}, or as soon as `stop` is aborted. */
  async before(place: number, stop: AbortSignal): Promise<void> {
    const earlier = Promise.all(this.tried.slice(0, place).map(({ done }) => done));
    let abort = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (abort = resolve));
    stop.addEventListener('abort', abort);
    if (stop.aborted) abort();
    await withinMs(this.clock, Promise.race([earlier, stopped]), WAIT_MS_MAX);
    stop.removeEventListener('abort', abort);
  }

  /** This one has begun its chains, or could not. */
  tryIsOver(place: number): void {
    this.tried[place]?.resolve();
  }
}
