/** Requests to nodes that may be stopped at any time. */

/** @returns undefined if the node does not answer */
export async function unlessGone<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch {
    return undefined;
  }
}
