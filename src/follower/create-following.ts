/** Puts the follower together: everything it needs is given, nothing of it is found in the environment. */
import type { HttpService } from '@nestjs/axios';
import type { Registry } from 'prom-client';
import type { FollowerConfig } from '../config/config.js';
import type { NodeEvents } from '../ledger/node-events.js';
import type { FaultLog, LedgerStore } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { ChainSync } from './chain-sync.js';
import { EarlyEntries } from './early-entries.js';
import { FaultReporter } from './fault-reporter.js';
import { FirstContact } from './first-contact.js';
import { FollowerMetrics } from './follower-metrics.js';
import type { FollowerStatus } from './follower-status.js';
import { Following } from './following.js';
import { UpstreamClient } from './upstream.js';
import type { World } from './world.js';

export interface FollowingParts {
  readonly config: Pick<FollowerConfig, 'producerUrl' | 'chainId' | 'producerPublicKey' | 'syncTimeoutMs'>;
  readonly store: LedgerStore;
  readonly faults: FaultLog;
  readonly metrics: Registry;
  readonly status: FollowerStatus;
  readonly http: HttpService;
  readonly world: World;
  readonly signatures: SignatureChecker;
  readonly events: NodeEvents;
}

export function createFollowing({
  config,
  store,
  faults,
  metrics,
  status,
  http,
  world,
  signatures,
  events,
}: FollowingParts): Following {
  const upstream = new UpstreamClient(http, { url: config.producerUrl, timeoutMs: config.syncTimeoutMs });
  const early = new EarlyEntries(upstream, store, signatures, world);
  const figures = new FollowerMetrics(metrics, status, store);
  return new Following({
    upstream,
    store,
    firstContact: new FirstContact(upstream, store, config, signatures),
    faults: new FaultReporter(config.producerUrl, faults, status, figures, events, () => world.now()),
    sync: new ChainSync(upstream, store, status, figures, signatures, early, events),
    status,
    world,
  });
}
