/** One answer of the node's for a component: asked for when its path changes, and again on request. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError, getJson } from './get.js';

export interface Asked<T> {
  /** the last good answer for this path */
  readonly data: T | undefined;
  readonly error: ApiError | undefined;
  readonly isLoading: boolean;
  readonly again: () => void;
}

/** @param path undefined: nothing is asked yet */
export function useJson<T>(path: string | undefined, everyMs?: number): Asked<T> {
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<{ path: string; data?: T; error?: ApiError }>();
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    if (path === undefined) return undefined;
    const stop = new AbortController();
    getJson<T>(path, stop.signal).then(
      (data) => setFound({ path, data }),
      (error: unknown) => {
        if (stop.signal.aborted || !(error instanceof ApiError)) return;
        // What was there stays to be seen beside the error.
        setFound((before) => ({ ...(before?.path === path ? before : {}), path, error }));
      },
    );
    return () => stop.abort();
  }, [path, round]);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) again();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, again]);
  const isCurrent = found !== undefined && found.path === path;
  return {
    data: isCurrent ? found.data : undefined,
    error: isCurrent ? found.error : undefined,
    isLoading: path !== undefined && !isCurrent,
    again,
  };
}
