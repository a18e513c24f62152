/** A chain's contract (section 2), as far as the rules ask it. */
import { parseObject, sha256, type Json, type JsonObject } from './bytes.js';

export interface TokenTerms {
  readonly decimals: number;
  readonly feeRate: string;
  readonly feeWallet: string;
  readonly burnsFees: boolean;
  readonly isSigned: boolean;
  readonly issuer: string | undefined;
  readonly allocations: readonly { readonly address: string; readonly amount: string }[];
}

export interface Contract {
  readonly id: string;
  readonly name: string;
  readonly producer: string;
  readonly createdAt: number;
  readonly intervalMs: number | null;
  readonly maxEntries: number;
  readonly sealsEmpty: boolean;
  /** undefined of an information chain */
  readonly token: TokenTerms | undefined;
}

const ENTRIES_MAX = 10_000;

/** @param text the contract's canonical bytes */
export function parseContract(text: string): Contract {
  const fields = parseObject(text);
  const schedule = fields['schedule'] as JsonObject;
  return {
    id: sha256(text).toString('hex'),
    name: fields['name'] as string,
    producer: fields['producer'] as string,
    createdAt: fields['created_at'] as number,
    intervalMs: schedule['interval_ms'] as number | null,
    maxEntries: (schedule['max_entries'] as number | null) ?? ENTRIES_MAX,
    sealsEmpty: schedule['seal_empty'] === true,
    token: fields['kind'] === 'token' ? tokenTerms(fields) : undefined,
  };
}

function tokenTerms(fields: JsonObject): TokenTerms {
  const [token, fee, wallets] = [fields['token'], fields['fee'], fields['wallets']] as JsonObject[];
  const allocations = wallets?.['allocations'] as readonly JsonObject[] | undefined;
  return {
    decimals: token?.['decimals'] as number,
    feeRate: fee?.['rate'] as string,
    feeWallet: fee?.['wallet'] as string,
    burnsFees: fee?.['disposition'] === 'burn',
    isSigned: wallets?.['policy'] === 'signed',
    issuer: optionalText(wallets?.['issuer']),
    allocations: (allocations ?? []).map(({ address, amount }) => ({
      address: address as string,
      amount: amount as string,
    })),
  };
}

function optionalText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
