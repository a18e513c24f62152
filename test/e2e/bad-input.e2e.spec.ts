import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';

let node: NodeProcess;
beforeAll(async () => {
  node = await startNode(producerIn(temporaryFolder(), { TOKEN_DECIMALS: '6' }));
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

const good = { sender: 'alice', recipient: 'bob', amount: '10' };
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** What a refused request must not change. */
async function state(): Promise<unknown> {
  const [chains, pending] = await Promise.all([
    call(`${node.url}/chains`),
    call(`${node.url}/transactions/pending`),
  ]);
  return [(chains.body as { chains: unknown }).chains, pending.body];
}

let before: unknown;
beforeEach(async () => {
  before = await state();
});

async function expectRefused(
  route: string,
  body: unknown,
  status: number,
  code: string,
  field?: string,
): Promise<Record<string, unknown>> {
  const answer = await call(`${node.url}${route}`, body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({
    status,
    title: expect.any(String),
    detail: expect.any(String),
    type: expect.any(String),
  });
  if (field !== undefined) {
    expect(answer.body.errors).toEqual([{ field, message: expect.stringMatching(/./) }]);
  }
  expect(await state()).toEqual(before);
  return answer.body;
}

describe('a malformed body', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{"sender":'],
    ['two values', '{} {}'],
    ['a byte order of its own', '\u0000{}'],
    ['NaN', '{"sender":"alice","recipient":"bob","amount":NaN}'],
    ['a key that is there twice', '{"sender":"alice","sender":"alice","recipient":"bob","amount":1}'],
    [
      'a key that is there twice in disguise',
      '{"sender":"alice","s\\u0065nder":"alice","recipient":"bob","amount":1}',
    ],
    ['a lone surrogate', '{"sender":"\\ud800","recipient":"bob","amount":1}'],
    ['__proto__', '{"__proto__":{"sender":"mallory"},"sender":"alice","recipient":"bob","amount":1}'],
    ['an endless number', '{"sender":"alice","recipient":"bob","amount":1e400}'],
  ])('is refused: %s', async (_name, body) => {
    const answer = await call(`${node.url}/transactions/new`, body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      400,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(['MALFORMED_JSON', 'INVALID_INPUT']).toContain(answer.body.code);
    expect(await state()).toEqual(before);
  });

  it('is refused: not UTF-8', async () => {
    const body = new Uint8Array([
      ...Buffer.from('{"sender":"'),
      0xff,
      ...Buffer.from('","recipient":"bob","amount":1}'),
    ]);
    await expectRefused('/transactions/new', body, 400, 'MALFORMED_JSON');
  });

  it('is refused: of another type', async () => {
    const answer = await call(`${node.url}/transactions/new`, 'sender=alice', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([answer.status, answer.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it.each([
    ['/transactions/new', 1],
    ['/information/new', 1],
    ['/transactions/batch', 8],
  ])('is refused: too large for %s', async (route, mebibytes) => {
    const body = JSON.stringify({ ...good, memo: 'x'.repeat(mebibytes * 1024 * 1024) });
    await expectRefused(route, body, 413, 'BODY_TOO_LARGE');
  });

  it.each([['null'], ['[]'], ['"text"'], ['7']])('is refused: %s', async (body) => {
    const answer = await call(`${node.url}/transactions/new`, body);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
  });
});

describe('a transaction', () => {
  const without = (field: keyof typeof good): object =>
    Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));

  it.each<[string, string, object]>([
    ['sender', 'missing', without('sender')],
    ['recipient', 'missing', without('recipient')],
    ['amount', 'missing', without('amount')],
    ['sender', 'empty', { ...good, sender: '' }],
    ['sender', 'too long', { ...good, sender: 'x'.repeat(129) }],
    ['sender', 'a number', { ...good, sender: 7 }],
    ['sender', 'null', { ...good, sender: null }],
    ['sender', 'an object', { ...good, sender: { name: 'alice' } }],
    ['sender', 'with a space in front', { ...good, sender: ' alice' }],
    ['recipient', 'with a tab', { ...good, recipient: 'bo\tb' }],
    ['recipient', 'with a NUL', { ...good, recipient: 'bob\u0000' }],
    ['recipient', 'with a C1 control', { ...good, recipient: 'b\u0085b' }],
    ['recipient', 'the sender', { ...good, recipient: 'alice' }],
    ['amount', 'negative', { ...good, amount: '-1' }],
    ['amount', 'a negative number', { ...good, amount: -1 }],
    ['amount', 'zero', { ...good, amount: 0 }],
    ['amount', 'zero as text', { ...good, amount: '0.000' }],
    ['amount', 'NaN as text', { ...good, amount: 'NaN' }],
    ['amount', 'with an exponent as text', { ...good, amount: '1e3' }],
    ['amount', 'in hexadecimal', { ...good, amount: '0x10' }],
    ['amount', 'with a comma', { ...good, amount: '1,5' }],
    ['amount', 'empty', { ...good, amount: '' }],
    ['amount', 'true', { ...good, amount: true }],
    ['amount', 'in an array', { ...good, amount: ['1'] }],
    ['amount', 'with more decimals than the token has', { ...good, amount: '1.0000001' }],
    ['amount', 'so small that nothing would arrive', { ...good, amount: '0.000001' }],
    ['amount', 'with 31 digits before the point', { ...good, amount: '1'.repeat(31) }],
    ['amount', 'as a number that is too large', { ...good, amount: 1e300 }],
    ['memo', 'too long', { ...good, memo: 'é'.repeat(129) }],
    ['memo', 'a number', { ...good, memo: 7 }],
    ['memo', 'null', { ...good, memo: null }],
    ['hold_until', 'a text', { ...good, hold_until: 'tomorrow' }],
    ['hold_until', 'a fraction', { ...good, hold_until: 1.5 }],
    ['hold_until', 'negative', { ...good, hold_until: -1 }],
    ['hold_until', 'null', { ...good, hold_until: null }],
    ['public_key', 'no hex', { ...good, public_key: 'x' }],
    ['public_key', 'of no use under the policy open', { ...good, public_key: 'ab'.repeat(32) }],
    ['signature', 'of no use under the policy open', { ...good, signature: 'ab'.repeat(64) }],
    ['nonce', 'null', { ...good, nonce: null }],
    ['nonce', 'empty', { ...good, nonce: '' }],
    ['nonce', 'too long', { ...good, nonce: 'n'.repeat(65) }],
    ['nonce', 'with a space', { ...good, nonce: 'a b' }],
    ['colour', 'a field that is not there', { ...good, colour: 'red' }],
  ])('is refused for its %s: %s', async (field, _name, body) => {
    await expectRefused('/transactions/new', body, 400, 'INVALID_INPUT', field);
  });

  it('is refused for a number that may have been rounded on its way, and taken as a string', async () => {
    const body = await expectRefused(
      '/transactions/new',
      '{"sender":"alice","recipient":"bob","amount":1234567890.1234567}',
      400,
      'INVALID_INPUT',
      'amount',
    );
    expect(body.detail).toMatch(/17 significant digits.*send it as a string/);
    const taken = await call(`${node.url}/transactions/new`, {
      ...good,
      amount: '1234567890123456789012.123456',
    });
    expect(taken.body).toMatchObject({ transaction: { amount_send: '1234567890123456789012.123456' } });
  });

  it('names every wrong field at once, what the contract refuses and the header included', async () => {
    const { body } = await call(
      `${node.url}/transactions/new`,
      { sender: '', amount: '0.0000001', memo: null, extra: 1 },
      { headers: { 'idempotency-key': 'a b' } },
    );
    const errors = body.errors as { field: string; message: string }[];
    expect(errors.map(({ field }) => field)).toEqual([
      ...['sender', 'recipient', 'memo', 'Idempotency-Key', 'amount', 'extra'],
    ]);
    expect(errors[1]).toEqual({ field: 'recipient', message: 'is missing' });
  });

  it.each([['constructor'], ['toString'], ['hasOwnProperty'], ['valueOf'], ['isPrototypeOf']])(
    'is refused for a field called %s, also in a batch and in a query',
    async (name) => {
      await expectRefused('/transactions/new', { ...good, [name]: 1 }, 400, 'INVALID_INPUT', name);
      await expectRefused('/information/new', { information: 1, [name]: 1 }, 400, 'INVALID_INPUT', name);
      await expectRefused('/nodes/register', { nodes: ['a:1'], [name]: 1 }, 400, 'INVALID_INPUT', name);
      const batch = await call(`${node.url}/transactions/batch`, { transactions: [{ ...good, [name]: 1 }] });
      expect(batch.body).toMatchObject({ accepted: 0, results: [{ error: { errors: [{ field: name }] } }] });
      const query = await call(`${node.url}/transactions?${name}=1`);
      expect([query.status, query.body.errors]).toMatchObject([400, [{ field: name }]]);
    },
  );

  it.each<[string, string, object]>([
    ['80,000 unknown fields', '/transactions/new', {}],
    ['80,000 unknown fields', '/nodes/register', {}],
    ['80,000 unknown fields', '/information/new', {}],
    ['80,000 fields in its sender', '/transactions/new', { ...good, sender: 'all' }],
  ])('is refused with a short answer: %s on %s', async (_name, route, body) => {
    const many = Object.fromEntries(Array.from({ length: 80_000 }, (_, i) => [`k${i}`, 1]));
    const sent = 'sender' in body ? { ...body, sender: many } : { ...body, ...many };
    const answer = await call(`${node.url}${route}`, sent);
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(answer.text.length).toBeLessThan(20_000);
    if (!('sender' in body)) expect(answer.body.errors_omitted).toBeGreaterThan(79_800);
    expect(await state()).toEqual(before);
  });

  it('is refused by rule where its hold would end in the past, or nobody may do it', async () => {
    await expectRefused('/transactions/new', { ...good, hold_until: 1 }, 422, 'HOLD_TIME', 'hold_until');
    await expectRefused('/transactions/issue', good, 422, 'NOT_ISSUER', 'sender');
    const id = 'ab'.repeat(32);
    await expectRefused(`/transactions/${id}/accept`, { sender: 'bob' }, 422, 'HOLD_UNKNOWN', 'id');
    await expectRefused(
      `/transactions/${id}/decline`,
      { sender: 'bob', amount: 1 },
      400,
      'INVALID_INPUT',
      'amount',
    );
    await expectRefused('/transactions/x/decline', { sender: 'bob' }, 400, 'INVALID_INPUT', 'id');
  });

  it('may have names and memos in any script', async () => {
    const body = { sender: '爱丽丝', recipient: 'نورا 😀', amount: 1.5, memo: 'a "memo"\n\u2028<script>' };
    const { status, body: answer } = await call(`${node.url}/transactions/new`, body);
    expect([status, answer]).toEqual([
      201,
      expect.objectContaining({
        transaction: expect.objectContaining({
          sender: body.sender,
          recipient: body.recipient,
          memo: body.memo,
          amount_send: '1.5',
        }),
      }),
    ]);
    expect((await call(`${node.url}/wallets/${encodeURIComponent('نورا 😀')}`)).body).toMatchObject({
      received: '1.499925',
    });
  });
});

describe('a nonce', () => {
  it('gives the first answer again, and is refused for other content', async () => {
    const first = await call(`${node.url}/transactions/new`, { ...good, nonce: 'order-1' });
    expect([first.status, first.headers.get('idempotency-hit')]).toEqual([201, null]);
    await call(`${node.url}/mine`);
    const again = await call(`${node.url}/transactions/new`, { ...good, nonce: 'order-1', amount: 10 });
    expect([again.status, again.headers.get('idempotency-hit'), again.text]).toEqual([
      200,
      'true',
      first.text,
    ]);
    before = await state();
    await expectRefused(
      '/transactions/new',
      { ...good, nonce: 'order-1', amount: '11' },
      422,
      'NONCE_REUSED',
      'nonce',
    );
  });

  it('may come as the header Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'order-2' };
    const first = await call(`${node.url}/transactions/new`, good, { headers });
    expect(first.body).toMatchObject({ transaction: { nonce: 'order-2' } });
    expect((await call(`${node.url}/transactions/new`, { ...good, nonce: 'order-2' })).status).toBe(200);
    expect(
      (await call(`${node.url}/transactions/new`, good, { headers: { 'idempotency-key': '"order-2"' } }))
        .status,
    ).toBe(200);
    const both = await call(`${node.url}/transactions/new`, { ...good, nonce: 'order-3' }, { headers });
    expect([both.status, both.body.errors]).toEqual([
      400,
      [{ field: 'Idempotency-Key', message: expect.any(String) }],
    ]);
    expect(
      (await call(`${node.url}/transactions/new`, good, { headers: { 'idempotency-key': 'a b' } })).status,
    ).toBe(400);
  });

  it('makes information safe to repeat too', async () => {
    const first = await call(`${node.url}/information/new`, { information: { a: 1, b: 2 }, nonce: 'i1' });
    const again = await call(`${node.url}/information/new`, { nonce: 'i1', information: { b: 2, a: 1 } });
    expect([first.status, again.status, again.text, again.headers.get('idempotency-hit')]).toEqual([
      201,
      200,
      first.text,
      'true',
    ]);
    before = await state();
    await expectRefused('/information/new', { information: null, nonce: 'i1' }, 422, 'NONCE_REUSED', 'nonce');
  });
});

describe('information', () => {
  it.each<[string, string, string]>([
    ['missing', '{}', 'information'],
    ['nested 33 deep', `{"information":${nested(33)}}`, 'information'],
    ['nested ten thousand deep', `{"information":${nested(10_000)}}`, 'information'],
    ['over 64 KiB', JSON.stringify({ information: 'x'.repeat(65_535) }), 'information'],
    ['with a field beside it', '{"information":1,"colour":"red"}', 'colour'],
    ['with a wrong nonce', '{"information":1,"nonce":7}', 'nonce'],
    ['with an integer that would change', '{"information":{"id":1546130668394913822}}', 'information.id'],
    ['with a fraction that would', '{"information":[0,{"x":0.1000000000000000055}]}', 'information[1].x'],
    ['that is such a number', '{"information":1e-400}', 'information'],
    ['with a nonce of null', '{"information":1,"nonce":null}', 'nonce'],
  ])('is refused: %s', async (_name, body, field) => {
    const answer = await call(`${node.url}/information/new`, body);
    expect([answer.status, answer.body.errors]).toEqual([400, [{ field, message: expect.any(String) }]]);
    expect(await state()).toEqual(before);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['false', false],
    ['a number', 0],
    ['an empty text', ''],
    ['nested 32 deep', JSON.parse(nested(32))],
    ['64 KiB', 'x'.repeat(65_534)],
    [
      'keys that mean something elsewhere',
      { constructor: 1, toString: 2, length: 3, toJSON: 4, $ref: 5, '': 6 },
    ],
    ['numbers of many forms', [1e21, 1e-7, 3.141592653589793, -0.5, 333333333.3333333]],
    ['control characters', '\u0000\u001f\u007f'],
  ])('may be %s', async (_name, information) => {
    const { status, body } = await call(`${node.url}/information/new`, { information });
    expect(status).toBe(201);
    const kept = await call(`${node.url}/information/${body.id as string}`);
    expect(kept.body).toMatchObject({ status: 'pending', id: body.id });
    expect(kept.body.information).toEqual(information);
  });
});

describe('a batch', () => {
  it('accepts the good ones and says what is wrong with the others, in order', async () => {
    const transactions = [
      good,
      { ...good, amount: '-1' },
      'rubbish',
      { ...good, nonce: 'order-1', amount: 5 },
      { ...good, memo: 'last' },
    ];
    const { status, body } = await call(`${node.url}/transactions/batch`, { transactions });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      accepted: 2,
      results: [
        { index: expect.any(Number), transaction: { sender: 'alice' } },
        { error: { code: 'INVALID_INPUT', errors: [{ field: 'amount' }] } },
        { error: { code: 'INVALID_INPUT' } },
        { error: { code: 'NONCE_REUSED' } },
        { transaction: { memo: 'last' } },
      ],
    });
  });

  it('of which nothing is well-formed is refused with a short answer, which says how much is wrong', async () => {
    const answer = await call(`${node.url}/transactions/batch`, {
      transactions: Array.from({ length: 10_000 }, () => ({})),
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
    expect(answer.body.detail).toMatch(/^transactions\[0\]\.sender is missing; .*; and 29997 more$/);
    expect([(answer.body.errors as object[]).length, answer.body.errors_omitted]).toEqual([100, 29_900]);
    expect(answer.text.length).toBeLessThan(20_000);
    expect(await state()).toEqual(before);
  });

  it('says of each transaction what is wrong with it, in proportion to the request', async () => {
    const transactions = [good, ...Array.from({ length: 9999 }, () => ({}))];
    const answer = await call(`${node.url}/transactions/batch`, { transactions });
    expect(answer.body).toMatchObject({ accepted: 1 });
    expect((answer.body.results as object[]).length).toBe(10_000);
    expect(answer.text.length).toBeLessThan(1_000_000);
  });

  it.each<[string, unknown]>([
    ['no transactions', { transactions: [] }],
    ['transactions that are no array', { transactions: { 0: good } }],
    ['more than 10,000', { transactions: Array.from({ length: 10_001 }, () => good) }],
    ['none at all', {}],
  ])('is refused as a whole: %s', async (_name, body) => {
    await expectRefused('/transactions/batch', body, 400, 'INVALID_INPUT', 'transactions');
  });

  it('has no idempotency key of its own', async () => {
    const answer = await call(
      `${node.url}/transactions/batch`,
      { transactions: [good] },
      { headers: { 'idempotency-key': 'x' } },
    );
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_INPUT']);
  });

  it('of 10,000 is accepted in one go', async () => {
    const transactions = Array.from({ length: 10_000 }, (_, i) => ({ ...good, memo: `${i}` }));
    const { status, body } = await call(`${node.url}/transactions/batch`, { transactions });
    expect([status, body.accepted]).toEqual([201, 10_000]);
  });
});

describe('what is not there', () => {
  it.each([
    ['/transactions/' + '0'.repeat(64), 404],
    ['/transactions/xyz', 400],
    ['/transactions/' + 'A'.repeat(64), 400],
    ['/information/' + '0'.repeat(64), 404],
    ['/information/xyz', 400],
    ['/chains/aka/blocks/0', 404],
    ['/chains/aka/blocks/99999', 404],
    ['/chains/aka/blocks/-1', 400],
    ['/chains/aka/blocks/1.5', 400],
    ['/chains/aka/blocks/0x1', 400],
    ['/chains/aka/blocks/99999/frontier', 404],
    ['/chains/nowhere', 404],
    ['/chains/nowhere/head', 404],
    ['/chains/aka/blocks?limit=-1', 400],
    ['/chains/aka/blocks?limit=0', 400],
    ['/chains/aka/blocks?limit=1e2', 400],
    ['/chains/aka/blocks?from=0', 400],
    ['/chains/aka/blocks?colour=red', 400],
    ['/chain?limit=-1', 400],
    ['/smart/chain?from=x', 400],
    ['/transactions?limit=99999', 400],
    ['/transactions?cursor=x', 400],
    ['/transactions/pending?cursor=-1', 400],
    ['/wallets/%00', 400],
    ['/nowhere', 404],
    ['/%ff', 400],
  ])('GET %s is a %d', async (route, status) => {
    const answer = await call(`${node.url}${route}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(answer.body).toMatchObject({ status, code: status === 404 ? 'NOT_FOUND' : expect.any(String) });
  });

  it('is said of a wallet that has nothing: zeros', async () => {
    expect((await call(`${node.url}/wallets/nobody`)).body).toMatchObject({
      balance: '0',
      sent: '0',
      received: '0',
    });
  });

  it('is said of a method that a path does not have', async () => {
    const answer = await call(`${node.url}/chain`, undefined, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, expect.stringContaining('GET')]);
  });

  it('is a page beyond the head: empty', async () => {
    expect((await call(`${node.url}/chains/aka/blocks?from=99999`)).body).toMatchObject({ blocks: [] });
  });
});

describe('nodes', () => {
  it.each<[string, unknown, string]>([
    ['no list', { nodes: 'http://a' }, 'nodes'],
    ['an empty list', { nodes: [] }, 'nodes'],
    ['another protocol', { nodes: ['ftp://a'] }, 'nodes[0]'],
    ['no host', { nodes: ['http://a', 'http://'] }, 'nodes[1]'],
    ['a number', { nodes: [7] }, 'nodes[0]'],
  ])('are refused: %s', async (_name, body, field) => {
    const answer = await call(`${node.url}/nodes/register`, body);
    expect([answer.status, answer.body.errors]).toEqual([400, [{ field, message: expect.any(String) }]]);
    expect((await call(`${node.url}/nodes`)).body).toEqual({ nodes: [] });
  });
});

describe('limits', () => {
  it('guard what changes something with the token, and refuse what comes too often', async () => {
    const guarded = await startNode(
      producerIn(temporaryFolder(), { API_TOKEN: 'a-token-of-16-or-more', RATE_LIMIT_PER_MINUTE: '30' }),
    );
    const authorization = { headers: { authorization: 'Bearer a-token-of-16-or-more' } };
    for (const [route, body] of [
      ['/transactions/new', good],
      ['/transactions/batch', { transactions: [good] }],
      ['/information/new', { information: 1 }],
      ['/nodes/register', { nodes: ['a:1'] }],
      ['/mine', undefined],
      ['/information/mine', ''],
    ] as const) {
      const refused = await call(`${guarded.url}${route}`, body);
      expect([refused.status, refused.body.code, refused.headers.get('www-authenticate')]).toEqual([
        401,
        'UNAUTHORIZED',
        'Bearer',
      ]);
      expect(
        (await call(`${guarded.url}${route}`, body, { headers: { authorization: 'Bearer wrong' } })).status,
      ).toBe(401);
      expect((await call(`${guarded.url}${route}`, body, authorization)).status).toBeLessThan(300);
    }
    expect((await call(`${guarded.url}/chain`)).status).toBe(200);
    let last = await call(`${guarded.url}/chain`);
    for (let i = 0; i < 40 && last.status === 200; i++) last = await call(`${guarded.url}/chain`);
    expect([last.status, last.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(`${guarded.url}/health/live`)).status).toBe(200);
    await guarded.stop();
  });

  it('refuse entries that would wait beyond the limit, with the time to try again', async () => {
    const small = await startNode(producerIn(temporaryFolder(), { PENDING_ENTRIES_MAX: '2' }));
    const transactions = [good, good, good];
    const batch = await call(`${small.url}/transactions/batch`, { transactions });
    expect([batch.status, batch.body.code]).toEqual([503, 'QUEUE_FULL']);
    await call(`${small.url}/transactions/batch`, { transactions: [good, good] });
    const refused = await call(`${small.url}/transactions/new`, good);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'QUEUE_FULL',
      '1',
    ]);
    expect((await call(`${small.url}/information/new`, { information: 1 })).status).toBe(201);
    await small.stop();
  });

  it('refuse entries while the disk is nearly full, and say so in readiness', async () => {
    const full = await startNode(producerIn(temporaryFolder(), { FREE_DISK_BYTES_MIN: String(2 ** 52) }));
    const refused = await call(`${full.url}/transactions/new`, good);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'DISK_FULL',
      '30',
    ]);
    expect((await call(`${full.url}/health/ready`)).status).toBe(503);
    expect((await call(`${full.url}/mine`)).status).toBe(200);
    await full.stop();
  });
});
