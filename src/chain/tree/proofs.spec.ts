import { CONSISTENCY_VECTORS, INCLUSION_VECTORS } from '../../../test/vectors/merkle-proofs.js';
import { toHex } from '../bytes/bytes.js';
import { sha256 } from '../bytes/sha256.js';
import {
  consistencyPathSteps,
  consistencySteps,
  inclusionSteps,
  rootOfPath,
  rootOver,
  rootsOfPath,
  rootStep,
  sideOf,
  verifyConsistency,
  verifyInclusion,
  type ProofStep,
} from './proofs.js';
import type * as Tree from './tree.js';
import { EMPTY_ROOT, nodeHash } from './tree.js';

/** SHA-256, but computed once for each two hashes: half a million proofs are made of a few thousand nodes. */
jest.mock('./tree.js', () => {
  const tree = jest.requireActual<typeof Tree>('./tree.js');
  const known = new Map<Uint8Array, Map<Uint8Array, Uint8Array>>();
  const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => {
    const found = known.get(left)?.get(right);
    if (found !== undefined) return found;
    const hash = tree.nodeHash(left, right);
    known.set(left, (known.get(left) ?? new Map<Uint8Array, Uint8Array>()).set(right, hash));
    return hash;
  };
  return { ...tree, nodeHash };
});

const SIZE_MAX = 600;
const leafHashes = Array.from({ length: SIZE_MAX }, (_, i) => sha256(`\0leaf ${i}`));

/** MTH(D[from:to]) by RFC 6962's recursion, each computed once. */
const roots = new Map<number, Uint8Array>();
function naiveRoot(from: number, to: number): Uint8Array {
  const key = from * 1024 + to;
  const root = roots.get(key) ?? computeRoot(from, to);
  roots.set(key, root);
  return root;
}
function computeRoot(from: number, to: number): Uint8Array {
  if (from === to) return EMPTY_ROOT;
  if (to - from === 1) return leafHashes[from] as Uint8Array;
  const middle = from + split(to - from);
  return nodeHash(naiveRoot(from, middle), naiveRoot(middle, to));
}
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** PATH(m, D[from:to]) as section 2.1.1 defines it. */
function naivePath(index: number, from: number, to: number): Uint8Array[] {
  if (to - from === 1) return [];
  const middle = from + split(to - from);
  const path = index < middle ? naivePath(index, from, middle) : naivePath(index, middle, to);
  path.push(index < middle ? naiveRoot(middle, to) : naiveRoot(from, middle));
  return path;
}

/** SUBPROOF(m, D[from:to], b) as section 2.1.2 defines it. */
function naiveSubproof(size: number, from: number, to: number, isKnown: boolean): Uint8Array[] {
  if (size === to) return isKnown ? [] : [naiveRoot(from, to)];
  const middle = from + split(to - from);
  const isLeft = size <= middle;
  const proof = isLeft ? naiveSubproof(size, from, middle, isKnown) : naiveSubproof(size, middle, to, false);
  proof.push(isLeft ? naiveRoot(middle, to) : naiveRoot(from, middle));
  return proof;
}

/** From the steps to the hashes, as a store of perfect subtrees does. */
const proofOf = (steps: readonly ProofStep[]): readonly Uint8Array[] =>
  steps.map((step) =>
    rootOver(step.map(({ level, index }) => naiveRoot(index * 2 ** level, (index + 1) * 2 ** level))),
  );
const same = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length &&
  a.every((hash, i) => hash === b[i] || Buffer.compare(hash, b[i] as Uint8Array) === 0);

describe('an inclusion proof', () => {
  it.each(INCLUSION_VECTORS)('of transparency-dev: $name', ({ isValid, numbers, hashes, proof }) => {
    const [[index, size], [leaf, root]] = [numbers, hashes];
    expect(verifyInclusion(leaf, index, size, proof, root)).toBe(isValid);
  });

  it(`is RFC 6962's and verifies, for every leaf of every tree up to ${SIZE_MAX}`, () => {
    const wrong: string[] = [];
    for (let size = 1; size <= SIZE_MAX; size++) {
      const root = naiveRoot(0, size);
      for (let index = 0; index < size; index++) {
        const proof = proofOf(inclusionSteps(index, size));
        const isRight =
          same(proof, naivePath(index, 0, size)) &&
          verifyInclusion(leafHashes[index] as Uint8Array, index, size, proof, root);
        if (!isRight) wrong.push(`${index} in ${size}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('verifies for nothing else: another leaf, place, size or root, a hash more or less', () => {
    for (const size of [1, 2, 3, 7, 8, 100]) {
      const root = naiveRoot(0, size);
      for (let index = 0; index < size; index++) {
        const leaf = leafHashes[index] as Uint8Array;
        const proof = proofOf(inclusionSteps(index, size));
        const verdicts = [
          verifyInclusion(leafHashes[size] as Uint8Array, index, size, proof, root),
          verifyInclusion(leaf, size, size, proof, root),
          verifyInclusion(leaf, -1, size, proof, root),
          verifyInclusion(leaf, index, size, proof, naiveRoot(0, size + 1)),
          verifyInclusion(leaf, index, size, [...proof, root], root),
          verifyInclusion(leaf, index, size, [root, ...proof], root),
          ...(size > 1 ? [verifyInclusion(leaf, index, size, proof.slice(1), root)] : []),
          ...(size > 1 ? [verifyInclusion(leaf, (index + 1) % size, size, proof, root)] : []),
          ...proof.map((_, place) =>
            verifyInclusion(
              leaf,
              index,
              size,
              proof.map((hash, i) => (i === place ? leaf : hash)),
              root,
            ),
          ),
        ];
        expect({ size, index, verdicts }).toEqual({ size, index, verdicts: verdicts.map(() => false) });
      }
    }
  });

  it('has a hash that is no hash: refused, whatever it would lead to', () => {
    const [leaf, root] = [leafHashes[0] as Uint8Array, naiveRoot(0, 2)];
    for (const length of [0, 31, 33, 64]) {
      const wrong = new Uint8Array(length);
      expect(rootOfPath(leaf, 0, 2, [wrong])).toBeUndefined();
      expect(rootOfPath(wrong, 0, 2, [leaf])).toBeUndefined();
      expect(rootsOfPath(1, 2, [leaf, wrong])).toBeUndefined();
      expect(verifyInclusion(leaf, 0, 2, [wrong], root)).toBe(false);
    }
    for (const [index, size] of [
      [0.5, 2],
      [0, 2.5],
      [0, 2 ** 53],
      [NaN, 2],
    ] as const) {
      expect(rootOfPath(leaf, index, size, [leaf])).toBeUndefined();
      expect(rootsOfPath(index, size, [leaf, leaf])).toBeUndefined();
    }
  });

  it('says on which side of the path each hash is', () => {
    for (let size = 1; size <= 70; size++) {
      for (let index = 0; index < size; index++) {
        const steps = inclusionSteps(index, size);
        const folded = steps.reduce((node, step) => {
          const [sibling] = proofOf([step]) as [Uint8Array];
          return sideOf(step, index) === 'left' ? nodeHash(sibling, node) : nodeHash(node, sibling);
        }, leafHashes[index] as Uint8Array);
        expect(toHex(folded)).toBe(toHex(naiveRoot(0, size)));
      }
    }
  });

  it('is short in a tree of almost 2^53 leaves, and no proof is made outside of a tree', () => {
    const size = 2 ** 53 - 1;
    for (const index of [0, 1, 2 ** 40 + 5, size - 1]) {
      const steps = inclusionSteps(index, size);
      expect(steps.length).toBeLessThanOrEqual(53);
      const covered = steps.flat().reduce((sum, { level }) => sum + 2 ** level, 1);
      expect(covered).toBe(size);
    }
    expect(() => inclusionSteps(5, 5)).toThrow('leaf 5 is not in a tree of 5');
  });
});

describe('a consistency proof', () => {
  // RFC 9162 leaves the empty tree out; C2SP tlog-witness says that it is consistent with any tree, without a proof.
  const fromNothing = 'additional/size1-is-zero-and-size2-is-not-zero';

  it.each(CONSISTENCY_VECTORS)('of transparency-dev: $name', ({ isValid, name, numbers, hashes, proof }) => {
    const [old, now] = [0, 1].map((i) => ({ size: numbers[i]!, root: hashes[i]! }));
    expect(verifyConsistency(old!, now!, proof)).toBe(isValid || name === fromNothing);
  });

  it(`is RFC 6962's and verifies, for every two trees up to ${SIZE_MAX}`, () => {
    const wrong: string[] = [];
    for (let size = 0; size <= SIZE_MAX; size++) {
      const now = { size, root: naiveRoot(0, size) };
      for (let oldSize = 0; oldSize <= size; oldSize++) {
        const proof = proofOf(consistencySteps(oldSize, size));
        const naive = oldSize === 0 ? [] : naiveSubproof(oldSize, 0, size, true);
        const old = { size: oldSize, root: naiveRoot(0, oldSize) };
        if (!same(proof, naive) || !verifyConsistency(old, now, proof)) wrong.push(`${oldSize} to ${size}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('verifies for nothing else', () => {
    const other = sha256('another');
    for (const [oldSize, size] of [
      [0, 5],
      [1, 2],
      [3, 7],
      [4, 7],
      [6, 8],
      [8, 8],
      [70, 100],
    ] as const) {
      const old = { size: oldSize, root: naiveRoot(0, oldSize) };
      const now = { size, root: naiveRoot(0, size) };
      const proof = proofOf(consistencySteps(oldSize, size));
      const verdicts = [
        verifyConsistency({ ...old, root: other }, now, proof),
        verifyConsistency(now, { ...old, size: oldSize - 1 }, proof),
        verifyConsistency(old, now, [...proof, other]),
        verifyConsistency(old, now, [other, ...proof]),
        ...(oldSize > 0 ? [verifyConsistency(old, { ...now, root: other }, proof)] : []),
        ...proof.map((_, place) => verifyConsistency(old, now, proof.toSpliced(place, 1))),
        ...proof.map((_, place) => verifyConsistency(old, now, proof.toSpliced(place, 1, other))),
      ];
      expect({ oldSize, size, verdicts }).toEqual({ oldSize, size, verdicts: verdicts.map(() => false) });
    }
  });

  it('with its first hash gives both roots, whatever the old one was said to be', () => {
    for (const [oldSize, size] of [
      [4, 7],
      [5, 7],
      [64, 100],
    ] as const) {
      const path = proofOf(consistencyPathSteps(oldSize, size));
      const isWhole = Number.isInteger(Math.log2(oldSize));
      expect(path).toHaveLength(consistencySteps(oldSize, size).length + (isWhole ? 1 : 0));
      const found = rootsOfPath(oldSize, size, path);
      expect([found?.old, found?.now].map((root) => toHex(root ?? new Uint8Array()))).toEqual([
        toHex(naiveRoot(0, oldSize)),
        toHex(naiveRoot(0, size)),
      ]);
    }
    expect([consistencyPathSteps(0, 5), consistencyPathSteps(4, 4)]).toEqual([[], []]);
    expect(rootsOfPath(0, 5, [EMPTY_ROOT])).toBeUndefined();
    expect(rootsOfPath(5, 5, [EMPTY_ROOT])).toBeUndefined();
    expect(rootsOfPath(4, 7, [])).toBeUndefined();
  });

  it('is made only from a smaller tree', () => {
    expect(() => consistencySteps(6, 5)).toThrow('no proof leads from 6 to 5');
  });
});

test('the root of a tree is that over its perfect subtrees', () => {
  for (const size of [0, 1, 2, 3, 100, 255, 256, 257, 600]) {
    const hashes = rootStep(size).map(({ level, index }) =>
      naiveRoot(index * 2 ** level, (index + 1) * 2 ** level),
    );
    expect(toHex(rootOver(hashes))).toBe(toHex(naiveRoot(0, size)));
  }
});
