/** `bpsc receipt` fetches the receipt of an entry; `bpsc verify-receipt` checks one offline. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { parsePolicy } from '../../chain/note/policy.js';
import { ED25519, parseVerifierKey } from '../../chain/note/verifier-key.js';
import { RECEIPT_CHARACTERS_MAX, verifyReceipt, type ReceiptTrust } from '../../chain/proof/receipt.js';
import type { ChainClient } from '../../client/chain-client.js';
import { document, EXIT, printable, Trouble, type ExitCode, type Io } from '../shell/io.js';
import { writeNewFile } from '../shell/new-file.js';
import { idOrPrefix, locate } from '../shell/entry-id.js';
import { timeoutOption } from '../shell/options.js';
import { nodeAndId, openClient } from '../wallet/wallet-node.js';
import { paintOf } from '../shell/paint.js';
import { readTextFile } from '../shell/read-text.js';
import { receiptJson, receiptText } from './receipt-words.js';

const TIMEOUT_SECONDS = 10;

const RECEIPT = `Fetches the receipt of a sealed entry: a small file that proves offline, and forever, that the entry
is on the chain. Anyone can check it with bpsc verify-receipt and the chain's verifier key, which
GET /chains shows.`;

const RECEIPT_EXAMPLES = `
Examples:
  bpsc receipt 127.0.0.1:5000 a415223b… -o rent.tlog-proof
  bpsc receipt a415223b --chain gold > rent.tlog-proof    the first 8 digits are enough

Exit status:
  0  here it is
  1  the node has no such entry, or has not sealed it yet
  2  wrong usage, or no node to be reached
`;

interface ReceiptOptions {
  readonly output?: string;
  readonly chain?: string;
  readonly size?: number;
  readonly content: boolean;
  readonly json?: true;
  readonly timeout: number;
}

/** @param end is called with the exit status */
export function receiptCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('receipt')
    .summary('fetch the proof that an entry is on the chain')
    .description(RECEIPT)
    .argument('<url | id>', 'the node, as URL or host:port (default: BPSC_NODE, or the profile’s)')
    .argument('[id]', 'the id of the transaction or record, or its first 8 digits or more', idOrPrefix)
    .option('-o, --output <file>', 'the file to write (default: print it); it must not exist yet')
    .option('--chain <name | id>', 'the chain (default: the node’s first token and information chains)')
    .option('--size <entries>', 'against an older checkpoint, of this tree size', size)
    .option('--no-content', 'without the information of a record')
    .option('--json', 'print one JSON document, with the receipt as a text')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', RECEIPT_EXAMPLES)
    .action(async (first: string, second: string | undefined, options: ReceiptOptions) => {
      const { node, id: wanted } = nodeAndId(first, second);
      const client = openClient({ node, timeout: options.timeout }, io);
      const { id, chain } = await locate(
        { id: wanted, types: ['transaction', 'information'], chain: options.chain },
        client,
        io.stop,
      );
      const of = chain === undefined ? client : client.chain(chain);
      const { size: ofSize, content } = options;
      const text = await of.receipt(id, { signal: io.stop, size: ofSize, content });
      const { output } = options;
      if (output !== undefined) {
        writeNewFile(output, text, `${output} exists already: choose another name`);
        io.stderr.write(`Written to ${printable(output)}\n`);
      }
      if (options.json === true) io.stdout.write(document({ id, file: output ?? null, receipt: text }));
      else if (output === undefined) io.stdout.write(text);
      io.stderr.write(await erasureText(of, id, text, io.stop));
      end(EXIT.ok);
    });
}

/** About a record without content: when it was erased, and why. The receipt itself can't say that. */
async function erasureText(
  client: ChainClient,
  id: string,
  receipt: string,
  signal: AbortSignal,
): Promise<string> {
  const [, extra = ''] = /^extra (\S+)$/m.exec(receipt) ?? [];
  const leaf = Buffer.from(extra, 'base64').toString();
  // Content comes after a line feed.
  if (!leaf.startsWith('{"information_hash":') || leaf.includes('\n')) return '';
  const { erasure, ...record } = await client.information(id, { signal });
  if (record.type !== 'information' || record.content !== undefined || erasure === undefined) return '';
  const reason = erasure.reason === undefined ? 'no reason given' : `reason: ${erasure.reason}`;
  const when = new Date(erasure.timestamp).toISOString();
  return `${printable(`The record was erased on ${when}, ${reason}. The receipt proves its hash.`)}\n`;
}

const VERIFY = `Checks a receipt without asking anybody, and says what it proves. The verifier key of the chain has
to come from its producer by another way than the receipt. With a policy (C2SP tlog-policy) the
receipt also has to be cosigned by the witnesses that it asks for.`;

const VERIFY_EXAMPLES = `
Examples:
  bpsc verify-receipt rent.tlog-proof --vkey bpsc/502a…+8177083c+AYqI…
  bpsc verify-receipt rent.tlog-proof --policy policy.txt --json
  curl -s 127.0.0.1:5000/receipts/a415… | bpsc verify-receipt - --vkey bpsc/502a…

Exit status:
  0  proven
  1  not proven
  2  wrong usage, or the file cannot be read
`;

interface VerifyOptions {
  readonly vkey?: string;
  readonly policy?: string;
  readonly json?: true;
}

/** @param end is called with the exit status */
export function verifyReceiptCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('verify-receipt')
    .summary('check such a proof offline')
    .description(VERIFY)
    .argument('<file>', 'the receipt, or - for the standard input')
    .addOption(new Option('--vkey <key>', 'the chain’s verifier key').conflicts('policy'))
    .option('--policy <file>', 'the logs that are trusted, and the witnesses that are asked for')
    .option('--json', 'print one JSON document')
    .addHelpText('after', VERIFY_EXAMPLES)
    .action(async (file: string, options: VerifyOptions) => {
      const trust = trustOf(options);
      const text = file === '-' ? await io.readInput() : readText(file);
      const result = verifyReceipt(text, trust);
      if ('problem' in result) {
        io.stdout.write(
          options.json === true
            ? document({ ok: false, problem: result.problem })
            : `${paintOf(io).bad('Not proven:')} ${printable(result.problem)}.\n`,
        );
        end(EXIT.fault);
        return;
      }
      io.stdout.write(options.json === true ? receiptJson(result) : receiptText(result, paintOf(io)));
      end(EXIT.ok);
    });
}

function trustOf({ vkey, policy }: VerifyOptions): ReceiptTrust {
  if (policy !== undefined) {
    const parsed = parsePolicy(readText(policy));
    if (typeof parsed === 'string') throw new Trouble(`${policy}: ${parsed}`);
    return { logs: parsed.logs.map(({ key }) => key), policy: parsed };
  }
  if (vkey === undefined)
    throw new Trouble('give the chain’s verifier key with --vkey, or a policy with --policy');
  const key = parseVerifierKey(vkey);
  if (key?.type !== ED25519) {
    throw new Trouble('--vkey must be a verifier key, such as bpsc/<chain id>+<8 hex digits>+<base64>');
  }
  return { logs: [key] };
}

function readText(file: string): string {
  return readTextFile(file, 4 * RECEIPT_CHARACTERS_MAX, 'a receipt or a policy');
}

function size(text: string): number {
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number.');
}
