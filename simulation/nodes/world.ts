/** What simulated nodes need of the world that they are in, and what they report to it. */
import type { Chain, FaultRecord, LedgerStore } from '../../src/ledger/store.js';
import type { SignatureChecker } from '../../src/signatures/signature-checker.js';
import type { Network, NetworkRequest, ServerAnswer } from '../network/network.js';
import type { Process } from '../world/process.js';
import type { Random } from '../world/random.js';
import type { Timeline } from '../world/timeline.js';
import type { Trace } from '../world/trace.js';

/** A node, as reports name it. */
export interface Named {
  readonly name: string;
}

/** Ports that a test wraps, to plant a mistake. */
export interface Ports {
  store(node: Named, store: LedgerStore): LedgerStore;
}

export interface World {
  readonly timeline: Timeline;
  readonly network: Network;
  readonly trace: Trace;
  readonly chance: Random;
  readonly signatures: SignatureChecker;
  readonly ports: Ports;
  /** A producer has the chain. */
  chainBorn(producer: Named, chain: Chain): void;
  /** A producer answers; the answer leaves it when the result resolves. */
  answered(
    producer: Named,
    request: NetworkRequest,
    answer: ServerAnswer | Promise<ServerAnswer>,
  ): ServerAnswer | Promise<ServerAnswer>;
  /** A follower found a fault. */
  accused(by: Named, fault: Omit<FaultRecord, 'lastSeenAt' | 'times'>): void;
  /** A process ends itself. */
  stopped(node: Named, process: Process, error: unknown): void;
  /** A process is dead, however it ended. */
  died(node: Named): void;
  /** A node answered with 500. */
  internalError(node: Named, error: unknown): void;
}
