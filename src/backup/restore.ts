/** Puts a backup back: verifies all of it first, replaces nothing, and names the database last. */
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { OperatorError } from '../ledger/errors.js';
import { readSmallFile } from '../keys/small-file.js';
import { checkCopy } from '../storage/sqlite/copy-database.js';
import { lockDatabase } from '../storage/sqlite/process-lock.js';
import { syncFolder } from '../keys/durable.js';
import { copyDurably, digestOf } from './files.js';
import { DATABASE, MANIFEST, parseManifest, type BackedUpFile, type Manifest } from './manifest.js';
import { CHECKPOINTS, nodeFiles, type NodeFile, type NodeWithFiles } from './node-files.js';

/** What became of a file of the backup. */
export interface RestoredFile {
  readonly variable: string;
  readonly path: string;
  /** kept: the node has it already, and it stays as it is */
  readonly outcome: 'restored' | 'kept';
}

/** Reads a backup's manifest, and compares every file with it. @throws OperatorError */
export function openBackup(folder: string): Manifest {
  const file = path.join(folder, MANIFEST);
  let text: string | undefined;
  try {
    text = readSmallFile(file);
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (text === undefined) throw new OperatorError(`${folder} is not a backup: it has no ${MANIFEST}`);
  const manifest = parseManifest(text, file);
  for (const { name, bytes, sha256 } of manifest.files) {
    const found = digestIn(folder, name);
    if (found.bytes === bytes && found.sha256 === sha256) continue;
    throw new OperatorError(
      `${path.join(folder, name)} is not the file of the manifest: the backup is damaged`,
    );
  }
  return manifest;
}

function digestIn(folder: string, name: string): { readonly bytes: number; readonly sha256: string } {
  try {
    return digestOf(path.join(folder, name));
  } catch (error) {
    throw new OperatorError(`the backup is damaged: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * @param manifest of {@link openBackup}
 * @param config where the files go
 * @throws OperatorError if the node has a database already, or other keys; nothing of it is changed then
 */
export function restore(
  folder: string,
  manifest: Manifest,
  config: NodeWithFiles,
  settings: Readonly<Record<string, string>>,
): readonly RestoredFile[] {
  if (config.role !== manifest.role) {
    throw new OperatorError(
      `this is the backup of a ${manifest.role}, and the settings are a ${config.role}'s`,
    );
  }
  const database = path.resolve(config.databaseFile);
  const plan = planOf(folder, manifest, config, settings);
  for (const each of ['', '-wal', '-journal']) refuseExisting(`${database}${each}`);
  try {
    mkdirSync(path.dirname(database), { recursive: true, mode: 0o700 });
    const place = path.join(realpathSync.native(path.dirname(database)), path.basename(database));
    const lock = lockDatabase(place, database);
    try {
      for (const step of plan) if (step.outcome === 'restored') copySmall(step.from, step.path);
      copyDatabaseFile(path.join(folder, DATABASE), place, manifest);
    } finally {
      lock.release();
    }
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new OperatorError(`the backup cannot be restored: ${message}`, { cause: error });
  }
  return [
    { variable: 'DATABASE_URL', path: config.databaseFile, outcome: 'restored' },
    ...plan.map(({ variable, path: to, outcome }) => ({ variable, path: to, outcome })),
  ];
}

interface Step extends RestoredFile {
  readonly from: string;
}

function planOf(
  folder: string,
  manifest: Manifest,
  config: NodeWithFiles,
  settings: Readonly<Record<string, string>>,
): readonly Step[] {
  const targets = nodeFiles(config, settings);
  return manifest.files
    .filter(({ name }) => name !== DATABASE)
    .map((file) => {
      const target = targets.find(({ variable }) => variable === file.variable);
      if (target === undefined) {
        throw new OperatorError(
          `the backup has a file for ${file.variable}, which is not set: set it to a path`,
        );
      }
      return {
        variable: file.variable,
        path: target.path,
        outcome: outcomeOf(file, target),
        from: path.join(folder, file.name),
      };
    });
}

function outcomeOf(file: BackedUpFile, { path: to, variable }: NodeFile): RestoredFile['outcome'] {
  if (!existsSync(to)) return 'restored';
  // The one file that may be newer: it is what shows that a database is an old copy of itself.
  if (variable === CHECKPOINTS || digestOf(to).sha256 === file.sha256) return 'kept';
  throw new OperatorError(
    `${to} (${variable}) exists and differs from the backup's: move it away, or set another path`,
  );
}

function refuseExisting(file: string): void {
  if (!existsSync(file)) return;
  throw new OperatorError(
    `there is a database already (${file}): a restore replaces nothing. Move it away, or set DATABASE_URL to another file`,
  );
}

function copySmall(from: string, to: string): void {
  mkdirSync(path.dirname(path.resolve(to)), { recursive: true, mode: 0o700 });
  const unfinished = `${to}.restoring`;
  rmSync(unfinished, { force: true });
  copyDurably(from, unfinished);
  renameSync(unfinished, to);
  syncFolder(path.dirname(path.resolve(to)));
}

/** A crash before the rename leaves no database: the restore can be repeated. */
function copyDatabaseFile(from: string, to: string, { files, chains }: Manifest): void {
  const unfinished = `${to}.restoring`;
  rmSync(unfinished, { force: true });
  const { sha256 } = copyDurably(from, unfinished);
  const expected = files.find(({ name }) => name === DATABASE)?.sha256;
  const { heads } = checkCopy(unfinished);
  if (sha256 !== expected || JSON.stringify(heads) !== JSON.stringify(chains)) {
    rmSync(unfinished, { force: true });
    throw new OperatorError('the restored database is not that of the manifest: the backup is damaged');
  }
  renameSync(unfinished, to);
  syncFolder(path.dirname(to));
}
