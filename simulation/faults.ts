/** What goes wrong, when, and for how long: drawn from the rates of a run. */
import type { CommitFault } from './disk/memory-disk.js';
import type { Network } from './network/network.js';
import type { Machine } from './nodes/machine.js';
import { ProducerMachine } from './nodes/producer-machine.js';
import type { FaultRates } from './scenario.js';
import type { Random } from './world/random.js';
import type { Timeline } from './world/timeline.js';
import type { Trace } from './world/trace.js';

const HOUR_MS = 3_600_000;
const COMMIT_FAULTS: readonly CommitFault[] = ['full', 'busy', 'lost', 'kept', 'died-before', 'died-after'];
/** After a fault of a producer, what it promised may be late by this much: a retry, a restart. */
const AFTERMATH_MS = 5_000;
/** A jump of the wall clock that lasts is believed after a minute (src/producer/plan/watched-clock.ts). */
const CLOCK_AFTERMATH_MS = 70_000;

export interface FaultsParts {
  readonly timeline: Timeline;
  readonly chance: Random;
  readonly rates: FaultRates;
  readonly network: Network;
  readonly trace: Trace;
  readonly machines: readonly Machine[];
}

export class Faults {
  /** true time until which a machine can't be expected to keep its time limits */
  private readonly troubledUntil = new Map<Machine, number>();
  private isOver = false;

  constructor(private readonly parts: FaultsParts) {}

  start(): void {
    const { rates, network, machines, chance } = this.parts;
    const { lost, late, twice, cut } = rates;
    network.rates = { lost, late, twice, cut };
    this.every(rates.splitHours, () => this.split());
    for (const machine of machines) {
      const own = chance.fork(`commits of ${machine.name}`);
      machine.commitFault = () => this.atCommit(machine, own);
      this.every(rates.deathHours, () => machine.kill('by chance'));
      if (machine instanceof ProducerMachine) this.every(rates.twinHours, () => this.startTwin(machine));
      this.every(rates.slowDiskHours, () => this.slowDisk(machine));
      this.every(rates.fullDiskHours, () => this.fillDisk(machine));
      this.every(rates.clockHours, () => this.changeClock(machine));
    }
  }

  /** Everything works from now on. */
  stop(): void {
    const { network, machines } = this.parts;
    this.isOver = true;
    network.rates = { lost: 0, late: 0, twice: 0, cut: 0 };
    network.cuts.clear();
    for (const machine of machines) {
      machine.commitFault = () => undefined;
      machine.disk.isFull = false;
      if (machine.wall.wrongMs() !== 0) this.trouble(machine, CLOCK_AFTERMATH_MS);
      machine.wall.correct();
    }
  }

  /** Whether nothing hinders the machine, nor did a moment ago. */
  isCalm(machine: Machine): boolean {
    return machine.isUp && this.parts.timeline.now >= (this.troubledUntil.get(machine) ?? 0);
  }

  trouble(machine: Machine, ms: number): void {
    const until = this.parts.timeline.now + ms;
    this.troubledUntil.set(machine, Math.max(until, this.troubledUntil.get(machine) ?? 0));
  }

  private atCommit(machine: Machine, chance: Random): CommitFault | undefined {
    const { rates, trace } = this.parts;
    if (machine.disk.isFull) {
      this.trouble(machine, AFTERMATH_MS);
      return 'full';
    }
    if (!chance.chance(rates.commit)) return undefined;
    const fault = chance.pick(COMMIT_FAULTS);
    this.trouble(machine, AFTERMATH_MS);
    trace.line(machine.name, `has a fault at a commit: ${fault}`);
    return fault;
  }

  private slowDisk(machine: Machine): void {
    const { timeline, chance, trace } = this.parts;
    const ms = chance.between(50, 15_000);
    trace.line(machine.name, `does nothing for ${Math.round(ms)} ms: its disk is slow`);
    if (machine.process !== undefined) machine.process.busyUntil = timeline.now + ms;
    this.trouble(machine, ms + AFTERMATH_MS);
  }

  private startTwin(machine: Machine): void {
    const { chance, trace } = this.parts;
    const ms = chance.between(500, 30_000);
    trace.line(machine.name, `has two processes on one disk for ${Math.round(ms)} ms`);
    machine.startTwin(ms);
    this.trouble(machine, ms + 3 * AFTERMATH_MS);
  }

  private fillDisk(machine: Machine): void {
    const { chance, trace } = this.parts;
    const ms = chance.between(1_000, 120_000);
    // Half the time something else leaves room for what the node accepted, half the time it doesn't.
    const isQuite = chance.chance(0.5);
    trace.line(machine.name, `has a ${isQuite ? 'full' : 'nearly full'} disk for ${Math.round(ms)} ms`);
    machine.disk.freeBytes = 0;
    machine.disk.isFull = isQuite;
    this.trouble(machine, ms + AFTERMATH_MS);
    this.later(ms, () => {
      machine.disk.freeBytes = ROOMY_BYTES;
      machine.disk.isFull = false;
    });
  }

  private changeClock(machine: Machine): void {
    const { chance, trace } = this.parts;
    const how = chance.pick(['ahead', 'back', 'drift', 'correct'] as const);
    switch (how) {
      case 'ahead':
        machine.wall.jump(chance.between(100, 300_000));
        break;
      case 'back':
        machine.wall.jump(-chance.between(100, 300_000));
        break;
      case 'drift':
        machine.wall.drift(chance.between(-400, 400));
        break;
      case 'correct':
        machine.wall.correct();
    }
    trace.line(
      machine.name,
      `has another wall clock: ${how}, ${Math.round(machine.wall.wrongMs())} ms wrong`,
    );
    this.trouble(machine, CLOCK_AFTERMATH_MS);
  }

  private split(): void {
    const { chance, machines, network, trace } = this.parts;
    const [a, b] = [chance.pick(machines), chance.pick(machines)];
    const ms = chance.between(1_000, 300_000);
    const pair = `${a.name} ${b.name}`;
    trace.line('network', `${a.name} and ${b.name} can't reach each other for ${Math.round(ms)} ms`);
    network.cuts.add(pair);
    this.later(ms, () => network.cuts.delete(pair));
  }

  /** @param hours on average between two calls */
  private every(hours: number, run: () => void): void {
    if (hours === Infinity) return;
    this.later(this.parts.chance.wait(hours * HOUR_MS), () => {
      if (!this.isOver) run();
      this.every(hours, run);
    });
  }

  private later(ms: number, run: () => void): void {
    this.parts.timeline.schedule(ms, run, undefined);
  }
}

const ROOMY_BYTES = 100 * 2 ** 30;
