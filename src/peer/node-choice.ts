/** Chooses the nodes to ask: all if there are few; of many, some that answered and those that were not asked for long. */

/** The result of the last request to a node. */
interface LastTime {
  /** the number of the look */
  readonly look: number;
  readonly answered: boolean;
}

export class NodeChoice {
  private looks = 0;
  private last = new Map<string, LastTime>();

  /** @param max how many nodes are asked at one look */
  constructor(private readonly max: number) {}

  /**
   * Begins a look: first the nodes that answered the last time and those that the operator chose, up to half of the
   * places, then those that were not asked for the longest time. So neither silent nodes nor answering ones can exclude
   * others.
   */
  next(urls: readonly string[], isChosen: (url: string) => boolean): readonly string[] {
    const kept = new Set(urls);
    this.last = new Map([...this.last].filter(([url]) => kept.has(url)));
    this.looks++;
    const lastLook = (url: string): number => this.last.get(url)?.look ?? 0;
    const known = urls
      .filter((url) => isChosen(url) || this.answered(url) === true)
      .slice(0, Math.floor(this.max / 2));
    const longestAgo = urls.toSorted((a, b) => lastLook(a) - lastLook(b));
    return [...new Set([...known, ...longestAgo])].slice(0, this.max);
  }

  /** Records how a node of the current look answered. */
  record(url: string, answered: boolean): void {
    this.last.set(url, { look: this.looks, answered });
  }

  /** Whether a node answered as one the last time; undefined if it was not asked yet. */
  answered(url: string): boolean | undefined {
    return this.last.get(url)?.answered;
  }
}
