/** The Merkle path from an entry to its block's root (RFC 6962, section 2.1.1), from that block and the tree before it. */
import { nodeHash, type Frontier } from '../../../src/chain/tree/tree.js';

export interface PathStep {
  /** where the sibling stands */
  readonly side: 'left' | 'right';
  readonly hash: Uint8Array;
}

/**
 * From the entry up. What lies before the block is needed only as whole subtrees, and those are the frontier's:
 * a sibling that ends before the block is as large as it can be there, or it would not be a sibling.
 * @param before the tree at the parent
 * @param ids of the block's entries, 32 bytes each
 * @param position of the entry in the block, from 0
 */
export function auditPath(
  before: Frontier,
  ids: readonly Uint8Array[],
  position: number,
): readonly PathStep[] {
  const old = new Map<number, Uint8Array>();
  let start = 0;
  const sizes = perfectSizes(before.size);
  for (const [place, root] of before.subtrees().entries()) {
    old.set(start, root);
    start += sizes[place] ?? 0;
  }
  const rootOf = (from: number, to: number): Uint8Array => {
    if (to <= before.size) return known(old.get(from));
    if (to - from === 1) return known(ids[from - before.size]);
    const middle = from + largestPowerBelow(to - from);
    return nodeHash(rootOf(from, middle), rootOf(middle, to));
  };
  const leaf = before.size + position;
  const path: PathStep[] = [];
  for (let [from, to] = [0, before.size + ids.length]; to - from > 1;) {
    const middle = from + largestPowerBelow(to - from);
    if (leaf < middle) {
      path.unshift({ side: 'right', hash: rootOf(middle, to) });
      to = middle;
    } else {
      path.unshift({ side: 'left', hash: rootOf(from, middle) });
      from = middle;
    }
  }
  return path;
}

/** The root that a path leads to. */
export function foldPath(id: Uint8Array, path: readonly PathStep[]): Uint8Array {
  return path.reduce(
    (node, { side, hash }) => (side === 'left' ? nodeHash(hash, node) : nodeHash(node, hash)),
    id,
  );
}

function known(hash: Uint8Array | undefined): Uint8Array {
  if (hash === undefined) throw new RangeError('the position is not in the block');
  return hash;
}

function perfectSizes(size: number): readonly number[] {
  const sizes: number[] = [];
  for (let rest = size; rest > 0;) {
    const power = rest === 1 ? 1 : 2 ** Math.floor(Math.log2(rest));
    sizes.push(power);
    rest -= power;
  }
  return sizes;
}

/** The largest power of two below `count`, which is at least 2. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
