import { ChainBuilder } from '../../../test/support/chain-builder.js';
import type { Hash } from '../bytes/bytes.js';
import { parseContract, type Contract } from '../contract/contract.js';
import { LEAF_BYTES_MAX } from '../tree/tiles.js';
import { MEMO_BYTES_MAX, NAME_CHARACTERS_MAX, utf8Length } from './entry-fields.js';
import { parseEntry } from './entry.js';
import { erasureText, REASON_BYTES_MAX } from './erasure.js';

// Protocol, section 9: a bundle gives 16 bits to the length of a leaf. The limits of the fields keep every leaf far below.
test('the longest leaves fit in a bundle, with room for another field of some kilobytes', () => {
  const name = (first: string): string => first + '\u{1f600}'.repeat(NAME_CHARACTERS_MAX - 1);
  // Each character takes six bytes as JSON.
  const controls = '\u0001'.repeat(MEMO_BYTES_MAX);
  const chain = ChainBuilder.token({ fee: { rate: '0.00005', wallet: name('w'), disposition: 'collect' } });
  const transfer = chain.transfer({
    sender: name('s'),
    recipient: name('r'),
    amount: `${'9'.repeat(30)}.${'9'.repeat(18)}`,
    nonce: 'n'.repeat(64),
    memo: controls,
    metadata: { a: '\u20ac'.repeat(1362) },
    holdUntil: Number.MAX_SAFE_INTEGER,
  });
  const entry = parseEntry(transfer, parseContract(chain.contract) as Contract);
  const leaf = 'fault' in entry ? entry.message : entry.leafText;
  expect(leaf.startsWith('{"amount_bpsc":')).toBe(true);
  const erasure = erasureText({
    type: 'erasure',
    erases: 'ab'.repeat(32) as Hash,
    nonce: 'n'.repeat(64),
    reason: '\u0001'.repeat(REASON_BYTES_MAX),
    timestamp: Number.MAX_SAFE_INTEGER,
  });
  for (const text of [leaf, erasure]) expect(utf8Length(text)).toBeLessThan(LEAF_BYTES_MAX / 8);
});
