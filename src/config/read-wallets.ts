/** Who has what from the beginning, and who may move and issue tokens: WALLET_POLICY, WALLET_ALLOCATIONS, WALLET_ISSUER. */
import { readFileSync } from 'node:fs';
import { formatAmount, readAmount } from '../chain/amount.js';
import { asFields } from '../chain/fields.js';
import { JsonError, parseStrictJson, pathTo } from '../chain/json.js';
import { WALLET_EXPECTED } from '../chain/transaction.js';
import { isWalletName, parseWallets, type Wallets, type WalletPolicy } from '../chain/wallet-policy.js';

/** What the variables say; the issuer is right already. */
export interface WalletSettings {
  readonly policy: WalletPolicy;
  readonly issuer: string | undefined;
  /** JSON, or the path of a file that holds it */
  readonly allocations: string | undefined;
  readonly decimals: number;
}

/** Problems that are named, at most. */
const PROBLEMS_MAX = 10;

/** @returns sentences that follow "WALLET_ALLOCATIONS", where they can't be read */
export function readWallets(settings: WalletSettings): Wallets | readonly string[] {
  const { policy, issuer, allocations, decimals } = settings;
  const none: Wallets = { policy, issuer, allocations: [] };
  if (allocations === undefined) return none;
  const text = allocations.startsWith('[') ? allocations : readFile(allocations);
  if (typeof text !== 'string') return [text.problem];
  const problems: string[] = [];
  let value: unknown;
  try {
    ({ value } = parseStrictJson(text, 0, ({ place }) => {
      problems.push(
        `${pathText(pathTo(place))} has more digits than a JSON number keeps: write it as a string`,
      );
    }));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return [`${error.message}${error.pointer === '' ? '' : ` at ${error.pointer}`}`];
  }
  if (!Array.isArray(value)) return ['must be an array of {"address", "amount"}, or a file that holds one'];
  if (problems.length > 0) return problems.slice(0, PROBLEMS_MAX);
  const items = value.map((item, place) => readItem(item, `[${place}]`, settings, problems));
  if (problems.length > 0) return problems.slice(0, PROBLEMS_MAX);
  const wallets = parseWallets({ policy, allocations: items }, decimals);
  if (!('fault' in wallets)) return { ...wallets, issuer };
  const field = wallets.field?.replace('contract.wallets.allocations', '') ?? '';
  return [`${field} must be ${wallets.expected} (found ${wallets.found})`.trim()];
}

/** An item as the contract has it, its amount in shortest form: people write amounts in more ways. */
function readItem(
  item: unknown,
  place: string,
  { policy, decimals }: WalletSettings,
  problems: string[],
): unknown {
  const fields = asFields(item);
  if (fields === undefined) return problems.push(`${place} must be {"address", "amount"}`);
  const { address, amount } = fields;
  if (address === undefined) problems.push(`${place}.address is missing`);
  else if (!isWalletName(address, policy)) {
    problems.push(`${place}.address ${WALLET_EXPECTED[policy]} (found ${JSON.stringify(address)})`);
  }
  if (amount === undefined) problems.push(`${place}.amount is missing`);
  else if (typeof amount !== 'string' && typeof amount !== 'number') {
    problems.push(`${place}.amount must be a decimal string`);
  } else {
    const units = readAmount(amount, decimals);
    if (typeof units !== 'string') return { ...fields, amount: formatAmount(units, decimals) };
    problems.push(`${place}.amount ${JSON.stringify(amount)} ${units}`);
  }
  return item;
}

function pathText(path: readonly (string | number)[]): string {
  return path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
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
