import { RowCache } from './row-cache.js';

test('forgets what was rolled back, and keeps the rest', () => {
  const rows = new RowCache<number>();
  rows.set('alice', 1);
  expect(rows.get('alice')).toBe(1);
  rows.keep();
  rows.set('alice', 2);
  rows.set('bob', 3);
  expect([rows.get('alice'), rows.get('bob')]).toEqual([2, 3]);
  rows.drop();
  expect([rows.get('alice'), rows.get('bob')]).toEqual([1, undefined]);
  rows.keep();
  expect([rows.get('alice'), rows.get('bob')]).toEqual([1, undefined]);
});

test('is bounded, however many rows are set or read, and keeps what was set last', () => {
  const rows = new RowCache<number>();
  rows.remember('first', -1);
  for (let i = 0; i < 50_000; i++) {
    if (i < 40_000) rows.set(`row-${i}`, i);
    else rows.remember(`row-${i}`, i);
    if (i % 10_000 !== 9_999) continue;
    rows.set('often', i);
    rows.keep();
  }
  expect(rows.get('first')).toBeUndefined();
  expect(rows.get('row-29999')).toBeUndefined();
  expect([rows.get('row-30002'), rows.get('row-49999')]).toEqual([30_002, 49_999]);
  expect(rows.get('often')).toBe(49_999);
});
