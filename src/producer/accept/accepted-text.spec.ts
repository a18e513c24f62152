import fc from 'fast-check';
import { entryWireText } from '../../chain/entry/entry.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { StoredEntry } from '../../ledger/store.js';
import { acceptedText, batchText } from './accepted-text.js';

const entry = fc
  .record({
    sequence: fc.nat(),
    block: fc.integer({ min: 2, max: 1_000_000 }),
    id: fc.constant('ab'.repeat(32) as Hash),
    // The canonical text of a string is what JSON.stringify makes of it.
    memo: fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => text.isWellFormed()),
  })
  .map(({ memo, ...place }): StoredEntry => {
    return { ...place, leafText: JSON.stringify({ memo, sender: 'alice' }), content: undefined };
  });
const accepted = fc.record({ entry, repeated: fc.boolean() });
const refusal = fc.record({ code: fc.string(), detail: fc.string() });

const transactionOf = ({ leafText, id }: StoredEntry): unknown =>
  JSON.parse(entryWireText(leafText, id, 'token', undefined));

test('an answer is what JSON.stringify would make of it', () => {
  fc.assert(
    fc.property(accepted, (given) => {
      const { block: index } = given.entry;
      const message = `Transaction will be added to Block ${index}`;
      const expected = { message, index, transaction: transactionOf(given.entry) };
      expect(acceptedText(given)).toBe(JSON.stringify(expected));
    }),
  );
});

test('so is the answer to a batch', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(accepted, refusal), { maxLength: 5 }), (given) => {
      const results = given.map((result) => {
        if (!('entry' in result)) return { error: result };
        const made = { index: result.entry.block, transaction: transactionOf(result.entry) };
        return result.repeated ? { ...made, repeated: true } : made;
      });
      const count = given.filter((result) => 'entry' in result).length;
      const message = `${count} of ${given.length} transactions accepted`;
      expect(batchText(given)).toBe(JSON.stringify({ message, accepted: count, results }));
    }),
  );
});
