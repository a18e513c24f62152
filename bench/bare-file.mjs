// The ceiling of a whole chain: Fastify alone, which streams a file.
import { createReadStream } from 'node:fs';
import Fastify from 'fastify';

const state = { file: undefined };

const app = Fastify();
app.get('/chain', (_request, reply) =>
  reply.type('application/json; charset=utf-8').send(createReadStream(state.file)),
);
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.once('disconnect', () => process.exit());
process.on('message', ({ file }) => {
  state.file = file;
  process.send({ serves: file });
});
process.send({ url });
