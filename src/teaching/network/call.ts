/** Requests to the nodes of a network on this machine. */

const TIMEOUT_MS = 30_000;

export class CallError extends Error {
  override readonly name = 'CallError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** GET, or POST if there is a body. @returns the parsed answer @throws CallError */
export async function call<T>(url: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs);
  const init: RequestInit =
    body === undefined
      ? { signal }
      : {
          signal,
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        };
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new CallError(answer.status, `${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text) as T;
}
