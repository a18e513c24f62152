import fc from 'fast-check';
import { isNonce } from '../../chain/entry/entry-fields.js';
import { RandomTexts } from './nonce.js';

const texts = new RandomTexts();
const time = fc.integer({ min: 0, max: 2 ** 42 - 1 });

test('nonces are as the protocol wants them, and in the order of their times', () => {
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [first, second] = [texts.nonce(a), texts.nonce(b)];
      expect(isNonce(first)).toBe(true);
      expect(first).toHaveLength(21);
      if (a !== b) expect(first < second).toBe(a < b);
    }),
  );
});

test('a time of a later age is no error', () => {
  expect(isNonce(texts.nonce(2 ** 42))).toBe(true);
  expect(isNonce(texts.nonce(Number.MAX_SAFE_INTEGER))).toBe(true);
});

test('nothing is made twice, however often the pool is filled', () => {
  const nonces = Array.from({ length: 10_000 }, () => texts.nonce(1_760_000_000_000));
  expect(new Set(nonces).size).toBe(nonces.length);
  const salts = Array.from({ length: 10_000 }, () => texts.salt());
  expect(new Set(salts).size).toBe(salts.length);
  expect(salts.every((salt) => /^[0-9a-f]{32}$/.test(salt))).toBe(true);
  // Every character comes up at every place behind the time.
  const places = Array.from({ length: 14 }, (_, i) => new Set(nonces.map((nonce) => nonce[7 + i])));
  expect(places.map((seen) => seen.size)).toEqual(places.map(() => 64));
});
