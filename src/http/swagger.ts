/** The OpenAPI document of a role, and its page. */
import { STATUS_CODES } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { changesSomething } from './api-token.js';
import { problemResponse } from './api-problems.js';
import { isUnlimited } from './rate-limit.js';

export interface ApiInfo {
  readonly title: string;
  readonly description: string;
  readonly needsToken: boolean;
  readonly isRateLimited: boolean;
}

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;

const BEARER = 'token';
const METHODS = ['get', 'post', 'delete'] as const;

/** `/api` and `/api-json`; the document is made when it is first asked for. */
export function setupSwagger(app: NestFastifyApplication, info: ApiInfo): void {
  SwaggerModule.setup('api', app, () => createDocument(app, info), {
    customSiteTitle: info.title,
    raw: ['json'],
  });
}

export function createDocument(app: NestFastifyApplication, info: ApiInfo): OpenAPIObject {
  const builder = new DocumentBuilder().setTitle(info.title).setDescription(info.description).setVersion('1');
  if (info.needsToken) builder.addBearerAuth({ type: 'http', scheme: 'bearer' }, BEARER);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    autoTagControllers: false,
  });
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) describeAccess(operation, method, path, info);
    }
  }
  return document;
}

/** What a token and a rate limit make of a route, where this node has them. */
function describeAccess(
  operation: OperationObject,
  method: string,
  path: string,
  { needsToken, isRateLimited }: ApiInfo,
): void {
  const { responses } = operation;
  if (needsToken && changesSomething(method.toUpperCase(), path)) {
    operation.security = [{ [BEARER]: [] }];
    responses[401] = problemResponse(401, path);
  } else {
    delete responses[401];
  }
  if (isRateLimited && !isUnlimited(path)) responses[429] = problemResponse(429, path);
  else delete responses[429];
  for (const [status, response] of Object.entries(responses)) {
    if (response !== undefined && 'description' in response) {
      response.description ||= STATUS_CODES[status] ?? '';
    }
  }
}
