/** The command `bpsc`: its subcommands, its help, and the form of its errors. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { BpscError } from '../client/errors.js';
import { Stopped } from '../client/patience.js';
import { Interrupted, OperatorError } from '../ledger/errors.js';
import { backupCommand, restoreCommand } from './backup/backup-command.js';
import { balanceCommand, historyCommand } from './wallet/balance-command.js';
import { chainCommand } from './chain/chain-command.js';
import { shownError } from './shell/client-errors.js';
import { EXIT, printable, Trouble, type ExitCode, type Io } from './shell/io.js';
import { compareCommand } from './compare-command.js';
import { completionCommand } from './completion-command.js';
import { eraseCommand } from './erase/erase-command.js';
import { exportCommand } from './export/export-command.js';
import { blockCommand } from './find/block-command.js';
import { informCommand } from './find/inform-command.js';
import { recordsCommand } from './find/records-command.js';
import { txCommand } from './find/tx-command.js';
import { initCommand } from './init/init-command.js';
import { keygenCommand } from './wallet/keygen-command.js';
import { answerCommand, sendCommand } from './pay/payment-command.js';
import { verifyEvidenceCommand } from './evidence/evidence-command.js';
import { startCommand } from './start-command.js';
import { receiptCommand, verifyReceiptCommand } from './receipt/receipt-command.js';
import { withProfile } from './shell/profiles.js';
import { statusCommand } from './status/status-command.js';
import { tokenCommand } from './token/token-command.js';
import { useCommand } from './use-command.js';
import { verifyCommand } from './verify/verify-command.js';
import { walletCommand } from './wallet/wallet-command.js';
import { watchCommand } from './watch/watch-command.js';

const DESCRIPTION = `Pays and checks on chains of bpsc, a smart-blockchain authority service:
one producer seals, followers verify every byte, anyone can check.`;

const EXAMPLES = `
Examples:
  bpsc init                             write the settings of a new ledger
  bpsc start                            start a node with them
  bpsc wallet new alice                 make a wallet
  bpsc send 12.50 bp1…                  pay from it
  bpsc tx 6f1c09ab                      show a transaction, by its first digits
  bpsc inform '{"student":"Ada"}'       record information
  bpsc use school --node https://…      keep settings under a name
  bpsc verify http://127.0.0.1:5001     audit all that a node serves
  bpsc verify ./data/producer.db        audit all that a node keeps
  bpsc export-static ./data/producer.db ./public
                                        write the chains as files for any web server
  bpsc receipt 127.0.0.1:5000 a415…     fetch the proof that an entry is on the chain
  bpsc status 127.0.0.1:5000 127.0.0.1:5001
  bpsc watch 127.0.0.1:5000             print what happens, as it happens
  bpsc help verify                      more about one command
`;

/**
 * Runs the command once.
 * @param args without the names of node and script
 * @returns the exit status; throws only for our own bugs
 */
export async function runProgram(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = makeProgram(withProfile(io), (end) => (code = end));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.trouble;
    if (error instanceof Interrupted || error instanceof Stopped) return EXIT.interrupted;
    if (error instanceof BpscError) {
      const { message, code: failed } = shownError(error);
      io.stderr.write(`bpsc: ${printable(message)}\n`);
      return failed;
    }
    if (!(error instanceof Trouble || error instanceof OperatorError)) throw error;
    const lines = error instanceof Trouble ? error.lines : [];
    io.stderr.write([`bpsc: ${error.message}`, ...lines].map((line) => `${printable(line)}\n`).join(''));
    return EXIT.trouble;
  }
}

function makeProgram(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('bpsc')
    .description(DESCRIPTION)
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', EXAMPLES);
  for (const command of commands(io, end)) {
    program.addCommand(command.helpOption('-h, --help', 'show this'));
  }
  configure(program, 'bpsc --help', io);
  return program;
}

function commands(io: Io, end: (code: ExitCode) => void): readonly Command[] {
  return [
    initCommand(io, end),
    startCommand(),
    walletCommand(io, end),
    sendCommand(io, end),
    answerCommand('accept', io, end),
    answerCommand('decline', io, end),
    balanceCommand(io, end),
    historyCommand(io, end),
    txCommand(io, end),
    informCommand(io, end),
    recordsCommand(io, end),
    blockCommand(io, end),
    chainCommand(io, end),
    tokenCommand(io, end),
    verifyCommand(io, end),
    exportCommand(io, end),
    backupCommand(io, end),
    restoreCommand(io, end),
    eraseCommand(io, end),
    receiptCommand(io, end),
    verifyReceiptCommand(io, end),
    verifyEvidenceCommand(io, end),
    statusCommand(io, end),
    watchCommand(io, end),
    keygenCommand(io, end),
    compareCommand(io, end),
    useCommand(io, end),
    completionCommand(io, end),
  ];
}

/** The output of a command and its subcommands. @param help shows its help */
function configure(command: Command, help: string, io: Io): void {
  command
    .showHelpAfterError(`See ${help}.`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'bpsc: ')),
      getOutHelpWidth: () => io.stdout.columns ?? HELP_COLUMNS,
      getErrHelpWidth: () => io.stderr.columns ?? HELP_COLUMNS,
    });
  const path = `${command.parent === null ? '' : `${command.parent.name()} `}${command.name()}`;
  for (const inner of command.commands) configure(inner, `${path} help ${inner.name()}`, io);
}

const HELP_COLUMNS = 100;

function version(): string {
  const file = path.resolve(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
