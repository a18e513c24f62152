/** Documents a route's problems. */
import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from '../dto/problem.dto.js';
import type { Problem } from '../server/problem.js';

interface ProblemExample {
  readonly description: string;
  readonly example: Pick<Problem, 'code' | 'detail' | 'errors'>;
}

/** The meaning of each status here, with an example. */
const EXAMPLES = {
  400: {
    description: 'The request is malformed: `errors` says which field, and what was expected',
    example: {
      code: 'INVALID_INPUT',
      detail: 'limit must be a whole number from 1 to 1000',
      errors: [{ field: 'limit', message: 'must be a whole number from 1 to 1000' }],
    },
  },
  401: {
    description: 'This node requires a token of its own as `Authorization: Bearer …`',
    example: { code: 'UNAUTHORIZED', detail: 'this route needs the node’s token' },
  },
  403: {
    description:
      'Nothing is changed for a page of another site, or under a name that isn’t this node’s (`CORS_ORIGIN`, `CORS_WRITE`, `ALLOWED_HOSTS`), or with a token that lacks the scope of this route or is for other chains (`SCOPE_MISSING`, `CHAIN_NOT_ALLOWED`)',
    example: {
      code: 'HOST_NOT_ALLOWED',
      detail:
        'nothing is changed for the host "example.org": use an IP address or localhost, or set ALLOWED_HOSTS=example.org on this node if that is its name',
    },
  },
  404: {
    description: 'There is nothing of this name, id or index here',
    example: { code: 'NOT_FOUND', detail: 'aka has no block 9: the head of aka is block 7' },
  },
  409: {
    description: 'The request conflicts with existing data',
    example: {
      code: 'CHAIN_EXISTS',
      detail: 'there is a chain gold with another contract, which never changes: give this one another name',
    },
  },
  413: {
    description: 'The body is larger than this node takes',
    example: { code: 'BODY_TOO_LARGE', detail: 'Request body is too large' },
  },
  415: {
    description: 'The body must be `application/json`',
    example: {
      code: 'UNSUPPORTED_MEDIA_TYPE',
      detail: 'the body must be application/json, not text/plain',
    },
  },
  422: {
    description: 'A rule of the chain refuses what is asked for, however well-formed',
    example: {
      code: 'NONCE_REUSED',
      detail: 'nonce order-1 was used before for other content: a new transaction needs a new one',
      errors: [
        {
          field: 'nonce',
          message: 'order-1 was used before for other content: a new transaction needs a new one',
        },
      ],
    },
  },
  429: {
    description: 'Too many requests: try again after `Retry-After` seconds',
    example: { code: 'RATE_LIMITED', detail: 'too many requests' },
  },
  500: {
    description: 'This node’s own fault: its log says what',
    example: { code: 'INTERNAL', detail: 'something went wrong in this node; its log says what' },
  },
  503: {
    description: 'Not now: nothing was changed, try again after `Retry-After` seconds',
    example: {
      code: 'NOT_SYNCED',
      detail: 'this node has no chain yet: it has received nothing from http://127.0.0.1:5000',
    },
  },
} as const satisfies Record<number, ProblemExample>;

export type ProblemStatus = keyof typeof EXAMPLES;

/** The OpenAPI description of one problem, for `instance`. */
export function problemResponse(
  status: ProblemStatus,
  instance = '/chain',
): {
  description: string;
  content: Record<string, { schema: { $ref: string }; example: Problem }>;
} {
  const { description, example } = EXAMPLES[status];
  const title = STATUS_CODES[status] ?? '';
  const problem = { type: 'about:blank', title, status, instance, ...example };
  const schema = { $ref: getSchemaPath(ProblemDto) };
  return { description, content: { 'application/problem+json': { schema, example: problem } } };
}

/** The problems of a route, by status. `setupSwagger` adds those of a token and of a rate limit. */
export function ApiProblems(...statuses: readonly ProblemStatus[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ...statuses.map((status) => ApiResponse({ status, ...problemResponse(status) })),
  );
}
