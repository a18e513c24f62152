import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { nastyString } from '../../../test/support/arbitraries.js';
import type { Hash } from '../bytes/bytes.js';
import { erasureText, isReason, parseErasure, type Erasure } from './erasure.js';

const ID = 'ab'.repeat(32);
const erasure: Erasure = { type: 'erasure', erases: ID as Hash, nonce: 'n-1', timestamp: 1_760_000_000_123 };
const PLACE = { index: 3, sequence: 7 };
const judged = (fields: Record<string, unknown>): string => {
  const parsed = parseErasure(fields, PLACE);
  return 'fault' in parsed ? `${parsed.fault}: ${parsed.message}` : 'accepted';
};

describe('the leaf of an erasure', () => {
  it('has the bytes that it had in the first version, forever', () => {
    expect(erasureText(erasure)).toBe(
      `{"erases":"${ID}","nonce":"n-1","timestamp":1760000000123,"type":"erasure"}`,
    );
    expect(erasureText({ ...erasure, reason: 'art. 17 "GDPR"' })).toBe(
      `{"erases":"${ID}","nonce":"n-1","reason":"art. 17 \\"GDPR\\"","timestamp":1760000000123,"type":"erasure"}`,
    );
  });

  it('is canonical JSON, and read back as it was written', () => {
    fc.assert(
      fc.property(fc.option(nastyString, { nil: undefined }), (reason) => {
        const leaf = reason === undefined ? erasure : { ...erasure, reason };
        const text = erasureText(leaf);
        expect(canonicalize(JSON.parse(text))).toBe(text);
        expect(parseErasure(JSON.parse(text) as Record<string, unknown>, {})).toEqual(leaf);
      }),
    );
  });

  it.each([
    ['another type', { type: 'information' }, 'type: expected "erasure", found "information"'],
    ['a field more', { salt: '00' }, 'salt: expected no such field, found "00"'],
    ['erased', { erased: true }, 'erased: expected no such field, found true'],
    ['no id of a record', { erases: 'AB'.repeat(32) }, 'erases: expected 64 lower-case hex digits'],
    ['a bad nonce', { nonce: 'a b' }, 'nonce: expected must be 1 to 64 characters'],
    ['a time that is none', { timestamp: -1 }, 'timestamp: expected milliseconds since 1970, found -1'],
    ['a reason that is no text', { reason: null }, 'reason: expected must be a string of at most 256 bytes'],
    ['a reason that is too long', { reason: 'é'.repeat(129) }, 'reason: expected must be a string'],
    ['a lone surrogate', { reason: '\ud800' }, 'reason: expected must be a string'],
  ])('with %s is refused', (_what, change, problem) => {
    expect(judged({ ...erasure, ...change })).toContain(`ENTRY_MALFORMED: block 3, entry 7`);
    expect(judged({ ...erasure, ...change })).toContain(problem);
  });

  it('may have a reason of up to 256 bytes, an empty one too, and its id beside it', () => {
    expect(judged({ ...erasure, id: ID, reason: 'é'.repeat(128) })).toBe('accepted');
    expect(judged({ ...erasure, reason: '' })).toBe('accepted');
    expect([isReason('x'.repeat(256)), isReason('x'.repeat(257)), isReason(5)]).toEqual([true, false, false]);
  });
});
