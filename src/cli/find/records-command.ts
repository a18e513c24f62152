/** `bpsc records` lists information records, or shows one. */
import { Command } from 'commander';
import type { BpscClient } from '../../client/client.js';
import type { PlacedInformation } from '../../client/placed-information.js';
import { timeText } from '../pay/transaction-report.js';
import { limitOption, timeoutOption } from '../shell/options.js';
import { document, EXIT, printable, table, type ExitCode, type Io } from '../shell/io.js';
import { idOrPrefix, locate } from '../shell/entry-id.js';
import { nodeOption, openClient, type NodeOptions } from '../wallet/wallet-node.js';
import { informationCell } from './entry-cells.js';
import { EXIT_STATUS } from './exit-status.js';

const TIMEOUT_SECONDS = 10;
const ID_DIGITS = 12;
/** What is left of 120 columns beside the time, the id, the block, the state, and the spaces between. */
const INFORMATION_CHARACTERS = 66;

const DESCRIPTION = `Lists the records of an information chain and their erasures, newest first, or shows one of them with all
of its information. The information matches the id; the block and the state are what the node says.`;

const EXAMPLES = `
Examples:
  bpsc records                     of the node's first information chain
  bpsc records --chain diplomas --limit 100
  bpsc records a415223b            the first 8 digits are enough
  bpsc records a415223b --json | jq .information
`;

interface RecordsOptions extends NodeOptions {
  readonly limit: number;
}

/** @param end is called with the exit status */
export function recordsCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('records')
    .summary('list information records, or show one')
    .description(DESCRIPTION)
    .argument('[id]', 'of one record or erasure, or its first 8 digits or more', idOrPrefix)
    .addOption(nodeOption())
    .option('--chain <name | id>', 'the chain (default: the node’s first information chain)')
    .addOption(limitOption())
    .option('--json', 'print one JSON document')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', EXAMPLES + EXIT_STATUS)
    .action(async (id: string | undefined, options: RecordsOptions) => {
      const client = openClient(options, io);
      const chain = options.chain ?? io.settings.informationChain;
      const isJson = options.json === true;
      if (id === undefined) {
        const found = await newest(client, chain, options.limit, io);
        io.stdout.write(isJson ? document({ records: found.map(recordJson) }) : listText(found));
      } else {
        const record = await one(client, id, chain, io);
        io.stdout.write(isJson ? document(recordJson(record)) : recordText(record));
      }
      end(EXIT.ok);
    });
}

async function newest(
  client: BpscClient,
  chain: string | undefined,
  limit: number,
  io: Io,
): Promise<readonly PlacedInformation[]> {
  const of = chain === undefined ? client : client.chain(chain);
  const found: PlacedInformation[] = [];
  for await (const record of of.records({ signal: io.stop })) {
    if (found.push(record) === limit) break;
  }
  return found;
}

async function one(
  client: BpscClient,
  id: string,
  chain: string | undefined,
  io: Io,
): Promise<PlacedInformation> {
  const found = await locate({ id, types: ['information'], chain }, client, io.stop);
  const of = found.chain === undefined ? client : client.chain(found.chain);
  return of.information(found.id, { signal: io.stop });
}

const TITLES = ['TIME', 'ID', 'BLOCK', 'STATE', 'INFORMATION'];

function listText(records: readonly PlacedInformation[]): string {
  if (records.length === 0) return 'There are no records yet\n';
  return table([
    TITLES,
    ...records.map((record) => [
      timeText(record.timestamp),
      record.id.slice(0, ID_DIGITS),
      String(record.block),
      record.level ?? record.status,
      summary(record),
    ]),
  ]);
}

function summary(record: PlacedInformation): string {
  if (record.type === 'erasure') return `(erases ${record.erases.slice(0, ID_DIGITS)})`;
  if (record.content === undefined) return '(erased)';
  return informationCell(record.content.information, INFORMATION_CHARACTERS);
}

function recordText(record: PlacedInformation): string {
  const { id, timestamp, block, status, level, nonce, erasure } = record;
  const rows: [string, string][] = [
    ['type', record.type],
    ['time', timeText(timestamp)],
    ['block', status === 'pending' ? `${block}, promised` : String(block)],
    ['level', level ?? status],
    ['nonce', printable(nonce)],
    ['id', id],
  ];
  if (record.type === 'erasure')
    rows.push(['erases', record.erases], ['reason', printable(record.reason ?? '-')]);
  if (erasure !== undefined) {
    rows.push(
      ['erased', `${timeText(erasure.timestamp)}, by ${erasure.id}`],
      ['reason', printable(erasure.reason ?? '-')],
    );
  }
  const text = table(rows);
  if (record.type === 'erasure' || record.content === undefined) return text;
  return `${text}\n${document({ information: record.content.information })}`;
}

function recordJson(record: PlacedInformation): object {
  const { sequence, block, status, level, erasure, ...leaf } = record;
  const place = { sequence, block, status, level, erasure };
  if (leaf.type === 'erasure') return { ...leaf, ...place };
  const { informationHash, content, ...rest } = leaf;
  return { ...rest, information_hash: informationHash, ...content, ...place };
}
