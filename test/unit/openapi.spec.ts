import { ApiSchema, type ApiAnswer } from '../support/openapi.js';

const OBJECT = { type: 'object', required: ['index'], properties: { index: { type: 'integer' } } };
const stream = {
  anyOf: [
    {
      properties: {
        event: { enum: ['block'] },
        data: { type: 'string', contentSchema: { $ref: '#/components/schemas/Block' } },
      },
    },
  ],
};

const schema = new ApiSchema({
  paths: {
    '/events': {
      get: {
        responses: {
          200: { content: { 'text/event-stream': { schema: { type: 'array', items: stream } } } },
        },
      },
    },
    '/blocks/{index}': {
      get: {
        responses: {
          200: {
            content: {
              'application/json': { schema: { $ref: '#/components/schemas/Block' } },
              'application/x-ndjson': { schema: { $ref: '#/components/schemas/Block' } },
            },
          },
          304: {},
          404: {
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      Block: OBJECT,
      ProblemDto: { type: 'object', required: ['code'], properties: { code: { type: 'string' } } },
    },
  },
} as never);

const good: ApiAnswer = {
  method: 'GET',
  path: '/blocks/7?x=1',
  status: 200,
  contentType: 'application/json; charset=utf-8',
  text: '{"index":7}',
};
const check = (changed: Partial<ApiAnswer>) => (): void => schema.check({ ...good, ...changed });
const problem = { status: 404, contentType: 'application/problem+json', text: '{"code":"NOT_FOUND"}' };

test.each<[string, Partial<ApiAnswer>]>([
  ['what the document says', {}],
  ['lines', { contentType: 'application/x-ndjson', text: '{"index":7}\n{"index":8}\n' }],
  ['nothing new', { status: 304, contentType: undefined, text: '' }],
  ['a problem that is named', problem],
  ['a problem of a path that there is not', { ...problem, path: '/nope' }],
  ['a problem of a method that there is not', { ...problem, method: 'POST', status: 405 }],
  ['the headers alone', { method: 'HEAD', text: '' }],
  ['the explorer', { path: '/explorer/chains', contentType: 'text/html', text: '<html>' }],
])('lets pass %s', (_what, changed) => {
  expect(check(changed)).not.toThrow();
});

test.each<[string, Partial<ApiAnswer>, RegExp]>([
  ['a field that is missing', { text: '{}' }, /must have required property 'index'/],
  ['a field of another type', { text: '{"index":"7"}' }, /must be integer/],
  ['a field that is not named', { text: '{"index":7,"more":1}' }, /must NOT have additional properties/],
  ['a wrong line', { contentType: 'application/x-ndjson', text: '{"index":7}\n{}\n' }, /required/],
  ['another status', { status: 202 }, /of the statuses 200, 304, 404 it is none/],
  ['another problem', { ...problem, status: 503 }, /it is none/],
  ['another type', { contentType: 'text/plain' }, /it is text\/plain/],
  ['a route that is not named', { path: '/blocks' }, /there is no such route/],
  ['a body where there is none', { status: 304 }, /it has a body/],
  ['a bare 404', { path: '/nope', status: 404, contentType: 'application/json' }, /it is application\/json/],
])('finds %s', (_what, changed, message) => {
  expect(check(changed)).toThrow(message);
});

test('holds the data of an event against its schema', () => {
  const checkEvent = (type: string, data: unknown) => (): void => schema.checkEvent({ type, data });
  expect(checkEvent('block', { index: 7 })).not.toThrow();
  expect(checkEvent('block', { index: '7' })).toThrow(/must be integer/);
  expect(checkEvent('entry', {})).toThrow(/of the events block it is none/);
});
