/** Transactions, for people and for programs. */
import type { AcceptedTransaction } from '../../client/accepted.js';
import type {
  EndedHold,
  PlacedTransaction,
  TransactionRecord,
  TransferRecord,
} from '../../client/transaction-record.js';
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
    rows.push(...metadataRow(transaction));
    if (holdUntil !== undefined) rows.push(['held', `until ${timeText(holdUntil)}, or until it is answered`]);
  }
  rows.push([
    'block',
    `${block}, promised${repeated ? '; it had been accepted before, and is paid once' : ''}`,
  ]);
  rows.push(['id', transaction.id]);
  return table(rows);
}

function metadataRow({ metadata }: Pick<TransferRecord, 'metadata'>): [string, string][] {
  return metadata === undefined ? [] : [['metadata', printable(JSON.stringify(metadata))]];
}

/** The block that a transaction was proven to be in, and the key that signed it. */
export interface BlockProof {
  readonly block: number;
  readonly hash: string;
  readonly producer: string;
}

/** One transaction as a JSON document. */
export function transactionJson(transaction: PlacedTransaction, proof: BlockProof | undefined): string {
  return document({ ...placedJson(transaction), ...(proof === undefined ? {} : { verified: proof }) });
}

/** @param symbol of the token */
export function transactionText(
  transaction: PlacedTransaction,
  symbol: string,
  proof: BlockProof | undefined,
): string {
  const { id, type, sender, nonce, timestamp, status, level, state, block, endedBy } = transaction;
  const amount = (value: string): string => `${value} ${printable(symbol)}`;
  const rows: [string, string][] = [
    ['type', type],
    ['time', timeText(timestamp)],
    ['sender', printable(sender)],
  ];
  if ('transfer' in transaction) rows.push(['hold', transaction.transfer]);
  else {
    rows.push(['recipient', printable(transaction.recipient)], ['amount', amount(transaction.amountSend)]);
  }
  if (transaction.type === 'transfer') {
    const { amountReceive, fee, memo, holdUntil } = transaction;
    rows.push(['fee', amount(fee)], ['arrives', amount(amountReceive)]);
    if (memo !== undefined) rows.push(['memo', printable(memo)]);
    rows.push(...metadataRow(transaction));
    if (holdUntil !== undefined) rows.push(['held until', timeText(holdUntil)]);
  }
  if (state !== undefined) rows.push(['state', state]);
  if (endedBy !== undefined) rows.push(['ended by', `${endedBy.type} ${endedBy.id}`]);
  rows.push(
    ['block', status === 'pending' ? `${block}, promised` : String(block)],
    ['level', level ?? status],
    ['nonce', printable(nonce)],
    ['id', id],
  );
  if (proof !== undefined) {
    rows.push([
      'verified',
      `in block ${proof.block} (${proof.hash}), signed by the producer ${proof.producer}`,
    ]);
  }
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
/** The maximum width of a history's line. */
const COLUMNS_MAX = 120;

/** How much of a name and an id is shown. */
interface Detail {
  readonly nameCharacters: number;
  readonly idDigits: number;
}
const COMPLETE: Detail = { nameCharacters: Infinity, idDigits: Infinity };
/** From the most to the least detailed; commands take ids from 8 digits on. */
const SHORTENED: readonly Detail[] = [
  { nameCharacters: 44, idDigits: 12 },
  { nameCharacters: 32, idDigits: 12 },
  { nameCharacters: 24, idDigits: 12 },
  { nameCharacters: 18, idDigits: 8 },
  { nameCharacters: 13, idDigits: 8 },
];

/** @param isWide with complete names and ids; by default lines have at most 120 columns, unless an amount takes more */
export function historyText(
  address: string,
  transactions: readonly PlacedTransaction[],
  end: HistoryEnd | undefined,
  isWide: boolean,
): string {
  const closing = end === undefined ? [] : closingRows(end);
  if (transactions.length === 0 && closing.length === 0) {
    return `${printable(address)} has no transactions\n`;
  }
  const tableOf = (detail: Detail): string =>
    table([TITLES, ...transactions.map((each) => historyRow(address, each, detail)), ...closing]);
  const [first = COMPLETE, ...shorter] = isWide ? [COMPLETE] : SHORTENED;
  let text = tableOf(first);
  for (const detail of shorter) {
    if (text.split('\n').every((line) => line.length <= COLUMNS_MAX)) break;
    text = tableOf(detail);
  }
  return text;
}

/** The beginning and the end: an address's end is its checksum. */
function middleCut(text: string, max: number): string {
  const characters = [...text];
  if (characters.length <= max) return text;
  const end = Math.floor((max - 1) / 2);
  return [...characters.slice(0, max - 1 - end), '…', ...characters.slice(-end)].join('');
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
    ['', 'fees', `+${feesCollected}`, 'as the fee wallet'],
    ['', 'held', `+${held}`, 'in open holds'],
  ].filter(([, , amount]) => amount !== '+0');
  return rows.length === 0 ? [] : [...rows, ['', 'balance', balance]];
}

function historyRow(
  address: string,
  transaction: PlacedTransaction,
  { nameCharacters, idDigits }: Detail,
): readonly string[] {
  const { timestamp, type, status, level, state, block, id } = transaction;
  const isHold = transaction.type === 'transfer' && transaction.holdUntil !== undefined;
  const digits = (of: string): string => of.slice(0, idDigits);
  const place = 'transfer' in transaction ? `${digits(id)} of ${digits(transaction.transfer)}` : digits(id);
  return [
    timeText(timestamp),
    isHold ? 'hold' : type,
    changeText(address, transaction, nameCharacters),
    middleCut(printable(otherParty(address, transaction) ?? ''), nameCharacters),
    level === 'witnessed' ? `${state ?? status}, witnessed` : (state ?? status),
    String(block),
    place,
  ];
}

/** The change of the wallet or, if there is none, the amount that it moved elsewhere. */
function changeText(address: string, transaction: PlacedTransaction, nameCharacters: number): string {
  const change = transaction.availableChange ?? changeOf(address, transaction);
  if (change === undefined) return '';
  if (change.startsWith('-')) return change;
  return change === '0' ? `0 (${movedElsewhere(transaction, nameCharacters)})` : `+${change}`;
}

/** For a node that doesn't show the change. */
function changeOf(address: string, transaction: PlacedTransaction): string | undefined {
  if ('transfer' in transaction) return undefined;
  if (transaction.type === 'issue') return transaction.recipient === address ? transaction.amountSend : '0';
  if (transaction.sender === address) return `-${transaction.amountSend}`;
  return transaction.holdUntil === undefined ? transaction.amountReceive : '0';
}

function movedElsewhere(transaction: PlacedTransaction, nameCharacters: number): string {
  const name = (of: string): string => middleCut(printable(of), nameCharacters);
  if (!('transfer' in transaction)) {
    if (transaction.type === 'issue') return `${transaction.amountSend} to ${name(transaction.recipient)}`;
    const { state, amountReceive } = transaction;
    // For the recipient of a hold: the entry that ends the hold shows the received amount.
    return state === 'pending' || state === 'held' ? `${amountReceive} if accepted` : (state ?? 'held');
  }
  const { type, hold } = transaction;
  if (hold === undefined) return 'nothing';
  const [amount, to] =
    type === 'accept' ? [hold.amountReceive, hold.recipient] : [hold.amountSend, hold.sender];
  return `${amount} to ${name(to)}`;
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
  const { amountReceive, fee, memo, metadata, holdUntil } = record;
  const split = { amount_receive: amountReceive, amount_bpsc: fee };
  return { ...move, ...split, memo, metadata, hold_until: holdUntil, ...proof };
}

/** In UTC, to the second. */
export function timeText(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? String(ms) : `${time.toISOString().slice(0, 19)}Z`;
}
