import { NotFound } from '../../ledger/errors.js';
import { MethodNotAllowed } from './problem.js';
import { RouteTable } from './route-table.js';

const table = new RouteTable();
for (const [method, url] of [
  ['GET', '/chains/:name/blocks'],
  ['HEAD', '/chains/:name/blocks'],
  ['GET', '/transactions/:id'],
  ['POST', '/transactions/new'],
  ['POST', '/transactions/:id/accept'],
  ['GET', '/explorer/*'],
  ['GET', '/a.b'],
  ['GET', '/chains/:chain/transactions/:id'],
  ['GET', '/chains/:chain/transactions/pending'],
  ['POST', '/chains/:chain/transactions/batch'],
  ['POST', '/chains/:chain/transactions/:id/accept'],
] as const) {
  table.add({ url, method });
}
table.add({ url: '/mine', method: ['POST', 'GET'] });
table.add({ url: '*', method: 'OPTIONS' });

test.each([
  ['GET', '/chains/aka/blocks', '/chains/:name/blocks'],
  ['GET', '/transactions/abc', '/transactions/:id'],
  ['POST', '/transactions/new', '/transactions/new'],
  ['POST', '/transactions/new/accept', '/transactions/:id/accept'],
  ['GET', '/explorer/chains/aka', '/explorer/*'],
  ['GET', '/chains/aka/transactions/abc', '/chains/:chain/transactions/:id'],
  ['GET', '/chains/aka/transactions/pending', '/chains/:chain/transactions/pending'],
  ['POST', '/chains/aka/transactions/batch', '/chains/:chain/transactions/batch'],
  ['POST', '/chains/aka/transactions/batch/accept', '/chains/:chain/transactions/:id/accept'],
])('%s %s has a route', (method, path, routedTo) => {
  expect(table.refusal(method, path, routedTo)).toBeUndefined();
});

test.each([
  ['POST', '/chains/aka/blocks', undefined, 'GET, HEAD'],
  ['HEAD', '/mine', '/mine', 'GET, POST'],
  ['PUT', '/a.b', undefined, 'GET'],
  ['GET', '/transactions/new', '/transactions/:id', 'POST'],
  ['GET', '/transactions/n%65w', '/transactions/:id', 'POST'],
  ['DELETE', '/transactions/new', undefined, 'POST'],
  ['GET', '/chains/aka/transactions/batch', '/chains/:chain/transactions/:id', 'POST'],
  ['GET', '/chains/aka/transactions/b%61tch', '/chains/:chain/transactions/:id', 'POST'],
  ['PUT', '/chains/aka/transactions/batch', undefined, 'POST'],
  ['POST', '/chains/aka/transactions/abc', undefined, 'GET'],
  ['GET', '/transactions/x/accept', undefined, 'POST'],
  ['PUT', '/explorer/app.js', undefined, 'GET'],
  ['OPTIONS', '/mine', '*', 'GET, POST'],
])('%s %s has another method', (method, path, routedTo, allow) => {
  const refusal = table.refusal(method, path, routedTo);
  expect(refusal).toBeInstanceOf(MethodNotAllowed);
  expect((refusal as MethodNotAllowed).allow).toBe(allow);
});

test.each([
  ['GET', '/axb', undefined],
  ['GET', '/chains//blocks', undefined],
  ['GET', '/chains/aka/blocks/1', undefined],
  ['GET', '/%E0%A4%A', undefined],
  ['OPTIONS', '/nope', '*'],
])('%s %s has none', (method, path, routedTo) => {
  expect(table.refusal(method, path, routedTo)).toEqual(new NotFound(`there is no ${method} ${path} here`));
});
