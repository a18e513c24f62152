// Proofs, one part after the other.
import * as cosigning from './cosigning.mjs';
import * as receiptPage from './receipt-page.mjs';
import * as receipts from './receipts.mjs';

const parts = [receipts, receiptPage, cosigning];

export async function run(settings) {
  const lines = [];
  for (const part of parts) lines.push(...[await part.run(settings)].flat());
  return lines;
}
