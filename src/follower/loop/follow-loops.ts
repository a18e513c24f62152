/** The loops of all upstreams, for callers that need the newest blocks now. */
import type { Hash } from '../../chain/bytes/bytes.js';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { FollowLoop } from './follow-loop.js';

export class FollowLoops implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly loops: readonly FollowLoop[]) {}

  onApplicationBootstrap(): void {
    for (const loop of this.loops) loop.onApplicationBootstrap();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.onModuleDestroy()));
  }

  /** See {@link FollowLoop.wake}. @param place the upstream's position, from 0 */
  wake(place: number): void {
    this.loops[place]?.wake();
  }

  /** See {@link FollowLoop.setLive}. @param place the upstream's position, from 0 */
  setLive(place: number, isLive: boolean): void {
    this.loops[place]?.setLive(isLive);
  }

  /** See {@link FollowLoop.syncNow}. @returns the chains that are level with an upstream */
  async syncNow(): Promise<ReadonlySet<Hash>> {
    const levels = await Promise.all(this.loops.map((loop) => loop.syncNow()));
    return new Set(levels.flatMap((level) => [...level]));
  }
}
