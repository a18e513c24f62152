import fc from 'fast-check';
import { merkleRoot } from '../../../test/support/chain-builder.js';
import { CT_LEAVES_HEX, CT_ROOTS_HEX } from '../../../test/vectors/rfc6962.js';
import { fromHex, toHex } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';
import { EMPTY_ROOT, Frontier, HASH_BYTES, nodeHash } from './tree.js';

/** SHA-256(0x00 ‖ leaf), RFC 6962, section 2.1. */
const leafHash = (leaf: Uint8Array): Uint8Array => sha256(Uint8Array.of(0, ...leaf));
const leaves = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(Uint8Array.of(i % 256, i >> 8)));
const treeOf = (hashes: readonly Uint8Array[]): Frontier => {
  const tree = Frontier.empty();
  for (const hash of hashes) tree.append(hash);
  return tree;
};
const hex = (nodes: readonly Uint8Array[]): string[] => nodes.map(toHex);

describe('the tree', () => {
  it('has the SHA-256 of the empty string as its root when it is empty', () => {
    expect(toHex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(toHex(Frontier.empty().root())).toBe(toHex(EMPTY_ROOT));
  });

  it('has the roots of the Certificate Transparency reference tests', () => {
    const tree = Frontier.empty();
    const roots = CT_LEAVES_HEX.map((leaf) => {
      tree.append(leafHash(fromHex(leaf)));
      return toHex(tree.root());
    });
    expect(roots).toEqual(CT_ROOTS_HEX);
  });

  it('has the root by the recursive definition of RFC 6962, at every size', () => {
    const hashes = leaves(130);
    const tree = Frontier.empty();
    for (const [i, hash] of hashes.entries()) {
      tree.append(hash);
      expect(toHex(tree.root())).toBe(merkleRoot(hashes.slice(0, i + 1)).toString('hex'));
    }
  });

  it('has that root for any leaves', () => {
    const hash = fc.uint8Array({ minLength: HASH_BYTES, maxLength: HASH_BYTES });
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 70 }), (hashes) => {
        expect(toHex(treeOf(hashes).root())).toBe(merkleRoot(hashes).toString('hex'));
      }),
    );
  });

  it('continues from a stored frontier as if it had never stopped', () => {
    const size = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(size, size, (before, after) => {
        const hashes = leaves(before + after);
        const stored = treeOf(hashes.slice(0, before));
        const tree = Frontier.of(stored.subtrees(), before) as Frontier;
        for (const hash of hashes.slice(before)) tree.append(hash);
        expect(tree.size).toBe(hashes.length);
        expect(toHex(tree.root())).toBe(merkleRoot(hashes).toString('hex'));
      }),
    );
  });

  it('keeps the roots of its perfect subtrees, largest first', () => {
    const hashes = leaves(11);
    const subtrees = [hashes.slice(0, 8), hashes.slice(8, 10), hashes.slice(10)];
    expect(hex(treeOf(hashes).subtrees())).toEqual(subtrees.map((part) => merkleRoot(part).toString('hex')));
  });
});

describe('a stored frontier', () => {
  it.each([
    [0, 0],
    [1, 1],
    [7, 3],
    [8, 1],
    [2 ** 32 - 1, 32],
    [2 ** 32, 1],
    [2 ** 32 + 1, 2],
    [2 ** 53 - 1, 53],
  ])('of %d entries has %i nodes', (size, nodes) => {
    expect(Frontier.of(leaves(nodes), size)?.size).toBe(size);
    expect(Frontier.of(leaves(nodes + 1), size)).toBeUndefined();
    if (nodes > 0) expect(Frontier.of(leaves(nodes - 1), size)).toBeUndefined();
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 53])('is refused for %d entries', (size) => {
    for (const nodes of [0, 1, 2, 53]) expect(Frontier.of(leaves(nodes), size)).toBeUndefined();
  });

  it('is refused when a node is not 32 bytes', () => {
    expect(Frontier.of([new Uint8Array(31)], 1)).toBeUndefined();
    expect(Frontier.of([new Uint8Array(33)], 1)).toBeUndefined();
    expect(Frontier.of([new Uint8Array(0)], 1)).toBeUndefined();
  });

  it('joins all its nodes when it grows past 2^32 entries', () => {
    const nodes = leaves(32);
    const leaf = leafHash(Uint8Array.of(9));
    const tree = Frontier.of(nodes, 2 ** 32 - 1) as Frontier;
    tree.append(leaf);
    const expected = nodes.reduceRight((right, left) => nodeHash(left, right), leaf);
    expect(tree.size).toBe(2 ** 32);
    expect(hex(tree.subtrees())).toEqual([toHex(expected)]);
    expect(toHex(tree.root())).toBe(toHex(expected));
    tree.append(leaf);
    tree.append(leaf);
    expect(hex(tree.subtrees())).toEqual([toHex(expected), toHex(nodeHash(leaf, leaf))]);
    expect(toHex(tree.root())).toBe(toHex(nodeHash(expected, nodeHash(leaf, leaf))));
  });

  it('shares nothing: its clones, its input and its output do not change with it', () => {
    const nodes = [...treeOf(leaves(3)).subtrees()];
    const [before, tree] = [hex(nodes), Frontier.of(nodes, 3) as Frontier];
    const [clone, shown] = [tree.clone(), tree.subtrees()];
    tree.append(leafHash(Uint8Array.of(1)));
    expect([clone.size, tree.size]).toEqual([3, 4]);
    expect([hex(nodes), hex(clone.subtrees()), hex(shown)]).toEqual([before, before, before]);
    expect(toHex(clone.root())).not.toBe(toHex(tree.root()));
  });
});
