/**
 * At the start, the chains of an upstream begin after those of the upstreams before it in PRODUCER_URL, as far as those
 * answer: names and the default chains come out the same whoever answers first.
 */
export class FirstTurns {
  private readonly tried: { readonly done: Promise<void>; readonly resolve: () => void }[];

  constructor(upstreams: number) {
    this.tried = Array.from({ length: upstreams }, () => {
      let resolve = (): void => undefined;
      const done = new Promise<void>((fulfil) => (resolve = fulfil));
      return { done, resolve };
    });
  }

  /** Resolves once the upstreams before this one were tried, whatever came of it, or as soon as `stop` is aborted. */
  async before(place: number, stop: AbortSignal): Promise<void> {
    const earlier = Promise.all(this.tried.slice(0, place).map(({ done }) => done));
    let abort = (): void => undefined;
    const stopped = new Promise<void>((resolve) => (abort = resolve));
    stop.addEventListener('abort', abort);
    if (stop.aborted) abort();
    await Promise.race([earlier, stopped]);
    stop.removeEventListener('abort', abort);
  }

  /** This one has begun its chains, or could not. */
  tryIsOver(place: number): void {
    this.tried[place]?.resolve();
  }
}
