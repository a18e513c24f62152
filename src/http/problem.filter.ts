/** Answers every error as a problem, and logs those that are this node's own fault. */
import { Catch, Logger, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Unavailable } from '../ledger/errors.js';
import { answerTo, PROBLEM_TYPE, toProblem, type ProblemAnswer } from './problem.js';
import { pathOf } from './request.js';
import type { RouteTable } from './route-table.js';

/** Answers with a problem. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, answer: ProblemAnswer): void {
  // What the route had said of its answer is not said of this one.
  reply.removeHeader('etag').header('cache-control', 'no-store');
  void reply
    .code(answer.status)
    .headers({ ...answer.headers })
    .type(PROBLEM_TYPE)
    .send(toProblem(answer, pathOf(request)));
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // Nest's own "not found" knows no methods; a hook's or a controller's says what it means.
    const unrouted = error instanceof NotFoundException ? this.unroutedAnswer(request) : undefined;
    const answer = unrouted ?? answerTo(error);
    this.log(error, answer, request);
    if (!reply.sent) sendProblem(request, reply, answer);
  }

  /** For a path that no route matched with this method. */
  private unroutedAnswer(request: FastifyRequest): ProblemAnswer | undefined {
    if (!request.is404) return undefined;
    const path = pathOf(request);
    const allow = this.routes.allowed(path);
    if (allow === undefined) {
      return { status: 404, code: 'NOT_FOUND', detail: `there is no ${request.method} ${path} here` };
    }
    const detail = `${path} takes ${allow}, not ${request.method}`;
    return { status: 405, code: 'METHOD_NOT_ALLOWED', detail, headers: { allow } };
  }

  private log(error: unknown, { status }: ProblemAnswer, request: FastifyRequest): void {
    if (status === 500) {
      this.logger.error(error);
    } else if (error instanceof Unavailable && error.cause !== undefined) {
      this.logger.warn(error, `${request.method} ${pathOf(request)}`);
    }
  }
}
