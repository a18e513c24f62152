// The ceiling: what Fastify alone makes of the same request, checked against the same schema, stored nowhere.
import Fastify from 'fastify';

const name = { type: 'string', minLength: 1, maxLength: 128 };
const body = {
  type: 'object',
  additionalProperties: false,
  required: ['sender', 'recipient', 'amount'],
  properties: {
    sender: name,
    recipient: name,
    amount: { type: ['string', 'number'] },
    memo: { type: 'string', maxLength: 256 },
    nonce: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,64}$' },
  },
};

const app = Fastify();
app.post('/transactions/new', { schema: { body } }, (request, reply) => {
  const message = 'Transaction will be added to Block 2';
  return reply.code(201).send({ message, index: 2, transaction: request.body });
});
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.once('disconnect', () => process.exit());
process.send({ url });
