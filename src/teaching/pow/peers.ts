/** Other nodes: their addresses, and their chains, which are read with limits. */
import { isPyArray, isPyObject, PyInt, type PyValue } from '../python-json/values.js';
import { parsePythonJson, PythonJsonError } from '../python-json/parse.js';

const MIB = 1024 * 1024;
/** Some hundred thousand blocks: the limit for an endless chain. */
const CHAIN_BYTES_MAX = 32 * MIB;
/** The time limit from the request to the last byte. */
export const PEER_TIMEOUT_MS = 20_000;
const ADDRESS_CHARACTERS_MAX = 255;

/** @returns `host:port`, from that or from an http URL; undefined if it is neither */
export function parseAddress(text: string): string | undefined {
  if (text.length > ADDRESS_CHARACTERS_MAX) return undefined;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, username, password } = new URL(url);
  const isPlain = protocol === 'http:' && username === '' && password === '';
  return isPlain && host !== '' ? host : undefined;
}

/** A node's chain, of which only the length is checked. */
export interface ServedChain {
  readonly blocks: readonly PyValue[];
}

/** Why a node's chain was not checked. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

/** @throws PeerError */
export async function fetchChain(
  address: string,
  timeoutMs: number,
  stop: AbortSignal,
): Promise<ServedChain> {
  // Not AbortSignal.any of AbortSignal.timeout: once Node 20 has collected the latter as garbage, it never fires.
  const controller = new AbortController();
  const end = (): void => controller.abort(stop.reason);
  if (stop.aborted) end();
  stop.addEventListener('abort', end);
  const timer = setTimeout(
    () => controller.abort(new PeerError(`its chain didn't come within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    return readChain(await fetchText(`http://${address}/chain`, controller.signal));
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
  }
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  try {
    const answer = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new PeerError(`it answered ${answer.status}`);
    }
    return await readText(answer.body, signal);
  } catch (error) {
    if (error instanceof PeerError) throw error;
    const { message, cause } = error as Error;
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : message;
    throw new PeerError(`it can't be read: ${reason}`, { cause: error });
  }
}

/** Cancelled explicitly: once Node 20 has garbage-collected a fetch, its signal no longer cancels the body. */
async function readText(body: ReadableStream<Uint8Array> | null, signal: AbortSignal): Promise<string> {
  const reader = body?.getReader();
  const cancel = (): void => void reader?.cancel().catch(() => undefined);
  signal.addEventListener('abort', cancel);
  const chunks: Uint8Array[] = [];
  try {
    let bytes = 0;
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      bytes += part.value.length;
      if (bytes > CHAIN_BYTES_MAX) {
        throw new PeerError(`its chain has more than ${CHAIN_BYTES_MAX / MIB} MiB`);
      }
      chunks.push(part.value);
    }
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
}

function readChain(text: string): ServedChain {
  let value: PyValue;
  try {
    value = parsePythonJson(text);
  } catch (error) {
    if (error instanceof PythonJsonError) throw new PeerError(`its answer is ${error.message}`);
    throw error;
  }
  if (!isPyObject(value)) throw new PeerError('its answer is not an object');
  const chain = value.get('chain');
  const length = value.get('length');
  if (!isPyArray(chain)) throw new PeerError('its answer has no chain');
  // The originals trust the length without looking at the chain.
  if (!(length instanceof PyInt) || length.digits !== String(chain.length)) {
    throw new PeerError(`its chain has ${chain.length} blocks, and its length says something else`);
  }
  return { blocks: chain };
}
