/** Documents answers that differ from the smart blockchain's: the originals' texts, and other problems. */
import { ApiOkResponse, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { problemResponse } from '../../http/openapi/api-problems.js';
import { ProblemDto } from '../../http/dto/problem.dto.js';
import type { Problem } from '../../http/server/problem.js';

/** A refusal in the original's own words, in addition to the usual problem of this status. */
export function ApiOriginalText(status: 400, text: string): MethodDecorator {
  const { description, content } = problemResponse(status);
  return ApiResponse({
    status,
    description: `${description}. Where a field is missing, the original’s text`,
    content: { ...content, 'text/plain': { schema: { type: 'string' }, example: text } },
  });
}

/** A problem of only this route. */
export function ApiProblem(status: 404 | 409 | 503, title: string, description: string): MethodDecorator {
  const code = title.toUpperCase().replaceAll(' ', '_');
  const example: Problem = {
    type: 'about:blank',
    title,
    status,
    detail: description,
    instance: '/mine',
    code,
  };
  const schema = { $ref: getSchemaPath(ProblemDto) };
  return ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema, example } },
  });
}

/** An answer with numbers of any size, which may have additional fields from an original program. */
export function ApiOpenAnswer(description: string, example: object): MethodDecorator {
  return ApiOkResponse({ description, schema: { type: 'object', additionalProperties: true, example } });
}

export const ApiStoreFailure = (): MethodDecorator =>
  ApiProblem(503, 'Service Unavailable', 'The node can’t write, or too much waits: nothing was changed');
