/** Who has what from the beginning, and who may move and issue tokens: WALLET_POLICY, WALLET_ALLOCATIONS, WALLET_ISSUER. */
import { readFileSync } from 'node:fs';
import { formatAmount, readAmount } from '../chain/amount.js';
import { asFields } from '../chain/fields.js';
import { JsonError, parseStrictJson } from '../chain/json.js';
import { parseWallets, type Wallets, type WalletPolicy } from '../chain/wallet-policy.js';

/** What the variables say; the issuer is right already. */
export interface WalletSettings {
  readonly policy: WalletPolicy;
  readonly issuer: string | undefined;
  /** JSON, or the path of a file that holds it */
  readonly allocations: string | undefined;
  readonly decimals: number;
}

/** @returns a sentence that follows "WALLET_ALLOCATIONS", where they can't be read */
export function readWallets({ policy, issuer, allocations, decimals }: WalletSettings): Wallets | string {
  const none: Wallets = { policy, issuer, allocations: [] };
  if (allocations === undefined) return none;
  const text = allocations.startsWith('[') ? allocations : readFile(allocations);
  if (typeof text !== 'string') return text.problem;
  let value: unknown;
  try {
    ({ value } = parseStrictJson(text));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return `${error.message}${error.pointer === '' ? '' : ` at ${error.pointer}`}`;
  }
  if (!Array.isArray(value)) return 'must be an array of {"address", "amount"}, or a file that holds one';
  const items: unknown[] = [];
  for (const item of value as readonly unknown[]) {
    const shortened = shortestAmount(item, decimals);
    if (typeof shortened === 'string') return shortened;
    items.push(shortened);
  }
  const wallets = parseWallets({ policy, allocations: items }, decimals);
  if (!('fault' in wallets)) return { ...wallets, issuer };
  const field = wallets.field?.replace('contract.wallets.allocations', '') ?? '';
  return `${field} must be ${wallets.expected} (found ${wallets.found})`.trim();
}

/** People write amounts in more ways than a contract may have them. */
function shortestAmount(item: unknown, decimals: number): unknown {
  const fields = asFields(item);
  const amount = fields?.amount;
  if (fields === undefined || (typeof amount !== 'string' && typeof amount !== 'number')) return item;
  const units = readAmount(amount, decimals);
  if (typeof units === 'string') return `amount ${JSON.stringify(amount)} ${units}`;
  return { ...fields, amount: formatAmount(units, decimals) };
}

function readFile(path: string): string | { readonly problem: string } {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return {
      problem: `must be a JSON array, or the path of a file that holds one: ${(error as Error).message}`,
    };
  }
}
