import { lineForm } from './node-logger.js';

const LINE = {
  level: 40,
  time: 1_760_000_000_000,
  msg: 'FAULT of the upstream: evil\u202egnp.exe \u001b[2J al\u200bice שלום\nsecond line',
  err: { type: 'Error', message: 'a\u2066b', stack: 'Error: a\u2066b\n    at x (y.js:1:2)' },
};
// eslint-disable-next-line no-control-regex -- tests that none is left
const HIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\p{Cf}]/u;

describe('a line of the log', () => {
  it('hides nothing as JSON, and keeps its meaning', () => {
    const line = lineForm('json')(`${JSON.stringify(LINE)}\n`);
    expect(line).not.toMatch(HIDDEN);
    expect(line).toContain('evil\\u202egnp.exe');
    expect(line.split('\n')).toHaveLength(2);
    expect(JSON.parse(line)).toEqual(LINE);
  });

  it('shows hidden characters in readable form, and keeps its lines', () => {
    // eslint-disable-next-line no-control-regex -- colors
    const text = lineForm('pretty')(`${JSON.stringify(LINE)}\n`).replaceAll(/\u001b\[\d+m/g, '');
    expect(text).not.toMatch(HIDDEN);
    expect(text).toContain('evil\\u202egnp.exe \\u001b[2J al\\u200bice שלום\nsecond line');
    expect(text).toContain('at x (y.js:1:2)');
  });
});
