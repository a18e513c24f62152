import { ALICE, BOB, ChainBuilder, ISSUER } from '../../test/support/chain-builder.js';
import type { Clock } from '../ledger/clock.js';
import { SYSTEM_CLOCK } from '../ledger/system-clock.js';
import { BpscClient } from './client.js';
import type { ClientOptions } from './node-contact.js';
import {
  InvalidRequestError,
  OutcomeUnknownError,
  RefusedError,
  UnavailableError,
  type BpscError,
} from './errors.js';
import { KeySigner } from './signer.js';
import { problem, StubNode, type Behaviour } from './testing/stub-node.js';

const chain = ChainBuilder.signed();
const alice = new KeySigner(Buffer.from('a1'.repeat(32), 'hex'));
const FAST: ClientOptions = { retries: 3, timeoutMs: 200, backoffMs: 2, backoffMsMax: 8 };

let node: StubNode;
beforeEach(async () => {
  node = await StubNode.start(chain, ChainBuilder.information());
});
afterEach(() => node.close());

const client = (options: ClientOptions = {}): BpscClient => new BpscClient(node.url, { ...FAST, ...options });
const order = { from: alice, to: BOB.address, amount: '12.50' };

async function failure(action: Promise<unknown>): Promise<BpscError> {
  return action.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error as BpscError,
  );
}

/** Each POST was the same, byte for byte. */
function expectOneRequest(attempts: number): void {
  expect(node.posts).toHaveLength(attempts);
  expect(new Set(node.posts.map(({ text }) => text)).size).toBe(1);
}

describe('a payment', () => {
  it('is signed, sent once, and answered with what was accepted', async () => {
    const { repeated, block, transaction } = await client().send({ ...order, memo: 'lunch' });
    expect([repeated, block]).toEqual([false, 2]);
    expect(transaction).toMatchObject({
      type: 'transfer',
      sender: ALICE.address,
      recipient: BOB.address,
      amountSend: '12.5',
      amountReceive: '12.499375',
      fee: '0.000625',
      memo: 'lunch',
      publicKey: ALICE.publicKey,
    });
    expectOneRequest(1);
    expect(node.posts[0]!.body.nonce).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('has another nonce each time, and the caller’s where there is one', async () => {
    await client().send(order);
    await client().send(order);
    await client().send({ ...order, nonce: 'order:7' });
    const nonces = node.posts.map(({ body }) => body.nonce);
    expect(new Set(nonces).size).toBe(3);
    expect(nonces[2]).toBe('order:7');
  });

  it.each<[string, Behaviour[]]>([
    ['its answer is lost', ['lose']],
    ['the connection breaks', ['drop', 'drop']],
    ['the node says nothing', ['hang']],
    ['the node is busy', [problem(503, 'QUEUE_FULL', { 'retry-after': '0' }), problem(429, 'RATE_LIMITED')]],
    ['all of it happens', ['lose', 'hang', problem(503, 'STOPPING')]],
  ])('is made once when %s', async (_name, script) => {
    node.script.push(...script);
    const { transaction } = await client().send(order);
    expectOneRequest(script.length + 1);
    expect(node.accepted).toHaveLength(1);
    expect(transaction.id).toBe(node.accepted[0]!.id);
  });

  it('says that it was accepted before', async () => {
    node.script.push('lose');
    expect((await client().send(order)).repeated).toBe(true);
  });

  it('waits as long as the node asks for', async () => {
    node.script.push(problem(429, 'RATE_LIMITED', { 'retry-after': '7' }));
    const waits: number[] = [];
    const clock: Clock = {
      now: () => SYSTEM_CLOCK.now(),
      elapsed: () => SYSTEM_CLOCK.elapsed(),
      random: () => 0.5,
      after(ms, callback, name) {
        if (name === undefined) return SYSTEM_CLOCK.after(ms, callback);
        waits.push(ms);
        return SYSTEM_CLOCK.after(0, callback);
      },
    };
    await client({ clock }).send(order);
    expect(waits).toEqual([7000 + FAST.backoffMs! / 2]);
  });

  it('leaves its outcome unknown when no answer comes, and can be repeated under its nonce', async () => {
    node.script.push('lose', 'drop', 'drop', 'hang');
    const error = await failure(client().send(order));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    const { nonce, request } = error as OutcomeUnknownError;
    expect(error.message).toContain(nonce);
    expectOneRequest(4);
    const again = await client().submit(request, { mayHaveBeenSent: true });
    expect([again.repeated, again.transaction.nonce]).toEqual([true, nonce]);
    expectOneRequest(5);
    expect(node.accepted).toHaveLength(1);
  });

  it.each([422, 400, 401, 404, 413])('is refused once, with status %p', async (status) => {
    node.script.push(problem(status, 'OVERDRAWN'));
    const error = await failure(client().send(order));
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({
      status,
      code: 'OVERDRAWN',
      message: 'says OVERDRAWN',
      errors: [{ field: 'amount', message: 'says OVERDRAWN' }],
      nonce: node.posts[0]!.body.nonce,
    });
    expectOneRequest(1);
  });

  it('is refused by a rule of the chain also after an attempt without an answer', async () => {
    node.script.push('drop', problem(422, 'OVERDRAWN'));
    expect(await failure(client().send(order))).toBeInstanceOf(RefusedError);
  });

  it.each<[string, Behaviour]>([
    ['wants another token', problem(401, 'UNAUTHORIZED')],
    ['knows no such route', problem(404, 'NOT_FOUND')],
    ['is a proxy that refuses', (response) => void response.writeHead(422).end('no')],
  ])('is not called refused when the node, after an attempt without an answer, %s', async (_name, then) => {
    node.script.push('lose', then);
    expect(await failure(client().send(order))).toBeInstanceOf(OutcomeUnknownError);
    expectOneRequest(2);
  });

  it.each<[string, Behaviour]>([
    ['500', problem(500, 'INTERNAL')],
    ['502', (response) => void response.writeHead(502).end()],
    ['201 with rubbish', (response) => void response.writeHead(201).end('rubbish')],
    ['201 with nothing', (response) => void response.writeHead(201).end('{}')],
  ])('leaves its outcome unknown after %s', async (_name, answer) => {
    node.script.push(answer);
    expect(await failure(client().send(order))).toBeInstanceOf(OutcomeUnknownError);
    expectOneRequest(1);
  });

  it('takes a proxy’s 503 for no word of the node’s', async () => {
    const silent: Behaviour = (response) => void response.writeHead(503).end();
    node.script.push(silent, silent, silent, silent);
    expect(await failure(client().send(order))).toBeInstanceOf(OutcomeUnknownError);
  });

  it('was not made when the node had no time at all', async () => {
    const busy = problem(503, 'DISK_FULL');
    node.script.push(busy, busy, busy, busy);
    expect(await failure(client().send(order))).toMatchObject({ name: 'RefusedError', code: 'DISK_FULL' });
  });

  it('was not made when nobody was there', async () => {
    const prepared = client();
    const request = await prepared.prepareSend(order);
    const { url } = node;
    await node.close();
    const error = await failure(prepared.submit(request));
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error.message).toMatch(/^http.*: \/transactions\/new: connect ECONNREFUSED/);
    expect(await failure(prepared.submit(request, { mayHaveBeenSent: true }))).toBeInstanceOf(
      OutcomeUnknownError,
    );
    expect(await failure(new BpscClient(url, FAST).send(order))).toBeInstanceOf(UnavailableError);
    node = await StubNode.start();
  });

  it('does not follow where the node points to', async () => {
    node.script.push((response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end());
    expect(await failure(client().send(order))).toMatchObject({
      name: 'RefusedError',
      message: '/transactions/new redirects, which is not followed',
    });
  });

  it('is found out when the node accepts another one', async () => {
    const body = (): Record<string, unknown> => ({ ...node.posts[0]!.body, amount: '12.5' });
    node.script.push((response) => {
      const other = chain.transfer({ ...body(), amount: '12.6' });
      response.writeHead(201).end(JSON.stringify({ message: '', index: 2, transaction: other }));
    });
    const error = await failure(client().send(order));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error.message).toContain('answers with another transaction than it was sent');
  });

  it('ends when the caller stops it, with its outcome unknown once it was sent', async () => {
    const stop = new AbortController();
    node.script.push(() => stop.abort());
    const error = await failure(client().send(order, { signal: stop.signal }));
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    const stopped = await failure(client().send(order, { signal: stop.signal }));
    expect(stopped.name).toBe('AbortError');
    expectOneRequest(1);
  });

  it('carries the node’s token, reading does not', async () => {
    await client({ apiToken: 'a-token-of-16-chars' }).send(order);
    expect(node.posts[0]!.headers.authorization).toBe('Bearer a-token-of-16-chars');
  });
});

describe('the other requests', () => {
  it('accept and decline holds', async () => {
    const id = 'ab'.repeat(32);
    const bob = new KeySigner(Buffer.from('b2'.repeat(32), 'hex'));
    const { transaction } = await client().accept(id, { from: bob });
    expect(transaction).toMatchObject({ type: 'accept', transfer: id, sender: BOB.address });
    expect((await client().decline(id, { from: bob })).transaction.type).toBe('decline');
    expect(node.posts.map(({ path }) => path)).toEqual([
      `/transactions/${id}/accept`,
      `/transactions/${id}/decline`,
    ]);
  });

  it('issue tokens, as the issuer alone', async () => {
    const issuer = new KeySigner(Buffer.from('e5'.repeat(32), 'hex'));
    const { transaction } = await client().issue({ ...order, from: issuer });
    expect(transaction).toMatchObject({ type: 'issue', amountSend: '12.5', sender: ISSUER.address });
    expect(await failure(client().issue(order))).toMatchObject({
      name: 'InvalidRequestError',
      message: `from must be the issuer ${ISSUER.address}`,
    });
  });

  it('erase a record, once', async () => {
    node.script.push('lose');
    const id = 'ab'.repeat(32);
    const accepted = await client().erase(id, { reason: 'asked for' });
    expect(accepted).toEqual({ id: node.accepted[0]!.id, block: 2, repeated: true });
    expectOneRequest(2);
    expect(node.posts[0]).toMatchObject({
      path: `/information/${id}/erase`,
      body: { reason: 'asked for' },
    });
    expect(await failure(client().erase(id, { reason: 'x'.repeat(257) }))).toBeInstanceOf(
      InvalidRequestError,
    );
    expect(await failure(client().erase('none'))).toBeInstanceOf(InvalidRequestError);
  });

  it('record information, once', async () => {
    node.script.push('lose');
    const value = { b: 1, a: 'ü' };
    const accepted = await client().inform(value);
    expect(accepted).toEqual({ id: node.accepted[0]!.id, block: 2, repeated: true });
    expectOneRequest(2);
    expect(node.posts[0]!.body.information).toEqual(value);
    expect(await failure(client().inform(Number.NaN))).toBeInstanceOf(InvalidRequestError);
    expect(await failure(client().inform('x'.repeat(65_536)))).toBeInstanceOf(InvalidRequestError);
  });
});

describe('before anything is sent', () => {
  const typo = `${BOB.address.slice(0, -1)}${BOB.address.endsWith('q') ? 'p' : 'q'}`;
  it.each<[string, object, string]>([
    ['an address with a typing error', { to: typo }, 'to must be a wallet'],
    ['a name where wallets are signed', { to: 'bob' }, 'to must be a wallet'],
    ['a sender without a key', { from: 'alice' }, 'from must be a signer'],
    ['the sender as recipient', { to: ALICE.address }, 'to must be another wallet'],
    ['no amount', { amount: '0' }, 'amount must be above zero'],
    ['a negative amount', { amount: '-1' }, 'amount must be a number above zero'],
    ['an exponent', { amount: '1e3' }, 'amount must be a number above zero'],
    ['a number', { amount: 1 }, 'amount must be a decimal string'],
    ['too many decimals', { amount: `0.${'1'.repeat(19)}` }, 'amount must have at most 18 decimals'],
    ['less than the fee', { amount: '0.000000000000000001' }, 'amount is so small'],
    ['a long memo', { memo: 'x'.repeat(257) }, 'memo must be a string'],
    ['long metadata', { metadata: { a: 'x'.repeat(4096) } }, 'metadata must be a JSON object'],
    ['a strange nonce', { nonce: 'a b' }, 'nonce must be 1 to 64 characters'],
    ['no time', { holdUntil: new Date('x') }, 'holdUntil must be a time'],
    [
      'a signer whose address is another’s',
      { from: { address: ISSUER.address, publicKey: ALICE.publicKey, sign: async () => '' } },
      'from is a signer whose address isn’t that of its key',
    ],
    [
      'a signature of another key',
      {
        from: {
          address: ALICE.address,
          publicKey: ALICE.publicKey,
          sign: async (text: string) => BOB.sign(text),
        },
      },
      'from is a signer whose signature isn’t by its key',
    ],
  ])('%s is refused', async (_name, changes, message) => {
    const error = await failure(client().send({ ...order, ...changes }));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error.message).toContain(message);
    expect(node.posts).toHaveLength(0);
  });

  it.each<[string, string, ClientOptions]>([
    ['no URL', 'localhost:5000', {}],
    ['another scheme', 'ftp://a', {}],
    ['a password', 'http://u:p@a', {}],
    ['a strange id', 'http://a', { chainId: 'x' }],
    ['a strange key', 'http://a', { producer: 'AB'.repeat(32) }],
  ])('%s is refused', (_name, url, options) => {
    expect(() => new BpscClient(url, options)).toThrow(InvalidRequestError);
  });

  it('another chain is found out, and nothing is signed for it', async () => {
    const sign = jest.fn();
    const from = { address: ALICE.address, publicKey: ALICE.publicKey, sign };
    const error = await failure(client({ chainId: 'ab'.repeat(32) }).send({ ...order, from }));
    expect(error).toMatchObject({ name: 'FaultError', code: 'CHAIN_MISMATCH' });
    expect(await failure(client({ producer: 'ab'.repeat(32) }).send(order))).toMatchObject({
      code: 'PRODUCER_MISMATCH',
    });
    expect(sign).not.toHaveBeenCalled();
  });

  it('a request that was prepared for another chain is refused', async () => {
    const request = await client().prepareSend(order);
    node.chains = [ChainBuilder.signed({ created_at: 1_760_000_000_001 })];
    const error = await failure(client().submit(request));
    expect(error.message).toMatch(/^request is for the chain /);
    expect(node.posts).toHaveLength(0);
  });

  it('the chain of the first contact stays the only one', async () => {
    const known = client();
    await known.chains();
    node.chains = [ChainBuilder.signed({ created_at: 1_760_000_000_001 })];
    expect(await failure(known.chains())).toMatchObject({ code: 'CHAIN_MISMATCH' });
  });
});

describe('where wallets are open', () => {
  it('a name sends, and nothing is signed', async () => {
    node.chains = [ChainBuilder.token()];
    const { transaction } = await client().send({ from: 'alice', to: 'bob', amount: '1000000' });
    expect(transaction).toMatchObject({ sender: 'alice', fee: '50', signature: undefined });
    expect(Object.keys(node.posts[0]!.body).sort()).toEqual(['amount', 'nonce', 'recipient', 'sender']);
  });
});
