/** Errors in the form of the original programs, word for word, instead of problems. */
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

export class OriginalAnswer extends Error {
  override readonly name = 'OriginalAnswer';
  private constructor(
    readonly status: number,
    readonly type: string,
    readonly body: string,
  ) {
    super(body);
  }

  static text(status: number, text: string): OriginalAnswer {
    return new OriginalAnswer(status, 'text/plain; charset=utf-8', text);
  }

  static json(status: number, value: object): OriginalAnswer {
    return new OriginalAnswer(status, 'application/json; charset=utf-8', JSON.stringify(value));
  }
}

@Catch(OriginalAnswer)
export class OriginalAnswerFilter implements ExceptionFilter<OriginalAnswer> {
  catch({ status, type, body }: OriginalAnswer, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().code(status).type(type).send(body);
  }
}
