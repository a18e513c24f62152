import type { BookSource } from '../../chain/books/book.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { parseContract } from '../../chain/contract/contract.js';
import { isFault } from '../../chain/faults.js';
import { verifyBlock } from '../../chain/block/verify-block.js';
import type { StoredEntry } from '../../ledger/store.js';

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests check the received JSON field by field */
type Json = any;

let http: TestHttp;
/** alice's two sealed transactions and dora's pending one */
const sent: StoredEntry[] = [];
let record: StoredEntry;

beforeAll(async () => {
  http = await startTestHttp();
  const { producer } = http;
  const transfer = async (parts: Parameters<typeof producer.transfer>[0]): Promise<void> => {
    sent.push(entryOf(await producer.transfer(parts)));
  };
  await transfer({ nonce: 'n1' });
  await transfer({ nonce: 'n2', amount: '2.5', memo: 'for "tea" — 茶 ☕' });
  await producer.token.seal();
  await producer.token.seal();
  await transfer({ nonce: 'n3', sender: 'dora', recipient: 'alice' });
  record = entryOf(await producer.inform({ constructor: 'ACME', tea: '茶' }, 'r1'));
  await producer.information.seal();
});
afterAll(async () => {
  await http.close();
  removeTemporary();
});

function entryOf(outcome: Awaited<ReturnType<TestHttp['producer']['transfer']>>): StoredEntry {
  if (outcome instanceof Error) throw outcome;
  return outcome.entry;
}

async function get(url: string, headers: Record<string, string> = {}) {
  return http.app.inject({ url, headers });
}

async function read(url: string): Promise<Json> {
  const answer = await get(url);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  return answer.json();
}

async function refusal(url: string): Promise<Json> {
  const answer = await get(url);
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  return answer.json();
}

const NDJSON = { accept: 'application/x-ndjson' };
const lines = (text: string): Json[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

describe('the papers’ routes', () => {
  test('return the whole token chain', async () => {
    const { chain, length } = await read('/chain');
    expect(length).toBe(3);
    expect(chain.map((block: Json) => [block.index, block.transactions.length])).toEqual([
      [1, 0],
      [2, 2],
      [3, 0],
    ]);
    expect(chain[1].transactions[1]).toMatchObject({ amount_send: '2.5', memo: 'for "tea" — 茶 ☕' });
    expect(chain[1]).not.toHaveProperty('index2');
  });

  test('return the whole information chain, with index2', async () => {
    const { chain2, length } = await read('/chain2');
    expect(length).toBe(2);
    expect(chain2.map(({ index, index2 }: Json) => [index, index2])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(chain2[1].information[0].information).toEqual({ constructor: 'ACME', tea: '茶' });
  });

  test.each([
    ['?from=2', [2, 3]],
    ['?limit=2', [1, 2]],
    ['?from=2&limit=1', [2]],
    ['?from=3&limit=1000', [3]],
    ['?from=4', []],
    ['?from=9007199254740991', []],
  ])('return the page %s', async (query, indexes) => {
    const { chain, length } = await read(`/chain${query}`);
    expect(chain.map(({ index }: Json) => index)).toEqual(indexes);
    expect(length).toBe(3);
  });

  test.each([
    ['?from=0', 'from', 'must be a whole number from 1'],
    ['?from=-1', 'from', 'must be a whole number from 1'],
    ['?from=x', 'from', 'must be a whole number from 1'],
    ['?from=9007199254740993', 'from', 'must be a whole number from 1'],
    ['?limit=-1', 'limit', 'must be a whole number from 1 to 1000'],
    ['?limit=0', 'limit', 'must be a whole number from 1 to 1000'],
    ['?limit=1001', 'limit', 'must be a whole number from 1 to 1000'],
    ['?limit=', 'limit', 'must be a whole number from 1 to 1000'],
    ['?limit=1&limit=2', 'limit', 'must be a whole number from 1 to 1000'],
    ['?limt=1', 'limt', 'is not a field of this request'],
  ])('refuse the page %s', async (query, field, message) => {
    for (const path of ['/chain', '/chain2', '/chains/aka/blocks']) {
      expect(await refusal(`${path}${query}`)).toMatchObject({
        status: 400,
        code: 'INVALID_INPUT',
        errors: [{ field, message }],
      });
    }
  });
});

describe('the chains', () => {
  test('come with everything needed to verify them without prior knowledge', async () => {
    const { role, upstream, chains } = await read('/chains');
    expect([role, upstream]).toEqual(['producer', null]);
    expect(chains.map(({ name, kind, length }: Json) => [name, kind, length])).toEqual([
      ['aka', 'token', 3],
      ['information', 'information', 2],
    ]);
    for (const { name, id, contract: wire, head } of chains) {
      const contract = parseContract(wire);
      if (isFault(contract)) throw new Error(contract.message);
      const { blocks } = await read(`/chains/${name}/blocks`);
      let parent: Parameters<typeof verifyBlock>[0]['parent'];
      let books: BookSource | undefined;
      for (const block of blocks) {
        const verified = verifyBlock({ contract, parent, block, books, nonceUsed: () => false });
        if (isFault(verified)) throw new Error(verified.message);
        parent = { ...verified, lastEntryTimestamp: undefined };
        books = verified.book;
      }
      expect(parent?.header.chain).toBe(id);
      expect(parent?.header.hash).toBe(head.hash);
      expect(await read(`/chains/${name}`)).toMatchObject({ id, head });
    }
  });

  test('are read in pages', async () => {
    expect(await read('/chains/aka/blocks?limit=2')).toMatchObject({
      chain: 'aka',
      blocks: [{ index: 1 }, { index: 2 }],
      length: 3,
      next_from: 3,
    });
    expect(await read('/chains/aka/blocks?from=3&limit=2')).toMatchObject({
      blocks: [{ index: 3 }],
      next_from: null,
    });
    expect(await read('/chains/aka/blocks?from=4')).toMatchObject({ blocks: [], next_from: null });
  });

  test('are read as lines', async () => {
    const answer = await get('/chains/aka/blocks?from=2', NDJSON);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept-encoding, Accept',
    });
    expect(lines(answer.body)).toEqual((await read('/chains/aka/blocks?from=2')).blocks);
    expect((await get('/chains/aka/blocks?from=4', NDJSON)).body).toBe('');
  });

  test('are compressed, also as lines, and still vary by both headers', async () => {
    const plain = await get('/chains/aka/blocks', NDJSON);
    const gzip = await get('/chains/aka/blocks', { ...NDJSON, 'accept-encoding': 'gzip' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gzip.headers.vary).toBe('accept-encoding, Accept');
    expect(gzip.rawPayload.length).toBeLessThan(plain.rawPayload.length);
  });

  test.each(['/chains/nope', '/chains/nope/blocks', '/chains/nope/head', '/chains/nope/blocks/1'])(
    'are not found under an unknown name: %s',
    async (url) => {
      expect(await refusal(url)).toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
        detail: 'there is no chain "nope" here: the chains are aka and information',
      });
    },
  );
});

describe('a block', () => {
  test('of transactions is immutable under its chain’s id', async () => {
    const byName = await get('/chains/aka/blocks/2');
    const block = byName.json();
    expect(block.transactions).toHaveLength(2);
    const etag = `"${block.chain}.${block.hash}"`;
    const byId = await get(`/chains/${block.chain}/blocks/2`);
    expect(byId.body).toBe(byName.body);
    const length = { 'content-length': String(Buffer.byteLength(byName.body)) };
    const immutable = { etag, 'cache-control': 'public, max-age=31536000, immutable' };
    expect(byId.headers).toMatchObject({ ...immutable, ...length });
    // Another chain may have this name in the future.
    expect(byName.headers).toMatchObject({ etag, 'cache-control': 'no-cache', ...length });
    expect((await get(`/chains/${block.chain}/blocks/2/frontier`)).headers).toMatchObject({
      'cache-control': immutable['cache-control'],
    });
  });

  test.each([
    ['%s', true],
    ['W/%s', true],
    ['"other", %s', true],
    ['"a,b" ,W/"c",W/%s', true],
    ['*', true],
    [' * ', true],
    ['"other"', false],
    ['"*"', false],
    ['"x%s', false],
    ['W/*', false],
    ['', false],
  ])('is revalidated with If-None-Match: %s', async (known, isKnown) => {
    const { chain, hash } = (await get('/chains/aka/blocks/2')).json();
    const etag = `"${chain}.${hash}"`;
    for (const path of [`/chains/aka/blocks/2`, `/chains/${chain}/blocks/2`]) {
      const again = await get(path, { 'if-none-match': known.replace('%s', etag) });
      expect([again.statusCode, again.headers.etag]).toEqual([isKnown ? 304 : 200, etag]);
      if (isKnown) expect(again.body).toBe('');
    }
    // The ETag format of older versions, which was the hash alone, does not match.
    expect((await get('/chains/aka/blocks/2', { 'if-none-match': `"${hash}"` })).statusCode).toBe(200);
  });

  test('of information may have its content erased, so it is not cached anywhere', async () => {
    const { chain } = (await get('/chains/information/blocks/2')).json();
    for (const name of ['information', chain]) {
      const answer = await get(`/chains/${name}/blocks/2`, { 'if-none-match': '*' });
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-cache']);
      expect(answer.headers).not.toHaveProperty('etag');
    }
  });

  test('is the only thing that is cached; everything else is revalidated', async () => {
    const { id } = await read('/chains/aka');
    const paths = ['', '/blocks', '/headers', '/head', '/blocks?from=2&limit=1'];
    const chains = [`/chains/aka`, `/chains/${id}`, '/chains/information'];
    for (const url of [
      ...chains.flatMap((chain) => paths.map((path) => chain + path)),
      ...['/chains', '/chain', '/chain2', `/transactions/${sent[0]?.id}`, `/information/${record.id}`],
      ...['/transactions', '/wallets/bob', '/supply', '/search?q=2', '/chains/aka/blocks/2/frontier'],
    ]) {
      expect([url, (await get(url)).headers['cache-control']]).toEqual([url, 'no-cache']);
    }
  });

  test('is found under its chain’s name or id, and contains the name', async () => {
    const { id, ...chain } = await read('/chains/aka');
    expect(await read(`/chains/${id}`)).toEqual({ id, ...chain });
    expect(await read(`/chains/${id}/headers`)).toEqual(await read('/chains/aka/headers'));
    expect(await read(`/chains/${id}/blocks`)).toEqual(await read('/chains/aka/blocks'));
    expect(await refusal(`/chains/${'0'.repeat(64)}/blocks/2`)).toMatchObject({ status: 404 });
  });

  test('is not found outside the chain, and refused if its index is malformed', async () => {
    expect(await refusal('/chains/aka/blocks/4')).toMatchObject({
      status: 404,
      detail: 'aka has no block 4: the head of aka is block 3',
    });
    expect(await refusal('/chains/aka/blocks/0')).toMatchObject({
      status: 404,
      detail: 'aka has no block 0: the first is block 1',
    });
    for (const index of ['-1', 'x', '1.5', '1e0', '0x1', '01', '9007199254740993']) {
      expect(await refusal(`/chains/aka/blocks/${index}`)).toMatchObject({
        status: 400,
        errors: [{ field: 'index' }],
      });
    }
  });

  test('that can’t be read is not cached as an error', async () => {
    const broken = jest.spyOn(http.producer.informationStore, 'entriesOnWire').mockImplementation(() => {
      throw new Error('disk I/O error');
    });
    const answer = await get('/chains/information/blocks/2');
    broken.mockRestore();
    expect(answer.statusCode).toBe(500);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(answer.headers).not.toHaveProperty('etag');
  });

  test('has a frontier: the tree at that block', async () => {
    const block = await read('/chains/aka/blocks/2');
    expect(await read('/chains/aka/blocks/2/frontier')).toEqual({
      chain: block.chain,
      index: 2,
      tree_size: 2,
      tree_root: block.tree_root,
      frontier: [block.tree_root],
    });
    expect(await read('/chains/aka/blocks/1/frontier')).toMatchObject({ tree_size: 0, frontier: [] });
    expect(await refusal('/chains/aka/blocks/4/frontier')).toMatchObject({ status: 404 });
  });

  test('at the head has its header at /head', async () => {
    const { transactions, ...header } = await read('/chains/aka/blocks/3');
    expect(transactions).toEqual([]);
    const answer = await get('/chains/aka/head');
    expect(answer.json()).toEqual(header);
    const etag = `"${header.chain}.${header.hash}"`;
    expect(answer.headers).toMatchObject({ etag, 'cache-control': 'no-cache' });
    const again = await get('/chains/aka/head', { 'if-none-match': etag });
    expect(again.statusCode).toBe(304);
  });
});

describe('an entry', () => {
  test('has its position', async () => {
    const [first, , third] = sent;
    expect(await read(`/transactions/${first?.id}`)).toMatchObject({
      id: first?.id,
      sender: 'alice',
      amount_send: '1000000',
      status: 'sealed',
      block: 2,
      sequence: 0,
    });
    expect(await read(`/transactions/${third?.id}`)).toMatchObject({
      status: 'pending',
      block: 4,
      sequence: 2,
    });
    expect(await read(`/information/${record.id}`)).toMatchObject({
      information: { constructor: 'ACME', tea: '茶' },
      salt: expect.stringMatching(/^[0-9a-f]{32}$/),
      status: 'sealed',
      block: 2,
      sequence: 0,
    });
  });

  test.each(['transactions', 'information'])(
    'of %s is not found by an unknown id, and refused for a malformed one',
    async (path) => {
      expect(await refusal(`/${path}/${'0'.repeat(64)}`)).toMatchObject({ status: 404 });
      for (const id of ['x', '0'.repeat(63), 'A'.repeat(64), '0'.repeat(65), '%00']) {
        expect(await refusal(`/${path}/${id}`)).toMatchObject({
          status: 400,
          errors: [{ field: 'id', message: 'must be 64 lower-case hex digits' }],
        });
      }
    },
  );
});

describe('lists of transactions', () => {
  const nonces = ({ transactions }: Json): string[] => transactions.map(({ nonce }: Json) => nonce as string);

  test('come newest first, and show which ones are pending', async () => {
    const all = await read('/transactions');
    expect(nonces(all)).toEqual(['n3', 'n2', 'n1']);
    expect(all.transactions.map(({ status }: Json) => status)).toEqual(['pending', 'sealed', 'sealed']);
    expect(all.next_cursor).toBeNull();
  });

  test('are paged by cursor', async () => {
    const first = await read('/transactions?address=alice&limit=2');
    expect(nonces(first)).toEqual(['n3', 'n2']);
    const second = await read(`/transactions?address=alice&limit=2&cursor=${first.next_cursor}`);
    expect(nonces(second)).toEqual(['n1']);
    expect(second.next_cursor).toBeNull();
    expect(nonces(await read('/transactions?address=dora'))).toEqual(['n3']);
    expect(nonces(await read('/transactions?address=nobody'))).toEqual([]);
  });

  test.each([
    ['cursor=x', 'cursor'],
    ['cursor=-1', 'cursor'],
    ['cursor=', 'cursor'],
    ['cursor=99999999999999999999', 'cursor'],
    ['address=', 'address'],
    ['address=%00', 'address'],
    ['limit=0', 'limit'],
  ])('refuse %s', async (query, field) => {
    expect(await refusal(`/transactions?${query}`)).toMatchObject({ status: 400, errors: [{ field }] });
  });
});

describe('a wallet', () => {
  test('adds up what it sent, received and paid', async () => {
    expect(await read('/wallets/alice')).toEqual({
      address: 'alice',
      available: '-52.5',
      held: '0',
      issued: '0',
      sent: '1000002.5',
      received: '999950',
      fees_paid: '50.000125',
      fees_collected: '0',
      balance: '-52.5',
      transactions_sent: 2,
      transactions_received: 1,
    });
    expect(await read('/wallets/bpsc_wallet_address')).toMatchObject({
      fees_collected: '100.000125',
      balance: '100.000125',
    });
  });

  test('is empty for an unknown address', async () => {
    const longest = '茶'.repeat(128);
    expect(await read(`/wallets/${encodeURIComponent(longest)}`)).toMatchObject({
      address: longest,
      balance: '0',
      transactions_sent: 0,
    });
    expect(await read('/wallets/a%2Fb%3F')).toMatchObject({ address: 'a/b?' });
  });

  test.each(['.', '..', 'alice', 'a/b?', 'evil\u202egnp.exe', '%2e%2e', 'a+b', '茶'])(
    'is found by a query, even if its name cannot be part of a path: %s',
    async (address) => {
      expect(await read(`/wallets?address=${encodeURIComponent(address)}`)).toMatchObject({ address });
    },
  );

  test('is refused unless the query has exactly one address', async () => {
    const message = expect.any(String) as string;
    for (const [query, field] of [
      ['', 'address'],
      ['?address=', 'address'],
      ['?address=a&address=b', 'address'],
      ['?address=a&x=1', 'x'],
    ]) {
      expect(await refusal(`/wallets${query}`)).toMatchObject({ status: 400, errors: [{ field, message }] });
    }
  });

  test.each(['%20', '%00', 'a%0Ab', encodeURIComponent('茶'.repeat(129)), 'a'.repeat(9000)])(
    'is refused for an invalid address: %s',
    async (address) => {
      expect(await refusal(`/wallets/${address}`)).toMatchObject({
        status: 400,
        errors: [{ field: 'address' }],
      });
    },
  );
});

describe('nodes', () => {
  const register = async (nodes: unknown) =>
    http.app.inject({ method: 'POST', url: '/nodes/register', payload: { nodes } });

  test('are registered once each, by their origin', async () => {
    const first = await register(['http://127.0.0.1:5001/', '127.0.0.1:5002']);
    expect(first.statusCode).toBe(201);
    expect(first.json()).toEqual({
      message: 'New nodes have been added',
      total_nodes: ['http://127.0.0.1:5001', 'http://127.0.0.1:5002'],
    });
    const second = await register(['127.0.0.1:5001', 'https://node.example']);
    expect(second.json().total_nodes).toHaveLength(3);
    const { nodes } = await read('/nodes');
    expect(nodes.map(({ url }: Json) => url)).toEqual(second.json().total_nodes);
    expect(nodes[0].registered_at).toBeGreaterThan(1_700_000_000_000);
  });

  test.each<[unknown, string, string]>([
    [undefined, 'nodes', 'is missing'],
    ['http://a', 'nodes', 'must be a list of URLs'],
    [[], 'nodes', 'must have at least one entry'],
    [Array.from({ length: 101 }, () => 'a'), 'nodes', 'must have at most 100 entries'],
    [['a', 'ftp://b'], 'nodes[1]', 'must be an http or https URL without a user and a query, or host:port'],
    [
      [{ constructor: 1 }],
      'nodes[0]',
      'must be an http or https URL without a user and a query, or host:port',
    ],
  ])('are refused: %j', async (nodes, field, message) => {
    const answer = await register(nodes);
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ field, message }] });
  });
});

test('faults come with their evidence', async () => {
  await http.producer.storage.faults.add({
    fault: 'HASH_MISMATCH',
    message: 'block 2 has a hash that does not match its header',
    index: 2,
    upstream: 'http://127.0.0.1:5000',
    chain: 'aka',
    detectedAt: 1_760_000_000_000,
    evidence: '{"index":2}',
    digest: 'ab'.repeat(32),
  });
  expect((await read('/faults')).faults).toEqual([
    expect.objectContaining({
      fault: 'HASH_MISMATCH',
      index: 2,
      chain: 'aka',
      detected_at: 1_760_000_000_000,
      last_seen_at: 1_760_000_000_000,
      times: 1,
      evidence: '{"index":2}',
    }),
  ]);
});

test('HEAD returns the same headers without the body', async () => {
  const block = await get('/chains/aka/blocks/2');
  const head = await http.app.inject({ method: 'HEAD', url: '/chains/aka/blocks/2' });
  expect([head.statusCode, head.body]).toEqual([200, '']);
  for (const name of ['etag', 'content-length', 'content-type', 'cache-control']) {
    expect(head.headers[name]).toBe(block.headers[name]);
  }
});
