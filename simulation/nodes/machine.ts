/** A machine with a disk and a clock, on which processes of one node run, die and start again. */
import type { Hash } from '../../src/chain/bytes/bytes.js';
import { Unavailable } from '../../src/ledger/errors.js';
import type { Role } from '../../src/ledger/node-info.js';
import type { CosignedHeads, LedgerStore } from '../../src/ledger/store.js';
import { assertStartable } from '../../src/storage/sqlite/start-check.js';
import { SqliteLedgerStore } from '../../src/storage/sqlite/sqlite-ledger-store.js';
import { MemoryDisk, type CommitFault } from '../disk/memory-disk.js';
import { MemoryFaultLog, MemoryNodeRegistry } from '../disk/memory-fault-log.js';
import type { Host, NetworkRequest, ServerAnswer } from '../network/network.js';
import { ProcessClock, WallClock } from '../world/process-clock.js';
import { Died, Process } from '../world/process.js';
import type { Random } from '../world/random.js';
import { problemAnswer } from './answers.js';
import type { ShownNode } from '../checks/shown-node.js';
import type { Timeline } from '../world/timeline.js';
import type { ReadingDoor } from './reading-door.js';
import type { MistakenNode, World } from './world.js';

/** Small, so that a short run has many of them. */
const GENERATIONS = { generation: 16, merged: 2 };

/** A node's process that has started. */
export interface RunningNode {
  readonly store: LedgerStore;
  readonly door: ReadingDoor;
  /** Never rejects with anything but an error that the real routes answer too. */
  answer(request: NetworkRequest): ServerAnswer | Promise<ServerAnswer>;
}

/** What a start gets. */
export interface Starting {
  readonly process: Process;
  readonly clock: ProcessClock;
  readonly store: LedgerStore;
  readonly cosigned: CosignedHeads;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

export abstract class Machine implements Host, ShownNode, MistakenNode {
  readonly url: string;
  readonly disk: MemoryDisk;
  readonly wall: WallClock;
  readonly faults = new MemoryFaultLog();
  readonly nodes = new MemoryNodeRegistry();
  process: Process | undefined;
  running: RunningNode | undefined;
  /** decides what happens at each commit */
  commitFault: () => CommitFault | undefined = () => undefined;
  private starts = 0;
  private readonly chance: Random;

  constructor(
    protected readonly world: World,
    readonly name: string,
    private readonly role: Role,
  ) {
    this.url = `http://${name}.sim`;
    this.disk = new MemoryDisk(role);
    this.wall = new WallClock(world.timeline);
    this.chance = world.chance.fork(name);
    world.network.add(this.url, this);
  }

  protected abstract begin(starting: Starting): Promise<RunningNode>;

  get isUp(): boolean {
    return this.running !== undefined;
  }

  /** Starts a process now, unless one runs. */
  start(): void {
    if (this.process?.isDead === false) return;
    const process = new Process(this.name);
    this.process = process;
    process.onEnd(() => {
      // A twin has its place, where there is one.
      if (this.process !== process) return;
      this.process = undefined;
      this.running = undefined;
      this.world.died(this);
    });
    this.starts++;
    this.world.timeline.schedule(0, () => void this.run(process), process);
  }

  /** Kills the process, as `kill -9` does. */
  kill(why: string): void {
    if (this.process === undefined) return;
    this.world.trace.line(this.name, `is killed: ${why}`);
    this.process.die();
  }

  get timeline(): Timeline {
    return this.world.timeline;
  }

  moveHead(chain: Hash, to: Hash, index: number): void {
    this.disk.moveHead(chain, to, index);
  }

  /** A second process begins on the same disk; the first one, which nobody can reach any more, goes on for a while. */
  startTwin(ms: number): void {
    const { process } = this;
    if (process === undefined) return;
    process.isBroken = true;
    this.process = undefined;
    this.running = undefined;
    this.start();
    const twin = this.process as Process | undefined;
    if (twin !== undefined) twin.isBroken = true;
    this.world.timeline.schedule(ms, () => process.die(), undefined);
  }

  /** The answer to a GET, at once. */
  read(path: string): ServerAnswer {
    const request = { method: 'GET', path, headers: {}, body: undefined };
    try {
      if (this.running === undefined) throw new Died(this.name);
      return this.running.door.answer(request);
    } catch (error) {
      const answer = problemAnswer(error, path);
      if (answer.status === 500) this.world.internalError(this, error);
      return answer;
    }
  }

  /** The index of the last block of each chain that it shows. */
  head(chain: Hash): { readonly index: number; readonly hash: Hash } | undefined {
    return this.running?.store.store(chain)?.head().header;
  }

  blockText(chain: Hash, index: number): string {
    return this.running?.door.blockText(chain, index) ?? '';
  }

  async answer(request: NetworkRequest): Promise<ServerAnswer> {
    const { process } = this;
    try {
      if (this.running === undefined) throw new Died(this.name);
      return await this.running.answer(request);
    } catch (error) {
      const answer = problemAnswer(error, request.path);
      // Nobody gets the answer of a process that died meanwhile.
      if (answer.status === 500 && process?.isDead === false) this.world.internalError(this, error);
      return answer;
    }
  }

  private async run(process: Process): Promise<void> {
    const { world } = this;
    const fail = (error: unknown): void => {
      if (process.isDead) return;
      world.stopped(this, process, error);
      process.die();
    };
    try {
      const clock = new ProcessClock(world.timeline, process, this.wall, this.chance.fork(`${this.starts}`));
      const db = this.disk.open(process, () => this.commitFault());
      assertStartable(db, this.role);
      const sqlite = new SqliteLedgerStore(db, db, GENERATIONS);
      const store = world.ports.store(this, sqlite);
      const running = await this.begin({ process, clock, store, cosigned: sqlite.cosigned, fail });
      if (process.isDead) return;
      this.running = running;
      world.trace.line(this.name, `starts (${this.starts})`);
    } catch (error) {
      // Its disk is full or locked: the next start tries again.
      if (error instanceof Unavailable) process.isBroken = true;
      fail(error);
    }
  }
}
