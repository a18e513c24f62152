/** Keeps STATIC_DIR up to date while a node runs: on its own loop, so that neither sealing nor following waits for it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { isAborted, sleep, type Clock } from '../../ledger/clock.js';
import { FatalError, InvariantError } from '../../ledger/errors.js';
import type { NodeEvents } from '../../ledger/node-events.js';
import type { LedgerStore } from '../../ledger/store.js';
import { backoffMs } from '../../peer/backoff.js';
import { SYSTEM_DISK, type Disk } from './disk.js';
import { StaticExport } from './static-export.js';

export interface ExportLoopParts {
  /** STATIC_DIR, absolute */
  readonly folder: string;
  readonly store: LedgerStore;
  readonly events: Pick<NodeEvents, 'onBlock'>;
  readonly clock: Clock;
  /** ends the process */
  readonly fail: (error: unknown) => void;
  readonly disk?: Disk;
}

/** Between two rounds: blocks that come faster are written together. */
const REST_MS = 100;
/** Without a block, a look all the same: a checkpoint may have got more signatures. */
const IDLE_MS = 5_000;
const TIMER = 'static-export';

class Stopped extends Error {}

/** @returns undefined if there is no folder to keep */
export function exportLoop({
  folder,
  ...parts
}: Omit<ExportLoopParts, 'folder'> & { readonly folder: string | undefined }): ExportLoop | undefined {
  return folder === undefined ? undefined : new ExportLoop({ folder, ...parts });
}

export class ExportLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('StaticExport');
  private readonly stop = new AbortController();
  private readonly files: StaticExport;
  private idle = new AbortController();
  private running: Promise<void> | undefined;
  private unsubscribe: (() => void) | undefined;
  private failures = 0;
  private failure: string | undefined;

  constructor(private readonly parts: ExportLoopParts) {
    const pause = async (): Promise<void> => {
      await nextTurn();
      if (this.stop.signal.aborted) throw new Stopped();
    };
    this.files = new StaticExport(parts.disk ?? SYSTEM_DISK, parts.folder, { pause });
  }

  /** Why the files are not up to date; empty while they are. */
  troubles(): readonly string[] {
    return this.failure === undefined ? [] : [`STATIC_DIR is not up to date: ${this.failure}`];
  }

  onApplicationBootstrap(): void {
    this.unsubscribe = this.parts.events.onBlock(() => this.idle.abort());
    this.running = this.run();
  }

  /** Resolves when no file is being written any more. */
  async onModuleDestroy(): Promise<void> {
    this.unsubscribe?.();
    this.stop.abort();
    this.idle.abort();
    await this.running;
    this.files.close();
  }

  private async run(): Promise<void> {
    const { clock } = this.parts;
    const { signal } = this.stop;
    while (!isAborted(signal)) {
      // Before the round reads the store: a block that comes during the round starts another one.
      this.idle = new AbortController();
      const waitMs = await this.round();
      await sleep(clock, waitMs, TIMER, signal);
      if (this.failure === undefined && !isAborted(signal)) {
        await sleep(clock, IDLE_MS, TIMER, this.idle.signal);
      }
    }
  }

  /** @returns how long to wait at least before the next one */
  private async round(): Promise<number> {
    const { store, folder, clock, fail } = this.parts;
    try {
      await this.files.advance(store.stores());
      if (this.failure !== undefined) this.logger.log(`the files in ${folder} are up to date again`);
      this.failure = undefined;
      this.failures = 0;
      return REST_MS;
    } catch (error) {
      if (error instanceof Stopped) return 0;
      if (error instanceof FatalError || error instanceof InvariantError) {
        fail(error);
        this.stop.abort();
        return 0;
      }
      const { message } = error as Error;
      if (message !== this.failure) {
        this.logger.error(`the files in ${folder} are not up to date, trying again: ${message}`);
      }
      this.failure = message;
      return REST_MS + backoffMs(this.failures++, clock.random());
    }
  }
}
