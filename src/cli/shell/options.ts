/** Options that several commands have. */
import { InvalidArgumentError, Option } from 'commander';
import { parseHash, parsePublicKey, type Hash, type PublicKey } from '../../chain/bytes/bytes.js';
import { parseNodeUrls } from '../../peer/node-url.js';
import { InvalidInput } from '../../ledger/errors.js';
import { Trouble, type Io } from './io.js';
import { NodeClient } from '../../peer/node-client.js';

const TIMEOUT_SECONDS_MAX = 3600;

export function timeoutOption(defaultSeconds: number): Option {
  return new Option('--timeout <seconds>', 'how long a node may say nothing')
    .argParser(seconds)
    .default(defaultSeconds);
}

const LIMIT = 20;
const LIMIT_MAX = 1_000_000;

/** The maximum length of a list. */
export function limitOption(): Option {
  return new Option('--limit <count>', 'list so many at most').argParser(limit).default(LIMIT);
}

function limit(text: string): number {
  const count = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= LIMIT_MAX) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${LIMIT_MAX}.`);
}

export const NODE_DEFAULT = 'http://127.0.0.1:5000';

/** The node of commands that name none: that of BPSC_NODE or of the profile, or one with the default port here. */
export function nodeInUse({ settings }: Io): string {
  return settings.node ?? NODE_DEFAULT;
}

/** A 64-digit id, or key, on the command line. */
export function hash(text: string): Hash {
  const parsed = parseHash(text);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('It must be 64 lower-case hex digits.');
}

/** For an option that may be given several times: adds a text. */
export function texts(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** For an option that may be given several times: adds a 64-digit id. */
export function hashes(text: string, before: readonly Hash[] = []): readonly Hash[] {
  return [...before, hash(text)];
}

/** For an option that pins something: given twice, the last value would silently replace the first. */
export function once<T>(parse: (text: string) => T): (text: string, before?: T) => T {
  return (text, before) => {
    if (before !== undefined) throw new InvalidArgumentError('It may be given only once.');
    return parse(text);
  };
}

/** A public key on the command line. */
export function publicKey(text: string): PublicKey {
  const parsed = parsePublicKey(text);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('It must be 64 lower-case hex digits.');
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= TIMEOUT_SECONDS_MAX) return value;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${TIMEOUT_SECONDS_MAX}.`);
}

/**
 * @param url of a node, or its host:port
 * @throws Trouble
 */
export function nodeClient(url: string, timeoutSeconds: number, io: Io): NodeClient {
  return new NodeClient({
    url: nodeUrl(url),
    silenceMsMax: 1000 * timeoutSeconds,
    stop: io.stop,
    clock: io.clock,
  });
}

/**
 * A node's URL without a trailing slash.
 * @param url of a node, or its host:port
 * @throws Trouble
 */
export function nodeUrl(url: string): string {
  try {
    const [origin = url] = parseNodeUrls([url]);
    // Unlike in the registry, a path counts: a proxy may serve a node below a path.
    const path = /^(?:https?:\/\/)?[^/]*(\/[^?#]*)?/i.exec(url)?.[1] ?? '';
    return origin + path.replace(/\/+$/, '');
  } catch (error) {
    if (error instanceof InvalidInput)
      throw new Trouble(`${url} is no URL of a node, such as http://127.0.0.1:5000`);
    throw error;
  }
}
