/** `bpsc inform` records information on a chain. */
import { Command, Option } from 'commander';
import { newNonce } from '../../client/nonce.js';
import { document, EXIT, table, thousands, Trouble, type ExitCode, type Io } from '../shell/io.js';
import { parseExactJson } from '../shell/exact-json.js';
import { timeoutOption } from '../shell/options.js';
import { readTextFile } from '../shell/read-text.js';
import { nodeOption, openClient, type NodeOptions } from '../wallet/wallet-node.js';

const TIMEOUT_SECONDS = 10;
/** The canonical form is limited to 64 KiB; indentation and escapes may make the file larger. */
const FILE_BYTES_MAX = 1_048_576;

const DESCRIPTION = `Records information on an information chain of a producer: any JSON value, up to 64 KiB. It prints the
record's id and the block that is promised to hold it.

Where the producer has an API_TOKEN, it is given here as BPSC_API_TOKEN.`;

const EXAMPLES = `
Examples:
  bpsc inform '{"student":"Ada","degree":"BSc"}'
  bpsc inform --text "the backup was tested" --chain audit
  bpsc inform --file diploma.json
  jq -c . diploma.json | bpsc inform -

Exit status:
  0  the record is on the producer's disk
  1  it was refused
  2  wrong usage, or no node to be reached: nothing was recorded
  4  no answer: it may have been recorded; the same command with the same --nonce is safe
`;

interface InformOptions extends NodeOptions {
  readonly text?: string;
  readonly file?: string;
  readonly nonce?: string;
}

/** @param end is called with the exit status */
export function informCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('inform')
    .summary('record information')
    .description(DESCRIPTION)
    .argument('[json]', 'the information as JSON, or - for the standard input')
    .addOption(new Option('--text <text>', 'record this text').conflicts('file'))
    .option('--file <file>', 'a file with the information as JSON')
    .addOption(nodeOption())
    .option('--chain <name | id>', 'the chain (default: the node’s first information chain)')
    .option('--nonce <nonce>', 'makes the command safe to repeat')
    .option('--json', 'print one JSON document')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', EXAMPLES)
    .action(async (json: string | undefined, options: InformOptions) => {
      const information = await informationOf(json, options, io);
      const client = openClient(options, io);
      const chain = options.chain ?? io.settings.informationChain;
      const of = chain === undefined ? client : client.chain(chain);
      const nonce = options.nonce ?? newNonce();
      const { id, block, repeated } = await of.inform(information, nonce, { signal: io.stop });
      const note = repeated ? '; it had been accepted before, and is recorded once' : '';
      io.stdout.write(
        options.json === true
          ? document({ ok: true, id, nonce, block, repeated })
          : table([
              ['block', `${thousands(block)}, promised${note}`],
              ['id', id],
            ]),
      );
      end(EXIT.ok);
    });
}

/** @throws Trouble */
async function informationOf(
  json: string | undefined,
  { text, file }: InformOptions,
  io: Io,
): Promise<unknown> {
  const given = [json, text, file].filter((source) => source !== undefined);
  if (given.length !== 1) {
    throw new Trouble(
      'give the information once: as JSON, with --text, with --file, or - for the standard input',
    );
  }
  if (text !== undefined) return text;
  if (file !== undefined) return parse(readTextFile(file, FILE_BYTES_MAX, 'JSON'), file);
  return json === '-'
    ? parse(await io.readInput(), 'the standard input')
    : parse(json ?? '', 'the information');
}

function parse(json: string, name: string): unknown {
  const parsed = parseExactJson(json);
  if ('value' in parsed) return parsed.value;
  const hint = /^\s*[[{]/.test(json) ? '' : '; a text is recorded with --text';
  throw new Trouble(`${name}: ${parsed.problem}${hint}`);
}
