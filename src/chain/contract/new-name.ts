/**
 * The restrictions on a new wallet's name. They apply at intake only, not in the protocol: names that are already on a
 * chain, or that another producer accepted, verify and stay readable forever.
 */
import { hiddenCharacter } from '../bytes/hidden-characters.js';

/**
 * Whether a URL's path can't contain the name: `.` and `..` are resolved, encoded or not (WHATWG URL, RFC 3986 5.2.4).
 */
export function isDotSegment(name: string): boolean {
  return name === '.' || name === '..';
}

/** The path at which a node serves the wallet. Older nodes have only the `/wallets/…` form. */
export function walletPath(name: string): string {
  const encoded = encodeURIComponent(name);
  return isDotSegment(name) ? `/wallets?address=${encoded}` : `/wallets/${encoded}`;
}

/**
 * @returns why a new wallet can't have this name, as the rest of a sentence after the field's name; undefined if it can
 */
export function newNameProblem(name: string): string | undefined {
  if (isDotSegment(name)) return 'must not be . or .., which the path of a URL can’t contain';
  return invisibleProblem(name);
}

/** The same for text that never appears in a URL, such as a token's symbol. */
export function invisibleProblem(text: string): string | undefined {
  const found = hiddenCharacter(text);
  if (found === undefined) return undefined;
  const code = found.toString(16).toUpperCase().padStart(4, '0');
  return `must not contain invisible characters such as U+${code}: two names that look alike would be different wallets`;
}
