import { fromHex, hashHex, type Hash } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';
import { brokenBy, ERASURE_CODES, ErasureRules, type ErasureTarget } from './erasure-rules.js';

const [a, b, c, x, y, z] = [...'abcxyz'].map((name) => hashHex(sha256(name))) as [
  Hash,
  Hash,
  Hash,
  Hash,
  Hash,
  Hash,
];

test.each<[ErasureTarget, ReturnType<typeof brokenBy>]>([
  ['record', undefined],
  ['unknown', 'ERASURE_UNKNOWN'],
  ['erased', 'ERASURE_REPEATED'],
  ['erasure', 'ERASURE_OF_ERASURE'],
])('an erasure of what is %s breaks %s', (target, code) => {
  expect(brokenBy(target)).toBe(code);
});

test('each rule has a sentence', () => {
  expect(Object.values(ERASURE_CODES).every((sentence) => sentence.startsWith('has an erasure of'))).toBe(
    true,
  );
});

describe('the erasures of a block', () => {
  const rulesOver = (before: Partial<Record<Hash, ErasureTarget>> = {}): ErasureRules =>
    new ErasureRules((id) => before[id] ?? 'unknown');

  it('may erase records of earlier blocks and of their own, each once', () => {
    const rules = rulesOver({ [a]: 'record', [b]: 'erased', [c]: 'erasure' });
    rules.takeRecord(fromHex(x));
    expect(rules.takeErasure(y, a)).toBeUndefined();
    expect(rules.takeErasure(z, x)).toBeUndefined();
    expect(rules.takeErasure(z, a)).toBe('ERASURE_REPEATED');
    expect(rules.takeErasure(z, x)).toBe('ERASURE_REPEATED');
    expect(rules.takeErasure(z, b)).toBe('ERASURE_REPEATED');
    expect(rules.takeErasure(z, c)).toBe('ERASURE_OF_ERASURE');
    expect(rules.takeErasure(z, y)).toBe('ERASURE_OF_ERASURE');
  });

  it('may not erase a record that comes later, or themselves', () => {
    const rules = rulesOver();
    expect(rules.takeErasure(y, x)).toBe('ERASURE_UNKNOWN');
    rules.takeRecord(fromHex(x));
    expect(rules.takeErasure(y, x)).toBeUndefined();
    expect(rules.takeErasure(z, z)).toBe('ERASURE_UNKNOWN');
  });
});
