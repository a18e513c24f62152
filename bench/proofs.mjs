// Proofs, one part after the other.
import * as receipts from './receipts.mjs';

const parts = [receipts];

export async function run(settings) {
  const lines = [];
  for (const part of parts) lines.push(...(await part.run(settings)));
  return lines;
}
