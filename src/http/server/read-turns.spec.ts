import { setImmediate as turn } from 'node:timers/promises';
import { ReadTurns } from './read-turns.js';

const PIECE = 100_000;

/** Readers who read whenever they may. @returns who read, turn by turn */
async function readAll(readers: readonly string[], piecesEach: number): Promise<string[][]> {
  const turns = new ReadTurns();
  const byTurn: string[][] = [[]];
  let left = readers.length;
  const read = async (name: string): Promise<void> => {
    for (let i = 0; i < piecesEach; i++) {
      if (!turns.hasRoom) await turns.next();
      byTurn.at(-1)?.push(name);
      turns.spend(PIECE);
    }
    left--;
  };
  for (const name of readers) void read(name);
  while (left > 0) {
    await turn();
    byTurn.push([]);
  }
  return byTurn;
}

test('however many read, a turn has a few pieces', async () => {
  const names = Array.from({ length: 300 }, (_, i) => String(i));
  const byTurn = await readAll(names, 3);
  expect(byTurn.flat()).toHaveLength(900);
  // The turns counted here may begin between those that are shared out.
  expect(Math.max(...byTurn.map((readers) => readers.length))).toBeLessThanOrEqual(6);
});

test('who waited longest is next', async () => {
  const byTurn = await readAll(['a', 'b', 'c', 'd'], 8);
  // The first may read until the turn is full; from then on nobody reads twice while another waits.
  const order = byTurn.flat().slice(3, 3 + 4 * 4);
  for (let i = 0; i + 4 <= order.length; i++) expect(new Set(order.slice(i, i + 4)).size).toBe(4);
});

test('who reads alone waits only for the end of a turn', async () => {
  const byTurn = await readAll(['a'], 9);
  expect(byTurn.filter((readers) => readers.length > 0).length).toBeLessThanOrEqual(5);
});
