/** `bpsc balance` and `bpsc history`: what a node says of a wallet. */
import { Command, InvalidArgumentError } from 'commander';
import type { PlacedTransaction } from '../client/transaction-record.js';
import type { WalletRecord } from '../client/wallet-records.js';
import { EXIT, printable, table, type ExitCode, type Io } from './io.js';
import { document, historyJson, historyText } from './transaction-report.js';
import { addressOf, openClient, withWalletOptions, type WalletOptions } from './wallet-node.js';

interface HistoryOptions extends WalletOptions {
  readonly limit: number;
}

const LIMIT = 20;
const LIMIT_MAX = 1_000_000;

const BALANCE = `Shows what a wallet has, as the node says: payments that wait for their block are counted in.
No passphrase is asked for.`;

const BALANCE_EXAMPLES = `
Examples:
  bpsc balance                     of your own wallet
  bpsc balance bp1… --node http://127.0.0.1:5001
  bpsc balance --json | jq -r .available
`;

const HISTORY = `Shows what a wallet sent and received, newest first, as the node says. The STATE of a payment
is pending, held, delivered, declined or returned.`;

const HISTORY_EXAMPLES = `
Examples:
  bpsc history
  bpsc history bp1… --limit 100
`;

const EXIT_STATUS = `
Exit status:
  0  here it is
  1  the node refused to answer, or shows what can't be
  2  wrong usage, or no node to be reached
`;

/** @param end is told the exit status */
export function balanceCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('balance')
    .summary('show what a wallet has')
    .description(BALANCE)
    .argument('[address]', 'of another wallet than your own');
  return withWalletOptions(command)
    .addHelpText('after', BALANCE_EXAMPLES + EXIT_STATUS)
    .action(async (named: string | undefined, options: WalletOptions) => {
      const client = openClient(options, io);
      const wallet = await client.wallet(addressOf(named, options, io), { signal: io.stop });
      const { symbol } = await client.contract();
      io.stdout.write(options.json === true ? walletJson(wallet, symbol) : walletText(wallet, symbol));
      end(EXIT.ok);
    });
}

/** @param end is told the exit status */
export function historyCommand(io: Io, end: (code: ExitCode) => void): Command {
  const command = new Command('history')
    .summary('show what a wallet sent and received')
    .description(HISTORY)
    .argument('[address]', 'of another wallet than your own')
    .option('--limit <count>', 'so many at most', limit, LIMIT);
  return withWalletOptions(command)
    .addHelpText('after', HISTORY_EXAMPLES + EXIT_STATUS)
    .action(async (named: string | undefined, options: HistoryOptions) => {
      const address = addressOf(named, options, io);
      const found: PlacedTransaction[] = [];
      for await (const transaction of openClient(options, io).history(address, { signal: io.stop })) {
        found.push(transaction);
        if (found.length === options.limit) break;
      }
      io.stdout.write(options.json === true ? historyJson(address, found) : historyText(address, found));
      end(EXIT.ok);
    });
}

function limit(text: string): number {
  const count = /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= LIMIT_MAX) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${LIMIT_MAX}.`);
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

function walletJson(wallet: WalletRecord, symbol: string): string {
  return document({
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
  });
}
