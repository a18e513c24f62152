/** Requests of the teaching pages, and what went wrong with them in one sentence. */

export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** @param form sent as a form by POST, as the originals do; without one it is a GET @throws RequestError */
export async function request(url: string, form?: Readonly<Record<string, string>>): Promise<unknown> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) });
    text = await answer.text();
  } catch {
    throw new RequestError(`${url} does not answer. Does the node run, and at this address?`);
  }
  const value = valueOf(text);
  if (answer.ok && value !== undefined) return value;
  throw new RequestError(sentenceOf(value) ?? (text || `${url} answered ${answer.status}`));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A problem's detail, or an original's message. */
function sentenceOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { detail, message } = value as { detail?: unknown; message?: unknown };
  if (typeof detail === 'string') return detail;
  return typeof message === 'string' ? message : undefined;
}
