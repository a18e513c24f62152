/** Where the hashes of a proof are read from, and how a proof is made of them. */
import { rootOver, rootStep, type ProofStep, type TreeNode } from './proofs.js';
import { nodeHash, type Frontier } from './tree.js';

/** The root of a perfect subtree, 32 bytes; undefined where the source does not have it. */
export type HashSource = (node: TreeNode) => Uint8Array | undefined;

/** The hash of each step of a proof, in its order; undefined where the source lacks one of them. */
export function hashesOf(steps: readonly ProofStep[], source: HashSource): readonly Uint8Array[] | undefined {
  const hashes: Uint8Array[] = [];
  for (const step of steps) {
    const roots = step.map(source).filter((root) => root !== undefined);
    if (roots.length < step.length) return undefined;
    hashes.push(rootOver(roots));
  }
  return hashes;
}

/**
 * The tree at a block, from the frontier at its parent and the ids of its own entries: enough for the inclusion proof of
 * each of these entries, and for the consistency proof from the parent. A sibling that ends before the block is a member
 * of the frontier: it would not be a sibling if it could be larger.
 * @param ids 32 bytes each
 */
export function blockSource(before: Frontier, ids: readonly Uint8Array[]): HashSource {
  const roots = before.subtrees();
  const members = new Map(
    rootStep(before.size).map(({ level, index }, place) => [
      index * 2 ** level,
      { level, root: roots[place] },
    ]),
  );
  const source: HashSource = ({ level, index }) => {
    const [start, end] = [index * 2 ** level, (index + 1) * 2 ** level];
    if (end <= before.size) {
      const member = members.get(start);
      return member?.level === level ? member.root : undefined;
    }
    if (level === 0) return ids[index - before.size];
    const left = source({ level: level - 1, index: 2 * index });
    const right = left && source({ level: level - 1, index: 2 * index + 1 });
    return left === undefined || right === undefined ? undefined : nodeHash(left, right);
  };
  return source;
}
