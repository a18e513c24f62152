/** Limits how often one client may ask. */
import { Injectable, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { pathOf } from './request.js';

const MINUTE_MS = 60_000;

/** Whether who asks here is never refused: those that watch the node. */
export function isUnlimited(path: string): boolean {
  return path === '/metrics' || path.startsWith('/health/');
}

export function throttlerModule(requestsPerMinute: number): DynamicModule {
  return ThrottlerModule.forRoot({
    throttlers: [{ ttl: MINUTE_MS, limit: requestsPerMinute }],
    errorMessage: `this node takes ${requestsPerMinute} requests per minute from one client`,
  });
}

/** Counts a client's requests to all routes together; Nest's own guard counts each route by itself. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return Promise.resolve(isUnlimited(pathOf(request)));
  }

  protected override generateKey(_context: ExecutionContext, client: string): string {
    return client;
  }
}
