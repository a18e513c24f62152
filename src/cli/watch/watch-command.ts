/** `bpsc watch`: prints a node's events as they occur. */
import { Command, InvalidArgumentError } from 'commander';
import { eventJson, eventText } from './event-report.js';
import { sleep } from '../../ledger/clock.js';
import { Interrupted } from '../../ledger/errors.js';
import { Trouble, type ExitCode, type Io } from '../shell/io.js';
import { NodeUnreachable, type NodeClient } from '../../peer/node-client.js';
import { nodeClient, nodeInUse } from '../shell/options.js';
import { paintOf } from '../shell/paint.js';
import { readShown } from '../../audit/node/shown-chains.js';

interface WatchOptions {
  readonly chain?: string;
  readonly types: string;
  readonly address?: string;
  readonly from?: string;
  readonly json?: true;
}

/** A node sends a comment every 15 s: after this time without one, the connection is considered lost. */
const SILENCE_SECONDS = 45;
const RETRY_MS = [500, 1000, 2000, 5000] as const;
const TYPES = ['block', 'entry', 'witnessed', 'fault', 'status'];

const DESCRIPTION = `Prints blocks, entries and faults of a node as they come, one a line, until you stop it.

When the connection breaks it is made again, and no block in between is missed: the node
sends them first, or says which are too many to send. What it says is not checked:
bpsc verify does that.`;

const EXAMPLES = `
Examples:
  bpsc watch http://127.0.0.1:5000
  bpsc watch 127.0.0.1:5001 --types block --chain aka
  bpsc watch 127.0.0.1:5000 --types entry --address bob
  bpsc watch 127.0.0.1:5000 --types block --from aka:120 --json
`;

/** @param _end is never called: the command ends only by interruption */
export function watchCommand(io: Io, _end: (code: ExitCode) => void): Command {
  return new Command('watch')
    .summary('print what happens on a node, as it happens')
    .description(DESCRIPTION)
    .argument('[url]', 'of a node, or its host:port (default: BPSC_NODE, or the profile’s node)')
    .option('--types <list>', `any of ${TYPES.join(', ')}, with commas between`, types, 'block,entry,fault')
    .option('--chain <name | id>', 'of this chain alone')
    .option('--address <wallet>', 'entries that concern this wallet alone')
    .option('--from <place>', 'begin after this block, such as aka:120')
    .option('--json', 'print one JSON document a line')
    .addHelpText('after', EXAMPLES)
    .action((url: string | undefined, options: WatchOptions) => watch(url ?? nodeInUse(io), options, io));
}

function types(list: string): string {
  if (list.split(',').every((type) => TYPES.includes(type))) return list;
  throw new InvalidArgumentError(`It must be any of ${TYPES.join(', ')}, with commas between.`);
}

/** @throws Interrupted, and Trouble if the node can't be reached at first */
async function watch(url: string, options: WatchOptions, io: Io): Promise<never> {
  const client = nodeClient(url, SILENCE_SECONDS, io);
  const query = new URLSearchParams({ types: options.types });
  if (options.chain !== undefined) query.set('chain', await chainName(client, options.chain));
  if (options.address !== undefined) query.set('address', options.address);
  const place = { last: options.from, heard: false };
  for (let failures = 0; ;) {
    const before = place.last;
    try {
      await listen(client, `/events?${query.toString()}`, place, options, io);
    } catch (error) {
      if (!(error instanceof NodeUnreachable)) throw error;
      if (!place.heard) throw new Trouble(error.message, { cause: error });
      if (place.last !== before) failures = 0;
      io.stderr.write(`bpsc: ${client.url}: ${error.reason}; trying again\n`);
    }
    await pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 0, io);
  }
}

/** The chain's name on the node, since events are requested by name. @throws Trouble if it has no such chain */
async function chainName(client: NodeClient, reference: string): Promise<string> {
  const { chains } = await readShown(client);
  const found = chains.find((chain) => chain.name === reference || ('id' in chain && chain.id === reference));
  if (found !== undefined) return found.name;
  throw new Trouble(
    `${client.url} has no chain ${reference}: it has ${chains.map(({ name }) => name).join(', ')}`,
  );
}

async function listen(
  client: NodeClient,
  path: string,
  place: { last: string | undefined; heard: boolean },
  { json }: WatchOptions,
  io: Io,
): Promise<void> {
  for await (const event of client.events(path, place.last)) {
    place.heard = true;
    place.last = event.id ?? place.last;
    if (event.data !== '')
      io.stdout.write(json === true ? eventJson(event) : eventText(event, io.clock.now(), paintOf(io)));
  }
}

async function pause(ms: number, io: Io): Promise<void> {
  await sleep(io.clock, ms, 'watch', io.stop);
  if (io.stop.aborted) throw new Interrupted();
}
