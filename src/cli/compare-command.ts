/** `bpsc compare`: proof of work, proof of stake and the smart blockchain, measured on this machine. */
import { Command, InvalidArgumentError } from 'commander';
import { Interrupted } from '../ledger/errors.js';
import { EXIT, type ExitCode, type Io } from './shell/io.js';

interface CompareOptions {
  readonly seconds: number;
  readonly rate: number;
  readonly watts: number;
  readonly json?: true;
}

const DESCRIPTION = `Sends the same transactions to a network of each kind on this machine, one after the other, and
measures: how many become final, how soon, and what that costs in CPU time, traffic and storage.
Joules are CPU seconds times an assumed power. docs/comparison.md says what is unfair about it.`;

const EXAMPLES = `
Examples:
  bpsc compare
  bpsc compare --seconds 60 --json > comparison.json
`;

/** @param end is called with the exit status */
export function compareCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('compare')
    .summary('measure proof of work, proof of stake and bpsc beside each other')
    .description(DESCRIPTION)
    .option('--seconds <n>', 'how long each network is measured, 2 to 3600', between(2, 3600), 30)
    .option('--rate <n>', 'transactions sent per second, 1 to 1000', between(1, 1000), 100)
    .option('--watts <n>', 'the power that a busy core is taken to draw', between(0.001, 10_000), 10)
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CompareOptions) => end(await run(options, io)));
}

function between(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]{1,9}(?:\.[0-9]{1,9})?$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

async function run({ seconds, rate, watts, json }: CompareOptions, io: Io): Promise<ExitCode> {
  // Loaded only here: no other command uses the teaching chains.
  const { compare } = await import('../teaching/compare/compare.js');
  const { Stopped } = await import('../teaching/compare/interval.js');
  const { comparisonText } = await import('../teaching/compare/report.js');
  try {
    const tell = (text: string): void => void io.stderr.write(`${text} …\n`);
    const comparison = await compare({ seconds, perSecond: rate, watts, stop: io.stop, tell });
    io.stdout.write(json === true ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison));
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Stopped) throw new Interrupted('stopped');
    throw error;
  }
}
