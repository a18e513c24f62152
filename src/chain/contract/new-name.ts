/**
 * What a wallet's name may not be where it is new. A rule of intake alone, not of the protocol: names that are on a
 * chain already, or that another producer accepted, verify and stay readable forever.
 */

import { hiddenCharacter } from '../bytes/hidden-characters.js';

/** Whether a URL's path can't hold the name: `.` and `..` are resolved away, encoded or not (WHATWG URL, RFC 3986 5.2.4). */
export function isDotSegment(name: string): boolean {
  return name === '.' || name === '..';
}

/** Where a node serves the wallet. Older nodes have the first form alone. */
export function walletPath(name: string): string {
  const encoded = encodeURIComponent(name);
  return isDotSegment(name) ? `/wallets?address=${encoded}` : `/wallets/${encoded}`;
}

/** @returns a sentence that follows the field's name, where a new wallet can't be called this; undefined where it can */
export function newNameProblem(name: string): string | undefined {
  if (isDotSegment(name)) return 'must not be . or .., which the path of a URL can’t hold';
  return invisibleProblem(name);
}

/** The same for a text that no URL has to name, such as a token's symbol. */
export function invisibleProblem(text: string): string | undefined {
  const found = hiddenCharacter(text);
  if (found === undefined) return undefined;
  const code = found.toString(16).toUpperCase().padStart(4, '0');
  return `must not have invisible characters such as U+${code}: two names that look alike would be two wallets`;
}
