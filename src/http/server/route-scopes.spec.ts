import { changesSomething, scopeOf } from './route-scopes.js';

it.each<[string, string | undefined]>([
  ['/transactions/new', 'submit'],
  ['/chains/:chain/transactions/:id/accept', 'submit'],
  ['/chains/{chain}/transactions/{id}/decline', 'submit'],
  ['/chains/{chain}/information', 'submit'],
  ['/information/:id/erase', 'erase'],
  ['/chains/:chain/information/:id/erase', 'erase'],
  ['/mine', 'seal'],
  ['/chains/:chain/mine', 'seal'],
  ['/chains', 'chains'],
  ['/nodes', 'nodes'],
  ['/toString', undefined],
])('%s needs the scope %s', (path, scope) => {
  expect(scopeOf(path)).toBe(scope);
});

it('only what changes something needs a token, and a witness answers everybody', () => {
  const changing = (['GET', 'HEAD', 'POST', 'DELETE'] as const).filter((method) =>
    changesSomething(method, '/nodes'),
  );
  expect(changing).toEqual(['POST', 'DELETE']);
  expect(changesSomething('GET', '/mine')).toBe(true);
  expect(changesSomething('POST', '/add-checkpoint')).toBe(false);
});
