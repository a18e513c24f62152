/** The files of a chain that say what it is and how far it goes. Nothing in them is verified. */
import type { Hash } from '../../chain/bytes/bytes.js';
import { ADVERTISEMENT_BYTES_MAX } from '../../ledger/advertisement.js';
import { readText, type LogHost } from './log-host.js';

export const LIST_FILE = 'chains.json';
const LIST_BYTES_MAX = 1024 * 1024;
const HEAD_BYTES_MAX = 4096;
const CHECKPOINT_BYTES_MAX = 65_536;

/** @throws MissingFile, BadFile, and the host's own errors, as the others */
export function readList(host: LogHost): Promise<string> {
  return readText(host, LIST_FILE, LIST_BYTES_MAX);
}

export function readContract(host: LogHost, chain: Hash): Promise<string> {
  return readText(host, `${chain}/contract.json`, ADVERTISEMENT_BYTES_MAX);
}

/** The checkpoint is read first: everything that it covers was written before it, a head too. */
export async function readHeads(
  host: LogHost,
  chain: Hash,
): Promise<{ readonly checkpoint: string; readonly head: string }> {
  const checkpoint = await readText(host, `${chain}/checkpoint`, CHECKPOINT_BYTES_MAX);
  return { checkpoint, head: await readText(host, `${chain}/head.json`, HEAD_BYTES_MAX) };
}
