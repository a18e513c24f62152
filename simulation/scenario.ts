/** What a run is about, drawn from its seed: chains, nodes and who follows whom, wallets, and how often what goes wrong. */
import { parseRate } from '../src/chain/entry/amount.js';
import type { Schedule } from '../src/chain/contract/contract.js';
import type { ChainSettings } from '../src/config/chain-settings.js';
import { SeededSigner, SeededWallet } from './nodes/signing.js';
import { Random } from './world/random.js';

/** What the command line may fix. */
export interface Frame {
  readonly seed: string;
  readonly hours: number;
  /** requests per second, on average, all clients together */
  readonly rate: number;
  /** one producer, five followers, and nothing goes wrong */
  readonly isPlain: boolean;
}

export interface ProducerPlan {
  readonly name: string;
  readonly signer: SeededSigner;
  readonly chains: readonly ChainSettings[];
}

export interface FollowerPlan {
  readonly name: string;
  /** names of producers, or of followers before it */
  readonly upstreams: readonly string[];
  readonly syncIntervalMs: number;
  readonly isWitness: boolean;
  readonly lies: boolean;
}

export interface Scenario {
  readonly producers: readonly ProducerPlan[];
  readonly followers: readonly FollowerPlan[];
  /** of the policy `signed`, by address */
  readonly wallets: readonly SeededWallet[];
  /** of the policy `open` */
  readonly names: readonly string[];
  readonly rates: FaultRates;
}

/** How often each fault happens; each is off in some runs. */
export interface FaultRates {
  /** mean hours between two deaths of one process */
  readonly deathHours: number;
  /** probability at each commit, for each way to fail */
  readonly commit: number;
  /** mean hours between two times in which a disk is slow */
  readonly slowDiskHours: number;
  /** mean hours between two times in which a disk is full */
  readonly fullDiskHours: number;
  /** mean hours between two changes of a wall clock */
  readonly clockHours: number;
  /** for each message */
  readonly lost: number;
  readonly late: number;
  readonly twice: number;
  readonly cut: number;
  /** mean hours between two times in which two nodes can't reach each other */
  readonly splitHours: number;
  /** mean hours between two times in which a producer has a second process on its disk */
  readonly twinHours: number;
}

const NEVER = Infinity;
const NO_FAULTS: FaultRates = {
  deathHours: NEVER,
  commit: 0,
  slowDiskHours: NEVER,
  fullDiskHours: NEVER,
  clockHours: NEVER,
  lost: 0,
  late: 0,
  twice: 0,
  cut: 0,
  splitHours: NEVER,
  twinHours: NEVER,
};

const NAMES = 24;
const WALLETS = 8;
const PLAIN_FOLLOWERS = 5;

export function drawScenario({ seed, isPlain, hours }: Frame): Scenario {
  const chance = new Random(seed).fork('scenario');
  const wallets = Array.from(
    { length: WALLETS },
    (_, place) => new SeededWallet(new SeededSigner(chance.fork(`wallet ${place}`))),
  );
  const names = Array.from({ length: NAMES }, (_, place) => `name-${place + 1}`);
  const producers = drawProducers(chance, isPlain, { wallets, names });
  return {
    producers,
    followers: drawFollowers(chance, isPlain, producers),
    wallets,
    names,
    rates: isPlain ? NO_FAULTS : drawRates(chance.fork('faults'), Math.min(1, hours)),
  };
}

function drawProducers(
  chance: Random,
  isPlain: boolean,
  people: Pick<Scenario, 'wallets' | 'names'>,
): readonly ProducerPlan[] {
  const count = isPlain || chance.chance(0.6) ? 1 : 2;
  return Array.from({ length: count }, (_, place) => {
    const name = `producer-${place + 1}`;
    const letter = 'ab'[place] ?? 'z';
    const chains: ChainSettings[] = [
      openChain(`${letter}-open`, chance, isPlain, people.names),
      { kind: 'information', name: `${letter}-records`, schedule: drawSchedule(chance, isPlain) },
    ];
    if (isPlain || chance.chance(0.7))
      chains.push(signedChain(`${letter}-signed`, chance, isPlain, people.wallets));
    for (let more = 0; !isPlain && chance.chance(0.3) && more < 4; more++) {
      chains.push(openChain(`${letter}-more-${more + 1}`, chance, isPlain, people.names));
    }
    return { name, signer: new SeededSigner(chance.fork(name)), chains };
  });
}

function openChain(name: string, chance: Random, isPlain: boolean, names: readonly string[]): ChainSettings {
  return {
    kind: 'token',
    name,
    symbol: 'OPN',
    decimals: isPlain ? 18 : chance.pick([0, 2, 18]),
    feeRate: rate(isPlain ? '0.00005' : chance.pick(['0', '0.00005', '0.01', '0.333333333333333333'])),
    feeWallet: undefined,
    feeDisposition: chance.chance(0.3) ? 'burn' : 'collect',
    wallets: {
      policy: 'open',
      allocations: [],
      issuer: chance.chance(0.5) ? names[0] : undefined,
    },
    schedule: drawSchedule(chance, isPlain),
  };
}

function signedChain(
  name: string,
  chance: Random,
  isPlain: boolean,
  wallets: readonly SeededWallet[],
): ChainSettings {
  return {
    kind: 'token',
    name,
    symbol: 'SGN',
    decimals: isPlain ? 2 : chance.pick([0, 2, 6]),
    feeRate: rate('0.0001'),
    feeWallet: undefined,
    feeDisposition: chance.chance(0.3) ? 'burn' : 'collect',
    wallets: {
      policy: 'signed',
      allocations: wallets.slice(1, 5).map(({ address }) => ({ address, amount: 1_000_000_000n })),
      issuer: wallets[0]?.address,
    },
    schedule: drawSchedule(chance, isPlain),
  };
}

function rate(text: string): NonNullable<ReturnType<typeof parseRate>> {
  const parsed = parseRate(text);
  if (parsed === undefined) throw new Error(`${text} is no rate`);
  return parsed;
}

function drawSchedule(chance: Random, isPlain: boolean): Schedule {
  if (isPlain) return { intervalMs: 10_000, maxEntries: 1000, sealEmpty: false };
  return {
    intervalMs: chance.pick([1_000, 5_000, 10_000, 60_000]),
    maxEntries: chance.pick([null, null, 1, 7, 50, 1000]),
    sealEmpty: chance.chance(0.1),
  };
}

function drawFollowers(
  chance: Random,
  isPlain: boolean,
  producers: readonly ProducerPlan[],
): readonly FollowerPlan[] {
  const count = isPlain ? PLAIN_FOLLOWERS : 2 + chance.below(4);
  const plans: FollowerPlan[] = [];
  const liar = !isPlain && chance.chance(0.4) ? 1 + chance.below(count) : undefined;
  for (let place = 0; place < count; place++) {
    const all = producers.map(({ name }) => name);
    const parents = plans.filter(({ upstreams }) => upstreams.length > 0).map(({ name }) => name);
    // The first follows every producer; the others one of them, all of them, or a follower.
    const upstreams =
      place === 0 || chance.chance(0.3)
        ? all
        : chance.chance(0.5)
          ? [chance.pick(parents)]
          : [chance.pick(all)];
    plans.push({
      name: `follower-${place + 1}`,
      upstreams,
      syncIntervalMs: isPlain ? 10_000 : chance.pick([1_000, 5_000, 30_000]),
      lies: place === liar,
      isWitness: !isPlain && place < 3 && chance.chance(0.4),
    });
  }
  return plans;
}

/** @param hours a run that is shorter than an hour has its faults in that time */
function drawRates(chance: Random, hours: number): FaultRates {
  const some = (low: number, high: number, otherwise: number): number =>
    chance.chance(0.6) ? chance.between(low, high) : otherwise;
  const often = (low: number, high: number): number => some(low * hours, high * hours, NEVER);
  return {
    deathHours: often(0.1, 2),
    commit: some(0.0001, 0.005, 0) / Math.max(0.1, hours),
    slowDiskHours: often(0.1, 2),
    fullDiskHours: often(0.3, 4),
    clockHours: often(0.2, 4),
    lost: some(0.0005, 0.05, 0),
    late: some(0.0005, 0.05, 0),
    twice: some(0.0005, 0.05, 0),
    cut: some(0.0005, 0.02, 0),
    splitHours: often(0.2, 3),
    twinHours: often(0.1, 3),
  };
}
