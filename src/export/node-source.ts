/**
 * Exports from nodes: pulls their chains into a database of its own, verifying every block as a follower does, and
 * exports what was verified.
 */
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import axios from 'axios';
import { Registry } from 'prom-client';
import { createFollowing } from '../follower/loop/create-following.js';
import type { Following } from '../follower/loop/following.js';
import { FollowerStatus } from '../follower/http/follower-status.js';
import { FollowedChains } from '../follower/take/followed-chains.js';
import { assertPinned, type Pins } from '../follower/take/pins.js';
import { Convictions } from '../ledger/convictions.js';
import { Interrupted } from '../ledger/errors.js';
import { Cosignatures } from '../ledger/cosignatures.js';
import { NodeEvents } from '../ledger/node-events.js';
import type { Clock } from '../ledger/clock.js';
import { createSignatureChecker } from '../signatures/threaded-checker.js';
import type { StaticExport } from '../static/write/static-export.js';
import { openStorage, type Storage } from '../storage/sqlite/database.js';
import type { ExportRound, ExportSource } from './source.js';

/** As many as a follower has by default. */
const CHAINS_MAX = 256;
/** Further tries if the node can't be reached. */
const RETRIES_MAX = 2;

export interface NodeSourceOptions extends Omit<Pins, 'isChainList'> {
  readonly url: string;
  /** the file in which the verified chains are kept */
  readonly database: string;
  /** how long the node may say nothing */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

export class NodeSource implements ExportSource {
  private constructor(
    private readonly storage: Storage,
    private readonly status: FollowerStatus,
    private readonly all: readonly Following[],
    private readonly stop: AbortSignal,
  ) {}

  /** @throws OperatorError if the database is in use, another program's, or of other chains */
  static async open(options: NodeSourceOptions): Promise<NodeSource> {
    const { url, database, timeoutMs, clock, stop, chainIds, producerPublicKeys } = options;
    const storage = await openStorage(database, 'follower');
    try {
      const { store, faults } = storage;
      const config = {
        chainIds,
        isChainList: chainIds.length > 1,
        producerPublicKeys,
        chainsMax: CHAINS_MAX,
        syncTimeoutMs: timeoutMs,
      };
      assertPinned(config, store.chains());
      const events = new NodeEvents();
      const chains = new FollowedChains(store, config, CHAINS_MAX);
      const status = new FollowerStatus([url], chains, () => clock.now());
      const complain = (line: string): void => new Logger('Evidence').error(line);
      const convictions = await Convictions.read({ faults, store, events, clock, complain });
      const all = createFollowing({
        config,
        store,
        chains,
        faults,
        metrics: new Registry(),
        status,
        http: new HttpService(axios.create()),
        clock,
        signatures: createSignatureChecker(),
        events,
        // Without a policy there is nobody whose cosignatures could be told from made-up ones.
        cosignatures: new Cosignatures({ policy: undefined }, events),
        convictions,
      });
      return new NodeSource(storage, status, all, stop);
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  async round(files: StaticExport): Promise<ExportRound> {
    const { store } = this.storage;
    const parts = { retriesMax: RETRIES_MAX, stop: this.stop, hurry: this.stop };
    const levels = await Promise.all(this.all.map((following) => following.round(parts)));
    if (this.stop.aborted) throw new Interrupted();
    const level = new Set(levels.flatMap((each) => [...each]));
    const behind = store.chains().filter(({ id }) => !level.has(id));
    const chains = await files.advance(store.stores());
    const reasons = behind.map(({ id, name }) => `${name} is not up to date: ${this.status.reason(id)}`);
    const nothing = store.chains().length === 0 ? [this.status.reason(undefined)] : [];
    const isAtFault = this.status.all.some((upstream) => upstream.isAtFault);
    return { chains, troubles: isAtFault ? this.status.troubles() : [...reasons, ...nothing], isAtFault };
  }

  hasNews(): boolean {
    return true;
  }

  close(): Promise<void> {
    return this.storage.close();
  }
}
