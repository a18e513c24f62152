/** `bpsc start`: its help. The command itself is a node in its own process: scripts/bpsc.mjs hands over to it. */
import { Command } from 'commander';
import { Trouble } from './shell/io.js';

const DESCRIPTION = `Starts a node in this folder, until it is stopped (Ctrl-C). Its settings are environment variables;
those that aren't set are read from a file, by default .env, if there is one.`;

const EXAMPLES = `
Examples:
  bpsc start
  bpsc start follower.env
  ROLE=follower PRODUCER_URL=https://ledger.example.org bpsc start
`;

export function startCommand(): Command {
  return new Command('start')
    .summary('start a node')
    .description(DESCRIPTION)
    .argument('[file]', 'the file with its settings')
    .addHelpText('after', EXAMPLES)
    .action(() => {
      throw new Trouble('start a node with npx bpsc start, or with node dist/main.js');
    });
}
