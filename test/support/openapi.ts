/** Holds every answer that a test gets against the node's own OpenAPI document, which thereby stays true. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** As it came: a node's `/api-json`, or what makes it. */
export type ApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | undefined>>>>;
};

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

interface EventSchema {
  readonly properties: {
    readonly event: { readonly enum: readonly [string] };
    readonly data: { readonly contentSchema: { readonly $ref: string } };
  };
}

export interface ApiAnswer {
  readonly method: string;
  /** with its query, if it has one */
  readonly path: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** One of those that GET /events sends. */
export interface ApiEvent {
  readonly type: string;
  readonly data: unknown;
}

const PROBLEM = 'application/problem+json';
const NDJSON = 'application/x-ndjson';
/** Served beside the API: the explorer, and the API's own page and document. */
const BESIDE = /^\/(?:$|explorer(?:\/|$)|tlog\/|api(?:$|[/-])|favicon\.ico$)/;

export class ApiSchema {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly operations: readonly { pattern: RegExp; path: string; methods: readonly string[] }[];
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly document: ApiDocument) {
    // What isn't in the document isn't in an answer.
    this.ajv.addSchema(closed(document) as object, 'api');
    this.operations = Object.entries(document.paths)
      .map(([path, item]) => ({ path, pattern: patternOf(path), methods: Object.keys(item) }))
      // /transactions/pending before /transactions/{id}
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length);
  }

  /** @throws Error that says how an answer is not what the document says */
  check(answer: ApiAnswer): void {
    const wrong = this.wrongWith(answer);
    if (wrong === undefined) return;
    const { method, path, status, text } = answer;
    throw new Error(
      `${method} ${path} → ${status} is not what /api-json says: ${wrong}\n${text.slice(0, 2000)}`,
    );
  }

  /** @throws Error that says how an event's data is not what the document says */
  checkEvent({ type, data }: ApiEvent): void {
    const events = this.eventSchemas();
    const schema = events[type];
    const text = JSON.stringify(data);
    const wrong =
      schema === undefined
        ? `of the events ${Object.keys(events).join(', ')} it is none`
        : this.mismatch(schema, text);
    if (wrong === undefined) return;
    throw new Error(`the event ${type} is not what /api-json says: ${wrong}\n${text.slice(0, 2000)}`);
  }

  private eventSchemas(): Readonly<Record<string, string>> {
    const stream = this.document.paths['/events']?.get?.responses['200']?.content?.['text/event-stream'];
    const { schema } = stream as {
      readonly schema: { readonly items: { readonly anyOf: readonly EventSchema[] } };
    };
    return Object.fromEntries(
      schema.items.anyOf.map(({ properties: { event, data } }) => [event.enum[0], data.contentSchema.$ref]),
    );
  }

  private wrongWith({ method, path, status, contentType, text }: ApiAnswer): string | undefined {
    const asked = path.split('?')[0] ?? '';
    if (method === 'OPTIONS' || BESIDE.test(asked)) return undefined;
    const type = contentType?.split(';')[0]?.trim().toLowerCase();
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    const matching = this.operations.filter(({ pattern }) => pattern.test(asked));
    const found =
      // The path is of the closest route, whose methods are others.
      status === 405 && matching[0]?.methods.includes(name) === false
        ? undefined
        : matching.find(({ methods }) => methods.includes(name));
    if (found === undefined) {
      if (status < 400) return 'there is no such route';
      return type === PROBLEM ? this.mismatch('#/components/schemas/ProblemDto', text) : `it is ${type}`;
    }
    const { responses } = this.document.paths[found.path]?.[name] ?? { responses: {} };
    // A route that only a test has.
    if (!Object.entries(responses).some(([code, { content }]) => code < '400' && content !== undefined)) {
      return undefined;
    }
    const response = responses[status];
    if (response === undefined) return `of the statuses ${Object.keys(responses).join(', ')} it is none`;
    if (method === 'HEAD' || text === '') return undefined;
    if (response.content === undefined) return 'it has a body';
    if (type === undefined || !(type in response.content)) {
      return `it is ${type}, not ${Object.keys(response.content).join(', ')}`;
    }
    const pointer = ['paths', found.path, name, 'responses', String(status), 'content', type, 'schema'];
    const schema = `#/${pointer.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
    if (type === NDJSON) {
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line) => this.mismatch(schema, line)).find((wrong) => wrong !== undefined);
    }
    return type.includes('json') ? this.mismatch(schema, text) : undefined;
  }

  private mismatch(pointer: string, text: string): string | undefined {
    let validate = this.validators.get(pointer);
    if (validate === undefined) {
      validate = this.ajv.compile({ $ref: `api${encodeURI(pointer)}` });
      this.validators.set(pointer, validate);
    }
    return validate(JSON.parse(text)) ? undefined : this.ajv.errorsText(validate.errors);
  }
}

/** With every object that has properties closed against others. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key.startsWith('example') ? value : closed(value)]),
  );
  const isObject = copy.type === 'object' && copy.properties !== undefined;
  return isObject && copy.additionalProperties === undefined
    ? { ...copy, additionalProperties: false }
    : copy;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

const schemas = new Map<string, Promise<ApiSchema>>();

/** Checks what was fetched from a real node. */
export async function checkFetched(url: string, answer: Omit<ApiAnswer, 'path'>): Promise<void> {
  const { origin, pathname } = new URL(url);
  (await schemaOf(origin)).check({ ...answer, path: pathname });
}

/** Checks the events that a real node sent. */
export async function checkEvents(url: string, events: readonly ApiEvent[]): Promise<void> {
  if (events.length === 0) return;
  const schema = await schemaOf(new URL(url).origin);
  for (const event of events) schema.checkEvent(event);
}

function schemaOf(origin: string): Promise<ApiSchema> {
  let schema = schemas.get(origin);
  if (schema === undefined) {
    schema = fetchSchema(origin);
    schemas.set(origin, schema);
  }
  return schema;
}

async function fetchSchema(origin: string): Promise<ApiSchema> {
  const response = await fetch(`${origin}/api-json`);
  if (!response.ok) throw new Error(`${origin} answers GET /api-json with ${response.status}`);
  return new ApiSchema((await response.json()) as ApiDocument);
}
