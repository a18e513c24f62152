/** `bpsc send`, `accept` and `decline`. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { asFields } from '../../chain/bytes/fields.js';
import type { AcceptedTransaction } from '../../client/accepted.js';
import type { ChainClient } from '../../client/chain-client.js';
import { OutcomeUnknownError, RefusedError, UnavailableError } from '../../client/errors.js';
import { Stopped } from '../../client/patience.js';
import type { PreparedRequest } from '../../client/prepared-request.js';
import { transactionPath } from '../../client/routes.js';
import { holdUntil } from './hold-time.js';
import type { IntentFile } from './intent.js';
import { warnOfUncheckedKey } from './unchecked-key.js';
import { EXIT, printable, Trouble, type ExitCode, type Io } from '../shell/io.js';
import { parseHash } from '../../chain/bytes/bytes.js';
import { parseExactJson } from '../shell/exact-json.js';
import { idOrPrefix, locate } from '../shell/entry-id.js';
import { acceptedJson, acceptedText, timeText } from './transaction-report.js';
import {
  openAccount,
  openChain,
  openClient,
  withWalletOptions,
  type WalletOptions,
} from '../wallet/wallet-node.js';

interface SendOptions extends WalletOptions {
  readonly memo?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** milliseconds since 1970-01-01 UTC */
  readonly holdUntil?: number;
  readonly issue?: true;
  readonly resume?: true;
  readonly discard?: true;
  readonly yes?: true;
}

const EXIT_STATUS = `
Exit status:
  0  the node has it on its disk
  1  the node refused it: nothing was paid
  2  wrong usage, or no node to be reached: nothing was paid
  4  no answer: it may have been paid, or not
`;

const SEND = `Sends tokens from a wallet, and prints the block that is promised to hold the payment.

The amount is what leaves the wallet, in tokens; the fee is taken from it. Everything that
can be checked is checked before the passphrase is asked for: addresses have a checksum.

The signed payment is on disk before it is sent, and stays there until the node has said
yes or no. If there is no answer, or the machine goes down, bpsc send --resume sends exactly
the same again: the node accepts it once, however often it comes.

With --hold-until the recipient has to accept the payment (bpsc accept). Declined, or not
answered in time, it comes back, fee included.`;

const SEND_EXAMPLES = `
Examples:
  bpsc send 12.50 bp1… --memo "invoice 7"
  bpsc send 12.50 bp1… --metadata '{"invoice":7}'
  bpsc send 12.50 bp1… --wallet alice --hold-until 2h
  bpsc send 12.50 bp1… --chain silver    on another chain than the node's first
  bpsc send --resume
  bpsc send 1000000 bp1… --issue         as the contract's issuer
  bpsc send 1000 bob --from alice        where the chain's wallets are open
`;

/** @param end is called with the exit status */
export function sendCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('send')
    .summary('send tokens')
    .description(SEND)
    .argument('[amount]', 'in tokens, fee included')
    .argument('[recipient]', 'an address; a name where the chain’s wallets are open')
    .option('-m, --memo <text>', 'up to 256 bytes, for everybody to read')
    .option('--metadata <json>', 'a JSON object, up to 4096 bytes, for everybody to read', metadataObject)
    .option(
      '--hold-until <time>',
      'how long the recipient has to accept: 30m, 2h, 7d, or 2027-01-31T12:00Z',
      (text) => holdUntil(text, io.clock.now()),
    )
    .addOption(
      new Option(
        '--issue',
        'make new tokens instead, as the issuer that the contract names; without a fee',
      ).conflicts(['memo', 'metadata', 'holdUntil']),
    )
    .addOption(
      new Option('--resume', 'send the payment again that got no answer').conflicts([
        'chain',
        'memo',
        'metadata',
        'holdUntil',
        'issue',
      ]),
    )
    .addOption(
      new Option('--discard', 'forget the payment that got no answer').conflicts([
        'resume',
        'memo',
        'metadata',
        'holdUntil',
        'issue',
      ]),
    )
    .option('--yes', 'with --discard: be sure');
  return withWalletOptions(command)
    .addHelpText('after', SEND_EXAMPLES + EXIT_STATUS)
    .action(async (amount: string | undefined, recipient: string | undefined, options: SendOptions) =>
      end(await runSend(amount, recipient, options, io)),
    );
}

function metadataObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseExactJson(text);
  if ('problem' in value) throw new InvalidArgumentError(`It must be a JSON object: ${value.problem}.`);
  const fields = asFields(value.value);
  if (fields !== undefined) return fields;
  throw new InvalidArgumentError('It must be a JSON object, such as {"invoice":7}.');
}

async function runSend(
  amount: string | undefined,
  recipient: string | undefined,
  options: SendOptions,
  io: Io,
): Promise<ExitCode> {
  const isOld = options.resume === true || options.discard === true;
  if (isOld && amount !== undefined) {
    throw new Trouble('--resume and --discard are about the payment that got no answer: name no other');
  }
  if (options.resume === true) return resume(options, io);
  if (options.discard === true) return discard(options, io);
  if (amount === undefined || recipient === undefined) {
    throw new Trouble('how much, and to whom? bpsc send <amount> <recipient>');
  }
  return send({ amount, to: recipient }, options, io);
}

/** The comments say what a crash at each step leaves behind. */
async function send(
  order: { readonly amount: string; readonly to: string },
  options: SendOptions,
  io: Io,
): Promise<ExitCode> {
  const { from, intent } = openAccount(options, io);
  intent.assertNone();
  const client = openChain(options, io);
  await warnOfUncheckedKey(client, from, io);
  const { memo, metadata, holdUntil: until } = options;
  const stop = { signal: io.stop };
  const request =
    options.issue === true
      ? await client.prepareIssue({ ...order, from }, stop)
      : await client.prepareSend({ ...order, from, memo, metadata, holdUntil: until }, stop);
  // Up to here: nothing, and nothing was sent.
  intent.create({ node: client.url, createdAt: io.clock.now(), request });
  // From here on: the intent, from which the payment can be resumed, whether it was sent or not.
  const accepted = await settle(client, request, intent, false, io);
  await report(accepted, client, options, io);
  // Still the intent: when resumed, the payment gets the same answer again.
  intent.remove(request.nonce);
  return EXIT.ok;
}

async function resume(options: SendOptions, io: Io): Promise<ExitCode> {
  const { intent } = openAccount(options, io);
  const kept = intent.read();
  if (kept === undefined)
    throw new Trouble('there is nothing to resume: no payment from this wallet waits for its answer');
  const { chain } = transactionPath(kept.request.path) ?? {};
  const client = openChain(
    { ...options, node: options.node ?? kept.node, ...(chain === undefined ? {} : { chain }) },
    io,
  );
  const accepted = await settle(client, kept.request, intent, true, io);
  await report(accepted, client, options, io);
  intent.remove(kept.request.nonce);
  return EXIT.ok;
}

/** Sends the payment. If the node refused it or never received it, the intent is removed. */
async function settle(
  client: ChainClient,
  request: PreparedRequest,
  intent: IntentFile,
  mayHaveBeenSent: boolean,
  io: Io,
): Promise<AcceptedTransaction> {
  try {
    return await client.submit(request, { mayHaveBeenSent, signal: io.stop });
  } catch (error) {
    const isRefused = error instanceof RefusedError && error.nonce === request.nonce;
    const wasNeverSent = !mayHaveBeenSent && (error instanceof UnavailableError || error instanceof Stopped);
    if (isRefused || wasNeverSent) intent.remove(request.nonce);
    else if (error instanceof OutcomeUnknownError || mayHaveBeenSent) {
      io.stderr.write(
        `bpsc: the payment is kept in ${printable(intent.file)}: bpsc send --resume sends exactly it again\n`,
      );
    }
    throw error;
  }
}

function discard(options: SendOptions, io: Io): ExitCode {
  const { intent } = openAccount(options, io);
  if (options.yes !== true) {
    const kept = intent.read();
    if (kept === undefined)
      throw new Trouble('there is nothing to discard: no payment from this wallet waits for its answer');
    const body = JSON.parse(kept.request.body) as { amount?: unknown; recipient?: unknown };
    throw new Trouble(
      `a payment of ${String(body.amount)} to ${String(body.recipient)} was sent to ${kept.node} at ${timeText(kept.createdAt)} ` +
        'and may have been accepted. Discarding it cancels nothing: if you then send it again, you may pay twice. ' +
        'Check bpsc history first, or use --resume. To discard it anyway: --discard --yes',
    );
  }
  intent.discard();
  io.stderr.write('The payment is forgotten. If it was accepted, it stays paid.\n');
  return EXIT.ok;
}

const ANSWERS = {
  accept: {
    summary: 'accept a payment that is held',
    description: `Accepts a payment that is held for you: you get the tokens, less the fee.`,
  },
  decline: {
    summary: 'decline a payment that is held',
    description: `Declines a payment that is held for you: the sender gets all of it back, fee included.`,
  },
} as const;

/** `bpsc accept` and `bpsc decline`. A hold ends once, so both can be repeated without an intent. */
export function answerCommand(type: 'accept' | 'decline', io: Io, end: (code: ExitCode) => void): Command {
  const { summary, description } = ANSWERS[type];
  const examples = `\nExamples:\n  bpsc ${type} 6f1c09ab   its id, from bpsc history: the first 8 digits are enough\n`;
  return withWalletOptions(
    new Command(type)
      .summary(summary)
      .description(description)
      .argument('<id>', 'of the payment, or its first 8 digits or more', idOrPrefix),
  )
    .addHelpText('after', examples + EXIT_STATUS)
    .action(async (id: string, options: WalletOptions) => {
      const { from } = openAccount(options, io);
      const client = openChain(options, io);
      await warnOfUncheckedKey(client, from, io);
      const hold = await completeHold(id, client, options, io);
      const accepted = await client[type](hold, { from }, { signal: io.stop });
      await report(accepted, client, options, io);
      end(EXIT.ok);
    });
}

/** A complete id is taken as it is: nobody else is asked what it might mean. */
async function completeHold(
  id: string,
  client: ChainClient,
  options: WalletOptions,
  io: Io,
): Promise<string> {
  if (parseHash(id) !== undefined) return id;
  const wanted = { id, types: ['transaction'] as const, chain: await client.chainId() };
  return (await locate(wanted, openClient(options, io), io.stop)).id;
}

async function report(
  accepted: AcceptedTransaction,
  client: ChainClient,
  { json }: WalletOptions,
  io: Io,
): Promise<void> {
  const { symbol } = await client.contract();
  io.stdout.write(json === true ? acceptedJson(accepted) : acceptedText(accepted, symbol));
}
