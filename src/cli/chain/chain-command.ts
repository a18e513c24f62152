/** `bpsc chain`: creates chains on a producer, and lists those of a node. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { NewChain } from '../../client/client.js';
import type { NodeChain } from '../../client/node-chains.js';
import { CHAIN_KINDS, isChainKind, type ChainKind } from '../../chain/contract/kinds.js';
import { document, EXIT, printable, table, thousands, type ExitCode, type Io } from '../shell/io.js';
import { nodeOption, openClient, type NodeOptions } from '../wallet/wallet-node.js';
import { timeoutOption } from '../shell/options.js';

interface NewOptions extends NodeOptions {
  readonly symbol?: string;
  readonly decimals?: number;
  readonly feeRate?: string;
  readonly feeWallet?: string;
  readonly burnFees?: true;
  readonly policy?: string;
  readonly issuer?: string;
  /** milliseconds */
  readonly interval?: number;
  readonly maxEntries?: number;
}

const TIMEOUT_SECONDS = 10;

const NEW = `Makes a chain on a producer while it runs, and prints its id. It is on the producer's disk, with
its first block, when this ends; followers find it by themselves. What is left out is as the
producer's variables say; its contract can never be changed.

It takes a producer with tokens, and one that allows it: API_TOKEN, or one of API_TOKENS_FILE with
the scope chains. It is given here as BPSC_API_TOKEN. Sent again, the same command finds the chain that it made.`;

const NEW_EXAMPLES = `
Examples:
  BPSC_API_TOKEN=… bpsc chain new token gold --symbol GLD --decimals 2
  BPSC_API_TOKEN=… bpsc chain new information diplomas --interval 60000

Exit status:
  0  the chain is there
  1  the node refused to make it
  2  wrong usage, or no node to be reached
`;

/** @param end is called with the exit status */
export function chainCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('chain')
    .summary('make and list chains')
    .description('Makes chains on a producer, and lists those of a node.')
    .helpCommand('help [command]', 'show the help of a command');
  command.addCommand(newCommand(io, end));
  command
    .command('list')
    .summary('list the chains of a node')
    .description('Lists the chains of a node: what it calls them, their ids, and how long they are.')
    .addOption(nodeOption())
    .option('--json', 'print one JSON document')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .action(async (options: NodeOptions) => {
      const { all, faulty, unsupported } = await openClient(options, io).chains({ signal: io.stop });
      if (options.json === true)
        io.stdout.write(document({ chains: all.map(chainJson), faulty, unsupported }));
      else {
        const rows = all.map(({ name, id, contract, head }) => [
          printable(name),
          contract.kind,
          thousands(head.index),
          thousands(head.treeSize),
          id,
        ]);
        io.stdout.write(table([['CHAIN', 'KIND', 'BLOCKS', 'ENTRIES', 'ID'], ...rows]));
        for (const { name, reason } of unsupported) {
          io.stdout.write(`${printable(name)} is unsupported by this version: ${printable(reason)}\n`);
        }
        for (const { name, fault } of faulty) {
          io.stdout.write(`${printable(name)} can't be what the node says: ${printable(fault.message)}\n`);
        }
      }
      end(faulty.length === 0 ? EXIT.ok : EXIT.fault);
    });
  return command;
}

function newCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('new')
    .summary('make a chain')
    .description(NEW)
    .argument('<kind>', CHAIN_KINDS.join(' or '), chainKind)
    .argument('<name>', 'a-z first, then a-z, 0-9 and -, at most 32 characters')
    .option('--symbol <text>', 'of its token')
    .option('--decimals <count>', 'of its token: 0 to 18', whole)
    .option('--fee-rate <rate>', 'such as 0.00005')
    .option('--fee-wallet <wallet>', 'that fees are credited to')
    .addOption(new Option('--burn-fees', 'fees leave the supply').conflicts('feeWallet'))
    .addOption(new Option('--policy <policy>', 'of its wallets').choices(['open', 'signed']))
    .option('--issuer <wallet>', 'who may issue tokens')
    .option('--interval <ms>', 'a block at least so often, where something waits', whole)
    .option('--max-entries <count>', 'seal as soon as this many entries wait', whole)
    .addOption(nodeOption())
    .option('--json', 'print one JSON document')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', NEW_EXAMPLES)
    .action(async (kind: ChainKind, name: string, options: NewOptions) => {
      const client = openClient(options, io);
      const chain = await client.createChain(newChain(kind, name, options), { signal: io.stop });
      io.stdout.write(options.json === true ? document(chainJson(chain)) : `${chain.id}\n`);
      end(EXIT.ok);
    });
}

/** Only the given fields: the producer decides the rest. */
function newChain(kind: ChainKind, name: string, options: NewOptions): NewChain {
  const { symbol, decimals, feeRate: rate, feeWallet: wallet, policy, issuer } = options;
  const disposition = options.burnFees === true ? 'burn' : undefined;
  return {
    kind,
    name,
    symbol,
    decimals,
    fee: given({ rate, wallet, disposition }),
    wallets: given({ policy, issuer }),
    schedule: given({ interval_ms: options.interval, max_entries: options.maxEntries }),
  };
}

function given(parts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  return Object.values(parts).some((part) => part !== undefined) ? parts : undefined;
}

function chainJson({ name, id, contract, head }: NodeChain): object {
  return {
    name,
    kind: contract.kind,
    id,
    producer: contract.producer,
    head_index: head.index,
    head_hash: head.hash,
    entries: head.treeSize,
  };
}

function chainKind(text: string): ChainKind {
  if (isChainKind(text)) return text;
  throw new InvalidArgumentError(`It must be ${CHAIN_KINDS.join(' or ')}.`);
}

function whole(text: string): number {
  if (/^(?:0|[1-9][0-9]{0,9})$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
