/** Writes a backup of a node, which may be running, into a folder that doesn't exist yet. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { OperatorError } from '../ledger/errors.js';
import { copyDatabase } from '../storage/sqlite/copy-database.js';
import { syncFolder, writeDurably } from '../keys/durable.js';
import { copyDurably, digestOf } from './files.js';
import { DATABASE, formatManifest, MANIFEST, type BackedUpFile, type Manifest } from './manifest.js';
import { nodeFiles, type NodeWithFiles } from './node-files.js';

export interface BackupParts {
  readonly config: NodeWithFiles;
  /** the node's settings without secrets, as set */
  readonly settings: Readonly<Record<string, string>>;
  /** names of the settings that are secrets */
  readonly secrets: readonly string[];
  /** milliseconds since 1970-01-01 UTC */
  readonly now: number;
  /** Audits the copied database. @throws to refuse it */
  readonly check: (database: string, hasChains: boolean) => Promise<void>;
}

/**
 * The folder gets its name when everything in it is on disk and checked: a crash before that leaves a folder with another
 * name, without a manifest.
 * @throws OperatorError
 */
export async function backUp(folder: string, parts: BackupParts): Promise<Manifest> {
  const place = path.resolve(folder);
  const refuseExisting = (): void => {
    if (existsSync(place)) throw new OperatorError(`${folder} exists already: a backup replaces nothing`);
  };
  refuseExisting();
  const unfinished = `${place}.${randomBytes(4).toString('hex')}.unfinished`;
  try {
    mkdirSync(path.dirname(place), { recursive: true });
    mkdirSync(unfinished, { mode: 0o700 });
    const manifest = await fill(unfinished, parts);
    refuseExisting();
    renameSync(unfinished, place);
    syncFolder(path.dirname(place));
    return manifest;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new OperatorError(`the backup cannot be written: ${message}`, { cause: error });
  }
}

async function fill(
  folder: string,
  { config, settings, secrets, now, check }: BackupParts,
): Promise<Manifest> {
  // Before the database: the copied checkpoints must not be of blocks that the copied database lacks.
  const files = copySmallFiles(folder, config, settings);
  const database = path.join(folder, DATABASE);
  // It exists with its mode before anything is in it: SQLite fills an empty file.
  writeDurably(database, '');
  const copied = copyDatabase(config.databaseFile, database);
  if (copied.role !== config.role) {
    throw new OperatorError(
      `the database ${config.databaseFile} belongs to a ${copied.role}: set ROLE=${copied.role}`,
    );
  }
  await check(database, copied.heads.length > 0);
  const { role, heads: chains } = copied;
  const manifest: Manifest = {
    role,
    createdAt: now,
    files: [{ name: DATABASE, variable: 'DATABASE_URL', ...digestOf(database) }, ...files],
    chains,
    settings,
    secrets,
  };
  syncFolder(folder);
  writeDurably(path.join(folder, MANIFEST), formatManifest(manifest));
  syncFolder(folder);
  return manifest;
}

function copySmallFiles(
  folder: string,
  config: NodeWithFiles,
  settings: Readonly<Record<string, string>>,
): readonly BackedUpFile[] {
  return nodeFiles(config, settings).flatMap(({ name, variable, path: from, isRequired }) => {
    if (!existsSync(from)) {
      if (!isRequired) return [];
      throw new OperatorError(`there is no file ${from} (${variable}): a node can't come back without it`);
    }
    return { name, variable, ...copyDurably(from, path.join(folder, name)) };
  });
}
