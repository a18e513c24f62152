/** A follower: it pulls, verifies and serves. Nothing that seals, accepts or holds a key can be reached from here. */
import { HttpModule, HttpService } from '@nestjs/axios';
import { Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Registry } from 'prom-client';
import type { BookSource } from '../chain/book.js';
import type { FollowerConfig } from '../config/config.js';
import { CoreModule } from '../http/core.module.js';
import { MissingRouteHint } from '../http/missing-route.js';
import { ReadModule } from '../http/read.module.js';
import type { TokenChainStore } from '../ledger/chain-store.js';
import { CurrentBooks } from '../ledger/current-books.js';
import { NodeEvents } from '../ledger/node-events.js';
import type { NodeStorage } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { createFollowing } from './create-following.js';
import { FollowLoop } from './follow-loop.js';
import { FollowerController } from './follower.controller.js';
import { FollowerStatus } from './follower-status.js';
import { FollowerRouteHint } from './missing-route-hint.js';
import { UpstreamEvents } from './upstream-events.js';
import { realWorld } from './world.js';

export interface FollowerParts {
  readonly config: FollowerConfig;
  readonly storage: NodeStorage;
  readonly signatures: SignatureChecker;
  /** ends the process */
  readonly fail: (error: unknown) => void;
}

/** What a follower shows is what it verified: the books at its head. */
class FollowerBooks extends CurrentBooks {
  override of(store: TokenChainStore): BookSource {
    return store.books;
  }
}

@Module({})
export class FollowerModule {
  static forRoot({ config, storage, signatures, fail }: FollowerParts): DynamicModule {
    const { store, faults } = storage;
    const world = realWorld;
    const metrics = new Registry();
    const events = new NodeEvents();
    const status = new FollowerStatus(config.producerUrl, store, () => world.now());
    return {
      module: FollowerModule,
      imports: [
        CoreModule.forRoot({
          ...storage,
          info: status,
          books: new FollowerBooks(),
          events,
          metrics,
        }),
        ReadModule.forRoot(config),
        ScheduleModule.forRoot(),
        HttpModule.register({}),
      ],
      controllers: [FollowerController],
      providers: [
        { provide: FollowerStatus, useValue: status },
        { provide: MissingRouteHint, useValue: new FollowerRouteHint(config.producerUrl) },
        {
          provide: FollowLoop,
          inject: [HttpService, SchedulerRegistry],
          useFactory: (http: HttpService, timers: SchedulerRegistry) => {
            const parts = { config, store, faults, metrics, status, http, world, signatures, events };
            const following = createFollowing(parts);
            return new FollowLoop(following, timers, { intervalMs: config.syncIntervalMs, onFatal: fail });
          },
        },
        {
          provide: UpstreamEvents,
          inject: [HttpService, FollowLoop],
          useFactory: (http: HttpService, loop: FollowLoop) =>
            new UpstreamEvents(http, world, { url: config.producerUrl, onBlock: () => loop.poke() }),
        },
      ],
    };
  }
}
