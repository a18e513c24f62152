/** `bpsc backup` and `bpsc restore`: everything that a node needs to come back, in one folder. */
import { Command } from 'commander';
import type { Manifest } from '../../backup/manifest.js';
import { nodeEnvironment } from '../../config/node-env.js';
import { readSettings, type Environment } from '../../config/read-config.js';
import type { NodeWithFiles } from '../../backup/node-files.js';
import { runAudit } from '../../audit/run.js';
import type { Pins } from '../../audit/target.js';
import { openDatabaseTarget } from '../../audit/database/database-target.js';
import {
  counted,
  document,
  EXIT,
  printable,
  thousands,
  Trouble,
  type ExitCode,
  type Io,
} from '../shell/io.js';
import { NO_PROGRESS, progressOn } from '../shell/progress.js';
import { paintOf } from '../shell/paint.js';
import { auditText, isClean } from '../verify/verify-report.js';

interface BackupOptions {
  readonly env?: string;
  readonly quick?: true;
  readonly quiet?: true;
  readonly json?: true;
}

const BACKUP = `Writes everything that this folder's node needs to come back into a new folder, while the node runs:
a consistent copy of its database, its keys, and the files of checkpoints, tokens and witnesses that its
settings name. The copy is then opened and audited from genesis, as bpsc verify does, and its heads are
compared with the database's.

The settings are those of bpsc start: the environment, and .env. Secrets among them (API_TOKEN) are not
copied: the manifest lists them. Only its owner can read the backup, which contains the node's keys.`;

const BACKUP_EXAMPLES = `
Examples:
  bpsc backup /backup/2026-11-27
  bpsc backup /backup/follower --env follower.env
  DATABASE_URL=file:/var/lib/bpsc/producer.db PRODUCER_KEY_FILE=/var/lib/bpsc/key.pem bpsc backup /backup/new

Exit status:
  0  the backup is complete, and a node can start with it
  1  the database breaks a rule: there is no backup, and bpsc verify says more
  2  wrong usage, or something can't be read or written: there is no backup
`;

const RESTORE = `Puts a backup back, after every file in it was compared with its manifest. The files go where the
settings say: the environment, .env, and otherwise the settings in the backup. Nothing is replaced: it
refuses if there is a database already, or another key, and if a node is running on it.

It prints the settings of the backup, in the form of an .env file.`;

const RESTORE_EXAMPLES = `
Examples:
  bpsc restore /backup/2026-11-27 > .env     in an empty folder
  DATABASE_URL=file:./other/producer.db bpsc restore /backup/2026-11-27

Exit status:
  0  everything is back
  2  wrong usage, or the backup is damaged, or something is in its place: nothing was replaced
`;

/** @param end is called with the exit status */
export function backupCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('backup')
    .summary('write all that a node needs to come back into a new folder')
    .description(BACKUP)
    .argument('<folder>', 'the folder to create')
    .option('--env <file>', 'the file with the node’s settings (default: .env, if there is one)')
    .option('--quick', 'check only what a start checks, and the heads: no audit')
    .option('-q, --quiet', 'show no progress')
    .option('--json', 'print the manifest')
    .addHelpText('after', BACKUP_EXAMPLES)
    .action(async (folder: string, options: BackupOptions) => end(await runBackup(folder, options, io)));
}

/** @param end is called with the exit status */
export function restoreCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('restore')
    .summary('put a backup back')
    .description(RESTORE)
    .argument('<folder>', 'of the backup')
    .option('--env <file>', 'the file with the node’s settings (default: .env, if there is one)')
    .addHelpText('after', RESTORE_EXAMPLES)
    .action(async (folder: string, options: Pick<BackupOptions, 'env'>) => {
      await runRestore(folder, options, io);
      end(EXIT.ok);
    });
}

/** The copied database breaks a rule. */
class NotClean extends Error {}

async function runBackup(folder: string, options: BackupOptions, io: Io): Promise<ExitCode> {
  const { backUp } = await import('../../backup/back-up.js');
  const env = nodeEnvironment(options.env);
  const { config, set: settings, secrets } = readSettings(env);
  const check = options.quick === true ? () => Promise.resolve() : auditWith(options, io);
  let manifest: Manifest;
  try {
    manifest = await backUp(folder, {
      config: onlyNode(config),
      settings,
      secrets,
      now: io.clock.now(),
      check,
    });
  } catch (error) {
    if (error instanceof NotClean) return EXIT.fault;
    throw error;
  }
  if (options.json === true) io.stdout.write(document({ folder, ...manifest }));
  else io.stdout.write(backupText(folder, manifest));
  return EXIT.ok;
}

function auditWith({ quiet }: BackupOptions, io: Io) {
  return async (database: string, hasChains: boolean): Promise<void> => {
    // A node that has never had a chain, such as a follower before its first contact.
    if (!hasChains) return;
    const target = await openDatabaseTarget(database);
    try {
      const progress = quiet === true ? NO_PROGRESS : progressOn(io);
      const pins: Pins = { chainIds: [], producer: undefined, only: [] };
      const report = await runAudit(target, pins, progress, io);
      if (isClean(report)) return;
      io.stderr.write(auditText(target.name, report, pins, paintOf(io)));
      throw new NotClean();
    } finally {
      await target.close();
    }
  };
}

function backupText(folder: string, { files, chains, secrets }: Manifest): string {
  const lines = [
    `${printable(folder)}: ${counted(files.length, 'file')}, ${files.map(({ variable }) => variable).join(', ')}`,
    ...chains.map(({ name, index }) => `${printable(name)}: up to block ${thousands(index)}`),
  ];
  if (secrets.length > 0) lines.push(`Not in the backup, keep elsewhere: ${secrets.join(', ')}`);
  return lines.map((line) => `${line}\n`).join('');
}

async function runRestore(folder: string, options: Pick<BackupOptions, 'env'>, io: Io): Promise<void> {
  const { openBackup, restore } = await import('../../backup/restore.js');
  const manifest = openBackup(folder);
  const env: Environment = { ...manifest.settings, ...nodeEnvironment(options.env) };
  const { config, set } = readSettings(withoutMissing(env, manifest));
  const settings = { ...set, ...named(env, ['WITNESSES', 'WITNESS_LOGS']) };
  const files = restore(folder, manifest, onlyNode(config), settings);
  for (const { variable, path, outcome } of files) {
    io.stderr.write(
      outcome === 'restored'
        ? `${printable(path)} (${variable}) is restored\n`
        : `${printable(path)} (${variable}) was there already, and stays as it is\n`,
    );
  }
  for (const line of adviceFor(manifest)) io.stderr.write(`${line}\n`);
  io.stdout.write(
    Object.entries(settings)
      .map(([name, value]) => envLine(name, value))
      .join(''),
  );
}

/** A restored node has neither its secrets nor the files that only its start reads. */
function withoutMissing(env: Environment, { secrets }: Manifest): Environment {
  const { WITNESSES: _policy, WITNESS_LOGS: _logs, ...rest } = env;
  const missing = secrets.filter((name) => (rest[name] ?? '') === '');
  return { ...Object.fromEntries(missing.map((name) => [name, 'to-be-set-before-the-start'])), ...rest };
}

function named(env: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function adviceFor({ role, createdAt, secrets, files }: Manifest): readonly string[] {
  const seals = role === 'producer' || files.some(({ variable }) => variable === 'PRIVATE_CHAIN_KEY_FILE');
  const made = new Date(createdAt).toISOString();
  return [
    ...(secrets.length === 0 ? [] : [`Set before the start, it is not in the backup: ${secrets.join(', ')}`]),
    ...(seals
      ? [
          `This backup was made at ${made}. Everything that was accepted later is lost, unless another node has it.`,
          'The node refuses to start if its CHECKPOINT_FILE, a witness or a registered node shows a later block: then',
          'take the database of a follower instead (docs/operations.md, "An old backup of a producer"). Nodes that are',
          'down can’t answer: compare with bpsc status <follower> first. Make sure that the old node never runs again.',
        ]
      : [`This backup was made at ${made}. The node pulls what it lacks.`]),
  ];
}

/** Single quotes, within which nothing has a meaning, unless the value has some. */
function envLine(name: string, value: string): string {
  if (/^[A-Za-z0-9_./:,@%+=-]*$/.test(value)) return `${name}=${value}\n`;
  const quote = ["'", '"', '`'].find((each) => !value.includes(each)) ?? "'";
  return `${name}=${quote}${value}${quote}\n`;
}

function onlyNode(config: ReturnType<typeof readSettings>['config']): NodeWithFiles {
  if (config.role === 'producer' || config.role === 'follower') return config;
  throw new Trouble(
    `a node of the role ${config.role} has nothing to back up: set ROLE=producer or ROLE=follower`,
  );
}
