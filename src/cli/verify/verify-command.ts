/** `bpsc verify`: audits a node or a database from genesis. */
import { Command } from 'commander';
import type { Hash, PublicKey } from '../../chain/bytes/bytes.js';
import { runAudit } from '../../audit/run.js';
import type { AuditTarget } from '../../audit/target.js';
import { openFolder, openWebFiles } from '../../audit/files/files-target.js';
import { openDatabaseTarget } from '../../audit/database/database-target.js';
import { EXIT, type ExitCode, type Io } from '../shell/io.js';
import { openNodeTarget } from '../../audit/node/node-target.js';
import { hashes, nodeClient, nodeInUse, once, publicKey, texts, timeoutOption } from '../shell/options.js';
import { paintOf } from '../shell/paint.js';
import { databaseFile, isNode, isStatic, staticUrlOrFolder } from '../shell/target.js';
import { NO_PROGRESS, progressOn } from '../shell/progress.js';
import { auditJson, auditText, isClean } from './verify-report.js';

interface VerifyOptions {
  /** names or ids */
  readonly chain?: readonly string[];
  readonly chainId?: readonly Hash[];
  readonly producer?: PublicKey;
  readonly json?: true;
  readonly quiet?: true;
  /** seconds */
  readonly timeout: number;
}

const TIMEOUT_SECONDS = 30;

const DESCRIPTION = `Audits every block and every entry of all chains from genesis, and trusts nothing
but the contract: it recomputes ids, fees, nonces, times, the tree, hashes and
signatures.

In a database, it also recomputes and compares everything that is stored in addition
to the chain: wallets, waiting entries, the block of each entry, heads, frontiers,
indexes. The database is only read, and a node may be using it. If a file that no node
uses can't be read in place (a read-only medium, another user's folder), a copy in
TMPDIR is read.

Of static files (static: and the URL or the path of their folder), it compares every
bundle, hash tile, block and line of content, and the head, the checkpoint and the
contract.`;

const EXAMPLES = `
Examples:
  bpsc verify http://127.0.0.1:5001
  bpsc verify ./data/producer.db
  bpsc verify ./data/producer.db --chain gold
  bpsc verify static:https://files.example.org/ledger
  bpsc verify static:./public
  bpsc verify --json http://127.0.0.1:5000 | jq .ok

Exit status:
  0  every rule is kept
  1  it is not, or a chain that was asked for is not there: the first fault of each chain is shown
  2  wrong usage, or there is nothing that could be verified
`;

/** @param end is called with the exit status */
export function verifyCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('verify')
    .summary('audit every block and entry from genesis')
    .description(DESCRIPTION)
    .argument(
      '[url | database]',
      'a node (default: BPSC_NODE, or the profile’s), static files, or the file that a node keeps its chains in',
    )
    .option('--chain <name | id>', 'this chain alone; may be given for several chains', texts)
    .option('--chain-id <id>', 'this chain must be there; may be given for several chains', hashes)
    .option(
      '--producer <key>',
      'this public key must have signed every block; may be given once',
      once(publicKey),
    )
    .option('--json', 'print one JSON document')
    .option('-q, --quiet', 'show no progress')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', EXAMPLES)
    .action(async (target: string | undefined, options: VerifyOptions) =>
      end(await verify(target ?? nodeInUse(io), options, io)),
    );
}

async function verify(target: string, options: VerifyOptions, io: Io): Promise<ExitCode> {
  const pins = { chainIds: options.chainId ?? [], producer: options.producer, only: options.chain ?? [] };
  const progress = options.quiet === true ? NO_PROGRESS : progressOn(io);
  const opened = await openTarget(target, options.timeout, io);
  try {
    const report = await runAudit(opened, pins, progress, io);
    io.stdout.write(
      options.json === true ? auditJson(target, report) : auditText(target, report, pins, paintOf(io)),
    );
    return isClean(report) ? EXIT.ok : EXIT.fault;
  } finally {
    await opened.close();
  }
}

function openFiles(target: string, timeoutSeconds: number, io: Io): Promise<AuditTarget> {
  const { url, folder } = staticUrlOrFolder(target);
  if (url === undefined) return openFolder(folder);
  return openWebFiles({ url, silenceMsMax: 1000 * timeoutSeconds, clock: io.clock, stop: io.stop });
}

/** Static files, a file's name, a file: URL as in DATABASE_URL, a node's URL, or host:port where no file is called so. */
async function openTarget(target: string, timeoutSeconds: number, io: Io): Promise<AuditTarget> {
  if (isStatic(target)) return openFiles(target, timeoutSeconds, io);
  return isNode(target)
    ? openNodeTarget(nodeClient(target, timeoutSeconds, io))
    : openDatabaseTarget(databaseFile(target));
}
