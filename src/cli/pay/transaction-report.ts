/** Transactions, for people and for programs. */
import type { AcceptedTransaction } from '../../client/accepted.js';
import type { EndedHold, PlacedTransaction, TransactionRecord } from '../../client/transaction-record.js';
import { document, printable, table } from '../shell/io.js';

/** The accepted transaction, as one JSON document. */
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
    const { amountReceive, fee, holdUntil } = transaction;
    const condition = holdUntil === undefined ? '' : ' if accepted';
    rows.push(['arrives', `${amount(amountReceive)}${condition}, fee ${amount(fee)}`]);
    if (transaction.memo !== undefined) rows.push(['memo', printable(transaction.memo)]);
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

/** The totals of a complete history. Decimal strings of tokens. */
export interface HistoryEnd {
  /** by the contract, before the first transaction */
  readonly allocated: string;
  readonly feesCollected: string;
  /** the amount in open holds, which still belongs to the wallet */
  readonly held: string;
  readonly balance: string;
}

const TITLES = ['TIME', 'TYPE', 'AMOUNT', 'WITH', 'STATE', 'BLOCK', 'ID'];

export function historyText(
  address: string,
  transactions: readonly PlacedTransaction[],
  end: HistoryEnd | undefined,
): string {
  const closing = end === undefined ? [] : closingRows(end);
  if (transactions.length === 0 && closing.length === 0) {
    return `${printable(address)} has no transactions\n`;
  }
  return table([TITLES, ...transactions.map((transaction) => historyRow(address, transaction)), ...closing]);
}

/** The amounts that no transaction of the wallet explains; empty if its transactions are complete. */
function closingRows({
  allocated,
  feesCollected,
  held,
  balance,
}: HistoryEnd): readonly (readonly string[])[] {
  const rows = [
    ['', 'allocated', `+${allocated}`, 'by the contract'],
    ['', 'fees', `+${feesCollected}`, 'collected with transactions'],
    ['', 'held', `+${held}`, 'until it is answered'],
  ].filter(([, , amount]) => amount !== '+0');
  return rows.length === 0 ? [] : [...rows, ['', 'balance', balance]];
}

function historyRow(address: string, transaction: PlacedTransaction): readonly string[] {
  const { timestamp, type, status, level, state, block, id } = transaction;
  const isHold = transaction.type === 'transfer' && transaction.holdUntil !== undefined;
  const place = 'transfer' in transaction ? `${id} of ${transaction.transfer}` : id;
  return [
    timeText(timestamp),
    isHold ? 'hold' : type,
    changeText(address, transaction),
    printable(otherParty(address, transaction) ?? ''),
    level === 'witnessed' ? `${state ?? status}, witnessed` : (state ?? status),
    String(block),
    place,
  ];
}

/** The change of the wallet or, if there is none, the amount that it moved elsewhere. */
function changeText(address: string, transaction: PlacedTransaction): string {
  const change = transaction.availableChange ?? changeOf(address, transaction);
  if (change === undefined) return '';
  if (change.startsWith('-')) return change;
  return change === '0' ? `0 (${movedElsewhere(transaction)})` : `+${change}`;
}

/** For a node that doesn't show the change. */
function changeOf(address: string, transaction: PlacedTransaction): string | undefined {
  if ('transfer' in transaction) return undefined;
  if (transaction.type === 'issue') return transaction.recipient === address ? transaction.amountSend : '0';
  if (transaction.sender === address) return `-${transaction.amountSend}`;
  return transaction.holdUntil === undefined ? transaction.amountReceive : '0';
}

function movedElsewhere(transaction: PlacedTransaction): string {
  if (!('transfer' in transaction)) {
    if (transaction.type === 'issue')
      return `${transaction.amountSend} to ${printable(transaction.recipient)}`;
    const { state, amountReceive } = transaction;
    // For the recipient of a hold: the entry that ends the hold shows the received amount.
    return state === 'pending' || state === 'held' ? `${amountReceive} if accepted` : (state ?? 'held');
  }
  const { type, hold } = transaction;
  if (hold === undefined) return 'nothing';
  const [amount, to] =
    type === 'accept' ? [hold.amountReceive, hold.recipient] : [hold.amountSend, hold.sender];
  return `${amount} to ${printable(to)}`;
}

function otherParty(address: string, transaction: PlacedTransaction): string | undefined {
  if (!('transfer' in transaction)) {
    const { sender, recipient } = transaction;
    return sender === address ? recipient : sender;
  }
  const { sender, hold } = transaction;
  if (hold === undefined) return sender === address ? undefined : sender;
  return hold.sender === address ? hold.recipient : hold.sender;
}

function placedJson(placed: PlacedTransaction): object {
  const { sequence, block, status, level, state, endedBy, hold, availableChange } = placed;
  return {
    ...recordJson(placed),
    sequence,
    block,
    status,
    ...(level === undefined ? {} : { level }),
    ...(state === undefined ? {} : { state }),
    ...(endedBy === undefined ? {} : { ended_by: endedBy }),
    ...(hold === undefined ? {} : { hold: holdJson(hold) }),
    ...(availableChange === undefined ? {} : { available_change: availableChange }),
  };
}

function holdJson({ sender, recipient, amountSend, amountReceive }: EndedHold): object {
  return { sender, recipient, amount_send: amountSend, amount_receive: amountReceive };
}

/** With the names of the wire form; missing fields are omitted. */
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

/** In UTC, to the second. */
export function timeText(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? String(ms) : `${time.toISOString().slice(0, 19)}Z`;
}
