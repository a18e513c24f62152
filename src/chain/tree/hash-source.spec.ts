import { toHex } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';
import { blockSource, hashesOf } from './hash-source.js';
import { consistencySteps, inclusionSteps, verifyConsistency, verifyInclusion } from './proofs.js';
import { Frontier } from './tree.js';

const ids = Array.from({ length: 34 }, (_, i) => sha256(`\0${i}`));
const treeOf = (size: number): Frontier => {
  const tree = Frontier.empty();
  for (const id of ids.slice(0, size)) tree.append(id);
  return tree;
};

describe('the tree at a block', () => {
  it('has the inclusion proof of each of its entries, and the consistency proof from its parent', () => {
    for (let before = 0; before <= 17; before++) {
      const parent = treeOf(before);
      for (let count = 1; count <= 17; count++) {
        const size = before + count;
        const root = treeOf(size).root();
        const source = blockSource(parent, ids.slice(before, size));
        for (let index = before; index < size; index++) {
          const proof = hashesOf(inclusionSteps(index, size), source) ?? [];
          expect(verifyInclusion(ids[index] as Uint8Array, index, size, proof, root)).toBe(true);
        }
        const proof = hashesOf(consistencySteps(before, size), source) ?? [];
        expect(verifyConsistency({ size: before, root: parent.root() }, { size, root }, proof)).toBe(true);
      }
    }
  });

  it('has not the hashes of an entry before it, or after', () => {
    const source = blockSource(treeOf(4), ids.slice(4, 6));
    expect(hashesOf(inclusionSteps(1, 6), source)).toBeUndefined();
    expect(hashesOf(inclusionSteps(4, 8), source)).toBeUndefined();
    expect(source({ level: 2, index: 0 })).toBeDefined();
    expect(source({ level: 1, index: 0 })).toBeUndefined();
    expect(source({ level: 1, index: 3 })).toBeUndefined();
  });

  it('of the genesis block is empty', () => {
    expect(blockSource(Frontier.empty(), [])({ level: 0, index: 0 })).toBeUndefined();
    expect(hashesOf([], () => undefined)).toEqual([]);
  });
});

test('a step over several subtrees is one hash', () => {
  const source = blockSource(Frontier.empty(), ids.slice(0, 7));
  const step = [
    { level: 2, index: 0 },
    { level: 1, index: 2 },
    { level: 0, index: 6 },
  ];
  expect(hashesOf([step], source)?.map(toHex)).toEqual([toHex(treeOf(7).root())]);
});
