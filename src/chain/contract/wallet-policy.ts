/** The part of a token contract that defines who may move which tokens (protocol, sections 2 and 7). */
import { formatAmount, parseAmount, type Units } from '../entry/amount.js';
import { isAddress } from '../entry/address.js';
import { isName } from '../entry/entry-fields.js';
import { fault, shown, type Fault } from '../faults.js';
import { asFields, unknownField, type Fields } from '../bytes/fields.js';

/** `open`: a sender is a name, and its tokens come from outside. `signed`: a sender proves that it owns the wallet. */
export type WalletPolicy = 'open' | 'signed';

/** Tokens that a wallet has from the beginning. */
export interface Allocation {
  readonly address: string;
  readonly amount: Units;
}

export interface Wallets {
  readonly policy: WalletPolicy;
  readonly allocations: readonly Allocation[];
  /** the only wallet that may issue tokens; undefined: none may */
  readonly issuer: string | undefined;
}

export const OPEN_WALLETS: Wallets = { policy: 'open', allocations: [], issuer: undefined };

/** Every follower reads the contract each time it polls, so it has to stay small. */
export const ALLOCATIONS_MAX = 4096;

/** Whether the value is a valid wallet name under a policy: any name, or an address. */
export function isWalletName(value: unknown, policy: WalletPolicy): value is string {
  return policy === 'signed' ? isAddress(value) : isName(value);
}

/** The wire form. */
export function walletsJson({ policy, allocations, issuer }: Wallets, decimals: number): Fields {
  return {
    policy,
    allocations: allocations.map(({ address, amount }) => ({
      address,
      amount: formatAmount(amount, decimals),
    })),
    ...(issuer === undefined ? {} : { issuer }),
  };
}

const FIELDS = new Set(['policy', 'allocations', 'issuer']);
const ALLOCATION_FIELDS = new Set(['address', 'amount']);

export function parseWallets(value: unknown, decimals: number): Wallets | Fault {
  const fields = asFields(value);
  if (fields === undefined) return malformed('', 'policy and allocations', value);
  const extra = unknownField(fields, FIELDS);
  if (extra !== undefined) return unsupported(`.${extra}`, fields[extra]);
  const { policy, issuer } = fields;
  if (policy !== 'open' && policy !== 'signed') return unsupported('.policy', policy);
  const allocations = parseAllocations(fields.allocations, policy, decimals);
  if ('fault' in allocations) return allocations;
  if (!('issuer' in fields)) return { policy, allocations, issuer: undefined };
  if (!isWalletName(issuer, policy)) return malformed('.issuer', WALLET_EXPECTED[policy], issuer);
  return { policy, allocations, issuer };
}

const WALLET_EXPECTED = { open: "a wallet's name", signed: "a wallet's address" } as const;

/** Each wallet once, each amount above zero. */
function parseAllocations(
  value: unknown,
  policy: WalletPolicy,
  decimals: number,
): readonly Allocation[] | Fault {
  if (!Array.isArray(value)) return malformed('.allocations', 'an array', value);
  if (value.length > ALLOCATIONS_MAX) {
    return malformed('.allocations', `at most ${ALLOCATIONS_MAX}`, `${value.length} of them`);
  }
  const allocations = new Map<string, Allocation>();
  for (const [place, item] of (value as readonly unknown[]).entries()) {
    const at = (field: string): string => `.allocations[${place}]${field}`;
    const fields = asFields(item);
    if (fields === undefined || unknownField(fields, ALLOCATION_FIELDS) !== undefined) {
      return malformed(at(''), 'address and amount', item);
    }
    const { address, amount: text } = fields;
    if (!isWalletName(address, policy)) return malformed(at('.address'), WALLET_EXPECTED[policy], address);
    if (allocations.has(address))
      return malformed(at('.address'), 'a wallet that is not already listed', address);
    const amount = typeof text === 'string' ? parseAmount(text, decimals) : undefined;
    if (amount === undefined || amount === 0n) {
      return malformed(at('.amount'), 'a decimal string above zero in shortest form', text);
    }
    allocations.set(address, { address, amount });
  }
  return [...allocations.values()];
}

function unsupported(field: string, found: unknown): Fault {
  return fault('UNSUPPORTED', { field: `contract.wallets${field}`, found: shown(found) });
}

function malformed(field: string, expected: string, found: unknown): Fault {
  return fault('MALFORMED', { field: `contract.wallets${field}`, expected, found: shown(found) });
}
