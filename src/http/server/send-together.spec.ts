import { setImmediate as nextTurn } from 'node:timers/promises';
import { fastify as makeFastify, type FastifyInstance } from 'fastify';
import { sendTogether } from './send-together.js';

let fastify: FastifyInstance;
let story: string[];

beforeEach(() => {
  fastify = makeFastify();
  story = [];
  sendTogether(fastify);
  // Hooks run in their order: this one meets an answer when it goes.
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    story.push(`sent ${request.url}`);
    done(null, payload);
  });
  fastify.all('/:name', (request) => {
    story.push(`made ${request.url}`);
    return { url: request.url };
  });
});

afterEach(() => fastify.close());

async function ask(method: 'GET' | 'POST', ...urls: readonly string[]): Promise<void> {
  const answers = await Promise.all(urls.map((url) => fastify.inject({ method, url })));
  expect(answers.map((answer) => answer.json<unknown>())).toEqual(urls.map((url) => ({ url })));
}

test('the first answer of a turn goes at once, the rest at its end, in order', async () => {
  await fastify.ready();
  await ask('GET', '/1', '/2', '/3');
  const at = (what: string): number => story.indexOf(what);
  expect(story).toHaveLength(6);
  expect(story.filter((what) => what.startsWith('sent'))).toEqual(['sent /1', 'sent /2', 'sent /3']);
  expect(at('made /3')).toBeLessThan(at('sent /2'));
});

test('an answer alone in its turn waits for nothing', async () => {
  await fastify.ready();
  for (const url of ['/1', '/2']) {
    story = [];
    const answered = ask('GET', url);
    setImmediate(() => story.push('turn over'));
    await answered;
    await nextTurn();
    expect(story).toEqual([`made ${url}`, `sent ${url}`, 'turn over']);
  }
});

test('answers to POSTs wait for no end of a turn', async () => {
  await fastify.ready();
  const answered = ask('POST', '/1', '/2', '/3');
  setImmediate(() => story.push('turn over'));
  await answered;
  await nextTurn();
  expect(story.slice(0, 6).filter((what) => what.startsWith('sent'))).toHaveLength(3);
  expect(story.at(-1)).toBe('turn over');
});
