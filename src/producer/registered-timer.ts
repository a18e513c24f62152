/** One timer at a time, under a name in Nest's scheduler registry. */
import type { SchedulerRegistry } from '@nestjs/schedule';

export class RegisteredTimer {
  /** undefined before the start and after the end: nothing is timed then */
  private registry: SchedulerRegistry | undefined;

  constructor(private readonly name: string) {}

  get isStarted(): boolean {
    return this.registry !== undefined;
  }

  start(registry: SchedulerRegistry): void {
    this.registry = registry;
  }

  stop(): void {
    this.clear();
    this.registry = undefined;
  }

  /** Calls back once, in place of what was set before; not at all before the start and after the end. */
  set(ms: number, call: () => void): void {
    this.clear();
    const fire = (): void => {
      this.clear();
      call();
    };
    this.registry?.addTimeout(this.name, setTimeout(fire, Math.max(0, ms)));
  }

  clear(): void {
    if (this.registry?.doesExist('timeout', this.name) === true) this.registry.deleteTimeout(this.name);
  }
}
