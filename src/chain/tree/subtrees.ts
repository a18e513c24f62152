/**
 * The roots of perfect subtrees, from the leaf hashes and a few stored roots: an inclusion proof in a tree of millions
 * needs some forty hashes of work and two reads.
 */
import { rootOver, type ProofStep, type TreeNode } from './proofs.js';
import { HASH_BYTES, nodeHash } from './tree.js';

/** Leaves under a stored root. */
const GROUP_LEAVES = 16;
const GROUP_LEVEL = 4;
/** Leaves of a span: what one record of stored roots is about. As many as a full tile has. */
export const SPAN_LEAVES = 256;
const SPAN_LEVEL = 8;
const GROUPS_PER_SPAN = SPAN_LEAVES / GROUP_LEAVES;
/** The 16 roots of its groups, one after the other, and its own. */
export const SPAN_RECORD_BYTES = (GROUPS_PER_SPAN + 1) * HASH_BYTES;

/** Where the hashes of one tree are kept. */
export interface SubtreeSource {
  /** The leaf hashes from a sequence on, one after the other. All of them are there, or it throws. */
  leafHashes(from: number, count: number): Uint8Array;
  /** The record of a span; undefined where its leaves are not all there. */
  spanRecord(index: number): Uint8Array | undefined;
  /** The roots of spans from an index on, one after the other: that many, or it throws. */
  spanRoots(from: number, count: number): Uint8Array;
}

/** The record of a span, from its 256 leaf hashes one after the other. */
export function spanRecord(leafHashes: Uint8Array): Uint8Array {
  const record = new Uint8Array(SPAN_RECORD_BYTES);
  for (let group = 0; group < GROUPS_PER_SPAN; group++) {
    record.set(perfectRoot(leafHashes, group * GROUP_LEAVES, GROUP_LEAVES), group * HASH_BYTES);
  }
  record.set(perfectRoot(record, 0, GROUPS_PER_SPAN), GROUPS_PER_SPAN * HASH_BYTES);
  return record;
}

/** The root over `count` hashes, a power of two, of those that stand one after the other in `hashes`. */
export function perfectRoot(hashes: Uint8Array, from: number, count: number): Uint8Array {
  if (count === 1) return hashes.slice(from * HASH_BYTES, (from + 1) * HASH_BYTES);
  const middle = count / 2;
  return nodeHash(perfectRoot(hashes, from, middle), perfectRoot(hashes, from + middle, middle));
}

/** Spans read at a time. */
const SPANS_PER_READ = 4096;
/** Roots at the tree's right edge that are kept in memory, of either sort. */
const EDGE_ROOTS_MAX = 1024;

export class Subtrees {
  /** roots of spans, and of pairs of them, and of pairs of those: level 8 and up */
  private readonly upper: HashList[] = [];
  /** roots over several perfect subtrees: the last step of most proofs in a tree of one size */
  private readonly edges = new Map<string, Uint8Array>();
  /** roots of groups in spans that are not complete yet */
  private readonly groups = new Map<string, Uint8Array>();

  constructor(private readonly source: SubtreeSource) {}

  /** The hashes of a proof's steps, in order. */
  hashes(steps: readonly ProofStep[]): readonly Uint8Array[] {
    const reads = new ProofReads(this.source, steps.flatMap(onlyNode));
    return steps.map((step) => {
      const [first] = step;
      return first !== undefined && step.length === 1 ? this.root(first, reads) : this.edge(step);
    });
  }

  /** The root of a perfect subtree, all leaves of which are there. */
  root({ level, index }: TreeNode, reads = new ProofReads(this.source, [])): Uint8Array {
    const leaves = 2 ** level;
    if (level < GROUP_LEVEL) return perfectRoot(reads.leafHashes(index * leaves, leaves), 0, leaves);
    if (level < SPAN_LEVEL) return this.rootInSpan(index * leaves, leaves, reads);
    this.load((index + 1) * 2 ** (level - SPAN_LEVEL));
    return this.upperAt(level - SPAN_LEVEL).get(index);
  }

  private edge(step: ProofStep): Uint8Array {
    const key = step.map(({ level, index }) => `${level}/${index}`).join();
    return cached(this.edges, key, () => rootOver(step.map((node) => this.root(node))));
  }

  /** Of 16 to 128 leaves; the span may not be complete. */
  private rootInSpan(from: number, leaves: number, reads: ProofReads): Uint8Array {
    const record = reads.spanRecord(Math.floor(from / SPAN_LEAVES));
    const count = leaves / GROUP_LEAVES;
    if (record !== undefined) return perfectRoot(record, (from % SPAN_LEAVES) / GROUP_LEAVES, count);
    const roots = new Uint8Array(count * HASH_BYTES);
    for (let place = 0; place < count; place++) {
      roots.set(this.groupRoot(from / GROUP_LEAVES + place), place * HASH_BYTES);
    }
    return perfectRoot(roots, 0, count);
  }

  private groupRoot(group: number): Uint8Array {
    return cached(this.groups, String(group), () =>
      perfectRoot(this.source.leafHashes(group * GROUP_LEAVES, GROUP_LEAVES), 0, GROUP_LEAVES),
    );
  }

  /** Until the roots of that many spans are in memory. */
  private load(spans: number): void {
    for (let at = this.upperAt(0).length; at < spans; at = this.upperAt(0).length) {
      const count = Math.min(SPANS_PER_READ, spans - at);
      const roots = this.source.spanRoots(at, count);
      for (let place = 0; place < count; place++)
        this.push(roots.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES));
    }
  }

  private push(root: Uint8Array): void {
    let node = root;
    for (let level = 0; ; level++) {
      const list = this.upperAt(level);
      list.push(node);
      if (list.length % 2 === 1) return;
      node = nodeHash(list.get(list.length - 2), node);
    }
  }

  private upperAt(level: number): HashList {
    return (this.upper[level] ??= new HashList());
  }
}

const onlyNode = (step: ProofStep): ProofStep => (step.length === 1 ? step : []);

/** What one proof reads: each group of leaf hashes and each record once, whichever of its nodes need them. */
class ProofReads {
  private readonly ranges = new Map<number, { from: number; to: number }>();
  private readonly leaves = new Map<number, Uint8Array>();
  private readonly records = new Map<number, Uint8Array | undefined>();

  /** @param nodes that will be asked for */
  constructor(
    private readonly source: SubtreeSource,
    nodes: readonly TreeNode[],
  ) {
    for (const { level, index } of nodes) {
      if (level >= GROUP_LEVEL) continue;
      const [from, to] = [index * 2 ** level, (index + 1) * 2 ** level];
      const range = this.ranges.get(groupOf(from));
      if (range === undefined) this.ranges.set(groupOf(from), { from, to });
      else [range.from, range.to] = [Math.min(range.from, from), Math.max(range.to, to)];
    }
  }

  leafHashes(from: number, count: number): Uint8Array {
    const range = this.ranges.get(groupOf(from));
    if (range === undefined) return this.source.leafHashes(from, count);
    let leaves = this.leaves.get(range.from);
    if (leaves === undefined) {
      leaves = this.source.leafHashes(range.from, range.to - range.from);
      this.leaves.set(range.from, leaves);
    }
    const start = (from - range.from) * HASH_BYTES;
    return leaves.subarray(start, start + count * HASH_BYTES);
  }

  spanRecord(index: number): Uint8Array | undefined {
    if (!this.records.has(index)) this.records.set(index, this.source.spanRecord(index));
    return this.records.get(index);
  }
}

const groupOf = (leaf: number): number => Math.floor(leaf / GROUP_LEAVES);

/** A root never changes once its leaves are there. */
function cached(roots: Map<string, Uint8Array>, key: string, compute: () => Uint8Array): Uint8Array {
  let root = roots.get(key);
  if (root === undefined) {
    // A copy: what a hash returns may be a part of a larger buffer.
    root = new Uint8Array(compute());
    if (roots.size >= EDGE_ROOTS_MAX) roots.clear();
    roots.set(key, root);
  }
  return root;
}

/** Hashes without an object for each. */
class HashList {
  private bytes = new Uint8Array(64 * HASH_BYTES);
  length = 0;

  push(hash: Uint8Array): void {
    if ((this.length + 1) * HASH_BYTES > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(hash, this.length * HASH_BYTES);
    this.length++;
  }

  get(index: number): Uint8Array {
    return this.bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}
