/** Transactions, for people and for programs. */
import type { AcceptedTransaction } from '../client/accepted.js';
import type { PlacedTransaction, TransactionRecord } from '../client/transaction-record.js';
import { printable, table } from './io.js';

/** What was accepted, as one JSON document. */
export function acceptedJson({ transaction, block, repeated }: AcceptedTransaction): string {
  return document({ ok: true, repeated, block, transaction: recordJson(transaction) });
}

/** @param symbol of the token */
export function acceptedText({ transaction, block, repeated }: AcceptedTransaction, symbol: string): string {
  const amount = (value: string): string => `${value} ${printable(symbol)}`;
  const rows: [string, string][] = [];
  if ('transfer' in transaction) {
    rows.push([transaction.type === 'accept' ? 'accepted' : 'declined', transaction.transfer]);
  } else {
    rows.push(['sent', `${amount(transaction.amountSend)} to ${printable(transaction.recipient)}`]);
  }
  if (transaction.type === 'transfer') {
    rows.push(['arrives', `${amount(transaction.amountReceive)}, fee ${amount(transaction.fee)}`]);
    if (transaction.memo !== undefined) rows.push(['memo', printable(transaction.memo)]);
    const { holdUntil } = transaction;
    if (holdUntil !== undefined) rows.push(['held', `until ${timeText(holdUntil)}, or until it is answered`]);
  }
  rows.push([
    'block',
    `${block}, promised${repeated ? '; it had been accepted before, and is paid once' : ''}`,
  ]);
  rows.push(['id', transaction.id]);
  return table(rows);
}

/** A wallet's transactions, newest first, as one JSON document. */
export function historyJson(address: string, transactions: readonly PlacedTransaction[]): string {
  return document({ address, transactions: transactions.map(placedJson) });
}

const TITLES = ['TIME', 'TYPE', 'AMOUNT', 'WITH', 'STATE', 'BLOCK', 'ID'];

export function historyText(address: string, transactions: readonly PlacedTransaction[]): string {
  if (transactions.length === 0) return `${printable(address)} has no transactions\n`;
  return table([TITLES, ...transactions.map((transaction) => historyRow(address, transaction))]);
}

function historyRow(address: string, transaction: PlacedTransaction): readonly string[] {
  const { timestamp, type, status, state, block, id, sender } = transaction;
  const isHold = transaction.type === 'transfer' && transaction.holdUntil !== undefined;
  const end = [timeText(timestamp), isHold ? 'hold' : type] as const;
  const place = [state ?? status, String(block), id] as const;
  if ('transfer' in transaction) {
    const other = sender === address ? '' : printable(sender);
    return [...end, '', other, status, String(block), `${id} of ${transaction.transfer}`];
  }
  // Of what is held or went back, nothing has arrived, or will.
  const arrives = transaction.type === 'transfer' ? transaction.amountReceive : transaction.amountSend;
  const isSender = sender === address && type !== 'issue';
  const amount = isSender ? `-${transaction.amountSend}` : `+${arrives}`;
  return [...end, amount, printable(isSender ? transaction.recipient : sender), ...place];
}

function placedJson(placed: PlacedTransaction): object {
  const { sequence, block, status, state, endedBy } = placed;
  return {
    ...recordJson(placed),
    sequence,
    block,
    status,
    ...(state === undefined ? {} : { state }),
    ...(endedBy === undefined ? {} : { ended_by: endedBy }),
  };
}

/** In the names of the wire; what isn't there is left out. */
function recordJson(record: TransactionRecord): object {
  const { id, type, sender, nonce, timestamp, publicKey, signature } = record;
  const proof = { public_key: publicKey, signature };
  if ('transfer' in record)
    return { id, type, sender, nonce, timestamp, transfer: record.transfer, ...proof };
  const { recipient, amountSend } = record;
  const move = { id, type, sender, nonce, timestamp, recipient, amount_send: amountSend };
  if (record.type === 'issue') return { ...move, ...proof };
  const { amountReceive, fee, memo, holdUntil } = record;
  const split = { amount_receive: amountReceive, amount_bpsc: fee };
  return { ...move, ...split, memo, hold_until: holdUntil, ...proof };
}

/** To the second, in UTC. */
export function timeText(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? String(ms) : `${time.toISOString().slice(0, 19)}Z`;
}

export function document(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
