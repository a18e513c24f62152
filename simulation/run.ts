/** One run: builds the world of a seed, lets it live, then lets everything recover, and compares all nodes. */
import type { Hash } from '../src/chain/bytes/bytes.js';
import type { Chain, FaultRecord } from '../src/ledger/store.js';
import { Judge } from './checks/judge.js';
import { Queries } from './checks/queries.js';
import type { ShownNode } from './checks/shown-node.js';
import { Traffic } from './clients/traffic.js';
import { clientFetch } from './network/client-fetch.js';
import { Network, type NetworkRequest, type ServerAnswer } from './network/network.js';
import { Faults } from './faults.js';
import { FollowerMachine } from './nodes/follower-machine.js';
import { KnownSignatures } from './nodes/known-signatures.js';
import { Liar } from './nodes/liar.js';
import type { Machine } from './nodes/machine.js';
import { NO_MISTAKE } from './nodes/no-mistake.js';
import { ProducerMachine } from './nodes/producer-machine.js';
import type { Named, Ports, World } from './nodes/world.js';
import { drawScenario, type Frame, type Scenario } from './scenario.js';
import { ProcessClock, WallClock } from './world/process-clock.js';
import { Died, Process } from './world/process.js';
import { Random } from './world/random.js';
import { Timeline } from './world/timeline.js';
import { Trace } from './world/trace.js';
import { takeOverTurns } from './world/turns.js';

/** 2026-01-01T00:00:00Z */
const BEGIN = 1_767_225_600_000;
const HOUR_MS = 3_600_000;
/** After the last fault, all must be level within this time. */
const RECOVERY_MS = 10 * 60_000;
const RECOVERY_STEP_MS = 5_000;
const QUERY_EVERY_MS = 5_000;
const RESTART_MS = [500, 10_000] as const;

export interface RunOptions extends Frame {
  readonly ports?: Ports;
  /** gets each line of the trace */
  readonly show?: ((line: string) => void) | undefined;
  /** ends the run after so many steps */
  readonly steps?: number | undefined;
}

export interface Failure {
  readonly step: number;
  readonly at: number;
  readonly error: Error;
}

export interface RunResult {
  readonly digest: string;
  readonly steps: number;
  readonly entries: number;
  readonly blocks: number;
  readonly failure: Failure | undefined;
}

/** Ends a run before its time. */
class Enough extends Error {}

class Simulation implements World {
  readonly timeline = new Timeline(BEGIN);
  readonly trace: Trace;
  readonly chance: Random;
  readonly network: Network;
  readonly signatures = new KnownSignatures();
  readonly ports: Ports;
  readonly judge: Judge;
  readonly scenario: Scenario;
  readonly machines = new Map<string, Machine>();
  /** what the judge sees of each machine */
  private readonly shown = new Map<Machine, ShownNode>();
  readonly traffics: Traffic[] = [];
  readonly faults: Faults;
  private readonly begun = new Map<Machine, Process>();
  private error: Error | undefined;

  constructor(private readonly options: RunOptions) {
    const { seed, ports = NO_MISTAKE, show } = options;
    this.trace = new Trace(() => this.timeline.now, show);
    this.chance = new Random(seed);
    this.ports = ports;
    this.network = new Network(this.timeline, this.chance.fork('network'), this.trace);
    this.judge = new Judge(this.timeline, this.trace);
    this.scenario = drawScenario(options);
    this.build();
    const { timeline, network, trace, scenario } = this;
    this.faults = new Faults({
      timeline,
      network,
      trace,
      chance: this.chance.fork('faults'),
      rates: scenario.rates,
      machines: [...this.machines.values()],
    });
  }

  async run(): Promise<RunResult> {
    let failure: Failure | undefined;
    const end = BEGIN + this.options.hours * HOUR_MS;
    try {
      for (const machine of this.machines.values()) machine.start();
      for (const traffic of this.traffics) traffic.start();
      this.faults.start();
      this.query(new Queries(this.judge, this.chance.fork('queries')));
      await this.live(end);
      this.calm();
      await this.recover(end + RECOVERY_MS);
      this.compare();
    } catch (error) {
      if (!(error instanceof Enough)) {
        failure = { step: this.timeline.steps, at: this.timeline.now, error: error as Error };
        this.trace.line('world', `FAILS: ${(error as Error).message}`);
      }
    }
    const sealed = [...this.judge.chains.keys()].map((chain) => this.judge.model.sealed(chain));
    for (const { disk } of this.machines.values()) disk.close();
    return {
      digest: this.trace.digest(),
      steps: this.timeline.steps,
      entries: sealed.reduce((sum, { entries }) => sum + entries.length, 0),
      blocks: sealed.reduce((sum, { blocks }) => sum + blocks.length, 0),
      failure,
    };
  }

  /** An error of code that was running when nobody waited for it. */
  unhandled(error: unknown): void {
    if (!(error instanceof Died)) this.failed(error);
  }

  chainBorn({ name }: Named, chain: Chain): void {
    this.judge.chainBorn(name, chain);
  }

  async answered(
    { name }: Named,
    request: NetworkRequest,
    answer: ServerAnswer | Promise<ServerAnswer>,
  ): Promise<ServerAnswer> {
    const sent = await answer;
    const machine = this.machines.get(name);
    if (request.method === 'POST' && machine?.isUp === true) {
      try {
        this.judge.answered(machine, request, sent);
      } catch (error) {
        this.failed(error);
      }
    }
    return sent;
  }

  accused({ name }: Named, fault: Omit<FaultRecord, 'lastSeenAt' | 'times'>): void {
    try {
      this.judge.accused(name, fault);
    } catch (error) {
      this.failed(error);
    }
  }

  stopped({ name }: Named, process: Process, error: unknown): void {
    this.trace.line(name, `stops: ${String(error)}`);
    if (process.isBroken || error instanceof Died) return;
    this.failed(new Error(`${name} stopped, and no fault was injected: ${detailOf(error)}`));
  }

  died({ name }: Named): void {
    const machine = this.machines.get(name);
    if (machine === undefined) return;
    this.trace.line(name, 'is dead');
    this.faults.trouble(machine, RESTART_MS[1] + 5_000);
    const [low, high] = RESTART_MS;
    this.timeline.schedule(this.chance.between(low, high), () => machine.start(), undefined);
  }

  internalError({ name }: Named, error: unknown): void {
    if (error instanceof Died) return;
    this.failed(new Error(`${name} answers 500: ${detailOf(error)}`));
  }

  private build(): void {
    const { producers, followers, wallets, names } = this.scenario;
    for (const plan of producers) {
      this.add(new ProducerMachine(this, plan.name, { ...plan, policy: () => undefined }));
    }
    for (const { name, upstreams, syncIntervalMs, lies } of followers) {
      const found = upstreams.map((upstream) => this.machines.get(upstream) as Machine);
      const options = { upstreams: found, syncIntervalMs, policy: () => undefined };
      this.add(lies ? new Liar(this, name, options) : new FollowerMachine(this, name, options));
    }
    for (const { name } of producers) {
      const { timeline, network, judge, trace } = this;
      const process = new Process(`clients-${name.at(-1) ?? ''}`);
      const chance = this.chance.fork(process.name);
      const clock = new ProcessClock(timeline, process, new WallClock(timeline), chance.fork('clock'));
      const fetch = this.ports.fetch(clientFetch(network, process));
      const url = (this.machines.get(name) as Machine).url;
      const rate = this.options.rate / producers.length;
      const parts = {
        timeline,
        process,
        clock,
        chance,
        fetch,
        network,
        url,
        judge,
        trace,
        wallets,
        names,
        rate,
      };
      this.traffics.push(new Traffic(parts));
    }
  }

  private add(machine: Machine): void {
    this.machines.set(machine.name, machine);
    const shown = this.ports.shown(machine);
    this.shown.set(machine, shown);
    this.judge.add(shown, !(machine instanceof Liar));
  }

  /** A query to some node now and then. */
  private query(queries: Queries): void {
    this.timeline.schedule(
      this.chance.wait(QUERY_EVERY_MS),
      () => {
        try {
          queries.ask(this.chance.pick(this.honest()));
        } catch (error) {
          this.failed(error);
        }
        this.query(queries);
      },
      undefined,
    );
  }

  private honest(): readonly Machine[] {
    return [...this.machines.values()].filter((machine) => !(machine instanceof Liar));
  }

  private live(end: number): Promise<void> {
    return this.timeline.runUntil(end, () => this.check());
  }

  private check(): void {
    if (this.error !== undefined) throw this.error;
    const { judge, begun } = this;
    for (const machine of this.machines.values()) {
      const { process } = machine;
      if (!machine.isUp || process === undefined) continue;
      if (begun.get(machine) !== process) {
        begun.set(machine, process);
        judge.lookAgain(this.shown.get(machine) as ShownNode);
      }
      judge.look(this.shown.get(machine) as ShownNode);
    }
    judge.elapsed((producer) => this.faults.isCalm(this.machines.get(producer) as Machine));
    if (this.timeline.steps >= (this.options.steps ?? Infinity)) throw new Enough();
  }

  /** No more faults, and no more requests. */
  private calm(): void {
    this.trace.line('world', 'is calm from now on');
    this.faults.stop();
    for (const traffic of this.traffics) traffic.stop();
    for (const machine of this.machines.values()) {
      if (machine instanceof Liar) machine.repent();
      // Its operator starts a node again that was lied to: until then, it asks that upstream no more.
      if (machine instanceof FollowerMachine && machine.hasFaults)
        machine.kill('its operator starts it again');
      machine.start();
    }
  }

  private async recover(end: number): Promise<void> {
    do await this.live(Math.min(end, this.timeline.now + RECOVERY_STEP_MS));
    while (this.timeline.now < end && !this.isLevel());
  }

  /** Whether nothing waits, and all nodes show all blocks. */
  private isLevel(): boolean {
    return [...this.judge.chains.keys()].every(
      (chain) =>
        this.judge.isSettled(chain) &&
        this.nodesOf(chain).every(
          (node) => this.judge.shownOf(node.name, chain) === this.judge.model.sealed(chain).blocks.length,
        ),
    );
  }

  private nodesOf(chain: Hash): readonly Machine[] {
    return this.honest().filter((machine) => this.shouldHave(machine, chain));
  }

  private compare(): void {
    for (const [chain, { name }] of this.judge.chains) {
      const nodes = this.nodesOf(chain);
      this.judge.model.requireLevel(
        chain,
        nodes.map((node) => node.name),
      );
      this.trace.line('world', `${name} is level on ${nodes.length} nodes`);
    }
  }

  /** Whether a node gets a chain: it seals it, or one of its upstreams gets it. */
  private shouldHave(machine: Machine, chain: Hash): boolean {
    if (machine instanceof FollowerMachine) {
      return machine.options.upstreams.some((upstream) => this.shouldHave(upstream, chain));
    }
    return this.judge.producerOf(chain) === machine.name;
  }

  private failed(error: unknown): void {
    this.error ??= error instanceof Error ? error : new Error(String(error));
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export async function simulate(options: RunOptions): Promise<RunResult> {
  const simulation = new Simulation(options);
  const restore = takeOverTurns(simulation.timeline);
  const unhandled = (error: unknown): void => simulation.unhandled(error);
  process.on('unhandledRejection', unhandled);
  try {
    return await simulation.run();
  } finally {
    process.off('unhandledRejection', unhandled);
    restore();
  }
}
