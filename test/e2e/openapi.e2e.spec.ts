/** The documents of both roles, asked of a new node as somebody would who tries out what they say. */
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startNode,
  until,
  type NodeProcess,
} from '../support/node-process.js';

interface Example {
  readonly value: unknown;
}
interface Operation {
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, unknown>>;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly example?: string | number;
    readonly schema?: { readonly example?: string | number };
  }[];
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json': { readonly examples?: Readonly<Record<string, Example>> };
    };
  };
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly license?: unknown };
  readonly servers: readonly unknown[];
  readonly components: {
    readonly securitySchemes: object;
    readonly schemas: Readonly<Record<string, { readonly example?: unknown }>>;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let producer: NodeProcess;
let follower: NodeProcess;
beforeAll(async () => {
  const folder = temporaryFolder();
  producer = await startNode(producerIn(folder, { WALLET_ISSUER: 'treasury' }));
  follower = await startNode(followerIn(folder, producer.url));
  await until(async () => (await call(`${follower.url}/health/ready`)).status === 200);
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

async function documentOf({ url }: NodeProcess): Promise<Document> {
  return (await call(`${url}/api-json`)).body as unknown as Document;
}

interface Trial {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Every request that can be made of a document's examples, as its page fills them in; none where an id is asked for. */
function trialsOf({ paths }: Document): readonly Trial[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) => trialsOfOne(path, method.toUpperCase(), operation)),
  );
}

function trialsOfOne(
  path: string,
  method: string,
  { parameters = [], requestBody }: Operation,
): readonly Trial[] {
  let filled = path;
  const query = new URLSearchParams();
  for (const { name, in: place, required = false, example, schema } of parameters) {
    const value = example ?? schema?.example;
    if (value === undefined && (place === 'path' || required)) return [];
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(String(value)));
    if (place === 'query' && value !== undefined) query.set(name, String(value));
  }
  const target = `${filled}${query.size > 0 ? `?${query.toString()}` : ''}`;
  if (requestBody === undefined) return [{ method, path: target }];
  const examples = Object.values(requestBody.content['application/json'].examples ?? {});
  return examples.map(({ value }) => ({ method, path: target, body: value }));
}

it.each(['producer', 'follower'])(
  'every example in the document of a new %s works as it stands',
  async (role) => {
    const node = role === 'producer' ? producer : follower;
    const document = await documentOf(node);
    const trials = trialsOf(document);
    const ids = Object.entries(document.paths).filter(
      ([path, { get }]) =>
        path.includes('{id}') || get?.parameters?.some(({ name, required }) => name === 'id' && required),
    );
    // All routes but those about an id, each with every example of its body.
    expect(new Set(trials.map(({ path }) => path.split('?')[0])).size).toBe(
      Object.keys(document.paths).length - ids.length,
    );
    // Twice: what works once, works again.
    for (const { method, path, body } of [...trials, ...trials]) {
      if (path.startsWith('/events')) continue;
      const answer = await call(node.url + path, body, { method });
      // There is no evidence against an honest producer.
      const expected = path.endsWith('/evidence') ? 4 : 2;
      expect([method, path, body, Math.floor(answer.status / 100)]).toEqual([method, path, body, expected]);
    }
  },
);

it('every request body has an example, and it is the example of its schema', async () => {
  const { paths, components } = await documentOf(producer);
  const bodies = Object.entries(paths).flatMap(([path, item]) =>
    Object.values(item).flatMap(({ requestBody }) =>
      requestBody === undefined ? [] : [{ path, requestBody }],
    ),
  );
  expect(bodies.length).toBeGreaterThan(5);
  for (const { path, requestBody } of bodies) {
    const { schema, examples } = requestBody.content['application/json'] as {
      schema: { $ref: string };
      examples?: Record<string, Example>;
    };
    const [first] = Object.values(examples ?? {});
    expect([path, components.schemas[schema.$ref.split('/').at(-1)!]?.example]).toEqual([path, first?.value]);
  }
});

it('the document says under what licence, where, and how a token is sent', async () => {
  for (const node of [producer, follower]) {
    const { openapi, info, servers, components } = await documentOf(node);
    expect(openapi).toBe('3.1.0');
    expect(info.license).toEqual({ name: 'MIT', identifier: 'MIT' });
    expect(servers).toEqual([{ url: '/', description: 'This node' }]);
    expect(components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } });
  }
});
