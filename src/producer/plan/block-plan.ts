/** Decides the block of each entry when it is accepted; the decision never changes. Pure. */
import { promisable } from '../../ledger/promised-blocks.js';
import type { WaitingBlock } from '../../ledger/store.js';

/** A future block. */
export interface PlannedBlock {
  readonly index: number;
  readonly entries: number;
  /** size of its entries on the wire, in bytes */
  readonly bytes: number;
  /** when its first entry was accepted, on the caller's clock; undefined if it has none */
  readonly since: number | undefined;
  /** whether it takes no further entries */
  readonly closed: boolean;
}

export interface PlanLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

/**
 * Future blocks, in order: all but the last are closed. An entry goes into the last one, or opens the next
 * if that one is full or being sealed. The promised block is stored with the entry, so a plan can be
 * restored from the waiting entries ({@link BlockPlan.restore}).
 */
export class BlockPlan {
  private constructor(
    private readonly limits: PlanLimits,
    /** the last block that takes no more entries: sealed, or being sealed */
    private base: number,
    private readonly blocks: PlannedBlock[],
  ) {}

  /**
   * @param waiting must be valid according to {@link brokenPromise}
   * @param since converts the time of acceptance into a time on the caller's clock
   */
  static restore(
    limits: PlanLimits,
    headIndex: number,
    waiting: readonly WaitingBlock[],
    since: (acceptedAt: number) => number,
  ): BlockPlan {
    const plan = new BlockPlan(limits, headIndex, []);
    for (const block of waiting) {
      // A crash during the sealing of an empty block leaves a gap: that block must be sealed, or every promise is off by one.
      while (plan.nextIndex() < block.index) plan.blocks.push(emptyBlock(plan.nextIndex()));
      const full = block.entries >= limits.entriesMax || block.bytes >= limits.bytesMax;
      const last = block === waiting.at(-1);
      plan.blocks.push({ ...block, since: since(block.since), closed: full || !last });
    }
    return plan;
  }

  /** The next block to seal, if it has entries or was begun. */
  first(): PlannedBlock | undefined {
    return this.blocks[0];
  }

  /** Closes the next block, an empty one if nothing waits; entries accepted from now on go into later ones. */
  close(): PlannedBlock {
    const first = this.blocks[0];
    if (first === undefined) {
      const empty = emptyBlock(this.base + 1);
      this.blocks.push(empty);
      return empty;
    }
    const closed = { ...first, closed: true };
    this.blocks[0] = closed;
    return closed;
  }

  /** The next block was sealed. */
  sealed(): void {
    const first = this.blocks.shift();
    if (first !== undefined) this.base = first.index;
  }

  /** A cursor that places further entries; nothing changes before {@link commit}. */
  cursor(): PlanCursor {
    const last = this.blocks.at(-1);
    return new PlanCursor(this.limits, last?.index ?? this.base, last?.closed === false ? last : undefined);
  }

  /** Applies a cursor once its entries are on disk. No other cursor may have been committed since it was created. */
  commit(cursor: PlanCursor): void {
    if (this.blocks.at(-1)?.closed === false && cursor.blocks.length > 0) this.blocks.pop();
    this.blocks.push(...cursor.blocks);
  }

  private nextIndex(): number {
    return (this.blocks.at(-1)?.index ?? this.base) + 1;
  }
}

/** A chain's waiting entries at a start. */
export interface StoredWaiting {
  readonly headIndex: number;
  /** the sequence of the first waiting entry */
  readonly from: number;
  /** the sequence after the last one */
  readonly to: number;
  readonly blocks: readonly WaitingBlock[];
}

/**
 * Why the stored promises can't be this program's, as a sentence; undefined if they can. A plan restored from invalid ones
 * would be wrong, or endless.
 */
export function brokenPromise(limits: PlanLimits, stored: StoredWaiting): string | undefined {
  const { headIndex, from, to, blocks } = stored;
  let previous: number | undefined;
  let next = from;
  for (const { index, first, entries } of blocks) {
    if (first !== next) return `entry ${next} is missing, or waits for another block than its neighbours`;
    const [lowest, highest] = promisable(headIndex, previous);
    if (index !== lowest && index !== highest) {
      return `entry ${first} waits for block ${String(index)}, and only ${lowest} or ${highest} can be right`;
    }
    if (entries > limits.entriesMax) {
      return `${entries} entries wait for block ${index}, and only ${limits.entriesMax} fit`;
    }
    previous = index;
    next = first + entries;
  }
  return next === to ? undefined : `${to - from} entries should wait, and ${next - from} are there`;
}

function emptyBlock(index: number): PlannedBlock {
  return { index, entries: 0, bytes: 0, since: undefined, closed: true };
}

type ChangingBlock = { -readonly [Field in keyof PlannedBlock]: PlannedBlock[Field] };

/** Places entries in a plan. */
export class PlanCursor {
  /** the blocks that changed or were added, in order */
  readonly blocks: PlannedBlock[] = [];
  private open: ChangingBlock | undefined;

  /** @param open the plan's last block, if it takes more entries */
  constructor(
    private readonly limits: PlanLimits,
    private lastIndex: number,
    open: PlannedBlock | undefined,
  ) {
    this.open = open === undefined ? undefined : { ...open };
  }

  /**
   * Places one entry. @returns the index of its block
   * @param bytes its size on the wire
   */
  place(bytes: number, now: number): number {
    const { entriesMax, bytesMax } = this.limits;
    if (this.open !== undefined && this.open.bytes + bytes > bytesMax) this.close(this.open);
    const block = this.open ?? this.begin(now);
    this.changed(block);
    block.entries++;
    block.bytes += bytes;
    if (block.entries >= entriesMax) this.close(block);
    return block.index;
  }

  private begin(now: number): ChangingBlock {
    this.open = { index: ++this.lastIndex, entries: 0, bytes: 0, since: now, closed: false };
    return this.open;
  }

  private close(block: ChangingBlock): void {
    this.changed(block);
    block.closed = true;
    this.open = undefined;
  }

  private changed(block: PlannedBlock): void {
    if (this.blocks.at(-1) !== block) this.blocks.push(block);
  }
}
