/**
 * Inclusion and consistency proofs (RFC 6962, sections 2.1.1 and 2.1.2), in two halves: which perfect subtrees a proof
 * needs, so that their roots can be read from wherever they are stored, and the verification (RFC 9162, sections 2.1.3.2
 * and 2.1.4.2). Sizes are whole numbers below 2^53.
 */
import { equalBytes } from '../bytes/bytes.js';
import { isCount } from '../bytes/fields.js';
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './tree.js';

/** A perfect subtree: the leaves from `index` · 2^`level` on, 2^`level` of them. Level 0 is a leaf hash. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** One hash of a proof: the root over these perfect subtrees, the leftmost and largest first. */
export type ProofStep = readonly TreeNode[];

/** The largest proof for a tree below 2^53. */
export const PROOF_HASHES_MAX = 63;

/**
 * The steps of the inclusion proof of leaf `index` in the tree of the first `size` leaves, from the leaf's sibling to the
 * root's child. @throws RangeError unless index < size
 */
export function inclusionSteps(index: number, size: number): readonly ProofStep[] {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  }
  const steps: ProofStep[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from);
    if (index < middle) {
      steps.push(subtrees(middle, to));
      to = middle;
    } else {
      steps.push(subtrees(from, middle));
      from = middle;
    }
  }
  return steps.reverse();
}

/**
 * The steps of the consistency proof from the first `oldSize` leaves to the first `size`. Empty where the old tree is
 * empty or both are the same. @throws RangeError unless oldSize ≤ size
 */
export function consistencySteps(oldSize: number, size: number): readonly ProofStep[] {
  if (!isCount(oldSize) || !isCount(size) || oldSize > size) {
    throw new RangeError(`no proof leads from ${oldSize} to ${size}`);
  }
  if (oldSize === 0 || oldSize === size) return [];
  const steps: ProofStep[] = [];
  let [from, to] = [0, size];
  // The old tree's root is known to the verifier as long as the subtree begins at the first leaf.
  while (oldSize !== to) {
    const middle = from + largestPowerBelow(to - from);
    if (oldSize <= middle) {
      steps.push(subtrees(middle, to));
      to = middle;
    } else {
      steps.push(subtrees(from, middle));
      from = middle;
    }
  }
  if (from > 0) steps.push(subtrees(from, to));
  return steps.reverse();
}

/**
 * The steps of the path that leads to both roots: a consistency proof with its first hash, which {@link consistencySteps}
 * leaves out where `oldSize` is a power of two, since a verifier has it. Evidence needs it: there the old root is in doubt.
 * @throws RangeError unless oldSize ≤ size
 */
export function consistencyPathSteps(oldSize: number, size: number): readonly ProofStep[] {
  const steps = consistencySteps(oldSize, size);
  return steps.length > 0 && isPowerOfTwo(oldSize) ? [rootStep(oldSize), ...steps] : steps;
}

/** On which side of the path from leaf `index` to the root a step of its inclusion proof is. */
export function sideOf([first]: ProofStep, index: number): 'left' | 'right' {
  return first !== undefined && first.index * 2 ** first.level < index ? 'left' : 'right';
}

/** The perfect subtrees whose roots give the root of the first `size` leaves, as in a frontier. */
export function rootStep(size: number): ProofStep {
  return subtrees(0, size);
}

/** The root over perfect subtrees next to each other, the largest first; of none, the empty tree's root. */
export function rootOver(roots: readonly Uint8Array[]): Uint8Array {
  const last = roots.at(-1);
  if (last === undefined) return EMPTY_ROOT;
  return roots.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/**
 * Whether `proof` shows that the leaf hash is leaf `index` of the tree with this size and root (RFC 9162, section
 * 2.1.3.2).
 */
export function verifyInclusion(
  leafHash: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  const found = rootOfPath(leafHash, index, size, proof);
  return found !== undefined && equalBytes(found, root);
}

/**
 * The root to which an inclusion proof leads from a leaf hash.
 * @returns undefined for a proof of the wrong length, for a hash that is not 32 bytes, and unless index < size
 */
export function rootOfPath(
  leafHash: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!isCount(index) || !isCount(size) || index >= size) return undefined;
  if (!isHash(leafHash) || !proof.every(isHash)) return undefined;
  let [node, last] = [index, size - 1];
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? hash : undefined;
}

/** A tree head: how many leaves, and the root over them. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Whether `proof` shows that the old tree is the beginning of the new one (RFC 9162, section 2.1.4.2). The empty tree,
 * whose root has to be SHA-256 of nothing, is the beginning of every tree, and needs no proof.
 */
export function verifyConsistency(old: TreeHead, now: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!isCount(old.size) || !isCount(now.size) || old.size > now.size) return false;
  if (old.size === 0 && !equalBytes(old.root, EMPTY_ROOT)) return false;
  if (old.size === now.size) return proof.length === 0 && equalBytes(old.root, now.root);
  if (old.size === 0) return proof.length === 0;
  // Where the old tree is one perfect subtree, its root begins the path, and is left out of the proof.
  const path = isPowerOfTwo(old.size) ? [old.root, ...proof] : proof;
  const roots = rootsOfPath(old.size, now.size, path);
  return roots !== undefined && equalBytes(roots.old, old.root) && equalBytes(roots.now, now.root);
}

/**
 * The roots of the first `oldSize` and the first `size` leaves that the path of a consistency proof leads to, its first
 * hash included, which RFC 6962 leaves out where `oldSize` is a power of two.
 * @returns undefined for a path of the wrong length, for a hash that is not 32 bytes, and unless 0 < oldSize < size
 */
export function rootsOfPath(
  oldSize: number,
  size: number,
  path: readonly Uint8Array[],
): { readonly old: Uint8Array; readonly now: Uint8Array } | undefined {
  const [first, ...siblings] = path;
  if (!isCount(oldSize) || !isCount(size) || oldSize === 0 || oldSize >= size) return undefined;
  if (first === undefined || !path.every(isHash)) return undefined;
  let [node, last] = [oldSize - 1, size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [old, now] = [first, first];
  for (const sibling of siblings) {
    if (last === 0) return undefined;
    if (isOdd(node) || node === last) {
      old = nodeHash(sibling, old);
      now = nodeHash(sibling, now);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      now = nodeHash(now, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? { old, now } : undefined;
}

/** The perfect subtrees of the leaves `from` to `to`, where `from` is a multiple of a power of two that spans them. */
function subtrees(from: number, to: number): readonly TreeNode[] {
  const nodes: TreeNode[] = [];
  let [level, span] = [0, 1];
  while (span * 2 <= to - from) [level, span] = [level + 1, span * 2];
  for (let start = from; start < to; level--, span /= 2) {
    if (span > to - start) continue;
    nodes.push({ level, index: start / span });
    start += span;
  }
  return nodes;
}

/** A shorter one would leave bytes of another node in what is hashed. */
const isHash = (hash: Uint8Array): boolean => hash.length === HASH_BYTES;
const half = (value: number): number => (value - (value % 2)) / 2;
const isOdd = (value: number): boolean => value % 2 === 1;

function isPowerOfTwo(value: number): boolean {
  let rest = value;
  while (rest > 1 && !isOdd(rest)) rest = half(rest);
  return rest === 1;
}

/** The largest power of two below `count`, which is at least 2. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
