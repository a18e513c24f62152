/** Turns an operator's settings into a contract, and reports how a stored contract differs from them. */
import { addressOf } from '../../chain/entry/address.js';
import { isInformationContract } from '../../chain/contract/kinds.js';
import type { PublicKey } from '../../chain/bytes/bytes.js';
import { contractJson, type Contract } from '../../chain/contract/contract.js';
import type { ChainSettings } from '../../config/chain-settings.js';
import { OperatorError } from '../../ledger/errors.js';
import type { Chain } from '../../ledger/store.js';

/** The wallet that gets the fees under the policy `open`: the papers' name. */
const OPEN_FEE_WALLET = 'bpsc_wallet_address';

/** @param createdAt milliseconds since 1970-01-01 UTC */
export function contractOf(settings: ChainSettings, producer: PublicKey, createdAt: number): Contract {
  if (isInformationContract(settings)) return { ...settings, producer, createdAt };
  // Under the policy `signed` the fees go to the producer's own wallet, unless another wallet is configured.
  const usual = settings.wallets.policy === 'signed' ? addressOf(producer) : OPEN_FEE_WALLET;
  return { ...settings, producer, createdAt, feeWallet: settings.feeWallet ?? usual };
}

/** A stored chain, and the operator's current settings for it. */
export interface ConfiguredChain {
  readonly chain: Chain;
  readonly settings: ChainSettings;
}

/** A contract never changes: another configuration would be another chain. @throws OperatorError with a table */
export function refuseOtherContracts(
  pairs: readonly ConfiguredChain[],
  keyVariable = 'PRODUCER_KEY_FILE',
): void {
  const rows: string[][] = [];
  for (const { chain, settings } of pairs) {
    const { contract } = chain;
    const stored = flatten(contractJson(contract));
    const configured = flatten(contractJson(contractOf(settings, contract.producer, contract.createdAt)));
    for (const field of new Set([...stored.keys(), ...configured.keys()])) {
      const [kept, value] = [stored.get(field), configured.get(field)];
      if (kept !== value) rows.push([chain.name, field, cell(kept), cell(value)]);
    }
  }
  if (rows.length === 0) return;
  throw new OperatorError(
    'the configuration differs from the stored contract, which never changes:\n' +
      `${table([['chain', 'field', 'stored', 'configured'], ...rows])}\n` +
      `Set the configuration back, or set DATABASE_URL and ${keyVariable} to other files to begin other chains.`,
  );
}

/** Shortens long allocations. */
function cell(value = 'nothing'): string {
  return value.length > CELL_MAX ? `${value.slice(0, CELL_MAX)}…` : value;
}

const CELL_MAX = 60;

/** The leaves of a nested object by their dotted path, as JSON text. */
function flatten(value: object, path = ''): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
      for (const [leaf, text] of flatten(item as object, name)) leaves.set(leaf, text);
    } else {
      leaves.set(name, JSON.stringify(item));
    }
  }
  return leaves;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
