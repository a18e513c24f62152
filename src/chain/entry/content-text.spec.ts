import fc from 'fast-check';
import { jsonValue } from '../../../test/support/arbitraries.js';
import {
  contentText,
  formatContentLines,
  parseContentLines,
  parseContentText,
  type ContentLine,
} from './content-text.js';
import { readInformation } from './entry.js';

const SALT = '0f'.repeat(16);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('the text of a content', () => {
  it('is read back as it was written, whatever the information is', () => {
    expect(contentText({ text: '{"a":1}', salt: SALT })).toBe(`{"information":{"a":1},"salt":"${SALT}"}`);
    fc.assert(
      fc.property(jsonValue, (value) => {
        const read = readInformation(value);
        if (typeof read === 'string') return;
        const content = { text: read.text, salt: SALT };
        expect(parseContentText(contentText(content))).toEqual(content);
      }),
    );
  });

  it('may have information as deep and as long as a record', () => {
    expect(parseContentText(contentText({ text: nested(32), salt: SALT }))?.text).toBe(nested(32));
    const long = JSON.stringify('x'.repeat(65_534));
    expect(parseContentText(contentText({ text: long, salt: SALT }))?.text).toBe(long);
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no salt', '{"information":1}'],
    ['no information', `{"salt":"${SALT}"}`],
    ['a salt in upper case', `{"information":1,"salt":"${SALT.toUpperCase()}"}`],
    ['a shorter salt', `{"information":1,"salt":"${SALT.slice(1)}"}`],
    ['white space', `{"information":1, "salt":"${SALT}"}`],
    ['another order', `{"salt":"${SALT}","information":1}`],
    ['a field more', `{"information":1,"salt":"${SALT}","x":1}`],
    ['a key twice', `{"information":2,"information":1,"salt":"${SALT}"}`],
    ['a number in another form', `{"information":1.0,"salt":"${SALT}"}`],
    ['information that is too deep', `{"information":${nested(33)},"salt":"${SALT}"}`],
    ['information that is too long', contentText({ text: JSON.stringify('x'.repeat(65_535)), salt: SALT })],
    ['a line feed at its end', `{"information":1,"salt":"${SALT}"}\n`],
    ['the word erased', '{"erased":true}'],
  ])('with %s is refused', (_what, text) => {
    expect(parseContentText(text)).toBeUndefined();
  });
});

describe('a file of contents', () => {
  const lines: readonly ContentLine[] = [{ text: '"\u2028"', salt: SALT }, 'erased', 'none'];
  const file = `{"information":"\u2028","salt":"${SALT}"}\n{"erased":true}\n{}\n`;

  it('has a line an entry', () => {
    expect(formatContentLines(lines)).toBe(file);
    expect(parseContentLines(file)).toEqual(lines);
    expect(parseContentLines('')).toEqual([]);
    expect(parseContentLines('{}\n'.repeat(256))).toHaveLength(256);
  });

  it.each([
    ['no line feed at its end', file.slice(0, -1), 'at most 256 lines, each with a line feed'],
    ['a line more', '{}\n'.repeat(257), 'the file must have at most 256 lines'],
    ['many more lines', '{}\n'.repeat(300), 'at most 256 lines, each with a line feed'],
    [
      'an empty line',
      '{}\n\n{}\n',
      'line 2 must be information and salt, or {"erased":true}, or {}, as canonical JSON',
    ],
    ['white space', '{ }\n', 'line 1 must be'],
    ['another form of erased', '{"erased":false}\n', 'line 1 must be'],
    ['carriage returns', '{}\r\n', 'line 1 must be'],
  ])('with %s is refused', (_what, text, problem) => {
    expect(parseContentLines(text)).toContain(problem);
  });
});
