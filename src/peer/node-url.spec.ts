import { InvalidInput } from '../ledger/errors.js';
import { parseNodeUrls } from './node-url.js';

test.each([
  ['http://127.0.0.1:5001', 'http://127.0.0.1:5001'],
  ['http://127.0.0.1:5001/', 'http://127.0.0.1:5001'],
  ['HTTP://LocalHost:5001/chain?from=1', 'http://localhost:5001'],
  ['https://node.example:443', 'https://node.example'],
  ['127.0.0.1:5001', 'http://127.0.0.1:5001'],
  ['localhost:5001', 'http://localhost:5001'],
  ['node.example', 'http://node.example'],
  ['[::1]:5001', 'http://[::1]:5001'],
  ['http://bücher.example', 'http://xn--bcher-kva.example'],
])('%s is %s', (written, origin) => {
  expect(parseNodeUrls([written])).toEqual([origin]);
});

test.each(
  [
    ['', ' ', 'not a url', '/chain', '//node.example', 'ftp://node.example', 'javascript:alert(1)'],
    ['http://', 'http://user:secret@node.example', 'user@node.example', 'http://node.example:99999'],
    ['mailto:a@b', 'http:/node.example', `http://${'a'.repeat(2048)}`, 5001, null, {}, ['localhost']],
  ].flat(),
)('%j is no node', (written) => {
  expect(() => parseNodeUrls(['localhost:1', written])).toThrow(
    new InvalidInput([
      { field: 'nodes[1]', message: 'must be an http or https URL without a user and a query, or host:port' },
    ]),
  );
});

test('names a node once', () => {
  expect(parseNodeUrls(['localhost:1', 'http://localhost:1/', 'localhost:2'])).toEqual([
    'http://localhost:1',
    'http://localhost:2',
  ]);
});
