/** Starts and stops the producer's schedules with the application. */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { SystemClock } from '../../ledger/system-clock.js';
import { Producer } from './producer.js';

@Injectable()
export class ProducerLife implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly producer: Producer,
    private readonly clock: SystemClock,
    private readonly timers: SchedulerRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.clock.listTimersIn(this.timers);
    this.producer.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.producer.stop();
  }
}
