/** The contract (chain spec): a chain's permanent definition (protocol, section 2). Its hash is the chain id. */
import { DECIMALS_MAX, formatAmount, parseRate, type Rate } from '../entry/amount.js';
import { hashHex, parsePublicKey, type Hash, type PublicKey } from '../bytes/bytes.js';
import { isName } from '../entry/entry-fields.js';
import { fault, shown, type Fault } from '../faults.js';
import { asFields, isCount, unknownField, type Fields } from '../bytes/fields.js';
import { canonicalJson } from '../bytes/json.js';
import { sha256 } from '../bytes/sha256.js';
import { CHAIN_KINDS, isChainKind, isInformationContract, type ChainKind } from './kinds.js';
import { isWalletName, parseWallets, walletsJson, type Wallets } from './wallet-policy.js';

export const PROTOCOL_VERSION = 1;
/** The maximum number of entries in a block, whatever its contract says. */
export const BLOCK_ENTRIES_MAX = 10_000;
/** The longest interval that a timer supports (2^31 - 1 ms, about 24 days). */
export const INTERVAL_MS_MAX = 2_147_483_647;

/** When the producer seals: by time, by count, by whichever comes first, or (both null) on request. */
export interface Schedule {
  /** The most milliseconds between an entry's acceptance and its seal; null: no time limit. */
  readonly intervalMs: number | null;
  /** Seal as soon as this many entries are waiting; null: no such limit (a block still holds at most 10,000). */
  readonly maxEntries: number | null;
  /** Whether a block is sealed at every interval even when no entry is waiting. */
  readonly sealEmpty: boolean;
}

export type FeeDisposition = 'collect' | 'burn';

interface ContractBase {
  readonly name: string;
  readonly producer: PublicKey;
  /** milliseconds since 1970-01-01 UTC; the genesis block's time */
  readonly createdAt: number;
  readonly schedule: Schedule;
}

export interface TokenContract extends ContractBase {
  readonly kind: 'token';
  readonly symbol: string;
  readonly decimals: number;
  readonly feeRate: Rate;
  readonly feeWallet: string;
  readonly feeDisposition: FeeDisposition;
  readonly wallets: Wallets;
}

export interface InformationContract extends ContractBase {
  readonly kind: 'information';
}

export type Contract = TokenContract | InformationContract;

export const CHAIN_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const SYMBOL_MAX = 32;

/** The contract's wire form. */
export function contractJson(contract: Contract): Fields {
  const base = {
    version: PROTOCOL_VERSION,
    kind: contract.kind,
    name: contract.name,
    producer: contract.producer,
    created_at: contract.createdAt,
    schedule: {
      interval_ms: contract.schedule.intervalMs,
      max_entries: contract.schedule.maxEntries,
      seal_empty: contract.schedule.sealEmpty,
    },
  };
  if (isInformationContract(contract)) return base;
  return {
    ...base,
    token: { symbol: contract.symbol, decimals: contract.decimals },
    fee: {
      rate: formatAmount(contract.feeRate, DECIMALS_MAX),
      wallet: contract.feeWallet,
      disposition: contract.feeDisposition,
    },
    wallets: walletsJson(contract.wallets, contract.decimals),
  };
}

/** The bytes whose hash is the chain id. */
export function contractText(contract: Contract): string {
  return canonicalJson(contractJson(contract));
}

/** chain id = SHA-256(JCS(contract)). */
export function chainId(contract: Contract): Hash {
  return hashHex(sha256(contractText(contract)));
}

/** The maximum number of entries in a block of this chain. */
export function blockEntriesMax(contract: Contract): number {
  return contract.schedule.maxEntries ?? BLOCK_ENTRIES_MAX;
}

const BASE_FIELDS = ['version', 'kind', 'name', 'producer', 'created_at', 'schedule'];
const FIELDS_OF: Readonly<Record<ChainKind, ReadonlySet<string>>> = {
  token: new Set([...BASE_FIELDS, 'token', 'fee', 'wallets']),
  information: new Set(BASE_FIELDS),
};
const KIND_EXPECTED = CHAIN_KINDS.map((kind) => `"${kind}"`).join(' or ');

/** Parses a contract from outside. Every field is checked and no other is allowed: the id covers all of them. */
export function parseContract(value: unknown): Contract | Fault {
  const fields = asFields(value);
  if (fields === undefined) return malformed('contract', 'an object', value);
  if (fields.version !== PROTOCOL_VERSION) {
    return fault('VERSION_MISMATCH', {
      field: 'contract.version',
      expected: String(PROTOCOL_VERSION),
      found: shown(fields.version),
    });
  }
  const { kind } = fields;
  if (!isChainKind(kind)) return malformed('contract.kind', KIND_EXPECTED, kind);
  const extra = unknownField(fields, FIELDS_OF[kind]);
  if (extra !== undefined) return unsupported(`contract.${extra}`, fields[extra]);
  if (typeof fields.name !== 'string' || !CHAIN_NAME.test(fields.name)) {
    return malformed('contract.name', `a name like ${CHAIN_NAME.source}`, fields.name);
  }
  const producer = parsePublicKey(fields.producer);
  if (producer === undefined) {
    return malformed('contract.producer', '64 lower-case hex digits', fields.producer);
  }
  if (!isCount(fields.created_at)) {
    return malformed('contract.created_at', 'milliseconds since 1970', fields.created_at);
  }
  const schedule = parseSchedule(fields.schedule);
  if ('fault' in schedule) return schedule;
  const base = { name: fields.name, producer, createdAt: fields.created_at, schedule };
  return CONTRACT_OF[kind](fields, base);
}

const CONTRACT_OF: Readonly<Record<ChainKind, (fields: Fields, base: ContractBase) => Contract | Fault>> = {
  token: parseTokenPart,
  information: (_, base) => ({ kind: 'information', ...base }),
};

function parseTokenPart(fields: Fields, base: ContractBase): TokenContract | Fault {
  const token = exactly(fields.token, ['symbol', 'decimals']);
  if (token === undefined) return malformed('contract.token', 'symbol and decimals', fields.token);
  if (!isSymbol(token.symbol)) {
    return malformed('contract.token.symbol', `1 to ${SYMBOL_MAX} characters`, token.symbol);
  }
  if (!isCount(token.decimals) || token.decimals > DECIMALS_MAX) {
    return malformed('contract.token.decimals', `a number from 0 to ${DECIMALS_MAX}`, token.decimals);
  }
  const fee = exactly(fields.fee, ['rate', 'wallet', 'disposition']);
  if (fee === undefined) return malformed('contract.fee', 'rate, wallet and disposition', fields.fee);
  const rate = typeof fee.rate === 'string' ? parseRate(fee.rate) : undefined;
  if (rate === undefined) return malformed('contract.fee.rate', '"0" up to but not including "1"', fee.rate);
  if (fee.disposition !== 'collect' && fee.disposition !== 'burn') {
    return malformed('contract.fee.disposition', '"collect" or "burn"', fee.disposition);
  }
  const wallets = parseWallets(fields.wallets, token.decimals);
  if ('fault' in wallets) return wallets;
  if (!isWalletName(fee.wallet, wallets.policy)) {
    return malformed('contract.fee.wallet', 'a wallet address', fee.wallet);
  }
  return {
    kind: 'token',
    ...base,
    symbol: token.symbol,
    decimals: token.decimals,
    feeRate: rate,
    feeWallet: fee.wallet,
    feeDisposition: fee.disposition,
    wallets,
  };
}

function parseSchedule(value: unknown): Schedule | Fault {
  const fields = exactly(value, ['interval_ms', 'max_entries', 'seal_empty']);
  if (fields === undefined) {
    return malformed('contract.schedule', 'interval_ms, max_entries and seal_empty', value);
  }
  const { interval_ms: intervalMs, max_entries: maxEntries, seal_empty: sealEmpty } = fields;
  if (intervalMs !== null && !within(intervalMs, 1, INTERVAL_MS_MAX)) {
    return malformed('contract.schedule.interval_ms', `null or 1 to ${INTERVAL_MS_MAX}`, intervalMs);
  }
  if (maxEntries !== null && !within(maxEntries, 1, BLOCK_ENTRIES_MAX)) {
    return malformed('contract.schedule.max_entries', `null or 1 to ${BLOCK_ENTRIES_MAX}`, maxEntries);
  }
  if (typeof sealEmpty !== 'boolean') {
    return malformed('contract.schedule.seal_empty', 'true or false', sealEmpty);
  }
  return { intervalMs, maxEntries, sealEmpty };
}

/** A token's symbol: like a wallet's name, but shorter. */
export function isSymbol(value: unknown): value is string {
  return isName(value) && [...value].length <= SYMBOL_MAX;
}

function within(value: unknown, min: number, max: number): value is number {
  return isCount(value) && value >= min && value <= max;
}

/** The object in `value` if it has exactly these fields. */
function exactly(value: unknown, names: readonly string[]): Fields | undefined {
  const fields = asFields(value);
  if (fields === undefined || Object.keys(fields).length !== names.length) return undefined;
  return names.every((name) => name in fields) ? fields : undefined;
}

function malformed(field: string, expected: string, found: unknown): Fault {
  return fault('MALFORMED', { field, expected, found: shown(found) });
}

function unsupported(field: string, found: unknown): Fault {
  return fault('UNSUPPORTED', { field, found: shown(found) });
}
