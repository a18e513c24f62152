import { encodingFor } from './receive.js';

it.each([
  ['http://127.0.0.1:5000', 'identity'],
  ['http://127.9.9.9', 'identity'],
  ['http://localhost:1', 'identity'],
  ['http://[::1]:5000', 'identity'],
  ['http://10.0.0.1:5000', 'gzip'],
  ['https://127.0.0.1.example.org', 'gzip'],
])('asks %s for %s', (url, expected) => {
  expect(encodingFor(url)).toBe(expected);
});
