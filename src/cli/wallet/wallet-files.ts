/** Locates wallets, and selects one. */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Option } from 'commander';
import { Trouble, type Io } from '../shell/io.js';

const SUFFIX = '.json';
/** A name that is not a path: such a wallet is in the folder for wallets. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

export function walletFolder({ home }: Io): string {
  return path.join(home, '.bpsc', 'wallets');
}

/** @param wallet a name, or a file: whatever has a slash, or ends in .json */
export function walletFile(wallet: string, io: Io): string {
  const isName = NAME.test(wallet) && !wallet.endsWith(SUFFIX);
  return isName ? path.join(walletFolder(io), `${wallet}${SUFFIX}`) : wallet;
}

/** The name that a user would type. */
export function walletName(file: string, io: Io): string {
  const { dir, name } = path.parse(file);
  return dir === walletFolder(io) && file.endsWith(SUFFIX) ? name : file;
}

export function walletOption(): Option {
  return new Option(
    '-w, --wallet <name | file>',
    'whose key signs (default: BPSC_WALLET, the profile’s, or the only wallet there is)',
  );
}

/**
 * @param hint what else the user can do if there is no wallet, appended to the error
 * @throws Trouble if the choice is ambiguous
 */
export function chosenWallet(option: string | undefined, io: Io, hint = ''): string {
  const named = option ?? io.settings.wallet;
  if (named !== undefined) return walletFile(named, io);
  const files = walletsIn(walletFolder(io));
  const [only] = files;
  if (only === undefined) {
    throw new Trouble(
      `there is no wallet yet: create one with bpsc wallet new, or name its file with --wallet${hint}`,
    );
  }
  if (files.length === 1) return only;
  const names = files.map((file) => walletName(file, io)).join(', ');
  throw new Trouble(`which wallet? Name one with --wallet, or in BPSC_WALLET: ${names}`);
}

/** The wallets in a folder, by name; none if there is no folder. @throws Trouble */
export function walletsIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(SUFFIX));
    return names.sort().map((name) => path.join(folder, name));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new Trouble(`${folder} cannot be read: ${message}`);
  }
}

/** Creates the folder for wallets if the file belongs there; other folders are up to the user. */
export function makeWalletFolder(file: string, io: Io): void {
  const folder = walletFolder(io);
  if (path.dirname(file) !== folder) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Trouble(`${folder} cannot be made: ${(error as Error).message}`);
  }
}
