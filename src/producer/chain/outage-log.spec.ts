import { OutageLog } from './outage-log.js';

test('an outage is two lines, however long it is', () => {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  const outages = new OutageLog({ log: add, warn: add });
  const attempt = (reason?: string): void => {
    if (reason === undefined) outages.worked('entries', 'entries are accepted again');
    else outages.failed('entries', reason, `entries are refused: ${reason}`);
  };
  for (let i = 0; i < 3; i++) attempt();
  expect(lines).toEqual([]);
  for (let i = 0; i < 1000; i++) attempt('full');
  for (let i = 0; i < 1000; i++) attempt('locked');
  for (let i = 0; i < 3; i++) attempt();
  attempt('full');
  expect(lines).toEqual([
    'entries are refused: full',
    'entries are refused: locked',
    'entries are accepted again',
    'entries are refused: full',
  ]);
});

test('different things have outages of their own, and one may end without a word', () => {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  const outages = new OutageLog({ log: add, warn: add });
  outages.failed('aka', 'full', 'aka fails');
  outages.failed('information', 'full', 'information fails');
  outages.worked('aka');
  outages.failed('information', 'full', 'information fails');
  outages.failed('aka', 'full', 'aka fails');
  expect(lines).toEqual(['aka fails', 'information fails', 'aka fails']);
});
