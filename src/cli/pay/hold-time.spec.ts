import { holdUntil } from './hold-time.js';

const NOW = Date.UTC(2026, 0, 1);

describe('--hold-until', () => {
  it.each<[string, number]>([
    ['90s', NOW + 90_000],
    ['30m', NOW + 1_800_000],
    ['2h', NOW + 7_200_000],
    ['7d', NOW + 604_800_000],
    ['2026-01-02', Date.UTC(2026, 0, 2)],
    ['2026-01-01T12:00Z', Date.UTC(2026, 0, 1, 12)],
    ['2026-01-01T12:00:30.5+02:00', Date.UTC(2026, 0, 1, 10, 0, 30, 500)],
  ])('takes %s', (text, expected) => {
    expect(holdUntil(text, NOW)).toBe(expected);
  });

  it.each([
    '',
    '2',
    '0h',
    '-1h',
    '1.5h',
    '2w',
    'tomorrow',
    '2026-13-01',
    '2026-01-01T12:00',
    '1767225600000',
  ])('refuses %p', (text) => {
    expect(() => holdUntil(text, NOW)).toThrow(/^It must be a duration/);
  });

  it('refuses what is over', () => {
    expect(() => holdUntil('2026-01-01', NOW)).toThrow('It is over.');
  });
});
