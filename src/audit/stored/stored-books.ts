/** Compares the stored wallets, holds and supply with the books that an audit computed. */
import { fault, shown, type Fault, type FaultCode } from '../../chain/faults.js';
import type { Hold, Supply, Wallet } from '../../chain/books/wallet.js';
import type { AuditScratch } from '../chain-audit.js';
import type { Stored } from './stored-facts.js';

/** Amounts are texts. */
export type StoredWallet = Readonly<Record<keyof Wallet, Stored>>;
export type StoredHold = Readonly<Record<'sequence' | 'holdUntil' | 'state' | 'endedBy' | 'chain', Stored>>;
export type StoredSupply = Readonly<Record<'id' | keyof Supply, Stored>>;

const WALLET_FIELDS = [
  'sent',
  'received',
  'feesPaid',
  'feesCollected',
  'issued',
  'held',
  'sentCount',
  'receivedCount',
] as const;
const HOLD_FIELDS = ['holdUntil', 'state', 'endedBy', 'chain'] as const;
const SUPPLY_FIELDS = ['id', 'issued', 'burnt', 'held', 'circulating'] as const;

/** Compares a stored wallet with the computed one, and removes that from the scratch database. */
export function compareWallet(stored: StoredWallet, scratch: AuditScratch): Fault | undefined {
  const { address } = stored;
  const wallet = typeof address === 'string' ? scratch.takeWallet(address) : undefined;
  const what = `wallet ${shown(address)}`;
  if (wallet === undefined) return mismatch('WALLET_MISMATCH', what, 'no such wallet', 'one');
  return compareFields('WALLET_MISMATCH', what, WALLET_FIELDS, wallet, stored);
}

/** Expected wallets that remain after all stored ones were compared are missing from the store. */
export function missingWallet(scratch: AuditScratch): Fault | undefined {
  const wallet = scratch.anyWallet();
  if (wallet === undefined) return undefined;
  return mismatch('WALLET_MISMATCH', `wallet ${shown(wallet.address)}`, 'a wallet', 'none');
}

/** Compares stored holds, in order, with those of the chain. */
export class HoldComparison {
  private count = 0;
  /** the lowest sequence for the next hold */
  private from = 0;

  /** @param chain the chain's number */
  constructor(
    private readonly scratch: AuditScratch,
    private readonly chain: number,
  ) {}

  /** Their number, up to the first fault. */
  get holds(): number {
    return this.count;
  }

  /** Adds the next stored holds. Must not be called after the first fault. */
  take(rows: readonly StoredHold[]): Fault | undefined {
    const holds = this.scratch.holds(this.from, rows.length);
    for (const [position, stored] of rows.entries()) {
      const hold = holds[position];
      if (hold === undefined || hold.sequence !== stored.sequence) return this.misplaced(hold, stored);
      const what = `hold ${hold.sequence}`;
      const expected = { ...hold, endedBy: hold.endedBy ?? null, chain: this.chain };
      const found = compareFields('HOLD_MISMATCH', what, HOLD_FIELDS, expected, stored);
      if (found !== undefined) return found;
      this.count++;
      this.from = hold.sequence + 1;
    }
    return undefined;
  }

  /** Expected holds that remain after all stored ones were added are missing from the store. */
  missing(): Fault | undefined {
    const [hold] = this.scratch.holds(this.from, 1);
    return hold === undefined ? undefined : noSuchRow(hold.sequence);
  }

  private misplaced(hold: Hold | undefined, { sequence }: StoredHold): Fault {
    const isSkipped = hold !== undefined && typeof sequence === 'number' && hold.sequence < sequence;
    if (isSkipped) return noSuchRow(hold.sequence);
    return mismatch('HOLD_MISMATCH', `hold ${shown(sequence)}`, 'no such hold', 'one');
  }
}

function noSuchRow(sequence: number): Fault {
  return mismatch('HOLD_MISMATCH', `hold ${sequence}`, 'a hold', 'none');
}

/**
 * @param stored the chain's row, if there is one
 * @param chain its number
 */
export function compareSupply(
  stored: StoredSupply | undefined,
  supply: Supply,
  chain: number,
): Fault | undefined {
  if (stored === undefined) return mismatch('SUPPLY_MISMATCH', 'supply', 'one row', 'none');
  return compareFields('SUPPLY_MISMATCH', 'supply', SUPPLY_FIELDS, { id: chain, ...supply }, stored);
}

/** @param what the compared item, for people */
function compareFields<Field extends string>(
  code: FaultCode,
  what: string,
  fields: readonly Field[],
  expected: Readonly<Record<Field, bigint | number | string | null>>,
  stored: Readonly<Record<Field, Stored>>,
): Fault | undefined {
  for (const field of fields) {
    const value = expected[field];
    const text = typeof value === 'bigint' ? value.toString() : value;
    if (stored[field] !== text) return mismatch(code, what, `${field} ${text}`, shown(stored[field]));
  }
  return undefined;
}

function mismatch(code: FaultCode, field: string, expected: string, found: string): Fault {
  return fault(code, { field, expected, found });
}
