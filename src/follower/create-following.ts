/** Puts the follower together: everything it needs is given, nothing of it is found in the environment. */
import type { HttpService } from '@nestjs/axios';
import type { Registry } from 'prom-client';
import type { FollowerConfig } from '../config/config.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { FaultLog, LedgerStore } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { ChainSync } from './chain-sync.js';
import { FaultReporter } from './fault-reporter.js';
import { FirstContact } from './first-contact.js';
import { FirstTurns } from './first-turns.js';
import type { FollowedChains } from './followed-chains.js';
import { FollowerMetrics } from './follower-metrics.js';
import type { FollowerStatus } from './follower-status.js';
import { Following } from './following.js';
import { PullingTurns } from './pulling-turns.js';
import { UpstreamClient } from './upstream.js';
import type { World } from './world.js';

export interface FollowerParts {
  readonly config: Pick<FollowerConfig, 'chainIds' | 'producerPublicKeys' | 'chainsMax' | 'syncTimeoutMs'>;
  readonly store: LedgerStore;
  readonly chains: FollowedChains;
  readonly faults: FaultLog;
  readonly metrics: Registry;
  readonly status: FollowerStatus;
  readonly http: HttpService;
  readonly world: World;
  readonly signatures: SignatureChecker;
  readonly events: NodeEvents;
}

/** One for each upstream, in the order of PRODUCER_URL. */
export function createFollowing(parts: FollowerParts): readonly Following[] {
  const { config, store, chains, faults, status, http, world, signatures, events } = parts;
  const metrics = new FollowerMetrics(parts.metrics, status, store);
  const turns = new PullingTurns(world);
  const firstTurns = new FirstTurns(status.all.length);
  return status.all.map((upstream, place) => {
    const client = new UpstreamClient(http, { url: upstream.url, timeoutMs: config.syncTimeoutMs });
    return new Following({
      client,
      upstream,
      place,
      firstTurns,
      chains,
      pins: config,
      chainsMax: config.chainsMax,
      firstContact: new FirstContact(client, chains, signatures),
      faults: new FaultReporter(upstream, faults, status, metrics, events, () => world.now()),
      sync: new ChainSync({ client, upstream, store, metrics, signatures, turns, events, world }),
      status,
      world,
    });
  });
}
