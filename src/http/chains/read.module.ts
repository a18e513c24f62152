/** The routes that both roles serve. */
import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { NodeConfig } from '../../config/config.js';
import { AddressesController } from '../entries/addresses.controller.js';
import { ChainReader } from './chain-reader.js';
import { ChainsController } from './chains.controller.js';
import { ChainsService } from './chains.service.js';
import { EvidenceController } from './evidence.controller.js';
import { EntriesController } from '../entries/entries.controller.js';
import { EventStreams } from '../events/event-streams.js';
import { EventTexts } from '../events/event-texts.js';
import { EventsController } from '../events/events.controller.js';
import { HealthController } from '../health/health.controller.js';
import { KnownNodes } from '../network/known-nodes.js';
import { MetricsController } from '../health/metrics.controller.js';
import { NetworkController } from '../network/network.controller.js';
import { NetworkView, NetworkViewOptions } from '../network/network-view.js';
import { NetworkViewController } from '../network/network-view.controller.js';
import { PapersController } from './papers.controller.js';
import { SearchController } from '../entries/search.controller.js';
import { SearchService } from '../entries/search.service.js';
import { StatusReports } from '../events/status-reports.js';
import { SupplyController } from './supply.controller.js';
import { SupplyMetrics } from '../health/supply-metrics.js';
import { SupplyReader } from './supply-reader.js';
import { TransactionLists } from '../entries/transaction-lists.js';
import { TransactionStates } from '../entries/transaction-states.js';
import { Receipts } from '../tlog/receipts.js';
import { ReceiptsController } from '../tlog/receipts.controller.js';
import { TlogController } from '../tlog/tlog.controller.js';
import { WalletReader } from '../entries/wallet-reader.js';

@Module({
  // Readiness is polled every few seconds: the answer contains the reasons, so the log need not.
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
    ReceiptsController,
    EvidenceController,
    TlogController,
    HealthController,
    MetricsController,
  ],
  providers: [
    ChainReader,
    ChainsService,
    TransactionLists,
    TransactionStates,
    WalletReader,
    Receipts,
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
