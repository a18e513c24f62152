/** `bpsc block` shows one block: its header and its entries. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseHash } from '../../chain/bytes/bytes.js';
import { asFields, type Fields } from '../../chain/bytes/fields.js';
import { kindOf } from '../../chain/contract/kinds.js';
import type { BpscClient } from '../../client/client.js';
import type { NodeChain } from '../../client/node-chains.js';
import { timeText } from '../pay/transaction-report.js';
import {
  counted,
  document,
  EXIT,
  printable,
  table,
  thousands,
  Trouble,
  type ExitCode,
  type Io,
} from '../shell/io.js';
import { ambiguous, PREFIX_DIGITS_MIN } from '../shell/entry-id.js';
import { nodeOption, openClient, type NodeOptions } from '../wallet/wallet-node.js';
import { timeoutOption } from '../shell/options.js';
import { entryCells } from './entry-cells.js';
import { EXIT_STATUS } from './exit-status.js';

const TIMEOUT_SECONDS = 10;
const ENTRIES_DEFAULT = 20;

const DESCRIPTION = `Shows a block: its header, whose signature is checked against the chain's producer, and its first
entries. That the entries are the ones that were signed is not checked: bpsc verify does that.`;

const EXAMPLES = `
Examples:
  bpsc block                       the last one of the node's first token chain
  bpsc block 42 --chain gold
  bpsc block 61a5c1f0              by the first 8 digits of its hash, or more
  bpsc block 42 --json | jq .transactions
`;

interface BlockOptions extends NodeOptions {
  readonly entries: number;
}

/** What a user names a block by. */
type Which = { readonly index: number } | { readonly hash: string } | undefined;

/** @param end is called with the exit status */
export function blockCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('block')
    .summary('show a block and its entries')
    .description(DESCRIPTION)
    .argument('[index | hash]', 'the block (default: the last one); of a hash, 8 digits are enough', which)
    .addOption(nodeOption())
    .option(
      '--chain <name | id>',
      'the chain (default: the one with this hash, or the node’s first token chain)',
    )
    .addOption(
      new Option('--entries <count>', 'list so many of its entries at most')
        .argParser(count)
        .default(ENTRIES_DEFAULT),
    )
    .option('--json', 'print the block as it is on the wire')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', EXAMPLES + EXIT_STATUS)
    .action(async (named: Which, options: BlockOptions) => {
      const client = openClient(options, io);
      const { chain, index } = await find(named, options.chain ?? io.settings.tokenChain, client, io);
      const block = await client.chain(chain.id).block(chain.contract.kind, index, { signal: io.stop });
      io.stdout.write(options.json === true ? document(block) : blockText(block, chain, options.entries));
      end(EXIT.ok);
    });
}

/** @throws Trouble if there is no such block, or more than one */
async function find(
  named: Which,
  reference: string | undefined,
  client: BpscClient,
  io: Io,
): Promise<{ readonly chain: NodeChain; readonly index: number }> {
  const stop = { signal: io.stop };
  const chains = await client.chains(stop);
  const wanted =
    reference === undefined
      ? undefined
      : (chains.all.find(({ id }) => id === reference) ?? chains.all.find(({ name }) => name === reference));
  if (reference !== undefined && wanted === undefined) {
    const names = chains.all.map(({ name }) => printable(name)).join(', ');
    throw new Trouble(
      `${client.url} has no chain ${printable(reference)}: it has ${names === '' ? 'none' : names}`,
    );
  }
  if (named !== undefined && 'hash' in named) return byHash(named.hash, wanted, chains.all, client, io);
  const chain = wanted ?? chains.token ?? chains.all[0];
  if (chain === undefined) throw new Trouble(`${client.url} has no chain yet`);
  const head = chain.head.index;
  const index = named?.index ?? head;
  if (index > head) {
    throw new Trouble(
      `${printable(chain.name)} has no block ${thousands(index)}: its last one is ${thousands(head)}`,
    );
  }
  return { chain, index };
}

async function byHash(
  hash: string,
  wanted: NodeChain | undefined,
  all: readonly NodeChain[],
  client: BpscClient,
  io: Io,
): Promise<{ readonly chain: NodeChain; readonly index: number }> {
  const { results, more } = await client.search(hash, { signal: io.stop });
  const found = results.flatMap((result) => {
    const chain = all.find(({ name }) => name === result.chain);
    const isWanted = chain !== undefined && (wanted === undefined || chain.id === wanted.id);
    return result.type === 'block' && isWanted ? { chain, index: result.index, hash: result.hash } : [];
  });
  const [only, ...others] = found;
  if (only === undefined) throw new Trouble(`no block of ${client.url} has a hash that begins with ${hash}`);
  if (others.length === 0 && !more) return only;
  const choices = found.map((each) => ({
    name: `block ${each.index} of ${each.chain.name}`,
    hash: each.hash,
  }));
  throw ambiguous(hash, choices, more);
}

function blockText(block: Fields, { name, contract }: NodeChain, entriesMax: number): string {
  const entries = block[kindOf(contract).entriesField] as readonly unknown[];
  const text = (field: string): string => printable(String(block[field]));
  const header = table([
    ['chain', printable(name)],
    ['block', thousands(Number(block.index))],
    ['time', timeText(Number(block.timestamp))],
    ['hash', text('hash')],
    ['previous', text('previous_hash')],
    ['tree root', text('tree_root')],
    ['entries', `${thousands(entries.length)}, and with them ${thousands(Number(block.tree_size))} in all`],
    ['signature', `valid, by the producer ${contract.producer}`],
  ]);
  const shown = entries.slice(0, entriesMax);
  const left = entries.length - shown.length;
  const rest =
    left === 0 ? '' : `and ${counted(left, 'other', 'others')}: --entries ${entries.length} lists all\n`;
  const list =
    shown.length === 0 ? '' : `\n${table(shown.map((entry) => entryCells(asFields(entry) ?? {})))}`;
  return `${header}${list}${rest}`;
}

function which(text: string): Which {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return { index: Number(text) };
  const lower = text.toLowerCase();
  if (parseHash(lower) !== undefined || /^[0-9a-f]{8,63}$/.test(lower)) return { hash: lower };
  throw new InvalidArgumentError(
    `It must be a block's index, from 1, or the first ${PREFIX_DIGITS_MIN} hex digits or more of its hash.`,
  );
}

function count(text: string): number {
  if (/^[0-9]{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0 to 99999.');
}
