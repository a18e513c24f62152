/** Proof of stake under measurement: two validators that propose all the time. */
import { call } from '../network/call.js';
import type { ChildNode } from '../network/child-node.js';
import { PosNetwork, type Payment } from '../network/networks.js';
import { bpmOf, ValidatorClient } from '../network/validator-client.js';
import { figuresOf, type Figures } from './figures.js';
import { measure, type Subject, type Timing } from './interval.js';
import { attempt, until } from './steps.js';

/** One stakes three times as much as the other. */
const STAKES = [100, 300];
const LIARS_STAKE = 1_000_000_000;

interface Rounds {
  readonly next_lottery_in_ms: number;
  readonly candidates: readonly { stake: number; probability: number }[];
  readonly rounds: readonly { number: number; index: number }[];
}

interface Chain {
  readonly chain: readonly { Index: number; BPM: number }[];
  readonly length: number;
}

class StakeSubject implements Subject {
  readonly nodes: readonly ChildNode[];
  /** when each block was first seen, in milliseconds */
  private readonly appendedAt: number[] = [];

  constructor(
    private readonly network: PosNetwork,
    readonly folder: string,
  ) {
    this.nodes = network.nodes;
  }

  async send(payment: Payment, number: number): Promise<string> {
    const bpm = bpmOf(`${payment.sender} ${payment.recipient} ${payment.amount}`);
    this.network.validators[number % this.network.validators.length]?.propose(bpm);
    return String(bpm);
  }

  async look(): Promise<void> {
    const length = await this.blocks();
    const now = performance.now();
    for (let index = this.appendedAt.length; index < length; index++) this.appendedAt[index] = now;
  }

  async delays(sentAt: ReadonlyMap<string, number>): Promise<readonly number[]> {
    const { chain } = await call<Chain>(`${this.network.server.url}/chain`);
    return chain.flatMap(({ Index, BPM }) => {
      const sent = sentAt.get(String(BPM));
      const appended = this.appendedAt[Index];
      return sent === undefined || appended === undefined ? [] : [(appended - sent) / 1000];
    });
  }

  async blocks(): Promise<number> {
    const { info } = await call<{ info: { node: { blocks: number } } }>(
      `${this.network.server.url}/health/ready`,
    );
    return info.node.blocks;
  }
}

/** Started early, since its first lottery takes place 10 s after the start. */
export function stakeNetwork(folder: string, roundMs: number): PosNetwork {
  return new PosNetwork({ folder, roundMs, stakes: STAKES });
}

export async function runStake(
  network: PosNetwork,
  folder: string,
  timing: Timing,
  watts: number,
  roundMs: number,
): Promise<Figures> {
  // So that an interval does not begin in the middle of a round.
  await until(async () => (await roundsOf(network)).next_lottery_in_ms > roundMs * 0.8, 'a new round');
  const interval = await measure(new StakeSubject(network, folder), timing);
  return figuresOf(interval, watts, {
    finalMeans:
      'its block won a round and was appended: this chain never replaces one. What loses a round is dropped, and counts as not final',
    whenANodeLies: await lie(network),
    whenTheProducerStops: await stopServer(network),
  });
}

function roundsOf({ server }: PosNetwork): Promise<Rounds> {
  return call<Rounds>(`${server.url}/rounds`);
}

/** A validator claims a stake that it doesn't have. */
async function lie(network: PosNetwork): Promise<string> {
  const liar = new ValidatorClient('liar', LIARS_STAKE);
  await liar.connect(network.tcpPort);
  liar.propose(1);
  for (const validator of network.validators) validator.propose(1);
  const odds = await until(async () => {
    const { candidates } = await roundsOf(network);
    return candidates.length > 1 && candidates.find(({ stake }) => stake === LIARS_STAKE);
  }, 'the liar as a candidate');
  liar.disconnect();
  return `nobody checks a stake: a validator that claims ${LIARS_STAKE.toLocaleString('en')} wins the next round with probability ${odds.probability.toFixed(9)}`;
}

async function stopServer(network: PosNetwork): Promise<string> {
  await network.server.stop('SIGKILL');
  await until(
    async () => network.validators.every(({ isConnected }) => !isConnected),
    'the end of the connections',
  );
  const answer = await attempt(() => call(`${network.server.url}/chain`));
  return answer === undefined
    ? 'all validators play on one server: when it was killed every connection ended, and nobody could even read the chain'
    : 'the chain could still be read';
}
