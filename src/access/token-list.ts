/** The form of the tokens file: a JSON document with names, hashes, scopes and chains, and never a token. */
import { createHash, randomBytes } from 'node:crypto';
import { isScope, NODE_SCOPES, SCOPES, type Scope } from './scopes.js';

/** One token of the file. */
export interface TokenEntry {
  readonly name: string;
  /** SHA-256 of the token, in hex */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** names or ids; undefined: all */
  readonly chains: readonly string[] | undefined;
  /** milliseconds since 1970-01-01 UTC */
  readonly createdAt: number;
}

/** Each request with a token compares its hash with all of them. */
export const TOKENS_MAX = 256;
const CHAINS_MAX = 256;
/** Without upper case, so that no token is called API_TOKEN. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
export const TOKEN_NAME_EXPECTED =
  'must be 1 to 64 characters: a-z, 0-9, dots, underscores and hyphens, a letter or a digit first';
const CHAIN = /^(?:[a-z][a-z0-9-]{0,31}|[0-9a-f]{64})$/;
const SHA256 = /^[0-9a-f]{64}$/;
const FIELDS: ReadonlySet<string> = new Set(['name', 'sha256', 'scopes', 'chains', 'created_at']);

/** A new token: 256 random bits, so that a plain hash of it can't be reversed by trying. */
export function newToken(): string {
  return `bpsc_${randomBytes(32).toString('base64url')}`;
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

export function isTokenName(text: unknown): text is string {
  return typeof text === 'string' && NAME.test(text);
}

/** @returns a sentence without a subject about the first problem of the text */
export function parseTokens(text: string): readonly TokenEntry[] | string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  const tokens = isRecord(document) ? document['tokens'] : undefined;
  if (!Array.isArray(tokens)) return 'must be {"tokens": [...]}';
  if (tokens.length > TOKENS_MAX) return `has more than ${TOKENS_MAX} tokens`;
  const entries: TokenEntry[] = [];
  for (const [place, item] of tokens.entries()) {
    const entry = parseEntry(item);
    if (typeof entry === 'string') return `has a wrong token: tokens[${place}]${entry}`;
    const same = entries.find(({ name, sha256 }) => name === entry.name || sha256 === entry.sha256);
    if (same !== undefined) return `has a token twice: ${same.name} and ${entry.name}`;
    entries.push(entry);
  }
  return entries;
}

/** The text of the file. */
export function formatTokens(entries: readonly TokenEntry[]): string {
  const tokens = entries.map(({ name, sha256, scopes, chains, createdAt }) => ({
    name,
    sha256,
    scopes,
    ...(chains === undefined ? {} : { chains }),
    created_at: createdAt,
  }));
  return `${JSON.stringify({ tokens }, undefined, 2)}\n`;
}

/**
 * Why a token can't have these scopes and chains, as a sentence; undefined if it can.
 * @param chains undefined: all
 */
export function refusedScopes(
  scopes: readonly Scope[],
  chains: readonly string[] | undefined,
): string | undefined {
  if (scopes.length === 0) return `needs at least one scope of ${SCOPES.join(', ')}`;
  if (chains === undefined) return undefined;
  if (chains.length === 0 || chains.length > CHAINS_MAX) return `must name 1 to ${CHAINS_MAX} chains`;
  const wrong = chains.find((chain) => !CHAIN.test(chain));
  if (wrong !== undefined) return `names ${JSON.stringify(wrong)}, which is no name or id of a chain`;
  const beyond = scopes.find((scope) => NODE_SCOPES.has(scope));
  if (beyond === undefined) return undefined;
  return `has the scope ${beyond}, which concerns the whole node, so it can't be limited to chains`;
}

/** @returns where it is wrong, and how */
function parseEntry(item: unknown): TokenEntry | string {
  if (!isRecord(item)) return ' must be an object';
  const unknown = Object.keys(item).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) return ` has the unknown field ${JSON.stringify(unknown)}`;
  const { name, sha256, scopes, chains, created_at: createdAt } = item;
  if (!isTokenName(name)) return `.name ${TOKEN_NAME_EXPECTED}`;
  if (typeof sha256 !== 'string' || !SHA256.test(sha256)) return '.sha256 must be 64 lower-case hex digits';
  if (!isDistinct(scopes) || !scopes.every(isScope)) {
    return `.scopes must be a list of ${SCOPES.join(', ')}, without duplicates`;
  }
  if (chains !== undefined && !isDistinct(chains)) {
    return '.chains must be a list of names or ids, without duplicates';
  }
  if (typeof createdAt !== 'number' || !Number.isSafeInteger(createdAt) || createdAt < 0) {
    return '.created_at must be milliseconds since 1970';
  }
  const refused = refusedScopes(scopes, chains);
  return refused === undefined ? { name, sha256, scopes, chains, createdAt } : ` ${refused}`;
}

function isDistinct(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((item) => typeof item === 'string') &&
    new Set(value).size === value.length
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
