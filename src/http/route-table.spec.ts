import { RouteTable } from './route-table.js';

const table = new RouteTable();
table.add({ url: '/chains/:name/blocks', method: 'GET' });
table.add({ url: '/chains/:name/blocks', method: 'HEAD' });
table.add({ url: '/mine', method: ['POST', 'GET'] });
table.add({ url: '*', method: 'OPTIONS' });
table.add({ url: '/a.b', method: 'GET' });

test.each([
  ['/chains/aka/blocks', 'GET, HEAD'],
  ['/mine', 'GET, POST'],
  ['/a.b', 'GET'],
  ['/axb', undefined],
  ['/chains//blocks', undefined],
  ['/chains/aka/blocks/1', undefined],
  ['/', undefined],
])('%s takes %s', (path, allowed) => {
  expect(table.allowed(path)).toBe(allowed);
});
