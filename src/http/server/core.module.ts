/** The base of both roles: the node's store, its registry of nodes, its faults, its metrics. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { Clock } from '../../ledger/clock.js';
import { Convictions } from '../../ledger/convictions.js';
import { Cosignatures } from '../../ledger/cosignatures.js';
import { CurrentBooks } from '../../ledger/current-books.js';
import { NodeEvents } from '../../ledger/node-events.js';
import { NodeInfo } from '../../ledger/node-info.js';
import { FaultLog, LedgerStore, NodeRegistry } from '../../ledger/store.js';

/** Injects the node's {@link Clock}. */
export const CLOCK = Symbol('Clock');

export interface Core {
  readonly store: LedgerStore;
  readonly nodes: NodeRegistry;
  readonly faults: FaultLog;
  readonly info: NodeInfo;
  readonly books: CurrentBooks;
  readonly cosignatures: Cosignatures;
  readonly convictions: Convictions;
  readonly events: NodeEvents;
  readonly metrics: Registry;
  readonly clock: Clock;
}

@Global()
@Module({})
export class CoreModule {
  static forRoot({
    store,
    nodes,
    faults,
    info,
    books,
    cosignatures,
    convictions,
    events,
    metrics,
    clock,
  }: Core): DynamicModule {
    const providers = [
      { provide: LedgerStore, useValue: store },
      { provide: NodeRegistry, useValue: nodes },
      { provide: FaultLog, useValue: faults },
      { provide: NodeInfo, useValue: info },
      { provide: CurrentBooks, useValue: books },
      { provide: Cosignatures, useValue: cosignatures },
      { provide: Convictions, useValue: convictions },
      { provide: NodeEvents, useValue: events },
      { provide: Registry, useValue: metrics },
      { provide: CLOCK, useValue: clock },
    ];
    return { module: CoreModule, providers, exports: providers };
  }
}
