import { createHash } from 'node:crypto';
import { Frontier } from '../../../src/chain/tree/tree.js';
import { auditPath, foldPath } from '../../../web/src/check/audit-path.js';

const leaf = (n: number): Uint8Array => createHash('sha256').update(String(n)).digest();
const treeOf = (from: Frontier, ids: readonly Uint8Array[]): Frontier => {
  const tree = from.clone();
  for (const id of ids) tree.append(id);
  return tree;
};

test('the path of every entry leads to the root, for blocks of every size behind trees of every size', () => {
  for (let before = 0; before <= 20; before++) {
    const tree = treeOf(
      Frontier.empty(),
      Array.from({ length: before }, (_, n) => leaf(n)),
    );
    for (let count = 1; count <= 20; count++) {
      const ids = Array.from({ length: count }, (_, n) => leaf(before + n));
      const root = treeOf(tree, ids).root();
      for (let position = 0; position < count; position++) {
        const path = auditPath(tree, ids, position);
        expect(foldPath(ids[position] as Uint8Array, path)).toEqual(root);
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(before + count)));
        expect(foldPath(leaf(-1), path)).not.toEqual(root);
      }
    }
  }
});

test('an entry that is not in the block has none', () => {
  expect(() => auditPath(Frontier.empty(), [leaf(0), leaf(1)], 5)).not.toThrow();
  expect(foldPath(leaf(5), auditPath(Frontier.empty(), [leaf(0), leaf(1)], 5))).not.toEqual(
    treeOf(Frontier.empty(), [leaf(0), leaf(1)]).root(),
  );
});
