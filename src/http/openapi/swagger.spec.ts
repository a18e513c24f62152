import { startTestHttp, type TestHttp, type TestHttpOptions } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: unknown;
  readonly parameters: readonly { name: string; description?: string; schema?: object; example?: unknown }[];
  readonly responses: Record<string, { content?: Record<string, { schema: unknown; example?: unknown }> }>;
}

interface Document {
  readonly info: { title: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, { properties?: Record<string, object> }> };
}

const nodes: TestHttp[] = [];
async function documentOf(options: TestHttpOptions = {}): Promise<Document> {
  const node = await startTestHttp(options);
  nodes.push(node);
  return (await node.app.inject({ url: '/api-json' })).json();
}
afterAll(async () => {
  for (const node of nodes) await node.close();
  removeTemporary();
});

function operations({ paths }: Document): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

test('every route has a summary, a tag, described parameters and an answer with its form', async () => {
  const document = await documentOf();
  expect(document.info.title).toBe('bpsc producer');
  expect(
    operations(document)
      .map(([name]) => name)
      .sort(),
  ).toEqual([
    'DELETE /nodes',
    'GET /addresses',
    'GET /addresses/{address}',
    'GET /chain',
    'GET /chain2',
    'GET /chains',
    'GET /chains/{chain}/information',
    'GET /chains/{chain}/information/{id}',
    'GET /chains/{chain}/proofs/consistency',
    'GET /chains/{chain}/proofs/inclusion',
    'GET /chains/{chain}/receipts/{id}',
    'GET /chains/{chain}/supply',
    'GET /chains/{chain}/transactions',
    'GET /chains/{chain}/transactions/{id}',
    'GET /chains/{chain}/wallets',
    'GET /chains/{chain}/wallets/{address}',
    'GET /chains/{name}',
    'GET /chains/{name}/blocks',
    'GET /chains/{name}/blocks/{index}',
    'GET /chains/{name}/blocks/{index}/frontier',
    'GET /chains/{name}/evidence',
    'GET /chains/{name}/head',
    'GET /chains/{name}/headers',
    'GET /events',
    'GET /faults',
    'GET /health/live',
    'GET /health/ready',
    'GET /information',
    'GET /information/{id}',
    'GET /metrics',
    'GET /network',
    'GET /nodes',
    'GET /receipts/{id}',
    'GET /search',
    'GET /supply',
    'GET /transactions',
    'GET /transactions/{id}',
    'GET /wallets',
    'GET /wallets/{address}',
    'POST /nodes/register',
  ]);
  for (const [name, { summary, tags, parameters, responses }] of operations(document)) {
    expect([name, summary]).toEqual([name, expect.stringMatching(/\w/)]);
    expect([name, tags]).toEqual([name, [expect.any(String)]]);
    for (const parameter of parameters) {
      expect([name, parameter]).toEqual([name, expect.objectContaining({ description: expect.any(String) })]);
    }
    const success = responses[name.startsWith('POST') ? '201' : '200'];
    expect([name, Object.keys(success?.content ?? {})]).not.toEqual([name, []]);
  }
});

test('every property of every schema has an example or a schema of its own', async () => {
  const { components } = await documentOf();
  const bare = Object.entries(components.schemas)
    // Terminus and its health answers are described by Terminus.
    .filter(([name]) => !name.startsWith('Health'))
    .flatMap(([name, { properties }]) =>
      Object.entries(properties ?? {})
        .filter(([, property]) => !/"(example|\$ref)":/.test(JSON.stringify(property)))
        .map(([property]) => `${name}.${property}`),
    );
  expect(bare).toEqual([]);
});

test('every reference leads somewhere', async () => {
  const document = await documentOf();
  const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  );
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(Object.keys(document.components.schemas)).toContain(name);
});

test('problems come with an example of their own media type', async () => {
  const document = await documentOf();
  const { responses } = document.paths['/chains/{name}']!.get!;
  expect(responses['404']?.content?.['application/problem+json']).toMatchObject({
    schema: { $ref: '#/components/schemas/ProblemDto' },
    example: { status: 404, title: 'Not Found', code: 'NOT_FOUND' },
  });
});

test('a token and a rate limit are documented where there are any', async () => {
  const free = await documentOf();
  for (const [, { security, responses }] of operations(free)) {
    expect([security, responses['401'], responses['429']]).toEqual([undefined, undefined, undefined]);
  }
  const strict = await documentOf({ config: { apiToken: 'secret', rateLimitPerMinute: 60 } });
  for (const [name, { security, responses }] of operations(strict)) {
    const guarded = !name.startsWith('GET');
    expect([name, security !== undefined, '401' in responses]).toEqual([name, guarded, guarded]);
    const limited = !/health|metrics/.test(name);
    expect([name, '429' in responses]).toEqual([name, limited]);
  }
  expect(JSON.stringify(strict)).not.toContain('secret');
});

test('the page needs nothing from elsewhere', async () => {
  await documentOf();
  const { app } = nodes[0]!;
  const page = await app.inject({ url: '/api' });
  const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
  expect(sources.length).toBeGreaterThan(3);
  for (const source of sources) {
    const answer = await app.inject({ url: new URL(source, 'http://localhost/api').pathname });
    expect([source, answer.statusCode]).toEqual([source, 200]);
  }
});
