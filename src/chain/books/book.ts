/**
 * The books of a token chain: applies transactions to wallets, holds and the supply, and checks their rules (protocol,
 * section 7).
 */
import { formatAmount, type Units } from '../entry/amount.js';
import { addressOf } from '../entry/address.js';
import type { Hash } from '../bytes/bytes.js';
import type { TokenContract } from '../contract/contract.js';
import type { FaultCode } from '../faults.js';
import { compareHolds, FIRST_PLACE, placeAfter, SortedHolds, type HoldPlace } from './sorted-holds.js';
import type { Answer, Issue, Return, Transaction, Transfer } from '../entry/transaction.js';
import { available, emptyWallet, type Hold, type HoldState, type Supply, type Wallet } from './wallet.js';

/** The maximum duration of a hold. */
export const HOLD_MS_MAX = 366 * 86_400_000;
/** After a hold has ended, the producer must return it first: no other entry may be later than this after its end. */
export const RETURN_GRACE_MS = 60_000;

/** The state of a chain after its transactions so far. */
export interface BookSource {
  /** undefined if no transaction ever concerned it */
  wallet(address: string): Wallet | undefined;
  /** open or ended */
  hold(id: Hash): Hold | undefined;
  /** The first open hold at or after a position. */
  openHoldFrom(place: HoldPlace): Hold | undefined;
  supply(): Supply;
}

/** The changes in a book that are not in its source. */
export interface BookChanges {
  readonly wallets: readonly Wallet[];
  readonly holds: readonly Hold[];
  readonly supply: Supply;
}

/** A rule that a transaction breaks; `expected` and `found` are for people to read. */
export interface Violation {
  readonly code: Extract<
    FaultCode,
    'ADDRESS_MISMATCH' | 'OVERDRAWN' | `NOT_${'ISSUER' | 'RECIPIENT' | 'PRODUCER'}` | `HOLD_${string}`
  >;
  /** a field of the leaf */
  readonly field: string;
  /** the text after "must be" */
  readonly expected: string;
  readonly found: string;
}

/** The state before the first transaction, without allocations. */
const NOTHING: BookSource = {
  wallet: () => undefined,
  hold: () => undefined,
  openHoldFrom: () => undefined,
  supply: () => ({ issued: 0n, burnt: 0n, held: 0n, circulating: 0n }),
};

/** A value and the sequence of the entry that last changed it. */
interface Touched<T> {
  readonly value: T;
  readonly sequence: number;
}

/**
 * A layer of changes over a source, to which it never writes. The maps keep the most recently changed values at their
 * end.
 */
export class Book implements BookSource {
  private readonly wallets = new Map<string, Touched<Wallet>>();
  private readonly holds = new Map<Hash, Touched<Hold>>();
  /** this layer's own open holds */
  private readonly open = new SortedHolds();
  /** the source's first open hold that isn't in this layer; null: none; undefined: not looked up yet */
  private first: Hold | null | undefined;
  private sums: Supply;

  constructor(
    private readonly source: BookSource,
    private readonly contract: TokenContract,
  ) {
    this.sums = source.supply();
  }

  /** The books at the genesis block: only the allocations. */
  static genesis(contract: TokenContract): Book {
    const book = new Book(NOTHING, contract);
    for (const { address, amount } of contract.wallets.allocations) {
      book.change(address, -1, { issued: amount });
    }
    return book;
  }

  wallet(address: string): Wallet | undefined {
    return this.wallets.get(address)?.value ?? this.source.wallet(address);
  }

  hold(id: Hash): Hold | undefined {
    return this.holds.get(id)?.value ?? this.source.hold(id);
  }

  supply(): Supply {
    return this.sums;
  }

  openHoldFrom(place: HoldPlace): Hold | undefined {
    const own = this.open.firstFrom(place);
    const theirs = this.sourceHoldFrom(place);
    if (own === undefined || theirs === undefined) return own ?? theirs;
    return compareHolds(own, theirs) < 0 ? own : theirs;
  }

  /** The open hold that ends first. */
  firstOpenHold(): Hold | undefined {
    return this.openHoldFrom(FIRST_PLACE);
  }

  /** circulating + held = allocated + issued − burnt, exactly. */
  isBalanced(): boolean {
    return isBalanced(this.sums, this.contract);
  }

  /** The changes of this layer. */
  changes(): BookChanges {
    return {
      wallets: [...this.wallets.values()].map(({ value }) => value),
      holds: [...this.holds.values()].map(({ value }) => value),
      supply: this.sums,
    };
  }

  /** Merges the changes of a layer over this one. */
  absorb(layer: Book): void {
    for (const { value, sequence } of layer.wallets.values()) this.putWallet(value, sequence);
    for (const { value, sequence } of layer.holds.values()) this.putHold(value, sequence);
    this.sums = layer.sums;
  }

  /** Drops values last changed by an entry before `sequence`: the source now holds the same values. */
  forget(sequence: number): void {
    for (const [address, touched] of this.wallets) {
      if (touched.sequence >= sequence) break;
      this.wallets.delete(address);
    }
    for (const [id, touched] of this.holds) {
      if (touched.sequence >= sequence) break;
      this.holds.delete(id);
      if (touched.value.state === 'held') this.giveBack(touched.value);
    }
  }

  /** Hands an open hold of this layer over to the source. */
  private giveBack(hold: Hold): void {
    this.open.remove(hold);
    if (this.first === undefined) return;
    if (this.first === null || compareHolds(hold, this.first) < 0) this.first = hold;
  }

  /**
   * Returns the first rule of section 7 that a transaction would break as the next entry. Does not check its signature,
   * and changes nothing.
   */
  check(transaction: Transaction): Violation | undefined {
    if (transaction.type === 'return') return this.checkReturn(transaction);
    return checkAddress(transaction) ?? this.checkHolder(transaction) ?? this.checkOverdue(transaction);
  }

  /** Books a transaction that passed {@link check}. */
  apply(transaction: Transaction, id: Hash, sequence: number): void {
    switch (transaction.type) {
      case 'transfer':
        this.applyTransfer(transaction, id, sequence);
        return;
      case 'issue': {
        const { recipient, send } = transaction;
        this.change(recipient, sequence, { issued: send });
        this.add({ issued: send });
        return;
      }
      case 'accept':
      case 'decline':
      case 'return':
        this.end(transaction, sequence);
    }
  }

  private checkHolder(transaction: Transfer | Issue | Answer): Violation | undefined {
    switch (transaction.type) {
      case 'transfer':
        return checkHoldTime(transaction) ?? this.checkFunds(transaction);
      case 'issue':
        return this.checkIssuer(transaction);
      case 'accept':
      case 'decline':
        return this.checkAnswer(transaction);
    }
  }

  private checkFunds({ sender, send }: Transfer): Violation | undefined {
    if (this.contract.wallets.policy === 'open') return undefined;
    const there = available(this.wallet(sender) ?? emptyWallet(sender));
    if (send <= there) return undefined;
    const { decimals } = this.contract;
    return {
      code: 'OVERDRAWN',
      field: 'amount_send',
      expected: `at most ${formatAmount(there, decimals)}, the amount available in the wallet ${sender}`,
      found: formatAmount(send, decimals),
    };
  }

  private checkIssuer({ sender }: Issue): Violation | undefined {
    const { issuer } = this.contract.wallets;
    if (sender === issuer) return undefined;
    const expected =
      issuer === undefined ? 'the issuer, but the contract names none' : `${issuer}, the issuer`;
    return { code: 'NOT_ISSUER', field: 'sender', expected, found: sender };
  }

  private checkAnswer({ sender, timestamp, transfer }: Answer): Violation | undefined {
    const hold = this.openHold(transfer);
    if ('code' in hold) return hold;
    if (sender !== hold.recipient) {
      const expected = `${hold.recipient}, the hold's recipient`;
      return { code: 'NOT_RECIPIENT', field: 'sender', expected, found: sender };
    }
    if (timestamp <= hold.holdUntil) return undefined;
    const expected = `at most ${hold.holdUntil}, the end of the hold`;
    return { code: 'HOLD_EXPIRED', field: 'timestamp', expected, found: String(timestamp) };
  }

  private checkReturn({ sender, timestamp, transfer }: Return): Violation | undefined {
    const { feeWallet } = this.contract;
    if (sender !== feeWallet) {
      const expected = `${feeWallet}, the fee wallet`;
      return { code: 'NOT_PRODUCER', field: 'sender', expected, found: sender };
    }
    const hold = this.openHold(transfer);
    if ('code' in hold) return hold;
    if (timestamp > hold.holdUntil) return undefined;
    const expected = `later than ${hold.holdUntil}, the end of the hold`;
    return { code: 'HOLD_NOT_EXPIRED', field: 'timestamp', expected, found: String(timestamp) };
  }

  private openHold(transfer: Hash): Hold | Violation {
    const hold = this.hold(transfer);
    if (hold === undefined) {
      const expected = 'the id of a transfer that is held';
      return { code: 'HOLD_UNKNOWN', field: 'transfer', expected, found: transfer };
    }
    if (hold.state === 'held') return hold;
    const found = `${transfer}, which was ${hold.state} by entry ${hold.endedBy}`;
    return { code: 'HOLD_ENDED', field: 'transfer', expected: 'an open hold', found };
  }

  /** Returns resolve an overdue hold, so they may be late; an answer to an overdue hold is too late by its own rule. */
  private checkOverdue({ timestamp }: Transaction): Violation | undefined {
    const first = this.firstOpenHold();
    if (first === undefined || timestamp <= first.holdUntil + RETURN_GRACE_MS) return undefined;
    return {
      code: 'HOLD_OVERDUE',
      field: 'timestamp',
      expected: `at most ${first.holdUntil + RETURN_GRACE_MS} while the hold ${first.id} has not been returned`,
      found: String(timestamp),
    };
  }

  private applyTransfer(transfer: Transfer, id: Hash, sequence: number): void {
    const { sender, recipient, send, receive, fee, holdUntil } = transfer;
    if (holdUntil === undefined) {
      this.change(sender, sequence, { sent: send, feesPaid: fee, sentCount: 1 });
      this.deliver(transfer, sequence);
      return;
    }
    this.change(sender, sequence, { held: send, sentCount: 1 });
    this.add({ held: send });
    const terms = { id, sequence, sender, recipient, send, receive, fee, holdUntil };
    this.putHold({ ...terms, state: 'held', endedBy: undefined }, sequence);
  }

  private end({ type, transfer }: Answer | Return, sequence: number): void {
    const hold = this.hold(transfer);
    if (hold === undefined) throw new TypeError(`no hold ${transfer}: call check before apply`);
    const { sender, send, fee } = hold;
    const isAccepted = type === 'accept';
    this.change(sender, sequence, isAccepted ? { held: -send, sent: send, feesPaid: fee } : { held: -send });
    this.add({ held: -send });
    this.putHold({ ...hold, state: STATE_AFTER[type], endedBy: sequence }, sequence);
    if (isAccepted) this.deliver(hold, sequence);
  }

  /** Credits the recipient, and burns or collects the fee as the contract says. */
  private deliver(
    { recipient, receive, fee }: Pick<Hold, 'recipient' | 'receive' | 'fee'>,
    sequence: number,
  ): void {
    this.change(recipient, sequence, { received: receive, receivedCount: 1 });
    if (this.contract.feeDisposition === 'burn') this.add({ burnt: fee });
    else this.change(this.contract.feeWallet, sequence, { feesCollected: fee });
  }

  private change(address: string, sequence: number, by: WalletChange): void {
    const before = this.wallet(address) ?? emptyWallet(address);
    this.putWallet(changed(before, by), sequence);
    // The circulating amount is the sum of the wallets' changes, so that the other totals can be checked against it.
    const { issued, burnt, held, circulating } = this.sums;
    this.sums = { issued, burnt, held, circulating: circulating + gain(by) };
  }

  private add(change: Partial<Omit<Supply, 'circulating'>>): void {
    const { issued, burnt, held, circulating } = this.sums;
    this.sums = {
      issued: issued + (change.issued ?? 0n),
      burnt: burnt + (change.burnt ?? 0n),
      held: held + (change.held ?? 0n),
      circulating,
    };
  }

  private putWallet(value: Wallet, sequence: number): void {
    this.wallets.delete(value.address);
    this.wallets.set(value.address, { value, sequence });
  }

  private putHold(value: Hold, sequence: number): void {
    this.open.remove(value);
    this.holds.delete(value.id);
    this.holds.set(value.id, { value, sequence });
    if (value.state === 'held') this.open.add(value);
  }

  /** The source's first open hold at or after `place` that this layer has not changed. */
  private sourceHoldFrom(place: HoldPlace): Hold | undefined {
    this.first = this.skipOwn(this.first === undefined ? this.source.openHoldFrom(FIRST_PLACE) : this.first);
    if (this.first === null) return undefined;
    if (compareHolds(place, this.first) <= 0) return this.first;
    return this.skipOwn(this.source.openHoldFrom(place)) ?? undefined;
  }

  private skipOwn(hold: Hold | null | undefined): Hold | null {
    let next = hold;
    while (next !== undefined && next !== null && this.holds.has(next.id)) {
      next = this.source.openHoldFrom(placeAfter(next));
    }
    return next ?? null;
  }
}

type WalletChange = Partial<Omit<Wallet, 'address'>>;

/** Written out: this is every entry's hot path, and copying by spread with a closure takes three times as long. */
function changed(wallet: Wallet, by: WalletChange): Wallet {
  return {
    address: wallet.address,
    sent: by.sent === undefined ? wallet.sent : wallet.sent + by.sent,
    received: by.received === undefined ? wallet.received : wallet.received + by.received,
    feesPaid: by.feesPaid === undefined ? wallet.feesPaid : wallet.feesPaid + by.feesPaid,
    feesCollected:
      by.feesCollected === undefined ? wallet.feesCollected : wallet.feesCollected + by.feesCollected,
    issued: by.issued === undefined ? wallet.issued : wallet.issued + by.issued,
    held: by.held === undefined ? wallet.held : wallet.held + by.held,
    sentCount: wallet.sentCount + (by.sentCount ?? 0),
    receivedCount: wallet.receivedCount + (by.receivedCount ?? 0),
  };
}

/** By how much a change increases the available amount. */
function gain({ issued, received, feesCollected, sent, held }: WalletChange): Units {
  let units = 0n;
  if (issued !== undefined) units += issued;
  if (received !== undefined) units += received;
  if (feesCollected !== undefined) units += feesCollected;
  if (sent !== undefined) units -= sent;
  if (held !== undefined) units -= held;
  return units;
}

const STATE_AFTER = {
  accept: 'delivered',
  decline: 'declined',
  return: 'returned',
} as const satisfies Record<(Answer | Return)['type'], HoldState>;

/** Whether circulating + held = allocated + issued − burnt, exactly. */
export function isBalanced({ circulating, held, issued, burnt }: Supply, contract: TokenContract): boolean {
  return circulating + held === allocated(contract) + issued - burnt;
}

/** The number of tokens, in units, that the contract allocates. */
export function allocated({ wallets }: TokenContract): Units {
  return wallets.allocations.reduce((sum, { amount }) => sum + amount, 0n);
}

/** Checks that the sender is the address of the transaction's public key, if it has one. */
export function checkAddress(transaction: Transaction): Violation | undefined {
  if (transaction.type === 'return' || transaction.proof === undefined) return undefined;
  const { sender, proof } = transaction;
  const address = addressOf(proof.publicKey);
  if (sender === address) return undefined;
  const expected = `${address}, the address of its public key`;
  return { code: 'ADDRESS_MISMATCH', field: 'sender', expected, found: sender };
}

function checkHoldTime({ holdUntil, timestamp }: Transfer): Violation | undefined {
  if (holdUntil === undefined) return undefined;
  const latest = timestamp + HOLD_MS_MAX;
  if (holdUntil > timestamp && holdUntil <= latest) return undefined;
  const expected = `later than ${timestamp} and at most ${latest}, which is 366 days later`;
  return { code: 'HOLD_TIME', field: 'hold_until', expected, found: String(holdUntil) };
}
