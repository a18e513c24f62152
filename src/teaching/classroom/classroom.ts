/** The three networks of a classroom, their activity, and their current state. */
import { mkdirSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { BpscNetwork, PosNetwork, PowNetwork } from '../network/networks.js';
import { ProofOfStakeView } from './proof-of-stake-view.js';
import { ProofOfWorkView } from './proof-of-work-view.js';
import { SmartView } from './smart-view.js';
import type { ClassroomState, EventState, NetworkName } from './state.js';

const ZEROS = 4;
const ROUND_MS = 10_000;
const BLOCK_INTERVAL_MS = 5000;
const STAKES = [100, 300];
const EVENTS_KEPT = 30;
/** The pause after all views were updated. */
const LOOK_MS = 700;

export interface ClassroomOptions {
  readonly folder: string;
  /** of the first node; 0: any free ones */
  readonly port: number;
}

export class Classroom {
  private readonly logger = new Logger('Classroom');
  private readonly pow: ProofOfWorkView;
  private readonly pos: ProofOfStakeView;
  private readonly smart: SmartView;
  private readonly events: EventState[] = [];
  private eventId = 0;
  private isStopping = false;
  private looking: Promise<void> | undefined;

  constructor({ folder, port }: ClassroomOptions) {
    mkdirSync(folder, { recursive: true });
    const base = (place: number): number => (port === 0 ? 0 : port + place);
    const logOf = (network: NetworkName) => (text: string) => this.tell(network, text);
    this.pow = new ProofOfWorkView(
      new PowNetwork({ folder, port: base(0), zeros: ZEROS }),
      ZEROS,
      logOf('proof_of_work'),
    );
    this.pos = new ProofOfStakeView(
      new PosNetwork({ folder, port: base(3), roundMs: ROUND_MS, stakes: STAKES }),
      ROUND_MS,
      logOf('proof_of_stake'),
    );
    this.smart = new SmartView(
      new BpscNetwork({ folder, port: base(5), blockIntervalMs: BLOCK_INTERVAL_MS }),
      BLOCK_INTERVAL_MS,
      logOf('bpsc'),
    );
  }

  get state(): ClassroomState {
    return {
      proof_of_work: this.pow.state,
      proof_of_stake: this.pos.state,
      bpsc: this.smart.state,
      events: this.events,
    };
  }

  /** @throws OperatorError if a node does not start */
  async start(): Promise<void> {
    await Promise.all([this.pow.start(), this.pos.start(), this.smart.start()]);
    await this.look();
    this.looking = this.goOn();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.looking;
    await Promise.all([this.pow.stop(), this.pos.stop(), this.smart.stop()]);
  }

  /** A burst of payments. */
  load(network: NetworkName): void {
    this.tell(network, 'somebody adds load');
    const views = { proof_of_work: this.pow, proof_of_stake: this.pos, bpsc: this.smart };
    this.inBackground(views[network].load());
  }

  /** @returns whether the node exists */
  switch(name: string, on: boolean): boolean {
    for (const [network, view] of [
      ['proof_of_work', this.pow],
      ['proof_of_stake', this.pos],
      ['bpsc', this.smart],
    ] as const) {
      const act = view.switch(name, on);
      if (act === undefined) continue;
      this.tell(network, `${name} is ${on ? 'started' : 'stopped'}`);
      this.inBackground(act);
      return true;
    }
    return false;
  }

  private async goOn(): Promise<void> {
    while (!this.isStopping) {
      await this.look();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  private async look(): Promise<void> {
    await Promise.all([this.pow.look(), this.pos.look(), this.smart.look()]);
  }

  private tell(network: NetworkName, text: string): void {
    this.events.unshift({ id: ++this.eventId, at: Date.now(), network, text });
    this.events.length = Math.min(this.events.length, EVENTS_KEPT);
  }

  private inBackground(act: Promise<unknown>): void {
    // A node may be stopped at any time, and then loses whatever was sent to it: that is part of the lesson.
    act.catch((error: unknown) => this.logger.debug(error));
  }
}
