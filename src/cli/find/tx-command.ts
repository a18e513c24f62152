/** `bpsc tx` shows one transaction. */
import { Command } from 'commander';
import { transactionJson, transactionText } from '../pay/transaction-report.js';
import { EXIT, type ExitCode, type Io } from '../shell/io.js';
import { idOrPrefix, locate } from '../shell/entry-id.js';
import { openClient, withNodeOptions, type NodeOptions } from '../wallet/wallet-node.js';
import { EXIT_STATUS } from './exit-status.js';

const DESCRIPTION = `Shows one transaction, sealed or pending. Its fields match its id; its block and its state are
what the node says. With --verify its block and the one before are fetched, and it is proven that the
producer signed a block with it.`;

const EXAMPLES = `
Examples:
  bpsc tx 6f1c09ab                 the first 8 digits are enough
  bpsc tx 6f1c09ab --verify
  bpsc tx 6f1c09ab --chain gold --json
`;

interface TxOptions extends NodeOptions {
  readonly verify?: true;
}

/** @param end is called with the exit status */
export function txCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('tx')
    .summary('show a transaction')
    .description(DESCRIPTION)
    .argument('<id>', 'its id, or the first 8 digits or more', idOrPrefix)
    .option('--verify', 'prove that it is in a block that the producer signed');
  return withNodeOptions(command)
    .addHelpText('after', EXAMPLES + EXIT_STATUS)
    .action(async (id: string, options: TxOptions) => {
      const client = openClient(options, io);
      const stop = { signal: io.stop };
      const chain = options.chain ?? options.chainId ?? io.settings.tokenChain;
      const found = await locate({ id, types: ['transaction'], chain }, client, io.stop);
      const of = found.chain === undefined ? client : client.chain(found.chain);
      const transaction = await of.transaction(found.id, stop);
      const verified = options.verify === true ? await of.verifyTransaction(found.id, stop) : undefined;
      const { symbol, producer } = await of.contract();
      const proof = verified && { block: verified.header.index, hash: verified.header.hash, producer };
      io.stdout.write(
        options.json === true
          ? transactionJson(transaction, proof)
          : transactionText(transaction, symbol, proof),
      );
      end(EXIT.ok);
    });
}
