/** Requests as holders sign them; written from the protocol's text (section 7), sharing no code with src. */
import { randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Holder, Wire } from './chain-builder.js';

interface Move {
  recipient: string;
  /** in shortest form: it is signed as it stands */
  amount: string;
  nonce?: string;
  memo?: string;
  hold_until?: number;
}

const sign = (holder: Holder, chain: string, part: Wire): string =>
  holder.sign(`bpsc/transaction/v1\n${canonicalize({ ...part, chain })}`);

function request(holder: Holder, chain: string, signed: Wire, sent: Wire): Wire {
  return {
    ...sent,
    sender: holder.address,
    nonce: signed.nonce,
    public_key: holder.publicKey,
    signature: sign(holder, chain, { ...signed, sender: holder.address }),
  };
}

/** A body for POST /transactions/new or, of the type issue, /transactions/issue. */
export function signedMove(
  holder: Holder,
  chain: string,
  { amount, nonce = randomUUID(), ...move }: Move,
  type: 'transfer' | 'issue' = 'transfer',
): Wire & { sender: string; recipient: string; amount: string } {
  const signed = { ...move, amount_send: amount, nonce, type };
  return { ...request(holder, chain, signed, move), amount } as never;
}

/** A body for POST /transactions/:id/accept and /decline. */
export function signedAnswer(
  holder: Holder,
  chain: string,
  type: 'accept' | 'decline',
  transfer: string,
  nonce: string = randomUUID(),
): Wire & { sender: string } {
  return request(holder, chain, { nonce, transfer, type }, {}) as never;
}
