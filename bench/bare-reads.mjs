// The ceiling of reads: Fastify alone, which answers with the very bytes that a node answered with, from memory.
import Fastify from 'fastify';

const answers = new Map();

const app = Fastify();
app.get('/*', (request, reply) => {
  const { type, body } = answers.get(request.url);
  return reply.type(type).send(body);
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.once('disconnect', () => process.exit());
process.on('message', async ({ from, paths }) => {
  for (const path of paths) {
    const answer = await fetch(`${from}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    const body = Buffer.from(await answer.arrayBuffer());
    answers.set(path, { type: answer.headers.get('content-type'), body });
  }
  process.send({ learnt: paths.length });
});
process.send({ url });
