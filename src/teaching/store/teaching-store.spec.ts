import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ServiceUnavailableException } from '@nestjs/common';
import Database from 'better-sqlite3';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { TeachingStore } from './teaching-store.js';

const file = (): string => path.join(temporaryFolder(), 'deep', 'node.db');

afterAll(removeTemporary);

test('keeps blocks, what waits, nodes and rounds in their order, over restarts', () => {
  const name = file();
  const first = TeachingStore.open(name, 'pow');
  expect(first.meta('id', () => 'a')).toBe('a');
  first.appendBlock('genesis');
  const rows = [first.addPending('one'), first.addPending('two'), first.addPending('three')];
  first.appendBlock('second', rows.slice(0, 2));
  first.addNodes(['b:1', 'a:1', 'b:1']);
  for (let round = 1; round <= 5; round++) first.addRound(round, `round ${round}`, `won ${round}`, 3);
  first.close();
  const second = TeachingStore.open(name, 'pow');
  expect(second.meta('id', () => 'b')).toBe('a');
  expect(second.blocks().slice(0, 2)).toEqual(['genesis', 'second']);
  expect(second.blocks()).toHaveLength(7);
  expect(second.pending()).toEqual([{ id: 3, text: 'three' }]);
  expect(second.nodes()).toEqual(['b:1', 'a:1']);
  expect(second.rounds(2)).toEqual(['round 4', 'round 5']);
  expect(second.rounds(9)).toHaveLength(3);
  second.close();
});

test('replaces the end of a chain and gives transactions back, at once', () => {
  const store = TeachingStore.open(file(), 'pow');
  for (const text of ['1', '2', '3']) store.appendBlock(text);
  expect(store.replaceBlocks(1, ['2b', '3b', '4b'], ['lost'])).toEqual([{ id: 1, text: 'lost' }]);
  expect(store.blocks()).toEqual(['1', '2b', '3b', '4b']);
  store.close();
});

test('a write that fails changes nothing, and the store goes on', () => {
  const name = file();
  const store = TeachingStore.open(name, 'pow');
  for (const text of ['1', '2']) store.appendBlock(text);
  // As on a full disk: the file may not grow.
  const { connection } = store as unknown as { connection: Database.Database };
  connection.exec('PRAGMA max_page_count = 1');
  const large = 'x'.repeat(100_000);
  expect(() => store.replaceBlocks(1, [large], ['lost'])).toThrow(ServiceUnavailableException);
  expect(() => store.addPending(large)).toThrow('nothing was changed: database or disk is full');
  expect([store.blocks(), store.pending()]).toEqual([['1', '2'], []]);
  connection.exec('PRAGMA max_page_count = 100000');
  store.appendBlock('3');
  expect(store.blocks()).toEqual(['1', '2', '3']);
  store.close();
});

describe('refuses', () => {
  test('a database that another has open', () => {
    const name = file();
    const store = TeachingStore.open(name, 'pow');
    expect(() => TeachingStore.open(name, 'pow')).toThrow('is in use by another program');
    store.close();
    TeachingStore.open(name, 'pow').close();
  });

  test('that of another role, of another program, and no database at all', () => {
    const name = file();
    TeachingStore.open(name, 'pow').close();
    expect(() => TeachingStore.open(name, 'pos')).toThrow('belongs to ROLE=pow');
    const foreign = path.join(temporaryFolder(), 'producer.db');
    const other = new Database(foreign);
    other.exec('CREATE TABLE chain (id TEXT)');
    other.close();
    expect(() => TeachingStore.open(foreign, 'pow')).toThrow('it has the table chain');
    const text = path.join(temporaryFolder(), 'text.db');
    writeFileSync(text, 'no database, but longer than a page header would have to be to be looked at');
    expect(() => TeachingStore.open(text, 'pow')).toThrow('file is not a database');
  });
});
