/** How far the next block is: by time the outer ring, by count the inner one. */
import { useEffect, useState } from 'preact/hooks';
import type { NextBlock, Schedule } from '../api/types.js';
import { grouped, waitingWords } from '../format.js';

const REDRAW_MS = 200;

interface RingProps {
  readonly schedule: Schedule;
  /** undefined: this node doesn't say */
  readonly next: NextBlock | undefined;
  /** when `next` was true, in milliseconds of `performance.now()` */
  readonly at: number;
  readonly waiting: number;
}

export function NextBlockRing({ schedule, next, at, waiting }: RingProps) {
  const [, redraw] = useState(0);
  const byTimeMs = next?.by_time_ms ?? null;
  const counts = byTimeMs !== null;
  useEffect(() => {
    if (!counts) return undefined;
    const timer = setInterval(() => redraw((before) => before + 1), REDRAW_MS);
    return () => clearInterval(timer);
  }, [counts]);
  const leftMs = byTimeMs === null ? null : Math.max(0, byTimeMs - (performance.now() - at));
  const byTime =
    leftMs === null || schedule.interval_ms === null ? null : 1 - Math.min(1, leftMs / schedule.interval_ms);
  const byCount = schedule.max_entries === null ? null : Math.min(1, waiting / schedule.max_entries);
  return (
    <div class="ring">
      <svg viewBox="0 0 100 100" aria-hidden="true">
        {schedule.interval_ms !== null && <Arc radius={44} share={byTime ?? 0} name="time" />}
        {schedule.max_entries !== null && <Arc radius={34} share={byCount ?? 0} name="count" />}
      </svg>
      <div class="ring-text">
        <strong>{leftMs === null ? grouped(waiting) : `${Math.ceil(leftMs / 1000)} s`}</strong>
        <span>{leftMs === null ? 'waiting' : 'to go'}</span>
      </div>
      <p class="ring-says">{says(schedule, next, leftMs, waiting)}</p>
    </div>
  );
}

function Arc({ radius, share, name }: { radius: number; share: number; name: string }) {
  const length = 2 * Math.PI * radius;
  return (
    <g class={`arc ${name}`}>
      <circle cx="50" cy="50" r={radius} class="track" />
      <circle
        cx="50"
        cy="50"
        r={radius}
        class="fill"
        stroke-dasharray={`${length} ${length}`}
        stroke-dashoffset={length * (1 - share)}
        transform="rotate(-90 50 50)"
      />
    </g>
  );
}

function says(
  { interval_ms, max_entries }: Schedule,
  next: NextBlock | undefined,
  leftMs: number | null,
  waiting: number,
): string {
  const entries = waiting === 0 ? 'Nothing waits' : waitingWords(waiting);
  const missing = next?.by_count ?? (max_entries === null ? null : Math.max(0, max_entries - waiting));
  const count = missing === null ? '' : `${grouped(missing)} more would seal it at once`;
  if (interval_ms === null && max_entries === null) return `${entries}. Sealed on request only.`;
  if (leftMs === null && interval_ms !== null && waiting === 0) {
    return `${entries}. The clock starts with the next entry.`;
  }
  return count === '' ? `${entries}.` : `${entries}; ${count}.`;
}
