/** `bpsc balance` and `bpsc history`: a wallet's data on a node. */
import { Command } from 'commander';
import type { PlacedTransaction } from '../../client/transaction-record.js';
import { formatAmount } from '../../chain/entry/amount.js';
import { isTokenContract } from '../../chain/contract/kinds.js';
import type { ChainClient } from '../../client/chain-client.js';
import type { ChainWalletRecord, WalletRecord } from '../../client/wallet-records.js';
import { document, EXIT, printable, table, type ExitCode, type Io } from '../shell/io.js';
import { historyJson, historyText, type HistoryEnd } from '../pay/transaction-report.js';
import { limitOption } from '../shell/options.js';
import { addressOf, openChain, openClient, withWalletOptions, type WalletOptions } from './wallet-node.js';

interface HistoryOptions extends WalletOptions {
  readonly limit: number;
  readonly wide?: true;
}

const BALANCE = `Shows what a wallet has, as the node says: payments that wait for their block are counted in.
No passphrase is asked for. Where the node has several token chains and none is named, those on which
the wallet was ever named are shown.`;

const BALANCE_EXAMPLES = `
Examples:
  bpsc balance                     of your own wallet
  bpsc balance bp1… --node http://127.0.0.1:5001
  bpsc balance --chain silver
  bpsc balance --json | jq -r .available
`;

const HISTORY = `Shows what a wallet sent and received, newest first, as the node says. The STATE of a payment
is pending, held, delivered, declined or returned.

AMOUNT is what a line changes in the wallet. A hold takes its amount at once; when it is accepted the
recipient gets it, less the fee, else it goes back. A history that is shown whole ends with what no
transaction of the wallet says (allocation, fees collected, open holds), and adds up to the balance.

Lines have at most 120 columns: long names and ids are shortened, unless you ask for --wide. Commands
take the first 8 digits of an id, or more.`;

const HISTORY_EXAMPLES = `
Examples:
  bpsc history
  bpsc history bp1… --limit 100
  bpsc history --chain silver
`;

const EXIT_STATUS = `
Exit status:
  0  here it is
  1  the node refused to answer, or shows what can't be
  2  wrong usage, or no node to be reached
`;

/** @param end is called with the exit status */
export function balanceCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('balance')
    .summary('show what a wallet has')
    .description(BALANCE)
    .argument('[address]', 'of another wallet than your own');
  return withWalletOptions(command)
    .addHelpText('after', BALANCE_EXAMPLES + EXIT_STATUS)
    .action(async (named: string | undefined, options: WalletOptions) => {
      io.stdout.write(await balance(addressOf(named, options, io), options, io));
      end(EXIT.ok);
    });
}

async function balance(address: string, options: WalletOptions, io: Io): Promise<string> {
  const stop = { signal: io.stop };
  if ((options.chain ?? options.chainId ?? io.settings.tokenChain) === undefined) {
    const client = openClient(options, io);
    const tokens = (await client.chains(stop)).all.filter(({ contract }) => isTokenContract(contract));
    if (tokens.length > 1) {
      const wallets = await client.wallets(address, stop);
      return options.json === true ? walletsJson(address, wallets) : walletsText(address, wallets);
    }
  }
  const chain = openChain(options, io);
  const wallet = await chain.wallet(address, stop);
  const { symbol } = await chain.contract();
  return options.json === true ? walletJson(wallet, symbol) : walletText(wallet, symbol);
}

/** @param end is called with the exit status */
export function historyCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('history')
    .summary('show what a wallet sent and received')
    .description(HISTORY)
    .argument('[address]', 'of another wallet than your own')
    .addOption(limitOption())
    .option('--wide', 'complete names and ids, however long the lines get');
  return withWalletOptions(command)
    .addHelpText('after', HISTORY_EXAMPLES + EXIT_STATUS)
    .action(async (named: string | undefined, options: HistoryOptions) => {
      const address = addressOf(named, options, io);
      const client = openChain(options, io);
      const found: PlacedTransaction[] = [];
      let isWhole = true;
      for await (const transaction of client.history(address, { signal: io.stop })) {
        isWhole = found.length < options.limit;
        if (!isWhole) break;
        found.push(transaction);
      }
      if (options.json === true) io.stdout.write(historyJson(address, found));
      else
        io.stdout.write(
          historyText(
            address,
            found,
            isWhole ? await endOf(address, found, client, io) : undefined,
            options.wide === true,
          ),
        );
      end(EXIT.ok);
    });
}

/** @returns undefined for a node that doesn't show the changes of transactions: then there are no totals */
async function endOf(
  address: string,
  found: readonly PlacedTransaction[],
  client: ChainClient,
  io: Io,
): Promise<HistoryEnd | undefined> {
  if (found.some(({ availableChange }) => availableChange === undefined)) return undefined;
  const { feesCollected, held, balance } = await client.wallet(address, { signal: io.stop });
  const { wallets, decimals } = await client.contract();
  const allocation = wallets.allocations.find((each) => each.address === address);
  return { allocated: formatAmount(allocation?.amount ?? 0n, decimals), feesCollected, held, balance };
}

function walletText(wallet: WalletRecord, symbol: string): string {
  const amount = (value: string): string => `${value} ${printable(symbol)}`;
  return table([
    ['address', printable(wallet.address)],
    ['available', amount(wallet.available)],
    ['held', amount(wallet.held)],
    ['balance', amount(wallet.balance)],
  ]);
}

function walletsText(address: string, wallets: readonly ChainWalletRecord[]): string {
  if (wallets.length === 0) return `${printable(address)} was never named on any token chain of this node\n`;
  const rows = wallets.map(({ chain, symbol, ...wallet }) => [
    printable(chain),
    wallet.available,
    wallet.held,
    wallet.balance,
    printable(symbol),
  ]);
  return table([['CHAIN', 'AVAILABLE', 'HELD', 'BALANCE', 'SYMBOL'], ...rows]);
}

function walletsJson(address: string, wallets: readonly ChainWalletRecord[]): string {
  return document({
    address,
    wallets: wallets.map(({ chain, chainId, symbol, ...wallet }) => ({
      chain,
      chain_id: chainId,
      ...walletFields(wallet, symbol),
    })),
  });
}

function walletJson(wallet: WalletRecord, symbol: string): string {
  return document(walletFields(wallet, symbol));
}

function walletFields(wallet: WalletRecord, symbol: string): object {
  return {
    address: wallet.address,
    symbol,
    available: wallet.available,
    held: wallet.held,
    balance: wallet.balance,
    issued: wallet.issued,
    sent: wallet.sent,
    received: wallet.received,
    fees_paid: wallet.feesPaid,
    fees_collected: wallet.feesCollected,
    transactions_sent: wallet.transactionsSent,
    transactions_received: wallet.transactionsReceived,
  };
}
