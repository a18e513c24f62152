/** The proof-of-stake network of the classroom: validators that propose, and the lottery among them. */
import { call } from '../network/call.js';
import type { PosNetwork } from '../network/networks.js';
import type { ValidatorClient } from '../network/validator-client.js';
import { LOAD_COUNT, LOAD_PAUSE_MS, pause } from './load.js';
import type { BlockState, ProofOfStakeState, ValidatorState } from './state.js';
import { unlessGone } from './unless-gone.js';

const BLOCKS_SHOWN = 6;
const PROPOSE_MS = 3000;
const BPM_MAX = 200;

interface Rounds {
  readonly next_lottery_in_ms: number;
  readonly candidates: readonly { validator: string }[];
  readonly rounds: readonly { number: number; winner: string; index: number }[];
}

interface Chain {
  readonly chain: readonly { Index: number; Hash: string; Validator: string }[];
  readonly length: number;
}

export class ProofOfStakeView {
  private timer: NodeJS.Timeout | undefined;
  /** all addresses that a validator had: each connection gets a new one */
  private readonly names = new Map<string, string>();
  private readonly addresses = new Map<string, string>();
  private readonly wins = new Map<string, number>();
  private candidates: ReadonlySet<string> = new Set();
  private nextLotteryInMs = 0;
  private blocks: readonly BlockState[] = [];
  private length = 0;
  private rounds = 0;

  constructor(
    private readonly network: PosNetwork,
    private readonly roundMs: number,
    private readonly tell: (text: string) => void,
  ) {}

  get state(): ProofOfStakeState {
    const { server, validators } = this.network;
    const { name, url, isRunning } = server;
    const total = validators
      .filter(({ isConnected }) => isConnected)
      .reduce((sum, { stake }) => sum + stake, 0);
    return {
      roundMs: this.roundMs,
      nextLotteryInMs: this.nextLotteryInMs,
      server: { name, url, isRunning },
      validators: validators.map((validator) => this.stateOf(validator, total)),
      length: this.length,
      blocks: this.blocks,
      rounds: this.rounds,
    };
  }

  private stateOf({ name, stake, isConnected }: ValidatorClient, total: number): ValidatorState {
    return {
      name,
      url: '',
      isRunning: isConnected,
      stake,
      share: isConnected ? stake / total : 0,
      wins: this.wins.get(name) ?? 0,
      isCandidate: this.candidates.has(this.addresses.get(name) ?? ''),
    };
  }

  async start(): Promise<void> {
    await this.network.server.start();
    for (const validator of this.network.validators) await this.connect(validator);
    this.timer = setInterval(() => this.propose(), PROPOSE_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.network.stop();
  }

  switch(name: string, on: boolean): Promise<void> | undefined {
    if (name === this.network.server.name) return this.switchServer(on);
    const validator = this.network.validators.find((other) => other.name === name);
    if (validator === undefined) return undefined;
    if (on) return this.connect(validator);
    validator.disconnect();
    return Promise.resolve();
  }

  private async switchServer(on: boolean): Promise<void> {
    if (!on) return this.network.server.stop();
    await this.network.server.start();
    for (const validator of this.network.validators) await this.connect(validator);
  }

  /** The newest address belongs to the newest validator. */
  private async connect(validator: ValidatorClient): Promise<void> {
    if (validator.isConnected || !this.network.server.isRunning) return;
    await validator.connect(this.network.tcpPort);
    const { validators } = await call<{ validators: readonly { address: string }[] }>(
      `${this.network.server.url}/validators`,
    );
    const address = validators.at(-1)?.address ?? '';
    this.names.set(address, validator.name);
    this.addresses.set(validator.name, address);
  }

  private propose(): void {
    for (const validator of this.network.validators) {
      if (validator.isConnected) validator.propose(Math.ceil(Math.random() * BPM_MAX));
    }
  }

  async load(): Promise<void> {
    for (let n = 0; n < LOAD_COUNT; n++) {
      this.network.validators[n % this.network.validators.length]?.propose(n);
      await pause(LOAD_PAUSE_MS);
    }
  }

  look(): Promise<void> {
    return unlessGone(() => this.lookAtServer()).then(() => undefined);
  }

  private async lookAtServer(): Promise<void> {
    const { server } = this.network;
    if (!server.isRunning) {
      this.candidates = new Set();
      return;
    }
    const rounds = await call<Rounds>(`${server.url}/rounds`);
    this.nextLotteryInMs = rounds.next_lottery_in_ms;
    this.candidates = new Set(rounds.candidates.map(({ validator }) => validator));
    const last = rounds.rounds.at(-1)?.number ?? 0;
    const news = rounds.rounds.filter(({ number }) => number > this.rounds);
    if (news.length === 0 && this.length > 0) return;
    this.rounds = last;
    for (const { winner, index } of news) {
      const name = this.names.get(winner) ?? winner.slice(0, 6);
      this.wins.set(name, (this.wins.get(name) ?? 0) + 1);
      this.tell(`${name} wins the lottery: block ${index}`);
    }
    const { chain, length } = await call<Chain>(`${server.url}/chain`);
    this.length = length;
    this.blocks = chain.slice(-BLOCKS_SHOWN).map(({ Index, Hash, Validator }) => ({
      index: Index,
      hash: Hash,
      transactions: Index === 0 ? 0 : 1,
      by: Index === 0 ? '' : (this.names.get(Validator) ?? Validator.slice(0, 6)),
    }));
  }
}
