/** For tests: a follower on a real SQLite file, without Nest and without a timer. */
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import axios from 'axios';
import { Registry } from 'prom-client';
import type { ChainKind } from '../../src/chain/contract.js';
import type { FaultRecord, LedgerStore } from '../../src/ledger/store.js';
import { openStorage, type Storage } from '../../src/storage/database.js';
import { createFollowing, type FollowingParts } from '../../src/follower/create-following.js';
import { FollowerStatus } from '../../src/follower/follower-status.js';
import type { Following, Round } from '../../src/follower/following.js';
import { NodeEvents } from '../../src/ledger/node-events.js';
import { InlineSignatureChecker } from '../../src/signatures/inline-checker.js';
import type { World } from '../../src/follower/world.js';

/** Time that the test turns; sleeping takes none of it. */
export class TestWorld implements World {
  time = 1_760_000_000_000;
  readonly slept: number[] = [];
  onSleep: () => void | Promise<void> = () => undefined;
  now(): number {
    return this.time;
  }
  random(): number {
    return 0.5;
  }
  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    await this.onSleep();
  }
}

export interface TestFollower {
  readonly file: string;
  readonly following: Following;
  readonly status: FollowerStatus;
  readonly store: LedgerStore;
  readonly storage: Storage;
  readonly metrics: Registry;
  readonly world: TestWorld;
  /** the head's index of each chain, [0, 0] before the first contact */
  heads(): readonly number[];
  round(parts?: Partial<Round>): Promise<readonly ChainKind[]>;
  faults(): Promise<readonly FaultRecord[]>;
  close(): Promise<void>;
}

export interface TestFollowerOptions {
  readonly config?: Partial<FollowingParts['config']>;
  /** between the follower and its store, to make it fail */
  readonly wrap?: (store: LedgerStore) => LedgerStore;
}

const KINDS = ['token', 'information'] as const;

export async function startTestFollower(
  file: string,
  url: string,
  options: TestFollowerOptions = {},
): Promise<TestFollower> {
  Logger.overrideLogger(false);
  const storage = await openStorage(file, 'follower');
  const store = options.wrap?.(storage.store) ?? storage.store;
  const world = new TestWorld();
  const metrics = new Registry();
  const status = new FollowerStatus(url, store, () => world.now());
  const following = createFollowing({
    config: {
      producerUrl: url,
      chainId: undefined,
      producerPublicKey: undefined,
      syncTimeoutMs: 5_000,
      ...options.config,
    },
    store,
    faults: storage.faults,
    metrics,
    status,
    http: new HttpService(axios.create()),
    world,
    signatures: new InlineSignatureChecker(),
    events: new NodeEvents(),
  });
  const never = new AbortController().signal;
  return {
    file,
    following,
    status,
    store,
    storage,
    metrics,
    world,
    heads: () => (store.chains().length === 0 ? [0, 0] : KINDS.map((kind) => store.head(kind).header.index)),
    round: async (parts = {}) => {
      const level = await following.round({ retriesMax: 0, stop: never, hurry: never, ...parts });
      return KINDS.filter((kind) => level.has(kind));
    },
    faults: () => storage.faults.all(),
    close: () => storage.close(),
  };
}
