/** Starts and stops the producer's schedules with the application. */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Producer } from './producer.js';

@Injectable()
export class ProducerLife implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    private readonly producer: Producer,
    private readonly scheduler: SchedulerRegistry,
  ) {}

  onApplicationBootstrap(): void {
    this.producer.start(this.scheduler);
  }

  async onModuleDestroy(): Promise<void> {
    await this.producer.stop();
  }
}
