/** The OpenAPI document of a role, and its page. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { ADD_CHECKPOINT } from '../../ledger/witness-limits.js';
import { changesSomething, scopeOf } from '../server/route-scopes.js';
import { problemResponse, type ProblemStatus } from './api-problems.js';
import { isFields, useNullType } from './openapi-3-1.js';
import { isUnlimited } from '../server/rate-limit.js';

export interface ApiInfo {
  readonly title: string;
  readonly description: string;
  readonly needsToken: boolean;
  readonly isRateLimited: boolean;
  /** tags of routes that only this node has, with descriptions */
  readonly tags?: readonly (readonly [name: string, description: string])[];
}

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;

const BEARER = 'token';
const METHODS = ['get', 'post', 'delete'] as const;

const TAGS: readonly (readonly [name: string, description: string])[] = [
  ['papers', 'The chains as the BPSC papers show them'],
  ['transactions', 'Moving tokens'],
  ['information', 'Records of information'],
  ['sealing', 'Sealing a block on request'],
  ['chains', 'Contracts, blocks and headers'],
  ['wallets', 'Balances of wallets, and the supply'],
  ['events', 'Live events'],
  ['proofs', 'Receipts, proofs and evidence, which anyone can verify offline'],
  ['witness', 'Cosignatures of checkpoints'],
  ['search', 'Search by id, hash, address or index'],
  ['network', 'Other nodes, and faulty data from them'],
  ['health', 'For monitoring the node'],
];

/** `/api` and `/api-json`; the document is generated at the first request. */
export function setupSwagger(app: NestFastifyApplication, info: ApiInfo): void {
  SwaggerModule.setup('api', app, () => createDocument(app, info), {
    customSiteTitle: info.title,
    raw: ['json'],
  });
}

export function createDocument(app: NestFastifyApplication, info: ApiInfo): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(info.title)
    .setDescription(info.description)
    .setVersion('1')
    .addServer('/', 'This node')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description:
          'The node’s `API_TOKEN`, where it has one, or a token of its `API_TOKENS_FILE` with the scope that a route names',
      },
      BEARER,
    );
  const document = SwaggerModule.createDocument(app, builder.build(), {
    autoTagControllers: false,
  });
  document.info.license = { name: 'MIT', identifier: 'MIT' } as NonNullable<typeof document.info.license>;
  // By default no route requires a token, and all accept one.
  document.security = info.needsToken ? [] : [{}, { [BEARER]: [] }];
  const operations: OperationObject[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const shared = item[method];
      if (shared === undefined) continue;
      // A handler with several paths has one description: each path gets its own copy.
      const operation = (item[method] = structuredClone(shared));
      operations.push(operation);
      describeChain(operation, path);
      describeAccess(operation, method.toUpperCase(), path, info);
      describeRequest(document, operation);
    }
  }
  const used = new Set(operations.flatMap(({ tags = [] }) => tags));
  document.tags = [...(info.tags ?? []), ...TAGS]
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({
      name,
      description,
    }));
  useNullType(document);
  return document;
}

/** A handler on both paths of a chain's route: only one of them contains the chain's name. */
function describeChain(operation: OperationObject, path: string): void {
  const others = (operation.parameters ?? []).filter(
    (parameter) => '$ref' in parameter || parameter.in !== 'path' || path.includes(`{${parameter.name}}`),
  );
  if (!path.includes('{chain}')) {
    operation.parameters = others;
    return;
  }
  const chain = {
    name: 'chain',
    in: 'path',
    required: true,
    description: 'The chain’s name on this node, or its id',
    schema: { type: 'string' },
    example: path.includes('/information') ? 'information' : 'aka',
  } as const;
  operation.parameters = [chain, ...others.filter((other) => '$ref' in other || other.name !== chain.name)];
}

/** The answers that every route of a kind may give, including those of the token and the rate limit where this node has them. */
function describeAccess(
  operation: OperationObject,
  method: string,
  path: string,
  { needsToken, isRateLimited }: ApiInfo,
): void {
  const { responses } = operation;
  const add = (...statuses: readonly ProblemStatus[]): void => {
    for (const status of statuses) responses[status] ??= problemResponse(status, path);
  };
  // The controllers don't know which of the two this node has.
  delete responses[401];
  delete responses[429];
  if (changesSomething(method, path)) {
    add(403);
    if (needsToken) {
      const scope = scopeOf(path);
      // OpenAPI 3.1: of a scheme that is not OAuth, the roles that are required.
      operation.security = [{ [BEARER]: scope === undefined ? [] : [scope] }];
      add(401);
    }
  }
  // A body is read even if the route doesn't expect one.
  if (method !== 'GET') add(413);
  if (method !== 'GET' && path !== ADD_CHECKPOINT) add(415);
  if (isRateLimited && !isUnlimited(path)) add(429);
  add(400, 500);
  for (const [status, response] of Object.entries(responses)) {
    if (response !== undefined && 'description' in response) {
      response.description ||= STATUS_CODES[status] ?? '';
    }
  }
}

/** A request has no fields other than the named ones, and its first example is that of its schema. */
function describeRequest(document: OpenAPIObject, { requestBody }: OperationObject): void {
  if (requestBody === undefined || !('content' in requestBody)) return;
  const { schema, examples } = requestBody.content['application/json'] ?? {};
  if (schema === undefined || !('$ref' in schema)) return;
  const model = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
  if (model === undefined || '$ref' in model) return;
  model.additionalProperties = false;
  const [first] = Object.values(examples ?? {});
  if (isFields(first) && 'value' in first) model.example = first.value;
}
