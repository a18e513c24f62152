import { confusion, confusionWords, spelled } from '../../../web/src/names/confusable.js';
import { inTwo } from '../../../web/src/names/shorten.js';

describe('names that may be mistaken for others', () => {
  it.each([
    ['раypal', 'Mixed scripts: Cyrillic and Latin letters in one name'],
    ['αlice', 'Mixed scripts: Greek and Latin letters in one name'],
    ['李мин', 'Mixed scripts: Han and Cyrillic letters in one name'],
    ['сосо', 'Cyrillic letters that all look like Latin ones'],
    ['ΑΒΕ-7', 'Greek letters that all look like Latin ones'],
    ['ａlice', 'Unusual forms of ordinary characters: it reads as alice'],
    ['𝐚𝐥𝐢𝐜𝐞', 'Unusual forms of ordinary characters: it reads as alice'],
    ['7\u0301', undefined],
    ['-\u0301bob', 'A combining mark that belongs to no letter'],
  ])('%s: %s', (name, words) => {
    const found = confusion(name);
    expect(found === undefined ? undefined : confusionWords(found)).toBe(words);
  });

  it.each([
    'alice',
    'bob-2 (the second)',
    'Zoë',
    'Zoe\u0308',
    'Ærøskøbing',
    '李明',
    '李明 Li Ming',
    'ラーメン shop',
    '김민수 Kim',
    'محمد عبد الله',
    'שרה',
    'Иван Петров',
    'Γιώργος',
    'नमस्ते',
    '👩‍🚀 Zoë',
    '☕️ bar',
    '1234',
  ])('%s is not marked', (name) => {
    expect(confusion(name)).toBeUndefined();
  });

  it('are spelled by what is beyond ASCII in them', () => {
    expect(spelled('раypaр')).toEqual(['р U+0440', 'а U+0430']);
  });
});

describe('long names', () => {
  it.each([
    ['alice', ['alice', '']],
    ['n'.repeat(20), ['n'.repeat(20), '']],
    ['bp1qpl9vh5w4gk2x8w7e4abcdef', ['bp1qpl9vh5w4gk2x8w7e4', 'abcdef']],
    ['👩‍🚀'.repeat(20), ['👩‍🚀'.repeat(20), '']],
    [`${'x'.repeat(20)}${'👩‍🚀'.repeat(6)}`, ['x'.repeat(20), '👩‍🚀'.repeat(6)]],
  ])('%s stands in two parts', (name, parts) => {
    expect(inTwo(name)).toEqual(parts);
  });
});
