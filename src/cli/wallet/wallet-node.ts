/** The node and the wallet of a payment command. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ChainClient } from '../../client/chain-client.js';
import { BpscClient } from '../../client/client.js';
import type { From } from '../../client/orders.js';
import { FileSigner } from './file-signer.js';
import { IntentFile } from '../pay/intent.js';
import { idOrPrefix } from '../shell/entry-id.js';
import { Trouble, type Io } from '../shell/io.js';
import { readKeyFile } from './key-file.js';
import { hash, NODE_DEFAULT, nodeInUse, nodeUrl, once, timeoutOption } from '../shell/options.js';
import { chosenWallet, makeWalletFolder, walletFolder, walletName, walletOption } from './wallet-files.js';

const TIMEOUT_SECONDS = 10;
const WITHOUT_KEY =
  '. On a chain whose wallets are open, a wallet is a name and needs no key: give yours with --from <name>';

export interface NodeOptions {
  readonly node?: string | undefined;
  /** a name or an id */
  readonly chain?: string;
  readonly chainId?: string;
  /** seconds */
  readonly timeout: number;
  readonly json?: true;
}

export interface WalletOptions extends NodeOptions {
  readonly wallet?: string;
  /** a wallet's name, under the policy `open` */
  readonly from?: string;
}

export function nodeOption(): Option {
  return new Option('-n, --node <url>', `the node (default: BPSC_NODE, the profile’s, or ${NODE_DEFAULT})`);
}

/** Adds the options of a command that reads wallets from a node. */
export function withNodeOptions(command: Command): Command {
  return command
    .addOption(nodeOption())
    .option('--chain <name | id>', 'the token chain (default: the profile’s, or the node’s first)')
    .option('--chain-id <id>', 'the token chain must be this one; may be given once', once(hash))
    .option('--json', 'print one JSON document')
    .addOption(timeoutOption(TIMEOUT_SECONDS));
}

/** Adds the options of a command that acts for a wallet. */
export function withWalletOptions(command: Command): Command {
  return withNodeOptions(
    command
      .addOption(walletOption())
      .addOption(
        new Option('--from <name>', 'a wallet without a key, where the chain’s wallets are open').conflicts(
          'wallet',
        ),
      ),
  );
}

/** @throws Trouble */
export function openClient({ node, chainId, timeout }: NodeOptions, io: Io): BpscClient {
  return new BpscClient(nodeUrl(node ?? nodeInUse(io)), {
    chainId,
    apiToken: io.settings.apiToken,
    timeoutMs: 1000 * timeout,
  });
}

/**
 * The arguments `[url] <id>`: where there is one, it is the id.
 * @param second parsed by {@link idOrPrefix}
 */
export function nodeAndId(
  first: string,
  second: string | undefined,
): { readonly node: string | undefined; readonly id: string } {
  if (second !== undefined) return { node: first, id: second };
  try {
    return { node: undefined, id: idOrPrefix(first) };
  } catch (error) {
    if (error instanceof InvalidArgumentError)
      throw new Trouble(`the id is missing, or is not one: ${error.message}`);
    throw error;
  }
}

/** The client of the named chain, or of the node's first. @throws Trouble */
export function openChain(options: NodeOptions, io: Io): ChainClient {
  const client = openClient(options, io);
  // A pinned id names the chain too.
  const chain = options.chain ?? (options.chainId === undefined ? io.settings.tokenChain : undefined);
  return chain === undefined ? client : client.chain(chain);
}

/** The acting wallet: one with a key, or a name. */
export interface Account {
  readonly from: From;
  readonly address: string;
  /** its payment in progress */
  readonly intent: IntentFile;
}

/** @throws Trouble */
export function openAccount({ from, wallet }: WalletOptions, io: Io): Account {
  if (from !== undefined) {
    const intent = path.join(walletFolder(io), `${shortHash(from)}.name.pending`);
    makeWalletFolder(intent, io);
    return { from, address: from, intent: new IntentFile(intent, `--from ${JSON.stringify(from)}`) };
  }
  const file = chosenWallet(wallet, io, WITHOUT_KEY);
  const signer = new FileSigner(file, io);
  const option = `--wallet ${walletName(file, io)}`;
  return { from: signer, address: signer.address, intent: new IntentFile(`${file}.pending`, option) };
}

/** The address of a query: the given one, or the wallet's own. @throws Trouble */
export function addressOf(named: string | undefined, { from, wallet }: WalletOptions, io: Io): string {
  if (named !== undefined && (from !== undefined || wallet !== undefined)) {
    throw new Trouble('name an address, or a wallet: not both');
  }
  return named ?? from ?? readKeyFile(chosenWallet(wallet, io, WITHOUT_KEY)).address;
}

/** A name may contain characters that a file's can't. */
function shortHash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
