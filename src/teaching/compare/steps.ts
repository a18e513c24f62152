/** Small steps of the runs. */

const PATIENCE_MS = 60_000;
const LOOK_MS = 50;

/** @returns undefined where it fails */
export async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch {
    return undefined;
  }
}

/** The first answer that is neither undefined nor false. @param what it waits for, should that never come */
export async function until<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** To three significant digits. */
export function shown(number: number): string {
  return String(Number(number.toPrecision(3)));
}
