/** `bpsc init`: writes the settings of a new ledger, after a few questions. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { makeWallet } from '../wallet/wallet-command.js';
import { document, EXIT, printable, Trouble, type ExitCode, type Io } from '../shell/io.js';
import { writeNewFile } from '../shell/new-file.js';
import { ledgerFiles } from './files.js';
import { ISSUER_WALLET, PURPOSES, type Plan, type Policy, type Purpose } from './purposes.js';

const DESCRIPTION = `Writes the settings of a new ledger into a folder: .env, chains.json, follower.env and a
README with commands to begin with. It asks what the ledger is for; with --yes, or for
what an option says, it doesn't ask. A file that exists is never overwritten.

Then npx bpsc start, in that folder, starts the ledger.`;

const EXAMPLES = `
Examples:
  bpsc init                                     ask, and write into this folder
  bpsc init ledger --yes                        points, into the folder ledger
  bpsc init --for certificates,audit-log --yes
  bpsc init --for tokens --policy signed --port 6000
`;

const NAMES = PURPOSES.map(({ name }) => name);
const PORT_DEFAULT = 5000;
const PORT_MAX = 65_535;
const TOKEN_BYTES = 24;

interface Options {
  readonly for?: readonly Purpose[];
  readonly policy?: Policy;
  readonly port?: number;
  readonly followerPort?: number;
  readonly yes?: boolean;
  readonly json?: true;
}

type Ask = <T>(question: string, fallback: string, parse: (text: string) => T) => Promise<T>;

/** @param end is called with the exit status */
export function initCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('init')
    .summary('write the settings of a new ledger')
    .description(DESCRIPTION)
    .argument('[folder]', 'where to write them', '.')
    .option('--for <uses>', `one or more of ${NAMES.join(', ')}, with commas between`, parsePurposes)
    .addOption(
      new Option('--policy <policy>', 'wallets are names (open), or keys that sign (signed)').choices([
        'open',
        'signed',
      ]),
    )
    .option('--port <port>', `the producer's port (default: ${PORT_DEFAULT})`, parsePort)
    .option('--follower-port <port>', 'the follower’s port (default: the next one)', parsePort)
    .option('--json', 'print one JSON document')
    .option('-y, --yes', 'ask nothing: take the defaults for what no option says')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, options: Options) => {
      await init(folder, options, io);
      end(EXIT.ok);
    });
}

async function init(folder: string, options: Options, io: Io): Promise<void> {
  const answers = await questions(options, asking(options, io));
  const wallet = path.join(folder, ISSUER_WALLET);
  const needsIssuer = answers.policy === 'signed' && answers.purposes.some(({ isToken }) => isToken);
  const draft = ledgerFiles({ ...answers, issuer: undefined }, '').map(({ name }) => path.join(folder, name));
  refuseExisting(needsIssuer ? [...draft, wallet] : draft);
  mkdirSync(folder, { recursive: true });
  const issuer = needsIssuer ? await issuerAddress(wallet, io) : undefined;
  const files = ledgerFiles({ ...answers, issuer }, randomBytes(TOKEN_BYTES).toString('base64url'));
  for (const { name, text, mode } of files) {
    const file = path.join(folder, name);
    writeNewFile(file, text, taken(file), mode);
  }
  if (options.json === true) {
    io.stdout.write(document({ folder: path.resolve(folder), files: files.map(({ name }) => name) }));
    return;
  }
  const where = folder === '.' ? '' : `cd ${printable(folder)} && `;
  io.stdout.write(`Wrote ${files.map(({ name }) => name).join(', ')}. Next:\n\n  ${where}npx bpsc start\n\n`);
  io.stdout.write('README.md says how to go on.\n');
}

/** Makes the wallet of the issuer. */
async function issuerAddress(wallet: string, io: Io): Promise<string> {
  io.stderr.write('The issuer needs a wallet, encrypted with a passphrase.\n');
  mkdirSync(path.dirname(wallet), { recursive: true, mode: 0o700 });
  return (await makeWallet(wallet, {}, io)).address;
}

/** Asks on the terminal until the answer is valid; with --yes, gives the default. @throws Trouble, Interrupted */
function asking({ yes }: Options, io: Io): Ask {
  return async (question, fallback, parse) => {
    if (yes === true) return parse(fallback);
    if (io.ask === undefined) {
      throw new Trouble(
        'there is no terminal to ask on: use --yes, with or without options (bpsc help init)',
      );
    }
    for (;;) {
      const typed = (await io.ask(`${question} [${fallback}] `)).trim();
      try {
        return parse(typed === '' ? fallback : typed);
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        io.stderr.write(`${error.message}\n`);
      }
    }
  };
}

async function questions(options: Options, ask: Ask): Promise<Omit<Plan, 'issuer'>> {
  const uses = PURPOSES.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}\n`).join('');
  const purposes =
    options.for ??
    (await ask(`What is the ledger for?\n${uses}One or more of them:`, 'points', parsePurposes));
  const hasTokens = purposes.some(({ isToken }) => isToken);
  const policy =
    options.policy ??
    (hasTokens
      ? await ask('Wallets: names (open), or keys that sign (signed)?', 'open', parsePolicy)
      : 'open');
  const port = options.port ?? (await ask('The producer’s port?', String(PORT_DEFAULT), parsePort));
  const next = String(port === PORT_MAX ? port - 1 : port + 1);
  const isTaken = `The producer has port ${port}: the follower needs another.`;
  const parseOther = (text: string): number => {
    if (parsePort(text) === port) throw new InvalidArgumentError(isTaken);
    return parsePort(text);
  };
  if (options.followerPort === port) throw new Trouble(`--follower-port: ${isTaken}`);
  const followerPort = options.followerPort ?? (await ask('The follower’s port?', next, parseOther));
  return { purposes, policy, port, followerPort };
}

function parsePurposes(text: string): readonly Purpose[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const found = PURPOSES.filter(({ name }) => names.includes(name));
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown === undefined && found.length > 0) return found;
  throw new InvalidArgumentError(
    `It must be one or more of ${NAMES.join(', ')}${unknown === undefined ? '' : `, not ${printable(unknown)}`}.`,
  );
}

function parsePolicy(text: string): Policy {
  if (text === 'open' || text === 'signed') return text;
  throw new InvalidArgumentError(`It must be open or signed, not ${printable(text)}.`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= PORT_MAX) return port;
  throw new InvalidArgumentError(`It must be a port, a number from 1 to ${PORT_MAX}.`);
}

function refuseExisting(files: readonly string[]): void {
  const there = files.filter((file) => existsSync(file));
  if (there.length > 0) throw new Trouble(taken(...there));
}

function taken(...files: readonly string[]): string {
  const exist = files.length === 1 ? 'exists' : 'exist';
  return `${files.join(', ')} already ${exist}, and no file is overwritten: choose another folder`;
}
