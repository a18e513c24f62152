/** For tests: a follower on a real SQLite file, without Nest and without a timer. */
import { firstOf } from './first-of.js';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import axios from 'axios';
import { Registry } from 'prom-client';
import type { Policy } from '../../src/chain/note/policy.js';
import type { Hash } from '../../src/chain/bytes/bytes.js';
import type { ChainKind } from '../../src/chain/contract/kinds.js';
import type { FaultRecord, LedgerStore } from '../../src/ledger/store.js';
import { openStorage, type Storage } from '../../src/storage/sqlite/database.js';
import { createFollowing, type FollowerParts } from '../../src/follower/loop/create-following.js';
import { FollowedChains } from '../../src/follower/take/followed-chains.js';
import { FollowerStatus } from '../../src/follower/http/follower-status.js';
import type { Following, Round } from '../../src/follower/loop/following.js';
import { Convictions } from '../../src/ledger/convictions.js';
import { Cosignatures } from '../../src/ledger/cosignatures.js';
import { NodeEvents } from '../../src/ledger/node-events.js';
import { InlineSignatureChecker } from '../../src/signatures/inline-checker.js';
import type { Clock } from '../../src/ledger/clock.js';
import { SYSTEM_CLOCK } from '../../src/ledger/system-clock.js';

/** A clock on which the follower's own waits take no time; limits on what others do run in real time. */
export class SleeplessClock implements Clock {
  time = 1_760_000_000_000;
  readonly slept: number[] = [];
  onSleep: () => void | Promise<void> = () => undefined;

  now(): number {
    return this.time;
  }

  elapsed(): number {
    return this.time;
  }

  random(): number {
    return 0.5;
  }

  after(ms: number, callback: () => void, name?: string): () => void {
    if (name === undefined) return SYSTEM_CLOCK.after(ms, callback);
    this.slept.push(ms);
    let isCancelled = false;
    void Promise.resolve(this.onSleep()).then(() => {
      if (!isCancelled) callback();
    });
    return () => void (isCancelled = true);
  }
}

export interface TestFollower {
  readonly file: string;
  /** the first upstream's */
  readonly following: Following;
  readonly status: FollowerStatus;
  readonly store: LedgerStore;
  readonly storage: Storage;
  readonly metrics: Registry;
  readonly convictions: Convictions;
  readonly events: NodeEvents;
  readonly clock: SleeplessClock;
  /** the head's index of the first chain of each kind, [0, 0] before the first contact */
  heads(): readonly number[];
  /** of every chain by its name, with the index of its head */
  named(): Readonly<Record<string, number>>;
  /** A round with every upstream. @returns kinds of which a chain ended level with one */
  round(parts?: Partial<Round>): Promise<readonly ChainKind[]>;
  /** the id of the first chain of a kind */
  id(kind: ChainKind): Hash;
  faults(): Promise<readonly FaultRecord[]>;
  close(): Promise<void>;
}

export interface TestFollowerOptions {
  readonly config?: Partial<FollowerParts['config']>;
  readonly policy?: Policy;
  /** between the follower and its store, to make it fail */
  readonly wrap?: (store: LedgerStore) => LedgerStore;
}

const KINDS = ['token', 'information'] as const;

export async function startTestFollower(
  file: string,
  urls: string | readonly string[],
  options: TestFollowerOptions = {},
): Promise<TestFollower> {
  Logger.overrideLogger(false);
  const storage = await openStorage(file, 'follower');
  const store = options.wrap?.(storage.store) ?? storage.store;
  const clock = new SleeplessClock();
  const metrics = new Registry();
  const config = {
    chainIds: [],
    isChainList: (options.config?.chainIds ?? []).length > 1,
    producerPublicKeys: [],
    chainsMax: 256,
    syncTimeoutMs: 5_000,
    ...options.config,
  };
  const events = new NodeEvents();
  const chains = new FollowedChains(store, config, config.chainsMax);
  const status = new FollowerStatus(typeof urls === 'string' ? [urls] : urls, chains, () => clock.now());
  const complain = (): void => undefined;
  const convictions = await Convictions.read({ faults: storage.faults, store, events, clock, complain });
  const all = createFollowing({
    config,
    store,
    chains,
    faults: storage.faults,
    metrics,
    status,
    http: new HttpService(axios.create()),
    clock,
    signatures: new InlineSignatureChecker(),
    events,
    cosignatures: new Cosignatures({ policy: options.policy }, events),
    convictions,
  });
  const never = new AbortController().signal;
  return {
    file,
    following: all[0] as Following,
    status,
    store,
    storage,
    metrics,
    convictions,
    events,
    clock,
    heads: () =>
      store.chains().length === 0 ? [0, 0] : KINDS.map((kind) => firstOf(store, kind).head().header.index),
    named: () =>
      Object.fromEntries(store.stores().map((each) => [each.chain.name, each.head().header.index])),
    id: (kind) => store.stores().find(({ chain }) => chain.contract.kind === kind)?.chain.id as Hash,
    round: async (parts = {}) => {
      const round = { retriesMax: 0, stop: never, hurry: never, ...parts };
      const levels = await Promise.all(all.map((following) => following.round(round)));
      const kinds = levels.flatMap((level) => [...level].map((id) => store.store(id)?.chain.contract.kind));
      return KINDS.filter((kind) => kinds.includes(kind));
    },
    faults: () => storage.faults.all(),
    close: () => storage.close(),
  };
}
