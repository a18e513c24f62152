import { ChainBuilder } from '../../../test/support/chain-builder.js';
import { fault } from '../../chain/faults.js';
import { redacted } from './redacted-evidence.js';
import { refuse } from './refusal.js';

const SECRET = 'a person called Ada';
const chain = ChainBuilder.information();
const record = chain.information({ information: { [SECRET]: 1 } });
const block = chain.seal([record, chain.erasure(record, { reason: 'asked for' })]);
const kept = (text: string): string => redacted(refuse(fault('MALFORMED'), text)).evidence.text;

it('keeps headers and leaves, and nothing of the content', () => {
  const text = kept(JSON.stringify(block));
  expect(JSON.parse(text)).toMatchObject({
    hash: block.hash,
    signature: block.signature,
    information: [
      { id: record.id, information_hash: record.information_hash, information: 'redacted', salt: 'redacted' },
      { erases: record.id, reason: 'asked for' },
    ],
  });
  expect(text).not.toContain(SECRET);
});

it.each<[string, string]>([
  ['beside another header', JSON.stringify({ shown: {}, delivered: block })],
  ['in a part of a block', JSON.stringify({ note: 'x', block, frontier: [] })],
  ['in a text that is cut', JSON.stringify(block).slice(0, -5)],
  ['in the place of the entries', JSON.stringify({ ...block, information: SECRET })],
  ['in the place of an entry', JSON.stringify({ ...block, information: [SECRET] })],
  ['in an unknown field', JSON.stringify({ ...block, information: [{ ...record, more: SECRET }] })],
  ['in the place of a field', JSON.stringify({ ...block, information: [{ ...record, nonce: [SECRET] }] })],
])('finds it %s', (_where, text) => {
  expect(text).toContain(SECRET);
  expect(kept(text)).not.toContain(SECRET);
});

it('binds what is kept to all that came', () => {
  const refusal = refuse(fault('MALFORMED'), JSON.stringify(block));
  expect(redacted(refusal).evidence.digest).toBe(refusal.evidence.digest);
});
