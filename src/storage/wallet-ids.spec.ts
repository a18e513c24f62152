import { WalletIds } from './wallet-ids.js';

test('forgets what was rolled back, and keeps the rest', () => {
  const ids = new WalletIds();
  ids.add('alice', 1);
  expect(ids.get('alice')).toBe(1);
  ids.keep();
  ids.add('bob', 2);
  expect(ids.get('bob')).toBe(2);
  ids.drop();
  expect(ids.get('bob')).toBeUndefined();
  ids.keep();
  expect([ids.get('alice'), ids.get('bob')]).toEqual([1, undefined]);
});

test('is bounded, however many addresses there are', () => {
  const ids = new WalletIds();
  for (let id = 0; id < 50_000; id++) {
    ids.add(`wallet-${id}`, id);
    if (id % 10_000 === 9_999) ids.keep();
  }
  expect(ids.get('wallet-29999')).toBeUndefined();
  expect(ids.get('wallet-30000')).toBe(30_000);
  expect(ids.get('wallet-49999')).toBe(49_999);
});
