import { Logger } from '@nestjs/common';
import { warnOfOpenWriting } from './warn-of-open-writing.js';

let lines: string[];
beforeEach(() => {
  lines = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
});
afterEach(() => jest.restoreAllMocks());

const open = { apiToken: undefined, tokensFile: undefined };

it.each(['0.0.0.0', '::', '192.168.1.7', 'ledger.example.org'])('warns of %s without tokens', (host) => {
  warnOfOpenWriting('producer', { host, ...open });
  expect(lines).toEqual([
    expect.stringContaining(`listens on ${host} without tokens: anyone who can reach it can submit`),
  ]);
});

it('says what strangers can do to a follower', () => {
  warnOfOpenWriting('follower', { host: '::', ...open });
  expect(lines[0]).toContain('can register nodes and remove them');
});

it.each<[string, object]>([
  ['127.0.0.1', {}],
  ['::1', {}],
  ['localhost', {}],
  ['0.0.0.0', { apiToken: 'x' }],
  ['0.0.0.0', { tokensFile: 'x' }],
])('says nothing of %s with %j', (host, tokens) => {
  warnOfOpenWriting('producer', { host, ...open, ...tokens });
  expect(lines).toEqual([]);
});
