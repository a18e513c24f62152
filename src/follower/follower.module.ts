/**
 * The root module of a follower: it pulls, verifies and serves. It must not import anything that seals, accepts or
 * holds a key.
 */
import { HttpModule, HttpService } from '@nestjs/axios';
import {
  Injectable,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Registry } from 'prom-client';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Fault } from '../chain/faults.js';
import type { BookSource } from '../chain/books/book.js';
import { Collecting, collecting } from '../collecting/collecting.js';
import type { FollowerConfig } from '../config/config.js';
import { Convictions } from '../ledger/convictions.js';
import { Gossip, witnessUrls } from '../gossip/gossip.js';
import { keyInUse, stopIfOwnIsConvicted } from '../gossip/own-key.js';
import { CoreModule } from '../http/server/core.module.js';
import { MissingRouteHint } from '../http/server/missing-route.js';
import { ReadModule } from '../http/chains/read.module.js';
import type { TokenChainStore } from '../ledger/chain-store.js';
import { CurrentBooks } from '../ledger/current-books.js';
import type { Clock } from '../ledger/clock.js';
import { Cosignatures } from '../ledger/cosignatures.js';
import { NodeEvents } from '../ledger/node-events.js';
import { Puller } from '../ledger/puller.js';
import { isStaticUrl } from '../ledger/static-url.js';
import type { NodeStorage } from '../ledger/store.js';
import { SystemClock } from '../ledger/system-clock.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { ExportLoop, exportLoop } from '../static/write/export-loop.js';
import { createFollowing } from './loop/create-following.js';
import { FollowLoop } from './loop/follow-loop.js';
import { FollowLoops } from './loop/follow-loops.js';
import { FollowedChains } from './take/followed-chains.js';
import { FollowerController } from './http/follower.controller.js';
import { FollowerStatus } from './http/follower-status.js';
import { FollowerRouteHint } from './http/missing-route-hint.js';
import type { OpenOwnChain } from './own-chain.js';
import type { OpenWitness } from './own-witness.js';
import { UpstreamEvents } from './upstream/upstream-events.js';

export interface FollowerParts {
  readonly config: FollowerConfig;
  readonly storage: NodeStorage;
  readonly signatures: SignatureChecker;
  /** ends the process */
  readonly fail: (error: unknown) => void;
  /** if the node has a chain of its own */
  readonly openOwnChain?: OpenOwnChain | undefined;
  /** if the node is a witness */
  readonly openWitness?: OpenWitness | undefined;
}

/** A follower only shows verified data: the books at its head. */
class FollowerBooks extends CurrentBooks {
  override of(store: TokenChainStore): BookSource {
    return store.books;
  }
}

/** Listens to all upstreams; each wakes its own loop. */
@Injectable()
class Listening implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly all: readonly UpstreamEvents[];

  constructor(http: HttpService, clock: Clock, loops: FollowLoops, urls: readonly string[]) {
    this.all = urls.flatMap((url, place) =>
      // Files have no events: they are polled.
      isStaticUrl(url)
        ? []
        : new UpstreamEvents(http, clock, {
            url,
            onNews: () => loops.wake(place),
            onLive: (isLive) => loops.setLive(place, isLive),
          }),
    );
  }

  onApplicationBootstrap(): void {
    for (const events of this.all) events.onApplicationBootstrap();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.all.map((events) => events.onModuleDestroy()));
  }
}

@Module({})
export class FollowerModule {
  /** @throws OperatorError if the node's own chain or its key as a witness can't be opened */
  static async forRoot(parts: FollowerParts): Promise<DynamicModule> {
    const { config, storage, signatures, fail, openOwnChain, openWitness } = parts;
    const { store, faults } = storage;
    const clock = new SystemClock();
    const metrics = new Registry();
    const events = new NodeEvents();
    const own = await openOwnChain?.({ config, storage, signatures, events, metrics, clock, fail });
    const witness = config.witness && openWitness?.(config.witness, storage);
    const cosignatures = new Cosignatures({ policy: config.policy, own: witness?.key }, events);
    const witnesses = collecting({
      policy: config.policy,
      store,
      cosignatures,
      events,
      metrics,
      clock,
      fail,
    });
    const chains = new FollowedChains(store, config, config.chainsMax);
    const files = exportLoop({ folder: config.staticDir, store, events, clock, fail });
    const status = new FollowerStatus(
      config.producerUrls,
      chains,
      () => clock.now(),
      own?.status,
      () => files?.troubles() ?? [],
      witness?.identity,
    );
    const { producerUrls: upstreams } = config;
    const complain = (line: string): void => new Logger('Evidence').error(line);
    const convictions = await Convictions.read({ faults, store, events, clock, complain });
    stopIfOwnIsConvicted(convictions, fail);
    const gossip = new Gossip({
      ...storage,
      convictions,
      clock,
      chosen: [...upstreams, ...witnessUrls(config.policy)],
      intervalMs: config.compareIntervalMs,
      onKeyInUse: keyInUse(fail),
      fail,
    });
    const isFollowed = (id: Hash): boolean => !status.isBroken(id);
    const breakChain = (id: Hash, fault: Fault): void => status.breakChain(id, fault);
    const cosigning = witness?.live({
      cosignatures,
      events,
      metrics,
      clock,
      upstreams,
      isFollowed,
      convictions,
      breakChain,
      fail,
    });
    return {
      module: FollowerModule,
      imports: [
        CoreModule.forRoot({
          ...storage,
          info: status,
          books: new FollowerBooks(),
          cosignatures,
          convictions,
          events,
          metrics,
          clock,
        }),
        ReadModule.forRoot(config),
        ScheduleModule.forRoot(),
        HttpModule.register({}),
      ],
      controllers: [FollowerController, ...(own?.controllers ?? []), ...(cosigning?.controllers ?? [])],
      providers: [
        { provide: FollowerStatus, useValue: status },
        { provide: MissingRouteHint, useValue: routeHint(status, chains, own !== undefined) },
        {
          provide: FollowLoops,
          inject: [HttpService, SchedulerRegistry],
          useFactory: (http: HttpService, timers: SchedulerRegistry) => {
            const parts = {
              config,
              store,
              chains,
              faults,
              metrics,
              status,
              http,
              clock,
              signatures,
              events,
              cosignatures,
              convictions,
            };
            clock.listTimersIn(timers);
            const loops = createFollowing(parts).map(
              (following, place) =>
                new FollowLoop(following, clock, {
                  name: `follow:${place + 1}`,
                  intervalMs: config.syncIntervalMs,
                  onFatal: fail,
                }),
            );
            return new FollowLoops(loops);
          },
        },
        {
          provide: Listening,
          inject: [HttpService, FollowLoops],
          useFactory: (http: HttpService, loops: FollowLoops) =>
            new Listening(http, clock, loops, config.producerUrls),
        },
        { provide: ExportLoop, useFactory: () => files },
        { provide: Collecting, useFactory: () => witnesses },
        { provide: Gossip, useFactory: () => gossip },
        {
          provide: Puller,
          inject: [FollowLoops],
          useFactory: (loops: FollowLoops): Puller => ({ pull: () => void loops.syncNow() }),
        },
        ...(own?.providers ?? []),
        ...(cosigning?.providers ?? []),
      ],
    };
  }
}

function routeHint(status: FollowerStatus, chains: FollowedChains, hasOwnChain: boolean): FollowerRouteHint {
  return new FollowerRouteHint({
    hasOwnChain,
    producerOf: (kind) => {
      const first = chains.stores.find(({ chain }) => chain.contract.kind === kind)?.chain;
      return (first && status.writerOf(first.id)) ?? status.upstreams.find((url) => !isStaticUrl(url));
    },
    producerNamed: (ref) => {
      const chain = chains.stores.find(({ chain: { id, name } }) => id === ref || name === ref)?.chain;
      return chain && status.writerOf(chain.id);
    },
  });
}
