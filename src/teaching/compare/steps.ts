/** Helpers for the runs. */

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/** @returns undefined if it fails */
export async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch {
    return undefined;
  }
}

/** Waits for the first result that is neither undefined nor false. @param what it waits for, for the error message */
export async function until<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Rounds to three significant digits. */
export function shown(number: number): string {
  return String(Number(number.toPrecision(3)));
}
