/** `bpsc export-static`: writes chains as files that any file host can serve. */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Command } from 'commander';
import type { Hash, PublicKey } from '../../chain/bytes/bytes.js';
import { isInside } from '../../config/is-inside.js';
import type { ExportRound, ExportSource } from '../../export/source.js';
import { sleep } from '../../ledger/clock.js';
import { Interrupted, OperatorError } from '../../ledger/errors.js';
import { backoffMs } from '../../peer/backoff.js';
import type { ExportedChain, StaticExport } from '../../static/write/static-export.js';
import {
  counted,
  document,
  documentLine,
  EXIT,
  printable,
  Trouble,
  type ExitCode,
  type Io,
} from '../shell/io.js';
import { hashes, nodeUrl, once, publicKey, timeoutOption } from '../shell/options.js';
import { databaseFile, isNode, isStatic, staticTarget } from '../shell/target.js';

interface ExportOptions {
  readonly watch?: true;
  readonly json?: true;
  readonly database?: string;
  readonly chainId?: readonly Hash[];
  readonly producer?: PublicKey;
  /** seconds */
  readonly timeout: number;
}

const TIMEOUT_SECONDS = 30;
/** The interval between polls with --watch. */
const WATCH_MS = 1000;

const DESCRIPTION = `Writes all chains as files that any web server or file host can serve (C2SP tlog-tiles): followers,
auditors and browsers read them as they read a node. What is there already is kept, and only what is
missing is written; stopped at any moment, the folder shows nothing wrong.

From a node, or from static files of one (static:https://…), every block is pulled and verified first,
as a follower does, into a database beside the folder. From a database, which is only read and which a node may be running on, it is written as it is.`;

const EXAMPLES = `
Examples:
  bpsc export-static https://ledger.example.org ./public
  bpsc export-static ./data/producer.db /var/www/ledger --watch

Exit status:
  0  everything that has a checkpoint is in the folder
  1  the node is at fault: what could be verified is written
  2  wrong usage, or the source can't be reached or read, or the folder can't be written to
`;

/** @param end is called with the exit status */
export function exportCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('export-static')
    .summary('write chains as files that any file host can serve')
    .description(DESCRIPTION)
    .argument('<url | database>', 'a node, or the file that a node keeps its chains in')
    .argument('<folder>', 'the folder to write to; it is created if it isn’t there')
    .option('--watch', 'go on until you stop it, and write new blocks as they come')
    .option('--database <file>', 'of a node: where its verified chains are kept (default: <folder>.db)')
    .option('--chain-id <id>', 'of a node: this chain alone; may be given for several chains', hashes)
    .option(
      '--producer <key>',
      'of a node: chains of this producer alone; may be given once',
      once(publicKey),
    )
    .option('--json', 'print one JSON document; with --watch, one a line for each chain with new blocks')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', EXAMPLES)
    .action(async (target: string, folder: string, options: ExportOptions) =>
      end(await run(target, path.resolve(folder), options, io)),
    );
}

async function run(target: string, folder: string, options: ExportOptions, io: Io): Promise<ExitCode> {
  // Loaded only here: no other command uses a follower's code.
  const { StaticExport } = await import('../../static/write/static-export.js');
  const { SYSTEM_DISK } = await import('../../static/write/disk.js');
  const pause = async (): Promise<void> => {
    await nextTurn();
    if (io.stop.aborted) throw new Interrupted();
  };
  const complain = complainer(io);
  const source = await openSource(target, folder, options, io, complain);
  const files = new StaticExport(SYSTEM_DISK, folder, { pause });
  try {
    if (options.watch === true) return await watch(source, files, options.json === true, io, complain);
    const round = await source.round(files);
    if (options.json === true) io.stdout.write(document({ chains: round.chains.map(chainJson) }));
    else for (const chain of round.chains) io.stdout.write(chainLine(chain));
    for (const trouble of round.troubles) complain(trouble);
    if (round.isAtFault) return EXIT.fault;
    return round.troubles.length === 0 ? EXIT.ok : EXIT.trouble;
  } catch (error) {
    throw asTrouble(error);
  } finally {
    files.close();
    await source.close();
  }
}

async function openSource(
  target: string,
  folder: string,
  options: ExportOptions,
  io: Io,
  complain: (line: string) => void,
): Promise<ExportSource> {
  const isUpstream = isStatic(target) || isNode(target);
  const database = path.resolve(isUpstream ? (options.database ?? `${folder}.db`) : databaseFile(target));
  if (isInside(database, folder)) {
    throw new Trouble(
      `the database ${database} would be published: choose a folder that does not contain it`,
    );
  }
  if (!isUpstream) {
    const { DatabaseSource } = await import('../../export/database-source.js');
    return new DatabaseSource(database);
  }
  const { NodeSource } = await import('../../export/node-source.js');
  const { useCliLog } = await import('../../export/cli-log.js');
  useCliLog(complain);
  return NodeSource.open({
    url: isStatic(target) ? staticTarget(target) : nodeUrl(target),
    database,
    timeoutMs: 1000 * options.timeout,
    clock: io.clock,
    stop: io.stop,
    chainIds: options.chainId ?? [],
    producerPublicKeys: options.producer === undefined ? [] : [options.producer],
  });
}

/** Writes the problem, unless the previous line already contained it. */
function complainer(io: Io): (line: string) => void {
  let last = '';
  return (line) => {
    if (last.startsWith(line)) return;
    last = line;
    io.stderr.write(`bpsc: ${printable(line)}\n`);
  };
}

/** @throws Interrupted */
async function watch(
  source: ExportSource,
  files: StaticExport,
  isJson: boolean,
  io: Io,
  complain: (line: string) => void,
): Promise<never> {
  let said: string | undefined;
  for (let failures = 0; ;) {
    let problem: string | undefined;
    try {
      const { chains, troubles }: ExportRound = await source.round(files);
      for (const chain of chains.filter(({ newBlocks }) => newBlocks > 0)) {
        io.stdout.write(isJson ? documentLine(chainJson(chain)) : chainLine(chain));
      }
      problem = troubles[0];
      failures = 0;
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      problem = asTrouble(error).message;
      failures++;
    }
    if (problem !== undefined && problem !== said) complain(problem);
    said = problem;
    await sleep(
      io.clock,
      WATCH_MS + (failures > 0 ? backoffMs(failures, io.clock.random()) : 0),
      'watch',
      io.stop,
    );
    while (failures === 0 && !io.stop.aborted && !source.hasNews()) {
      await sleep(io.clock, WATCH_MS, 'watch', io.stop);
    }
    if (io.stop.aborted) throw new Interrupted();
  }
}

function chainJson({ name, blocks, entries, length, newBlocks, newEntries }: ExportedChain): object {
  return { name, blocks, entries, blocks_of_source: length, new_blocks: newBlocks, new_entries: newEntries };
}

function chainLine({ name, blocks, entries, length, newBlocks, newEntries }: ExportedChain): string {
  const chain = printable(name);
  if (blocks === 0) return `${chain}: it has no checkpoint yet, so nothing is written\n`;
  const news =
    newBlocks === 0
      ? 'nothing new'
      : `new are ${counted(newBlocks, 'block')}, ${counted(newEntries, 'entry', 'entries')}`;
  const missing =
    length > blocks ? `; the ${counted(length - blocks, 'block')} after them have no checkpoint yet` : '';
  return `${chain}: ${counted(blocks, 'block')}, ${counted(entries, 'entry', 'entries')}; ${news}${missing}\n`;
}

/** Disk errors are one line, like an operator's mistakes. */
function asTrouble(error: unknown): Error {
  if (error instanceof Interrupted || error instanceof OperatorError) return error;
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'FileConflict') return new Trouble(message, { cause: error });
  return code === undefined
    ? (error as Error)
    : new Trouble(`the folder cannot be written to: ${message}`, { cause: error });
}
