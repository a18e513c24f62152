/** What simulated nodes need of the world that they are in, and what they report to it. */
import type { Hash } from '../../src/chain/bytes/bytes.js';
import type { Fetch } from '../../src/client/transport.js';
import type { Chain, FaultRecord, LedgerStore } from '../../src/ledger/store.js';
import type { SignatureChecker } from '../../src/signatures/signature-checker.js';
import type { ShownNode } from '../checks/shown-node.js';
import type { Network, NetworkRequest, ServerAnswer } from '../network/network.js';
import type { Process } from '../world/process.js';
import type { Random } from '../world/random.js';
import type { Timeline } from '../world/timeline.js';
import type { Trace } from '../world/trace.js';

/** A node, as reports name it. */
export interface Named {
  readonly name: string;
}

/** A node on which a test plants a mistake. */
export interface MistakenNode extends Named {
  readonly timeline: Timeline;
  /** Moves a chain's head on the disk back to a block, whatever it is. @param index of the first block that goes */
  moveHead(chain: Hash, to: Hash, index: number): void;
}

/** Ports that a test wraps, to plant a mistake. */
export interface Ports {
  store(node: MistakenNode, store: LedgerStore): LedgerStore;
  /** of clients */
  fetch(fetch: Fetch): Fetch;
  shown(node: ShownNode): ShownNode;
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
