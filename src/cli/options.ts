/** Options that several commands have. */
import { InvalidArgumentError, Option } from 'commander';
import { parseNodeUrls } from '../http/node-url.js';
import { InvalidInput } from '../ledger/errors.js';
import { Trouble, type Io } from './io.js';
import { NodeClient } from './node-client.js';

const TIMEOUT_SECONDS_MAX = 3600;

export function timeoutOption(defaultSeconds: number): Option {
  return new Option('--timeout <seconds>', 'how long a node may say nothing')
    .argParser(seconds)
    .default(defaultSeconds);
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
  try {
    const [origin = url] = parseNodeUrls([url]);
    // Unlike in the registry, a path counts: a node may lie behind one of its proxy's.
    const path = /^(?:https?:\/\/)?[^/]*(\/[^?#]*)?/i.exec(url)?.[1] ?? '';
    return new NodeClient({
      url: origin + path.replace(/\/+$/, ''),
      silenceMsMax: 1000 * timeoutSeconds,
      stop: io.stop,
    });
  } catch (error) {
    if (error instanceof InvalidInput)
      throw new Trouble(`${url} is no URL of a node, such as http://127.0.0.1:5000`);
    throw error;
  }
}
