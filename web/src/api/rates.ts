/** Counts, second by second, what is accepted and sealed; the source of the chart. */

/** Seconds that are shown. */
export const SECONDS_SHOWN = 180;

export interface Rates {
  /** seconds since 1970 */
  readonly seconds: readonly number[];
  /** accepted in that second; null before the page was opened */
  readonly accepted: readonly (number | null)[];
  readonly sealed: readonly number[];
}

interface Sample {
  readonly at: number;
  readonly total: number;
}

export class RateMeter {
  private readonly sealed = new Map<number, number>();
  private samples: Sample[] = [];

  /** @param at milliseconds: the block's time */
  block(at: number, entries: number): void {
    const second = Math.floor(at / 1000);
    this.sealed.set(second, (this.sealed.get(second) ?? 0) + entries);
  }

  /** @param total accepted since ever, sealed or waiting */
  accepted(at: number, total: number): void {
    const last = this.samples.at(-1);
    if (last !== undefined && (at <= last.at || total < last.total)) return;
    this.samples.push({ at, total });
    const oldest = at - (SECONDS_SHOWN + 10) * 1000;
    if ((this.samples[1]?.at ?? at) < oldest) this.samples = this.samples.filter((one) => one.at >= oldest);
    for (const second of this.sealed.keys()) if (second * 1000 < oldest) this.sealed.delete(second);
  }

  /** The last whole seconds up to `now`. */
  read(now: number): Rates {
    const end = Math.floor(now / 1000) - 1;
    const seconds = Array.from({ length: SECONDS_SHOWN }, (_, i) => end - SECONDS_SHOWN + 1 + i);
    return {
      seconds,
      accepted: seconds.map((second) => this.acceptedIn(second * 1000)),
      sealed: seconds.map((second) => this.sealed.get(second) ?? 0),
    };
  }

  private acceptedIn(from: number): number | null {
    const [before, after] = [this.totalAt(from), this.totalAt(from + 1000)];
    return before === null || after === null ? null : Math.max(0, after - before);
  }

  /** Between two samples, on the line between them. */
  private totalAt(at: number): number | null {
    const first = this.samples[0];
    if (first === undefined || at < first.at - 1000) return null;
    let before = first;
    for (const sample of this.samples) {
      if (sample.at >= at) {
        const share = sample.at === before.at ? 1 : (at - before.at) / (sample.at - before.at);
        return before.total + (sample.total - before.total) * Math.max(0, share);
      }
      before = sample;
    }
    return before.total;
  }
}
