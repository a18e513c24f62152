/**
 * Assembles the parts that follow the upstreams. All dependencies are passed in, none are read from the environment.
 */
import type { HttpService } from '@nestjs/axios';
import type { Registry } from 'prom-client';
import type { FollowerConfig } from '../../config/config.js';
import type { Clock } from '../../ledger/clock.js';
import { isStaticUrl } from '../../ledger/static-url.js';
import type { Cosignatures } from '../../ledger/cosignatures.js';
import type { Convictions } from '../../ledger/convictions.js';
import type { NodeEvents } from '../../ledger/node-events.js';
import type { FaultLog, LedgerStore } from '../../ledger/store.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import { ChainSync } from '../take/chain-sync.js';
import { FaultReporter } from '../upstream/fault-reporter.js';
import { FirstContact } from '../take/first-contact.js';
import { FirstTurns } from './first-turns.js';
import type { FollowedChains } from '../take/followed-chains.js';
import { FollowerMetrics } from '../http/follower-metrics.js';
import type { Pins } from '../take/pins.js';
import type { FollowerStatus } from '../http/follower-status.js';
import { Following } from './following.js';
import { MissingLog } from './missing-log.js';
import { PullingTurns } from './pulling-turns.js';
import { StaticUpstream } from '../upstream/static-upstream.js';
import { UpstreamClient } from '../upstream/upstream.js';

export interface FollowerParts {
  readonly config: Pins & Pick<FollowerConfig, 'chainsMax' | 'syncTimeoutMs'>;
  readonly store: LedgerStore;
  readonly chains: FollowedChains;
  readonly faults: FaultLog;
  readonly metrics: Registry;
  readonly status: FollowerStatus;
  readonly http: HttpService;
  readonly clock: Clock;
  readonly signatures: SignatureChecker;
  readonly events: NodeEvents;
  readonly cosignatures: Cosignatures;
  readonly convictions: Convictions;
}

/** Creates one {@link Following} for each upstream, in the order of PRODUCER_URL. */
export function createFollowing(parts: FollowerParts): readonly Following[] {
  const {
    config,
    store,
    chains,
    faults,
    status,
    http,
    clock,
    signatures,
    events,
    cosignatures,
    convictions,
  } = parts;
  const metrics = new FollowerMetrics(parts.metrics, status, store, convictions);
  for (const [id, { fault }] of convictions.all) status.freeze(id, fault);
  convictions.onFrozen(({ id }, { fault }) => status.freeze(id, fault));
  const turns = new PullingTurns(clock);
  const firstTurns = new FirstTurns(clock, status.all.length);
  const missing = new MissingLog(status, firstTurns);
  return status.all.map((upstream, place) => {
    const { url } = upstream;
    const { chainsMax, syncTimeoutMs: timeoutMs } = config;
    const client = isStaticUrl(url)
      ? new StaticUpstream(http, { url, timeoutMs, clock, chainsMax })
      : new UpstreamClient(http, { url, timeoutMs, clock });
    return new Following({
      client,
      upstream,
      place,
      firstTurns,
      missing,
      chains,
      pins: config,
      chainsMax: config.chainsMax,
      firstContact: new FirstContact(client, chains, signatures),
      faults: new FaultReporter(upstream, faults, status, metrics, events, convictions, () => clock.now()),
      sync: new ChainSync({
        client,
        upstream,
        store,
        metrics,
        signatures,
        turns,
        events,
        cosignatures,
        clock,
      }),
      status,
      clock,
    });
  });
}
