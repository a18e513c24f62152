/** `bpsc wallet`: creates, lists and shows wallets. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Command } from 'commander';
import { fromHex, parseHash } from '../../chain/bytes/bytes.js';
import { document, EXIT, printable, table, Trouble, type ExitCode, type Io } from '../shell/io.js';
import { keyFileText, readKeyFile, type KeyFile } from './key-file.js';
import { writeNewFile } from '../shell/new-file.js';
import { newPassphrase } from '../shell/passphrase.js';
import {
  chosenWallet,
  makeWalletFolder,
  walletFile,
  walletFolder,
  walletName,
  walletsIn,
} from './wallet-files.js';

interface JsonOption {
  readonly json?: true;
}

interface NewOptions extends JsonOption {
  readonly import?: true;
}

const DESCRIPTION = `Makes and shows wallets: an Ed25519 key each, in a file that a passphrase opens.

A wallet is named by a file, or by a name without slashes: then it lies in ~/.bpsc/wallets.
Commands that sign take --wallet, or BPSC_WALLET, or the only wallet that is there.`;

const NEW = `Makes a wallet: an Ed25519 key, encrypted with a passphrase (scrypt, AES-256-GCM) in a file
of mode 0600 that is never overwritten. Prints the wallet's address, which is safe to
give to anybody.

Nobody can restore a lost file or passphrase: keep a copy of both, apart from each other.
The passphrase is asked for on the terminal, or taken from BPSC_PASSPHRASE.`;

const NEW_EXAMPLES = `
Examples:
  bpsc wallet new alice                  ~/.bpsc/wallets/alice.json
  bpsc wallet new ./alice.json
  pass show alice | BPSC_PASSPHRASE=… bpsc wallet new alice --import
`;

const EXAMPLES = `
Examples:
  bpsc wallet new alice
  bpsc wallet list
  bpsc wallet show alice
`;

/** @param end is called with the exit status */
export function walletCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('wallet')
    .summary('make, list and show wallets')
    .description(DESCRIPTION)
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText('after', EXAMPLES);
  command
    .command('new')
    .summary('make a wallet')
    .description(NEW)
    .argument('<name | file>', 'where the key goes')
    .option('--import', 'take the private key from stdin, as 64 hex digits, instead of making one')
    .option('--json', 'print one JSON document')
    .addHelpText('after', NEW_EXAMPLES)
    .action(async (wallet: string, options: NewOptions) => {
      const file = walletFile(wallet, io);
      printMade(file, await makeWallet(file, options, io), options, io);
      end(EXIT.ok);
    });
  command
    .command('list')
    .summary('list the wallets in a folder')
    .description('Lists the wallets in a folder, by default ~/.bpsc/wallets, with their addresses.')
    .argument('[folder]')
    .option('--json', 'print one JSON document')
    .action((folder: string | undefined, options: JsonOption) => {
      listWallets(folder ?? walletFolder(io), options, io);
      end(EXIT.ok);
    });
  command
    .command('show')
    .summary('show a wallet’s address and public key')
    .description('Shows the address and the public key of a wallet. No passphrase is needed for that.')
    .argument('[name | file]')
    .option('--json', 'print one JSON document')
    .action((wallet: string | undefined, options: JsonOption) => {
      showWallet(chosenWallet(wallet, io), options, io);
      end(EXIT.ok);
    });
  return command;
}

/** @throws Trouble, Interrupted */
export async function makeWallet(
  file: string,
  options: Pick<NewOptions, 'import'>,
  io: Io,
): Promise<Pick<KeyFile, 'address' | 'publicKey'>> {
  const seed = options.import === true ? await importedSeed(io) : randomBytes(32);
  const text = await keyFileText(seed, await newPassphrase(io));
  seed.fill(0);
  makeWalletFolder(file, io);
  writeNewFile(file, text, `${file} exists, and a wallet is never overwritten: name another`);
  return readKeyFile(file);
}

function printMade(
  file: string,
  { address, publicKey }: Pick<KeyFile, 'address' | 'publicKey'>,
  { json }: JsonOption,
  io: Io,
): void {
  if (json === true) {
    io.stdout.write(document({ file, address, public_key: publicKey }));
    return;
  }
  io.stderr.write(
    `The key is in ${printable(file)}: keep a copy of it, and of the passphrase. The wallet's address is\n`,
  );
  io.stdout.write(`${address}\n`);
}

async function importedSeed(io: Io): Promise<Uint8Array> {
  const text = await (io.askSecret === undefined ? io.readInput() : io.askSecret('Private key: '));
  const hex = parseHash(text.trim().toLowerCase());
  if (hex === undefined) throw new Trouble('the private key must be 64 hex digits, on stdin');
  return fromHex(hex);
}

/** A file that is not a valid wallet is listed too, with its problem: it may be a damaged one. */
function listWallets(folder: string, { json }: JsonOption, io: Io): void {
  const wallets = walletsIn(folder).map((file) => ({ file, ...described(file) }));
  if (json === true) {
    io.stdout.write(document({ folder, wallets }));
    return;
  }
  if (wallets.length === 0) throw new Trouble(`there are no wallets in ${folder}: bpsc wallet new makes one`);
  const rows = wallets.map(({ file, ...wallet }) => [
    printable(folder === walletFolder(io) ? walletName(file, io) : path.basename(file)),
    'address' in wallet ? wallet.address : printable(wallet.broken),
  ]);
  io.stdout.write(table([['WALLET', 'ADDRESS'], ...rows]));
}

function described(
  file: string,
): { readonly address: string; readonly public_key: string } | { readonly broken: string } {
  try {
    const { address, publicKey } = readKeyFile(file);
    return { address, public_key: publicKey };
  } catch (error) {
    if (error instanceof Trouble) return { broken: error.message };
    throw error;
  }
}

function showWallet(file: string, { json }: JsonOption, io: Io): void {
  const { address, publicKey, isExposed } = readKeyFile(file);
  if (isExposed) {
    io.stderr.write(`bpsc: ${printable(file)} can be read by users other than its owner: chmod 600 it\n`);
  }
  if (json === true) io.stdout.write(document({ file, address, public_key: publicKey }));
  else
    io.stdout.write(
      table([
        ['address', address],
        ['public key', publicKey],
        ['file', printable(file)],
      ]),
    );
}
