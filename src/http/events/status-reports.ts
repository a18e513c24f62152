/**
 * Reports the node's status as text to watchers: checked once a second, and only while there are watchers.
 */
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { NodeInfo } from '../../ledger/node-info.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { every, type Clock } from '../../ledger/clock.js';
import { Convictions } from '../../ledger/convictions.js';
import { LedgerStore } from '../../ledger/store.js';
import { CLOCK } from '../server/core.module.js';
import { headerDto } from '../openapi/header-dto.js';
import type { ChainStatusDto, StatusEventDto } from '../dto/events.dto.js';

const CHECK_EVERY_MS = 1000;
/** Even if nothing has changed. */
const REPORT_EVERY_MS = 5000;

type Watcher = (report: string) => void;

@Injectable()
export class StatusReports implements OnModuleDestroy {
  private readonly logger = new Logger('Events');
  private readonly watchers = new Set<Watcher>();
  private cancel: (() => void) | undefined;
  private last = { text: '', at: 0 };

  constructor(
    private readonly store: LedgerStore,
    private readonly info: NodeInfo,
    private readonly convictions: Convictions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Sends the first report at once. @returns a function that stops watching */
  watch(watcher: Watcher): () => void {
    watcher(this.report());
    this.watchers.add(watcher);
    this.cancel ??= every(this.clock, CHECK_EVERY_MS, () => this.check());
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size === 0) this.onModuleDestroy();
    };
  }

  onModuleDestroy(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  report(): string {
    const troubles = this.info.troubles();
    const status: StatusEventDto = {
      role: this.info.role,
      ready: troubles.length === 0,
      troubles,
      details: this.info.details(),
      chains: this.store.stores().map((store) => this.chain(store)),
    };
    return JSON.stringify(status);
  }

  private chain(store: AnyChainStore): ChainStatusDto {
    const { id, name, contract } = store.chain;
    const waiting = this.info.waiting(id);
    return {
      name,
      kind: contract.kind,
      head: headerDto(store.head().header),
      frozen: this.convictions.of(id) !== undefined,
      waiting: waiting?.entries ?? null,
      next_block:
        waiting === undefined
          ? null
          : { entries: waiting.next, by_time_ms: waiting.byTimeMs, by_count: waiting.byCount },
    };
  }

  private check(): void {
    let text: string;
    try {
      text = this.report();
    } catch (error) {
      // An error thrown in a timer would end the process; /health/ready reports it.
      this.logger.warn(`cannot report the status: ${String(error)}`);
      return;
    }
    const now = this.clock.elapsed();
    if (text === this.last.text && now - this.last.at < REPORT_EVERY_MS) return;
    this.last = { text, at: now };
    for (const watcher of this.watchers) watcher(text);
  }
}
