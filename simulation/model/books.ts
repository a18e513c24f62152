/** A token chain's wallets, holds and supply (sections 3 and 7), booked entry by entry without any short cut. */
import { textOf, type JsonObject } from './bytes.js';
import type { TokenTerms } from './contract.js';
import { feeOf, formatUnits, unitsOf } from './units.js';
import { require } from './violation.js';

const HOLD_MAX_MS = 366 * 86_400_000;
const OVERDUE_MS = 60_000;

export interface Hold {
  readonly sender: string;
  readonly recipient: string;
  readonly send: bigint;
  readonly receive: bigint;
  readonly until: number;
}

export class Books {
  private readonly wallets = new Map<string, bigint>();
  private readonly holds = new Map<string, Hold>();
  private readonly totals = { allocated: 0n, issued: 0n, burnt: 0n };

  constructor(private readonly terms: TokenTerms) {
    for (const { address, amount } of terms.allocations) {
      const units = unitsOf(amount, terms.decimals) ?? 0n;
      this.add(address, units);
      this.totals.allocated += units;
    }
  }

  balance(address: string): bigint {
    return this.wallets.get(address) ?? 0n;
  }

  balanceText(address: string): string {
    return formatUnits(this.balance(address), this.terms.decimals);
  }

  /** In its own transfers that wait for the recipient's answer. */
  heldBy(address: string): bigint {
    let held = 0n;
    for (const { sender, send } of this.holds.values()) if (sender === address) held += send;
    return held;
  }

  addresses(): IterableIterator<string> {
    return this.wallets.keys();
  }

  openHolds(): ReadonlyMap<string, Hold> {
    return this.holds;
  }

  supply(): { readonly allocated: bigint; readonly issued: bigint; readonly burnt: bigint } {
    return { ...this.totals };
  }

  /** @throws Violation when the leaf breaks a rule of the books */
  book(id: string, leaf: JsonObject): void {
    const timestamp = leaf['timestamp'] as number;
    if (leaf['type'] !== 'return') this.requireNoneOverdue(timestamp);
    switch (leaf['type']) {
      case 'transfer':
        return this.transfer(id, leaf, timestamp);
      case 'issue':
        return this.issue(leaf);
      case 'accept':
      case 'decline':
      case 'return':
        return this.endHold(leaf['type'], leaf, timestamp);
      default:
        require(false, 'bytes-of-the-protocol', () =>
          `There is no type of transaction ${textOf(leaf['type'])}.`);
    }
  }

  private transfer(id: string, leaf: JsonObject, timestamp: number): void {
    const { decimals, feeRate, feeWallet } = this.terms;
    const send = unitsOf(leaf['amount_send'], decimals);
    require(send !== undefined, 'bytes-of-the-protocol', () => `${id} sends ${textOf(leaf['amount_send'])}.`);
    const fee = feeOf(send, feeRate);
    const receive = send - fee;
    const split = `${textOf(leaf['amount_bpsc'])} and ${textOf(leaf['amount_receive'])}`;
    require(receive > 0n &&
      leaf['amount_bpsc'] === formatUnits(fee, decimals) &&
      leaf['amount_receive'] === formatUnits(receive, decimals) &&
      leaf['bpsc'] === feeWallet, 'books-agree', () =>
      `${id} of ${formatUnits(send, decimals)} is split into ${split}, for ${textOf(leaf['bpsc'])}.`);
    const [sender, recipient] = [leaf['sender'] as string, leaf['recipient'] as string];
    require(sender !== recipient, 'books-agree', () => `${id} is sent by ${sender} to itself.`);
    this.take(id, sender, send);
    const until = leaf['hold_until'];
    if (until === undefined) return this.pay(recipient, receive, fee);
    require(typeof until === 'number' &&
      until > timestamp &&
      until <= timestamp + HOLD_MAX_MS, 'books-agree', () =>
      `${id} of ${timestamp} is held until ${textOf(until)}.`);
    this.holds.set(id, { sender, recipient, send, receive, until });
  }

  private issue(leaf: JsonObject): void {
    const units = unitsOf(leaf['amount_send'], this.terms.decimals) ?? 0n;
    const sender = leaf['sender'];
    require(units > 0n && sender === this.terms.issuer && sender !== leaf['recipient'], 'books-agree', () =>
      `${textOf(sender)} issues ${textOf(leaf['amount_send'])}; the issuer is ${textOf(this.terms.issuer)}.`);
    this.add(leaf['recipient'] as string, units);
    this.totals.issued += units;
  }

  private endHold(type: 'accept' | 'decline' | 'return', leaf: JsonObject, timestamp: number): void {
    const transfer = leaf['transfer'] as string;
    const hold = this.holds.get(transfer);
    require(hold !== undefined, 'books-agree', () =>
      `There is a second end, or none to end, of the hold ${transfer}.`);
    const isReturn = type === 'return';
    const by = isReturn ? this.terms.feeWallet : hold.recipient;
    require(leaf['sender'] === by &&
      (isReturn ? timestamp > hold.until : timestamp <= hold.until), 'books-agree', () =>
      `${textOf(leaf['sender'])} ends the hold ${transfer} of ${by} until ${hold.until} by ${type} at ${timestamp}.`);
    this.holds.delete(transfer);
    if (type === 'accept') this.pay(hold.recipient, hold.receive, hold.send - hold.receive);
    else this.add(hold.sender, hold.send);
  }

  private take(id: string, sender: string, units: bigint): void {
    const balance = this.balance(sender);
    require(!this.terms.isSigned || balance >= units, 'books-agree', () =>
      `${id} takes ${units} units from ${sender}, who has ${balance}.`);
    this.add(sender, -units);
  }

  private pay(recipient: string, receive: bigint, fee: bigint): void {
    this.add(recipient, receive);
    if (this.terms.burnsFees) this.totals.burnt += fee;
    else if (fee > 0n) this.add(this.terms.feeWallet, fee);
  }

  private add(address: string, units: bigint): void {
    this.wallets.set(address, this.balance(address) + units);
  }

  private requireNoneOverdue(timestamp: number): void {
    for (const [id, { until }] of this.holds) {
      require(timestamp <= until + OVERDUE_MS, 'books-agree', () =>
        `The hold ${id} until ${until} is still open at ${timestamp}.`);
    }
  }
}
