/** Answers every error as a problem, and logs those that are this node's own fault. */
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OwnFaults } from './own-faults.js';
import { answerTo, PROBLEM_TYPE, toProblem, type ProblemAnswer } from './problem.js';
import { pathOf } from '../requests/request.js';

/** Answers with a problem. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, answer: ProblemAnswer): void {
  // Headers that the route set for its own answer do not apply to this one.
  reply.removeHeader('etag').header('cache-control', 'no-store');
  void reply
    .code(answer.status)
    .headers({ ...answer.headers })
    .type(PROBLEM_TYPE)
    .send(toProblem(answer, pathOf(request)));
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly faults = new OwnFaults(new Logger(ProblemFilter.name));

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const answer = answerTo(error);
    // The client gets what it can act on; a disk that accepts no writes is logged where it happens.
    if (answer.status === 500) this.faults.log(error);
    if (!reply.sent) sendProblem(request, reply, answer);
  }
}
