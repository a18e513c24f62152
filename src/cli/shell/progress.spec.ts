import type { Clock } from '../../ledger/clock.js';
import { duration, progressOn } from './progress.js';

function shown(isTTY: boolean, columns?: number): string {
  let text = '';
  let time = 0;
  const out = { write: (piece: string) => (text += piece), isTTY, columns };
  const progress = progressOn({ stderr: out, clock: { elapsed: () => time } as Clock });
  progress.begin('aka', { blocks: 10, entries: 90 });
  for (let block = 1; block <= 4; block++) {
    time += 2000;
    progress.block(block, 10 * block);
  }
  progress.finishing('aka: comparing');
  progress.end();
  return text.replaceAll('\u001b[K', '<clear>').replaceAll('\r', '<start>');
}

describe('progress', () => {
  it('is a bar on a terminal, and leaves nothing behind', () => {
    const lines = shown(true, 120).split('<start><clear>');
    expect(lines[2]).toBe('aka █████░░░░░░░░░░░░░░░░░░░ 22%  2 blocks, 20 entries, 5 entries/s, 14 s left');
    expect(lines.slice(-2)).toEqual(['aka: comparing …', '']);
  });

  it('never needs a second line', () => {
    for (const line of shown(true, 40).split('<start><clear>')) expect(line.length).toBeLessThan(40);
  });

  it('is a plain line now and then elsewhere', () => {
    expect(shown(false)).toBe('aka: 33%, 3 blocks, 30 entries, 5 entries/s, 12 s left\n');
  });

  it.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [125, '2 min 5 s'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
