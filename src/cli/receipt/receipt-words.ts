/** The facts that a verified receipt proves, as one sentence and as JSON. */
import { asFields } from '../../chain/bytes/fields.js';
import type { ProvenEntry } from '../../chain/proof/receipt.js';
import { document, printable, thousands } from '../shell/io.js';
import type { Paint } from '../shell/paint.js';

/** One sentence: who, what, when, in which tree, and vouched for by whom. */
export function receiptText(proven: ProvenEntry, paint: Paint): string {
  const { chain, producer, sequence, size, id, leaf, cosignatures } = proven;
  const when = typeof leaf.timestamp === 'number' ? ` at ${timeOf(leaf.timestamp)}` : '';
  const vouched = cosignatures.map(({ key, time }) =>
    time === undefined ? key.name : `${key.name} at ${timeOf(1000 * time)}`,
  );
  const words =
    `${whatOf(proven)}${when}. It is entry ${thousands(sequence)} of ${thousands(size)} on the chain ${chain} ` +
    `(id ${id}), as signed by the producer ${producer}` +
    `${vouched.length === 0 ? '' : `, and vouched for by ${vouched.join(', ')}`}.`;
  return `${paint.good('Proven:')} ${printable(words)}\n`;
}

export function receiptJson(proven: ProvenEntry): string {
  const { chain, producer, sequence, size, root, id, leaf, content, cosignatures, isWitnessed } = proven;
  return document({
    ok: true,
    chain,
    producer,
    sequence,
    id,
    entry: leaf,
    ...(content === undefined
      ? {}
      : { information: JSON.parse(content.text) as unknown, salt: content.salt }),
    tree_size: size,
    tree_root: root,
    witnessed: isWitnessed,
    cosignatures: cosignatures.map(({ key, time }) => ({ name: key.name, time: time ?? null })),
  });
}

function whatOf({ leaf, content }: ProvenEntry): string {
  const field = (name: string): string => String(leaf[name]);
  switch (leaf.type) {
    case 'transfer': {
      const held = leaf.hold_until === undefined ? 'sent' : 'offered';
      const memo = typeof leaf.memo === 'string' ? `, with the memo ${JSON.stringify(leaf.memo)}` : '';
      const metadata =
        leaf.metadata === undefined ? '' : `, with the metadata ${JSON.stringify(leaf.metadata)}`;
      const fee = `${field('amount_bpsc')} of it as the fee`;
      return `${field('sender')} ${held} ${field('amount_send')} to ${field('recipient')} (${fee})${memo}${metadata}`;
    }
    case 'issue':
      return `${field('sender')} issued ${field('amount_send')} to ${field('recipient')}`;
    case 'accept':
    case 'decline':
      return `${field('sender')} ${leaf.type}ed the hold ${field('transfer')}`.replace(
        'declineed',
        'declined',
      );
    case 'return':
      return `the hold ${field('transfer')} was returned to its sender`;
    case 'information':
      return content === undefined
        ? `a record with the hash ${field('information_hash')}, whose information this receipt leaves out,`
        : `the record ${content.text}`;
    case 'erasure': {
      const reason = typeof leaf.reason === 'string' ? `, reason ${JSON.stringify(leaf.reason)},` : '';
      return `the record ${field('erases')} was erased${reason}`;
    }
    default:
      return `the entry ${JSON.stringify(asFields(leaf) ?? {})}`;
  }
}

function timeOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms since 1970` : date.toISOString();
}
