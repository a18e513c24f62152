/** Reads the operator's settings for a new chain: an item of CHAINS, or the body of POST /chains. */
import { DECIMALS_MAX, formatAmount, parseRate, readAmount, type Rate } from '../chain/entry/amount.js';
import { isChainKind, type ChainKind } from '../chain/contract/kinds.js';
import {
  BLOCK_ENTRIES_MAX,
  CHAIN_NAME,
  INTERVAL_MS_MAX,
  isSymbol,
  type FeeDisposition,
  type Schedule,
} from '../chain/contract/contract.js';
import { asFields, isCount, type Fields } from '../chain/bytes/fields.js';
import {
  isWalletName,
  parseWallets,
  type WalletPolicy,
  type Wallets,
} from '../chain/contract/wallet-policy.js';
import type { FieldError } from '../ledger/errors.js';

/** A contract without its producer and its creation time. */
export interface TokenSettings {
  readonly kind: 'token';
  readonly name: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly feeRate: Rate;
  /** undefined: the policy's default */
  readonly feeWallet: string | undefined;
  readonly feeDisposition: FeeDisposition;
  readonly wallets: Wallets;
  readonly schedule: Schedule;
}

export interface InformationSettings {
  readonly kind: 'information';
  readonly name: string;
  readonly schedule: Schedule;
}

export type ChainSettings = TokenSettings | InformationSettings;

/** The defaults for an item, from the node's variables. */
export interface ChainDefaults {
  readonly token: {
    readonly symbol: string;
    readonly decimals: number;
    readonly feeRate: string;
    readonly feeWallet: string | undefined;
    readonly feeDisposition: FeeDisposition;
    readonly policy: WalletPolicy;
    /** unparsed, since each chain reads them with its own decimals */
    readonly allocations: readonly unknown[];
    readonly issuer: string | undefined;
    readonly schedule: Schedule;
  };
  readonly information: { readonly schedule: Schedule };
}

export const CHAIN_NAME_EXPECTED = 'must begin with a-z, then a-z, 0-9 and -, at most 32 characters';
const WALLET_EXPECTED = {
  open: "must be a wallet's name, since the policy is open",
  signed: "must be a wallet's address, since the policy is signed",
} as const;

/**
 * Reads the settings of one chain. All fields except `kind` and `name` are optional.
 * @param at the path of the value, such as `[2]`, to prefix the names of fields
 * @returns the settings, or one error for each invalid field
 */
export function readChainSettings(
  value: unknown,
  defaults: ChainDefaults,
  at = '',
): ChainSettings | { readonly errors: readonly FieldError[] } {
  const fields = new FieldReader(value, at);
  const kind = fields.required('kind', 'must be "token" or "information"', (found) =>
    isChainKind(found) ? found : undefined,
  );
  const name = fields.required('name', CHAIN_NAME_EXPECTED, (found) =>
    typeof found === 'string' && CHAIN_NAME.test(found) ? found : undefined,
  );
  const settings = REST_OF[kind ?? 'token'](fields, name ?? '', defaults);
  fields.finish();
  return fields.errors.length > 0 ? { errors: fields.errors } : settings;
}

/** Reads the fields that a kind has besides `kind` and `name`. */
const REST_OF: Readonly<
  Record<ChainKind, (fields: FieldReader, name: string, defaults: ChainDefaults) => ChainSettings>
> = {
  token: (fields, name, { token }) => readToken(fields, name, token),
  information: (fields, name, { information }) => ({
    kind: 'information',
    name,
    schedule: readSchedule(fields, information.schedule),
  }),
};

function readToken(fields: FieldReader, name: string, defaults: ChainDefaults['token']): TokenSettings {
  const symbol = fields.optional('symbol', defaults.symbol, 'must be 1 to 32 characters', (found) =>
    isSymbol(found) ? found : undefined,
  );
  const decimals = fields.optional(
    'decimals',
    defaults.decimals,
    `must be a whole number from 0 to ${DECIMALS_MAX}`,
    (found) => (isCount(found) && found <= DECIMALS_MAX ? found : undefined),
  );
  const wallets = readWalletSettings(fields, decimals, defaults);
  const fee = fields.nested('fee');
  const feeRate = fee.optional(
    'rate',
    parseRate(defaults.feeRate) as Rate,
    'must be a decimal string from "0" up to but not including "1", in shortest form',
    (found) => (typeof found === 'string' ? parseRate(found) : undefined),
  );
  const feeWallet = fee.optional('wallet', defaults.feeWallet, WALLET_EXPECTED[wallets.policy], (found) =>
    isWalletName(found, wallets.policy) ? found : undefined,
  );
  const feeDisposition = fee.optional(
    'disposition',
    defaults.feeDisposition,
    'must be "collect" or "burn"',
    (found) => (found === 'collect' || found === 'burn' ? found : undefined),
  );
  fee.finish();
  const schedule = readSchedule(fields, defaults.schedule);
  return { kind: 'token', name, symbol, decimals, feeRate, feeWallet, feeDisposition, wallets, schedule };
}

function readWalletSettings(
  fields: FieldReader,
  decimals: number,
  defaults: ChainDefaults['token'],
): Wallets {
  const wallets = fields.nested('wallets');
  const policy = wallets.optional('policy', defaults.policy, 'must be "open" or "signed"', (found) =>
    found === 'open' || found === 'signed' ? found : undefined,
  );
  // The variables contain either names or addresses, so they only suit a chain with the same policy.
  const suits = policy === defaults.policy;
  const issuer = wallets.optional(
    'issuer',
    suits ? defaults.issuer : undefined,
    WALLET_EXPECTED[policy],
    (found) => (isWalletName(found, policy) ? found : undefined),
  );
  const expected = 'must be an array of {"address", "amount"}';
  const items = wallets.optional('allocations', suits ? defaults.allocations : [], expected, (found) =>
    Array.isArray(found) ? (found as readonly unknown[]) : undefined,
  );
  const parsed = readAllocations(items, policy, decimals);
  if ('errors' in parsed) {
    for (const { field, message } of parsed.errors) wallets.wrong(`allocations${field}`, message);
  }
  wallets.finish();
  return { policy, issuer, allocations: 'errors' in parsed ? [] : parsed };
}

/** The maximum number of problems to report. */
const PROBLEMS_MAX = 10;

/**
 * Reads allocations as people write them: amounts may also be numbers, or have trailing zeros.
 * @returns the allocations, or errors with paths relative to the array
 */
export function readAllocations(
  items: readonly unknown[],
  policy: WalletPolicy,
  decimals: number,
): Wallets['allocations'] | { readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const shortest = items.map((item, place) => {
    const read = readAllocation(item, policy, decimals);
    if (!Array.isArray(read)) return read;
    errors.push(...read.map(({ field, message }: FieldError) => ({ field: `[${place}]${field}`, message })));
    return item;
  });
  if (errors.length > 0) return { errors: errors.slice(0, PROBLEMS_MAX) };
  const wallets = parseWallets({ policy, allocations: shortest }, decimals);
  if (!('fault' in wallets)) return wallets.allocations;
  const field = wallets.field?.replace('contract.wallets.allocations', '') ?? '';
  return { errors: [{ field, message: `must be ${wallets.expected} (found ${wallets.found})` }] };
}

/** @returns the item with its amount in shortest form, or its errors */
function readAllocation(
  item: unknown,
  policy: WalletPolicy,
  decimals: number,
): Fields | readonly FieldError[] {
  const fields = asFields(item);
  if (fields === undefined) return [{ field: '', message: 'must be {"address", "amount"}' }];
  const { address, amount } = fields;
  const errors: FieldError[] = [];
  if (address === undefined) errors.push({ field: '.address', message: 'is missing' });
  else if (!isWalletName(address, policy)) {
    const message = `${WALLET_EXPECTED[policy]} (found ${JSON.stringify(address)})`;
    errors.push({ field: '.address', message });
  }
  if (amount === undefined) errors.push({ field: '.amount', message: 'is missing' });
  else if (typeof amount !== 'string' && typeof amount !== 'number') {
    errors.push({ field: '.amount', message: 'must be a decimal string' });
  } else {
    const units = readAmount(amount, decimals);
    if (typeof units !== 'string') {
      return errors.length > 0 ? errors : { ...fields, amount: formatAmount(units, decimals) };
    }
    errors.push({ field: '.amount', message: `${units} (found ${JSON.stringify(amount)})` });
  }
  return errors;
}

function readSchedule(fields: FieldReader, defaults: Schedule): Schedule {
  const schedule = fields.nested('schedule');
  const within = (name: string, fallback: number | null, max: number): number | null =>
    schedule.optional<number | null>(
      name,
      fallback,
      `must be null or a whole number from 1 to ${max}`,
      (found) => (found === null || (isCount(found) && found >= 1 && found <= max) ? found : undefined),
    );
  const intervalMs = within('interval_ms', defaults.intervalMs, INTERVAL_MS_MAX);
  const maxEntries = within('max_entries', defaults.maxEntries, BLOCK_ENTRIES_MAX);
  const sealEmpty = schedule.optional('seal_empty', defaults.sealEmpty, 'must be true or false', (found) =>
    typeof found === 'boolean' ? found : undefined,
  );
  schedule.finish();
  return { intervalMs, maxEntries, sealEmpty };
}

/** Reads the fields of an object, and collects errors for invalid and unknown ones. */
class FieldReader {
  readonly errors: FieldError[];
  private readonly fields: Fields;
  private readonly known = new Set<string>();

  constructor(
    value: unknown,
    private readonly at: string,
    errors: FieldError[] = [],
  ) {
    this.errors = errors;
    const fields = asFields(value);
    this.fields = fields ?? {};
    if (fields === undefined) this.errors.push({ field: at, message: 'must be an object' });
  }

  required<T>(name: string, expected: string, read: (found: unknown) => T | undefined): T | undefined {
    if (this.has(name)) return this.optional<T | undefined>(name, undefined, expected, read);
    this.wrong(name, 'is missing');
    return undefined;
  }

  optional<T>(name: string, fallback: T, expected: string, read: (found: unknown) => T | undefined): T {
    if (!this.has(name)) return fallback;
    const found = this.fields[name];
    const value = read(found);
    if (value !== undefined) return value;
    this.wrong(name, expected);
    return fallback;
  }

  /** Reads a nested object, which may be missing. */
  nested(name: string): FieldReader {
    const value = this.has(name) ? this.fields[name] : {};
    return new FieldReader(value, this.path(name), this.errors);
  }

  wrong(name: string, message: string): void {
    this.errors.push({ field: this.path(name), message });
  }

  /** Reports unknown fields; called after all known ones have been read. */
  finish(): void {
    for (const name of Object.keys(this.fields)) {
      if (this.known.has(name)) continue;
      this.wrong(name, `is not a field of a chain: here, the fields are ${[...this.known].join(', ')}`);
    }
  }

  private has(name: string): boolean {
    this.known.add(name);
    return Object.hasOwn(this.fields, name);
  }

  private path(name: string): string {
    return this.at === '' ? name : `${this.at}.${name}`;
  }
}
