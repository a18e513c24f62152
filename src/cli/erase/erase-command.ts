/** `bpsc erase` asks a producer to erase the information of a record. */
import { Command } from 'commander';
import { document, EXIT, thousands, type ExitCode, type Io } from '../shell/io.js';
import { idOrPrefix, locate } from '../shell/entry-id.js';
import { timeoutOption } from '../shell/options.js';
import { nodeAndId, openClient } from '../wallet/wallet-node.js';

const TIMEOUT_SECONDS = 10;

const ERASE = `Erases the information of a record. The chain gets an erasure; with the block that seals it, the
information and its salt are gone from the producer, and from each follower once it has that block.
The record's place in the chain stays, and so do all proofs. It cannot be undone.

Where the producer has an API_TOKEN, it is given here as BPSC_API_TOKEN. Backups, and what others
copied before, are not erased.`;

const EXAMPLES = `
Examples:
  bpsc erase 127.0.0.1:5000 a415223b… --reason "asked for by the person concerned"
  bpsc erase 127.0.0.1:5000 a415223b --chain diplomas    the first 8 digits are enough

Exit status:
  0  the erasure is on the producer's disk
  1  it was refused: there is no such record, or it is erased already
  2  wrong usage, or no node to be reached
  4  nobody knows whether it was accepted: the same command with the same --nonce is safe
`;

interface EraseOptions {
  readonly reason?: string;
  readonly chain?: string;
  readonly nonce?: string;
  readonly json?: true;
  readonly timeout: number;
}

/** @param end is called with the exit status */
export function eraseCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('erase')
    .summary('erase the information of a record')
    .description(ERASE)
    .argument('<url | id>', 'the producer, as URL or host:port (default: BPSC_NODE, or the profile’s node)')
    .argument('[id]', 'the id of the record, or its first 8 digits or more', idOrPrefix)
    .option('--reason <text>', 'why: public, and kept on the chain (up to 256 bytes)')
    .option('--chain <name | id>', 'the chain (default: the node’s first information chain)')
    .option('--nonce <nonce>', 'makes the command safe to repeat')
    .option('--json', 'print one JSON document')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', EXAMPLES)
    .action(async (first: string, second: string | undefined, options: EraseOptions) => {
      const { reason, nonce, timeout } = options;
      const { node, id: wanted } = nodeAndId(first, second);
      const client = openClient({ node, timeout }, io);
      const named = options.chain ?? io.settings.informationChain;
      const { id: record, chain } = await locate(
        { id: wanted, types: ['information'], chain: named },
        client,
        io.stop,
      );
      const of = chain === undefined ? client : client.chain(chain);
      const { id, block, repeated } = await of.erase(record, { reason, nonce }, { signal: io.stop });
      io.stdout.write(
        options.json === true
          ? document({ id, erases: record, block, repeated })
          : `The record will be erased with block ${thousands(block)}: erasure ${id}\n`,
      );
      end(EXIT.ok);
    });
}
