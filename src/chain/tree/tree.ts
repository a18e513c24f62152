/** The Merkle tree over all entries of a chain (RFC 6962, section 2.1), kept as its frontier. */
import { sha256 } from '../bytes/sha256.js';

export const HASH_BYTES = 32;

/** The root of the tree without entries: SHA-256 of nothing. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** 0x01 ‖ left ‖ right: one shared buffer, since an allocation costs more than the hash. */
const nodeBytes = Uint8Array.of(0x01, ...new Uint8Array(2 * HASH_BYTES));

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeBytes.set(left, 1);
  nodeBytes.set(right, 1 + HASH_BYTES);
  return sha256(nodeBytes);
}

/**
 * An append-only tree that keeps only its right edge: the roots of the perfect subtrees of which it consists, largest
 * first, one for each bit set in its size. Appending costs one hash on average, the root at most 53.
 */
export class Frontier {
  private constructor(
    private readonly nodes: Uint8Array[],
    private length: number,
  ) {}

  static empty(): Frontier {
    return new Frontier([], 0);
  }

  /** @returns undefined if the number of nodes isn't the number of bits set in `size` */
  static of(nodes: readonly Uint8Array[], size: number): Frontier | undefined {
    const fits =
      Number.isSafeInteger(size) &&
      size >= 0 &&
      nodes.length === bitsSet(size) &&
      nodes.every((node) => node.length === HASH_BYTES);
    return fits ? new Frontier([...nodes], size) : undefined;
  }

  /** Entries in the tree. */
  get size(): number {
    return this.length;
  }

  clone(): Frontier {
    return new Frontier([...this.nodes], this.length);
  }

  /** @param leafHash an entry's id */
  append(leafHash: Uint8Array): void {
    let node = leafHash;
    // Each trailing 1 bit is a perfect subtree as large as the one just made: join them.
    for (let size = this.length; size % 2 === 1; size = (size - 1) / 2) {
      node = nodeHash(this.nodes.pop() as Uint8Array, node);
    }
    this.nodes.push(node);
    this.length++;
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (let i = this.nodes.length - 1; i >= 0; i--) {
      const node = this.nodes[i] as Uint8Array;
      root = root === undefined ? node : nodeHash(node, root);
    }
    return root ?? EMPTY_ROOT;
  }

  /** The perfect subtrees' roots, largest first. */
  subtrees(): readonly Uint8Array[] {
    return [...this.nodes];
  }
}

function bitsSet(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2;
  return bits;
}
