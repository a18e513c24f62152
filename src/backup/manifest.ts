/** What a backup contains: manifest.json, which is written last. */
import { OperatorError } from '../ledger/errors.js';
import type { Role } from '../ledger/node-info.js';
import type { StoredHead } from '../storage/sqlite/copy-database.js';

export const MANIFEST = 'manifest.json';
export const DATABASE = 'database.db';
const FORMAT = 'bpsc-backup-1';

/** One file of the backup. */
export interface BackedUpFile {
  /** in the backup's folder */
  readonly name: string;
  /** the setting that names it on the node */
  readonly variable: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly role: Role;
  /** milliseconds since 1970-01-01 UTC */
  readonly createdAt: number;
  readonly files: readonly BackedUpFile[];
  readonly chains: readonly StoredHead[];
  /** the node's settings, without secrets */
  readonly settings: Readonly<Record<string, string>>;
  /** settings that are secrets: they are set on the node, and not in the backup */
  readonly secrets: readonly string[];
}

export function formatManifest({ createdAt, ...rest }: Manifest): string {
  return `${JSON.stringify({ format: FORMAT, created_at: createdAt, ...rest }, undefined, 2)}\n`;
}

/** @throws OperatorError if it isn't what {@link formatManifest} writes */
export function parseManifest(text: string, file: string): Manifest {
  const wrong = (what: string): OperatorError => new OperatorError(`${file} ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('is not JSON: the backup is damaged');
  }
  if (!isRecord(value) || value['format'] !== FORMAT)
    throw wrong(`is not the manifest of a backup (${FORMAT})`);
  const { role, created_at: createdAt, files, chains, settings, secrets } = value;
  if (
    (role !== 'producer' && role !== 'follower') ||
    typeof createdAt !== 'number' ||
    !isListOf(files, isFile) ||
    !isListOf(chains, isHead) ||
    !isListOf(secrets, isText) ||
    !isRecord(settings) ||
    !Object.values(settings).every(isText)
  ) {
    throw wrong('is damaged');
  }
  const names = new Set(files.map(({ name }) => name));
  if (names.size !== files.length || !names.has(DATABASE))
    throw wrong('is damaged: its files are not those of a node');
  return { role, createdAt, files, chains, settings: settings as Record<string, string>, secrets };
}

/** A name without a path: nothing outside the folder is ever read. */
const FILE_NAME = /^[a-z0-9][a-z0-9.-]{0,63}$/;

function isFile(value: unknown): value is BackedUpFile {
  return (
    isRecord(value) &&
    isText(value['name']) &&
    FILE_NAME.test(value['name']) &&
    isText(value['variable']) &&
    Number.isSafeInteger(value['bytes']) &&
    isText(value['sha256']) &&
    /^[0-9a-f]{64}$/.test(value['sha256'])
  );
}

function isHead(value: unknown): value is StoredHead {
  return (
    isRecord(value) &&
    isText(value['name']) &&
    isText(value['id']) &&
    Number.isSafeInteger(value['index']) &&
    isText(value['hash'])
  );
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
