import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';

let http: TestHttp;
let transactionId: string;
let recordId: string;

beforeAll(async () => {
  http = await startTestHttp();
  const { producer } = http;
  const idOf = async (outcome: ReturnType<typeof producer.transfer>): Promise<string> => {
    const settled = await outcome;
    if (settled instanceof Error) throw settled;
    return settled.entry.id;
  };
  transactionId = await idOf(producer.transfer({ sender: 'alice', recipient: '李明' }));
  await producer.token.seal();
  await idOf(producer.transfer({ sender: '2', recipient: 'aka' }));
  recordId = await idOf(producer.inform({ a: 1 }));
});
afterAll(async () => {
  await http.close();
  removeTemporary();
});

interface Answer {
  readonly query: string;
  readonly results: readonly object[];
}

async function find(query: string): Promise<readonly object[]> {
  const answer = await http.app.inject({ url: `/search?q=${encodeURIComponent(query)}` });
  expect(answer.statusCode).toBe(200);
  return answer.json<Answer>().results;
}

interface Chains {
  readonly chains: readonly { id: string; head: { hash: string } }[];
}

test('finds sealed and pending entries by id, in either case and with whitespace around it', async () => {
  const transaction = [{ type: 'transaction', chain: 'aka', id: transactionId }];
  expect(await find(transactionId)).toEqual(transaction);
  expect(await find(` ${transactionId.toUpperCase()}\n`)).toEqual(transaction);
  expect(await find(recordId)).toEqual([{ type: 'information', chain: 'information', id: recordId }]);
});

test('finds blocks by hash and by index, chains by id and by name', async () => {
  const { chains } = (await http.app.inject({ url: '/chains' })).json<Chains>();
  const [token, information] = chains;
  const hash = token?.head.hash ?? '';
  expect(await find(hash)).toEqual([{ type: 'block', chain: 'aka', index: 2, hash }]);
  expect(await find('1')).toMatchObject([
    { type: 'block', chain: 'aka', index: 1 },
    { type: 'block', chain: 'information', index: 1 },
  ]);
  expect(await find(information?.id ?? '')).toEqual([{ type: 'chain', chain: 'information' }]);
});

test('a query may have several results', async () => {
  // A block of one chain, and a wallet whose first transaction is pending.
  expect(await find('2')).toMatchObject([
    { type: 'block', chain: 'aka', index: 2 },
    { type: 'wallet', chain: 'aka', address: '2' },
  ]);
  expect(await find('aka')).toEqual([
    { type: 'chain', chain: 'aka' },
    { type: 'wallet', chain: 'aka', address: 'aka' },
  ]);
});

test('finds wallets only by their exact name', async () => {
  expect(await find('李明')).toEqual([{ type: 'wallet', chain: 'aka', address: '李明' }]);
  for (const query of ['ali', 'Alice', '0', '01', '-1', '99', '1e3', 'f'.repeat(64), '%', '<script>']) {
    expect([query, await find(query)]).toEqual([query, []]);
  }
});

test('refuses a search without a query', async () => {
  const answer = await http.app.inject({ url: '/search' });
  expect(answer.json()).toMatchObject({ status: 400, errors: [{ field: 'q', message: 'is missing' }] });
});

test.each(['/search?q=', '/search?q=%20', `/search?q=${'a'.repeat(257)}`, '/search?q=a&q=b'])(
  'refuses %s',
  async (url) => {
    const answer = await http.app.inject({ url });
    expect(answer.json()).toMatchObject({
      status: 400,
      errors: [{ field: 'q', message: 'must be a text of 1 to 256 characters' }],
    });
  },
);

describe('a page of headers', () => {
  interface Page {
    readonly headers: readonly { index: number; transactions?: unknown }[];
    readonly next_from: number | null;
  }
  const page = async (query: string): Promise<Page> =>
    (await http.app.inject({ url: `/chains/aka/headers${query}` })).json();

  test('has the blocks without their entries', async () => {
    const { headers, ...rest } = await page('');
    expect(rest).toEqual({ chain: 'aka', length: 2, next_from: null });
    expect(headers.map(({ index }) => index)).toEqual([1, 2]);
    const whole = (await http.app.inject({ url: '/chains/aka/blocks/2' })).json<Record<string, unknown>>();
    const { transactions: _transactions, ...header } = whole;
    expect(headers[1]).toEqual(header);
  });

  test('shows where the next page begins, and is empty beyond the head', async () => {
    expect(await page('?limit=1')).toMatchObject({ headers: [{ index: 1 }], next_from: 2 });
    expect(await page('?from=3')).toMatchObject({ headers: [], next_from: null });
    const answer = await http.app.inject({ url: '/chains/aka/headers?limit=1001' });
    expect(answer.statusCode).toBe(400);
    expect((await http.app.inject({ url: '/chains/nope/headers' })).statusCode).toBe(404);
  });
});
