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
  const transaction = [{ type: 'transaction', match: 'exact', chain: 'aka', id: transactionId }];
  expect(await find(transactionId)).toEqual(transaction);
  expect(await find(` ${transactionId.toUpperCase()}\n`)).toEqual(transaction);
  expect(await find(recordId)).toEqual([
    { type: 'information', match: 'exact', chain: 'information', id: recordId },
  ]);
});

test('finds blocks by hash and by index, chains by id and by name', async () => {
  const { chains } = (await http.app.inject({ url: '/chains' })).json<Chains>();
  const [token, information] = chains;
  const hash = token?.head.hash ?? '';
  expect(await find(hash)).toEqual([{ type: 'block', match: 'exact', chain: 'aka', index: 2, hash }]);
  expect(await find('1')).toMatchObject([
    { type: 'block', chain: 'aka', index: 1 },
    { type: 'block', chain: 'information', index: 1 },
  ]);
  expect(await find(information?.id ?? '')).toEqual([
    { type: 'chain', match: 'exact', chain: 'information' },
  ]);
});

test('a query may have several results', async () => {
  // A block of one chain, and a wallet whose first transaction is pending.
  expect(await find('2')).toMatchObject([
    { type: 'block', chain: 'aka', index: 2 },
    { type: 'wallet', chain: 'aka', address: '2' },
  ]);
  expect(await find('aka')).toEqual([
    { type: 'chain', match: 'exact', chain: 'aka' },
    { type: 'wallet', match: 'exact', chain: 'aka', address: 'aka' },
  ]);
});

test('finds wallets by their name and its beginning, in the same case', async () => {
  expect(await find('李明')).toEqual([{ type: 'wallet', match: 'exact', chain: 'aka', address: '李明' }]);
  expect(await find('李')).toEqual([{ type: 'wallet', match: 'prefix', chain: 'aka', address: '李明' }]);
  expect(await find('ali')).toEqual([{ type: 'wallet', match: 'prefix', chain: 'aka', address: 'alice' }]);
  for (const query of ['Alice', 'lice', '0', '01', '-1', '99', '1e3', 'f'.repeat(64), '%', '_', '<script>']) {
    expect([query, await find(query)]).toEqual([query, []]);
  }
});

test('finds blocks, entries and chains by the first four digits or more, in either case', async () => {
  const { chains } = (await http.app.inject({ url: '/chains' })).json<Chains>();
  const [token, information] = chains;
  const hash = token?.head.hash ?? '';
  for (const digits of [4, 9, 12, 13, 63]) {
    const begins = (name: string): string => name.slice(0, digits).toUpperCase();
    expect(await find(begins(transactionId))).toContainEqual({
      type: 'transaction',
      match: 'prefix',
      chain: 'aka',
      id: transactionId,
    });
    expect(await find(begins(recordId))).toContainEqual({
      type: 'information',
      match: 'prefix',
      chain: 'information',
      id: recordId,
    });
    expect(await find(begins(hash))).toContainEqual({
      type: 'block',
      match: 'prefix',
      chain: 'aka',
      index: 2,
      hash,
    });
    expect(await find(begins(information?.id ?? ''))).toContainEqual({
      type: 'chain',
      match: 'prefix',
      chain: 'information',
    });
  }
  expect(await find('info')).toEqual([{ type: 'chain', match: 'prefix', chain: 'information' }]);
  expect(await find(transactionId.slice(0, 3))).toEqual([]);
  expect(await find(`${transactionId.slice(0, 12)}0`.padEnd(20, '0'))).toEqual([]);
});

test('lists exact matches first, each once, and says that there are more than it lists', async () => {
  const { producer } = http;
  const named = Array.from({ length: 60 }, (_, at) =>
    producer.transfer({ sender: `many${at}`, recipient: 'many' }),
  );
  await Promise.all(named);
  const answer = await http.app.inject({ url: '/search?q=many' });
  const { results, more } = answer.json<{
    results: readonly { match: string; address: string }[];
    more: boolean;
  }>();
  expect(results[0]).toMatchObject({ match: 'exact', address: 'many' });
  expect(results).toHaveLength(50);
  expect(new Set(results.map(({ address }) => address)).size).toBe(50);
  expect(more).toBe(true);
  const few = (await http.app.inject({ url: '/search?q=many1' })).json<{
    results: object[];
    more: boolean;
  }>();
  expect(few).toMatchObject({ more: false });
  expect(few.results).toHaveLength(11);
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
