/** A follower, which may be a witness: what src/follower/follower.module.ts composes, without Nest. */
import { Registry } from 'prom-client';
import type { BookSource } from '../../src/chain/books/book.js';
import type { Hash } from '../../src/chain/bytes/bytes.js';
import type { Fault } from '../../src/chain/faults.js';
import type { Policy } from '../../src/chain/note/policy.js';
import { collecting } from '../../src/collecting/collecting.js';
import { createFollowing } from '../../src/follower/loop/create-following.js';
import { FollowLoop } from '../../src/follower/loop/follow-loop.js';
import { FollowLoops } from '../../src/follower/loop/follow-loops.js';
import { FollowedChains } from '../../src/follower/take/followed-chains.js';
import { FollowerStatus } from '../../src/follower/http/follower-status.js';
import { UpstreamEvents } from '../../src/follower/upstream/upstream-events.js';
import type { TokenChainStore } from '../../src/ledger/chain-store.js';
import { Convictions } from '../../src/ledger/convictions.js';
import { Cosignatures } from '../../src/ledger/cosignatures.js';
import { CurrentBooks } from '../../src/ledger/current-books.js';
import { keepScrubbed } from '../../src/ledger/keep-scrubbed.js';
import { NodeEvents } from '../../src/ledger/node-events.js';
import { peerService } from '../network/peer-service.js';
import { Machine, type RunningNode, type Starting } from './machine.js';
import { ReadingDoor } from './reading-door.js';
import { cosigning, type WitnessOptions } from './cosigning.js';
import type { World } from './world.js';

const CONFIG = {
  chainIds: [],
  isChainList: false,
  producerPublicKeys: [],
  chainsMax: 64,
  syncTimeoutMs: 20_000,
};

class FollowerBooks extends CurrentBooks {
  override of(store: TokenChainStore): BookSource {
    return store.books;
  }
}

export interface FollowerOptions {
  readonly upstreams: readonly Machine[];
  readonly syncIntervalMs: number;
  readonly policy: () => Policy | undefined;
  /** if it is a witness */
  readonly witness?: WitnessOptions | undefined;
}

export class FollowerMachine extends Machine {
  status: FollowerStatus | undefined;

  constructor(
    world: World,
    name: string,
    readonly options: FollowerOptions,
  ) {
    super(world, name, 'follower');
  }

  /** Whether it has found an upstream at fault since its start. */
  get hasFaults(): boolean {
    return this.status?.all.some(({ fault, stopped }) => fault !== undefined || stopped.size > 0) ?? false;
  }

  protected override async begin({ process, clock, store, cosigned, fail }: Starting): Promise<RunningNode> {
    const { upstreams, syncIntervalMs, witness } = this.options;
    const { world, faults, nodes } = this;
    const policy = this.options.policy();
    const urls = upstreams.map(({ url }) => url);
    const http = peerService(world.network, process);
    const events = new NodeEvents();
    const metrics = new Registry();
    const cosignatures = new Cosignatures({ policy, own: witness?.key }, events);
    const chains = new FollowedChains(store, CONFIG, CONFIG.chainsMax);
    const status = new FollowerStatus(urls, chains, () => clock.now());
    this.status = status;
    const complain = (): void => undefined;
    const convictions = await Convictions.read({ faults, store, events, clock, complain });
    const following = createFollowing({
      config: CONFIG,
      store,
      chains,
      faults,
      metrics,
      status,
      http,
      clock,
      signatures: world.signatures,
      events,
      cosignatures,
      convictions,
    });
    const loops = new FollowLoops(
      following.map(
        (each, place) =>
          new FollowLoop(each, clock, {
            name: `follow:${place + 1}`,
            intervalMs: syncIntervalMs,
            onFatal: fail,
          }),
      ),
    );
    events.subscribe((event) => event.type === 'fault' && world.accused(this, event.fault));
    store.settle();
    const door = new ReadingDoor({
      store,
      info: status,
      books: new FollowerBooks(),
      cosignatures,
      convictions,
      events,
      clock,
    });
    const cosigner =
      witness &&
      cosigning(witness, {
        store,
        cosigned,
        faults,
        nodes,
        http,
        cosignatures,
        events,
        metrics,
        clock,
        upstreams: urls,
        convictions,
        isFollowed: (id: Hash) => !status.isBroken(id),
        breakChain: (id: Hash, fault: Fault) => status.breakChain(id, fault),
        fail,
        puller: { pull: () => void loops.syncNow() },
      });
    keepScrubbed(store, clock, fail);
    loops.onApplicationBootstrap();
    urls.forEach((url, place) =>
      new UpstreamEvents(http, clock, {
        url,
        onNews: () => loops.wake(place),
        onLive: (isLive) => loops.setLive(place, isLive),
      }).onApplicationBootstrap(),
    );
    collecting({ policy, store, cosignatures, events, metrics, clock, http, fail })?.onApplicationBootstrap();
    return { store, door, answer: (request) => cosigner?.answer(request) ?? door.answer(request) };
  }
}
