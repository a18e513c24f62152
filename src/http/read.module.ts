/** The routes that both roles serve. */
import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { NodeConfig } from '../config/config.js';
import { AddressesController } from './addresses.controller.js';
import { ChainReader } from './chain-reader.js';
import { ChainsController } from './chains.controller.js';
import { ChainsService } from './chains.service.js';
import { EntriesController } from './entries.controller.js';
import { EventStreams } from './event-streams.js';
import { EventTexts } from './event-texts.js';
import { EventsController } from './events.controller.js';
import { HealthController } from './health.controller.js';
import { KnownNodes } from './known-nodes.js';
import { MetricsController } from './metrics.controller.js';
import { NetworkController } from './network.controller.js';
import { NetworkView, NetworkViewOptions } from './network-view.js';
import { NetworkViewController } from './network-view.controller.js';
import { PapersController } from './papers.controller.js';
import { SearchController } from './search.controller.js';
import { SearchService } from './search.service.js';
import { StatusReports } from './status-reports.js';
import { SupplyController } from './supply.controller.js';
import { SupplyMetrics } from './supply-metrics.js';
import { SupplyReader } from './supply-reader.js';
import { TransactionLists } from './transaction-lists.js';
import { TransactionStates } from './transaction-states.js';
import { WalletReader } from './wallet-reader.js';

@Module({
  // Readiness is asked every few seconds: who asks, hears the reasons; the log needn't.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [
    ChainsController,
    PapersController,
    EntriesController,
    SupplyController,
    AddressesController,
    EventsController,
    NetworkController,
    NetworkViewController,
    SearchController,
    HealthController,
    MetricsController,
  ],
  providers: [
    ChainReader,
    ChainsService,
    TransactionLists,
    TransactionStates,
    WalletReader,
    SupplyReader,
    SupplyMetrics,
    SearchService,
    NetworkView,
    KnownNodes,
    EventStreams,
    EventTexts,
    StatusReports,
  ],
  exports: [ChainReader, ChainsService],
})
export class ReadModule {
  static forRoot({ reportPrivateNodes }: NodeConfig): DynamicModule {
    const view = { ...new NetworkViewOptions(), reportsPrivate: reportPrivateNodes };
    return { module: ReadModule, providers: [{ provide: NetworkViewOptions, useValue: view }] };
  }
}
