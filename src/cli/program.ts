/** The command `bpsc`: its parts, its help, and what its errors look like. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { OperatorError } from '../ledger/errors.js';
import { EXIT, Interrupted, printable, Trouble, type ExitCode, type Io } from './io.js';
import { keygenCommand } from './keygen-command.js';
import { statusCommand } from './status-command.js';
import { verifyCommand } from './verify-command.js';

const DESCRIPTION = `Checks and looks after chains of bpsc, a smart-blockchain authority service:
one producer seals, followers verify every byte, anyone can check.`;

const EXAMPLES = `
Examples:
  bpsc verify http://127.0.0.1:5001     audit all that a node serves
  bpsc verify ./data/producer.db        audit all that a node keeps
  bpsc status 127.0.0.1:5000 127.0.0.1:5001
  bpsc help verify                      more about one command
`;

/**
 * Runs the command once.
 * @param args without the names of node and script
 * @returns the exit status; what is no error of the user's or the world's is thrown: our own bug
 */
export async function runProgram(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = makeProgram(io, (end) => (code = end));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.trouble;
    if (error instanceof Interrupted) return EXIT.interrupted;
    if (!(error instanceof Trouble || error instanceof OperatorError)) throw error;
    io.stderr.write(`bpsc: ${printable(error.message)}\n`);
    return EXIT.trouble;
  }
}

function makeProgram(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('bpsc')
    .description(DESCRIPTION)
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('See bpsc --help.');
  for (const command of [verifyCommand(io, end), statusCommand(io, end), keygenCommand(io, end)]) {
    program.addCommand(command.helpOption('-h, --help', 'show this'));
    command.showHelpAfterError(`See bpsc help ${command.name()}.`);
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'bpsc: ')),
      getOutHelpWidth: () => io.stdout.columns ?? HELP_COLUMNS,
      getErrHelpWidth: () => io.stderr.columns ?? HELP_COLUMNS,
    });
  }
  return program;
}

const HELP_COLUMNS = 100;

function version(): string {
  const file = path.resolve(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
