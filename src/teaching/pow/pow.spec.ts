import { createHash } from 'node:crypto';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '../../../test/support/node-process.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { parsePythonJson } from '../python-json/parse.js';
import { pyObject, type PyValue } from '../python-json/values.js';
import { sortedDumps } from '../python-json/write.js';
import { objectIn, recorded, recordedChain, shapeOf } from '../testing/conversations.js';
import { ask, closeTestNodes, post, startTestNode, type TestNode } from '../testing/test-node.js';
import { closeTestPeers, startTestPeer } from '../testing/test-peer.js';
import { powRole } from './open-pow.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const start = (env: Readonly<Record<string, string>> = {}): Promise<TestNode> => startTestNode(powRole, env);
const tutorial = { POW_ZEROS: '4' };

afterEach(async () => {
  closeTestPeers();
  await closeTestNodes();
});
afterAll(removeTemporary);

const mine = async ({ url }: TestNode): Promise<Record<string, unknown>> => {
  const { status, text } = await ask(`${url}/mine`);
  expect(status).toBe(200);
  return JSON.parse(text) as Record<string, unknown>;
};
const pay = async ({ url }: TestNode, amount: string): Promise<void> => {
  const { status } = await post(
    `${url}/transactions/new`,
    `{"sender":"alice","recipient":"bob","amount":${amount}}`,
  );
  expect(status).toBe(201);
};
const chainOf = async ({ url }: TestNode): Promise<string> => (await ask(`${url}/chain`)).text;
const lengthOf = async (node: TestNode): Promise<number> =>
  (JSON.parse(await chainOf(node)) as { length: number }).length;
const resolve = async ({ url }: TestNode): Promise<string> =>
  (JSON.parse((await ask(`${url}/nodes/resolve`)).text) as { message: string }).message;
const introduce = ({ url }: TestNode, ...addresses: readonly string[]): Promise<unknown> =>
  post(`${url}/nodes/register`, JSON.stringify({ nodes: addresses }));
const isMining = ({ node }: TestNode): Promise<unknown> => until(() => node.progress);
const REPLACED = 'Our chain was replaced';
const OURS = 'Our chain is authoritative';

test('answers as the original does, request for request', async () => {
  const node = await start();
  for (const { method, path: route, status, answer, body } of recorded('pow').conversation) {
    const ours = method === 'GET' ? await ask(node.url + route) : await post(node.url + route, body ?? '');
    expect([route, ours.status]).toEqual([route, status]);
    if (status >= 400) expect(ours.text).toBe(answer);
    else if (method === 'POST') expect(JSON.parse(ours.text)).toEqual(JSON.parse(answer));
    else expect(shapeOf(parsePythonJson(ours.text))).toEqual(shapeOf(parsePythonJson(answer)));
  }
});

test('numbers stay what they are: 1.0 beside 1, big integers, exponents, lone surrogates', async () => {
  const node = await start();
  for (const amount of ['1', '1.0', '123456789012345678901234567890', '1e+16', '1.5e-07', '-0.0']) {
    await pay(node, amount);
  }
  await post(`${node.url}/transactions/new`, String.raw`{"sender":"\ud83d","recipient":"😀","amount":0}`);
  await mine(node);
  const chain = await chainOf(node);
  expect(chain).toContain(
    '"transactions": [{"amount": 1, "recipient": "bob", "sender": "alice"}, {"amount": 1.0, ',
  );
  for (const kept of ['123456789012345678901234567890,', '1e+16,', '1.5e-07,', '-0.0,']) {
    expect(chain).toContain(`{"amount": ${kept}`);
  }
  expect(chain).toContain(String.raw`{"amount": 0, "recipient": "\ud83d\ude00", "sender": "\ud83d"}`);
});

test('a block is served as the text that is hashed, and its proof is the smallest', async () => {
  const node = await start({ POW_ZEROS: '2' });
  const mined = await mine(node);
  const [, first = '', second = ''] = /^\{"chain": \[(.*), (\{"index": 2.*)\], "length": 2\}$/.exec(
    await chainOf(node),
  ) ?? ['', '', ''];
  expect(sha256(first)).toBe(mined.previous_hash);
  expect(second).toContain(`"previous_hash": "${String(mined.previous_hash)}"`);
  const isProof = (proof: number): boolean => sha256(`100${proof}${sha256(first)}`).startsWith('00');
  expect(isProof(mined.proof as number)).toBe(true);
  for (let proof = 0; proof < (mined.proof as number); proof++) expect(isProof(proof)).toBe(false);
});

describe('bad input is refused, and changes nothing', () => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['/transactions/new', '', 400, 'Missing values'],
    ['/transactions/new', '{}', 400, 'Missing values'],
    ['/transactions/new', '{"sender":"a","recipient":"b"}', 400, 'Missing values'],
    ['/transactions/new', '{"sender":1,"recipient":"b","amount":1}', 400, 'sender must be a text'],
    ['/transactions/new', '{"sender":"a","recipient":null,"amount":1}', 400, 'recipient must be a text'],
    ['/transactions/new', '{"sender":"a","recipient":"b","amount":"1"}', 400, 'amount must be a number'],
    ['/transactions/new', '{"sender":"a","recipient":"b","amount":NaN}', 400, 'amount must be a number'],
    ['/transactions/new', '{"sender":"a","recipient":"b","amount":1e999}', 400, 'amount must be a number'],
    ['/transactions/new', '{"sender":"a","recipient":"b","amount":[1]}', 400, 'amount must be a number'],
    ['/transactions/new', `{"sender":"${'x'.repeat(10_001)}","recipient":"b","amount":1}`, 400, 'sender'],
    ['/transactions/new', '[]', 400, 'must be a JSON object'],
    ['/transactions/new', 'null', 400, 'must be a JSON object'],
    ['/transactions/new', '{"sender":', 400, 'not JSON at character 11'],
    ['/transactions/new', '['.repeat(5000), 400, 'nested deeper'],
    ['/transactions/new', `{"sender":"${'x'.repeat(1024 * 1024)}"}`, 413, 'larger than the 1048576 bytes'],
    ['/nodes/register', '{}', 400, 'Error: Please supply a valid list of nodes'],
    ['/nodes/register', '{"nodes":5}', 400, 'nodes must be a list of addresses'],
    ['/nodes/register', '{"nodes":["127.0.0.1:1", 5]}', 400, 'nodes[1] must be an address'],
    ['/nodes/register', '{"nodes":["https://127.0.0.1"]}', 400, 'nodes[0] must be an address'],
    ['/nodes/register', '{"nodes":["http://user:pass@host"]}', 400, 'nodes[0] must be an address'],
    ['/nodes/register', '{"nodes":[""]}', 400, 'nodes[0] must be an address'],
    ['/nodes/register', '{"nodes":["a b"]}', 400, 'nodes[0] must be an address'],
    ['/mine', '{}', 405, '/mine takes DELETE, GET, not POST'],
    ['/nowhere', '{}', 404, 'there is no POST /nowhere here'],
  ];
  test('each case of a table', async () => {
    const node = await start();
    const before = await chainOf(node);
    for (const [route, body, status, expected] of cases) {
      const { text, ...answer } = await post(node.url + route, body);
      expect([route, body.slice(0, 80), answer.status]).toEqual([route, body.slice(0, 80), status]);
      expect(text).toContain(expected);
    }
    expect(await chainOf(node)).toBe(before);
    expect(node.node.pending).toEqual([]);
    expect(node.node.nodes).toEqual([]);
  });

  test('bytes that are no UTF-8, another type, HEAD /mine', async () => {
    const { url, node } = await start();
    const headers = { 'content-type': 'application/json' };
    const bytes = await ask(`${url}/transactions/new`, {
      method: 'POST',
      body: Buffer.from([0xff]),
      headers,
    });
    expect(bytes).toMatchObject({ status: 400, text: expect.stringContaining('not valid UTF-8') as string });
    const form = await post(`${url}/transactions/new`, 'sender=a', 'application/x-www-form-urlencoded');
    expect(form).toMatchObject({ status: 415, text: expect.stringContaining('application/json') as string });
    expect((await ask(`${url}/mine`, { method: 'HEAD' })).status).toBe(405);
    expect(node.blocks).toHaveLength(1);
  });

  test('no more nodes than it can ask, no more transactions than it can keep', async () => {
    const node = await start();
    const many = Array.from({ length: 101 }, (_, port) => `127.0.0.1:${port + 1}`);
    expect(await introduce(node, ...many)).toMatchObject({ status: 409 });
    expect(node.node.nodes).toEqual([]);
    await introduce(node, ...many.slice(0, 100), ...many.slice(0, 100));
    expect(node.node.nodes).toHaveLength(100);
    const large = pyObject({ sender: 'x'.repeat(1024 * 1024), recipient: 'b', amount: 'c' });
    expect(() => {
      for (;;) node.node.submit(large);
    }).toThrow('too many transactions wait for a block');
    const nearly = pyObject({ sender: 'x'.repeat(1000), recipient: 'b', amount: 'c' });
    expect(() => {
      for (;;) node.node.submit(nearly);
    }).toThrow('too many transactions wait for a block');
    const another = JSON.stringify({ sender: 'x'.repeat(2000), recipient: 'b', amount: 1 });
    expect((await post(`${node.url}/transactions/new`, another)).status).toBe(503);
    await mine(node);
    expect((await post(`${node.url}/transactions/new`, another)).status).toBe(201);
  });
});

describe('mining', () => {
  test('goes on beside everything else; one at a time; shows how far it is; can be stopped', async () => {
    const node = await start();
    node.miner.held = true;
    await pay(node, '5');
    const waiting = ask(`${node.url}/mine`);
    await isMining(node);
    const progress = await ask(`${node.url}/mine/progress`);
    expect(JSON.parse(progress.text)).toMatchObject({ mining: true, index: 2, tries: 0, expected_tries: 16 });
    const second = await ask(`${node.url}/mine`);
    expect(second).toMatchObject({
      status: 409,
      text: expect.stringContaining('being mined already') as string,
    });
    await pay(node, '6');
    const stopped = await ask(`${node.url}/mine`, { method: 'DELETE' });
    expect(JSON.parse(stopped.text)).toEqual({ message: 'Mining was stopped' });
    expect(await waiting).toMatchObject({
      status: 409,
      text: expect.stringContaining('DELETE /mine') as string,
    });
    expect(JSON.parse((await ask(`${node.url}/mine/progress`)).text)).toEqual({
      mining: false,
      expected_tries: 16,
    });
    expect(await lengthOf(node)).toBe(1);
    node.miner.held = false;
    const { transactions } = await mine(node);
    expect((transactions as { amount: number }[]).map(({ amount }) => amount)).toEqual([5, 6, 1]);
    const nothing = await ask(`${node.url}/mine`, { method: 'DELETE' });
    expect(JSON.parse(nothing.text)).toEqual({ message: 'Nothing was being mined' });
  });

  test('what comes in while a block is mined is in it, as the answer said', async () => {
    const node = await start();
    node.miner.held = true;
    const mining = mine(node);
    await isMining(node);
    const accepted = await post(`${node.url}/transactions/new`, '{"sender":"a","recipient":"b","amount":7}');
    expect(accepted.text).toContain('Block 2');
    node.miner.held = false;
    expect((await mining).transactions).toMatchObject([{ amount: 7 }, { amount: 1, sender: '0' }]);
    expect(node.node.pending).toEqual([]);
  });

  test('a block that is mined while the chain is replaced is stale: it is dropped, and what waits goes on waiting', async () => {
    const node = await start(tutorial);
    await pay(node, '5');
    node.miner.held = true;
    const waiting = ask(`${node.url}/mine`);
    await isMining(node);
    await introduce(node, await startTestPeer(recordedChain('pow')));
    expect(await resolve(node)).toBe(REPLACED);
    const answer = await waiting;
    expect(answer).toMatchObject({ status: 409, text: expect.stringContaining('stale') as string });
    expect(await lengthOf(node)).toBe(4);
    expect(node.node.pending).toHaveLength(1);
  });

  test('ends when the node stops', async () => {
    const node = await start();
    node.miner.held = true;
    const waiting = ask(`${node.url}/mine`);
    await isMining(node);
    await node.close();
    expect(await waiting).toMatchObject({
      status: 409,
      text: expect.stringContaining('the node stops') as string,
    });
  });
});

describe('the chains of other nodes', () => {
  test('takes that of an original, as long as it is longer, and serves it as the original would hash it', async () => {
    const node = await start(tutorial);
    const theirs = recordedChain('pow');
    await introduce(node, await startTestPeer(theirs));
    expect(await resolve(node)).toBe(REPLACED);
    expect(parsePythonJson(await chainOf(node))).toEqual(parsePythonJson(theirs));
    expect(await resolve(node)).toBe(OURS);
    expect(await mine(node)).toMatchObject({ index: 5 });
  });

  const good = (): readonly PyValue[] => objectIn(recordedChain('pow')).get('chain') as readonly PyValue[];
  const served = (blocks: readonly PyValue[], length = blocks.length): string =>
    `{"chain": ${sortedDumps(blocks)}, "length": ${length}}`;
  const changed = (text: string, by: string): string => {
    const chain = served(good());
    expect(chain).toContain(text);
    return chain.replace(text, by);
  };
  const rubbish: readonly (readonly [string, () => string, string])[] = [
    ['no JSON', () => '<html>', 'not JSON at character 1'],
    ['half a chain', () => served(good()).slice(0, -30), 'not JSON'],
    ['a list', () => '[]', 'not an object'],
    ['no chain', () => '{"length": 9}', 'has no chain'],
    ['a chain that is a text', () => '{"chain": "x", "length": 9}', 'has no chain'],
    ['a length that it does not have', () => served(good().slice(0, 1), 9), 'its length says something else'],
    ['no length', () => '{"chain": [1, 2, 3]}', 'its length says something else'],
    ['blocks that are none', () => '{"chain": [1, 2], "length": 2}', 'block 1 is not an object'],
    ['another amount', () => changed('"amount": 5,', '"amount": 6,'), 'block 4 does not have the hash'],
    ['1 for 1.0', () => changed('"amount": 1.0,', '"amount": 1,'), 'block 4 does not have the hash'],
    ['another index', () => changed('"index": 3', '"index": 4'), 'block 3 has another index than 3'],
    ['another proof', () => changed('"proof": 80849', '"proof": 80850'), 'proves nothing under the rules'],
    ['a proof that is a text', () => changed('"proof": 80849', '"proof": "80849"'), 'no number as proof'],
    ['no transactions', () => changed('"transactions": []', '"transactions": 1'), 'no list of transactions'],
    ['the variant with wallets', () => recordedChain('pyverse'), 'no number as proof'],
  ];
  test.each(rubbish)('refuses %s, and says why', async (_what, text, reason) => {
    const node = await start(tutorial);
    const before = await chainOf(node);
    await introduce(node, await startTestPeer(text()));
    expect(await resolve(node)).toBe(OURS);
    expect(await chainOf(node)).toBe(before);
    expect((await ask(`${node.url}/nodes`)).text).toContain(reason);
  });

  test('refuses the chain of an older tutorial, whose proof leaves out the hash', async () => {
    const genesis = objectIn(
      '{"index": 1, "previous_hash": "1", "proof": 100, "timestamp": 1.5, "transactions": []}',
    );
    // From the first edition: SHA-256 of last_proof and proof alone begins with 0000.
    let proof = 0;
    while (!sha256(`100${proof}`).startsWith('0000')) proof++;
    const block = objectIn(
      `{"index": 2, "previous_hash": "${sha256(sortedDumps(genesis))}", "proof": ${proof}, "timestamp": 2.5, "transactions": []}`,
    );
    const node = await start(tutorial);
    await introduce(node, await startTestPeer(served([genesis, block])));
    expect(await resolve(node)).toBe(OURS);
  });

  test('an endless chain, an error, a redirect, nobody: the others are still asked', async () => {
    let sent = 0;
    const endless = await startTestPeer((_request, response) => {
      response.write('{"chain": [');
      const more = Buffer.alloc(1024 * 1024, ' ');
      const go = (): void => {
        while (!response.destroyed) {
          sent += more.length;
          if (!response.write(more)) return;
        }
      };
      response.on('drain', go).on('error', () => undefined);
      go();
    });
    const failing = await startTestPeer((_request, response) => void response.writeHead(500).end('{}'));
    const elsewhere = await startTestPeer(
      (_request, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/chain' }).end(),
    );
    const good = await startTestPeer(recordedChain('pow'));
    const node = await start(tutorial);
    await introduce(node, endless, failing, elsewhere, '127.0.0.1:1', good);
    expect(await resolve(node)).toBe(REPLACED);
    expect(await lengthOf(node)).toBe(4);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    const { text } = await ask(`${node.url}/nodes`);
    for (const reason of ['more than 32 MiB', 'it answered 500', 'it can’t be read', 'has 4 valid blocks']) {
      expect(text).toContain(reason.replace('’', "'"));
    }
  });

  test('one that drips is given up also where memory is cleared meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const node = await start();
    const dripping = await startTestPeer((_request, response) => {
      let left = 60;
      const drip = setInterval(() => {
        collectGarbage();
        if (--left === 0) response.end();
        else response.write(' ');
      }, 100);
      response.on('close', () => clearInterval(drip));
    });
    await introduce(node, dripping);
    await resolve(node);
    expect(node.node.nodes[0]?.result).toBe("its chain didn't come within 3 s");
  });

  test('one that never answers, and one that drips, are abandoned; other clients are answered meanwhile', async () => {
    const silent = await startTestPeer(() => undefined);
    const dripping = await startTestPeer((_request, response) => {
      const drip = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(drip));
    });
    const node = await start(tutorial);
    await introduce(node, silent, dripping, await startTestPeer(recordedChain('pow')));
    const resolving = resolve(node);
    expect(await lengthOf(node)).toBe(1);
    expect(await resolving).toBe(REPLACED);
    const { text } = await ask(`${node.url}/nodes`);
    expect(text.match(/didn't come within 3 s/g)).toHaveLength(2);
  });

  test('itself, and nodes that know each other in a circle', async () => {
    const nodes = await Promise.all([start(), start(), start()]);
    const addresses = nodes.map(({ address }) => address);
    for (const node of nodes) await introduce(node, ...addresses);
    const [first, second, third] = nodes;
    await mine(second);
    await mine(second);
    await mine(third);
    expect(await Promise.all(nodes.map(resolve))).toEqual([REPLACED, OURS, REPLACED]);
    expect(await chainOf(first)).toBe(await chainOf(second));
    expect(await chainOf(third)).toBe(await chainOf(second));
  });

  test('transactions of blocks that lost wait again, once each; the rewards are gone', async () => {
    const loser = await start();
    const winner = await start();
    await introduce(loser, winner.address);
    await pay(loser, '5');
    await pay(loser, '5');
    await mine(loser);
    await pay(winner, '5');
    await mine(winner);
    await mine(winner);
    expect(await resolve(loser)).toBe(REPLACED);
    expect((await ask(`${loser.url}/transactions/pending`)).text).toBe(
      '{"transactions": [{"amount": 5, "recipient": "bob", "sender": "alice"}]}',
    );
    expect((await mine(loser)).transactions).toHaveLength(2);
  });
});

test('all of it is there after a restart: chain, what waits, nodes, name', async () => {
  const env = { DATABASE_URL: `file:${path.join(temporaryFolder(), 'pow.db')}` };
  const first = await start(env);
  await pay(first, '5');
  await mine(first);
  await pay(first, '1.0');
  await introduce(first, '127.0.0.1:1');
  const chain = await chainOf(first);
  const { id } = first.node;
  await expect(start(env)).rejects.toThrow('is in use by another program');
  await first.close();
  const second = await start(env);
  expect(await chainOf(second)).toBe(chain);
  expect(second.node.id).toBe(id);
  expect(second.node.nodes).toEqual([{ node: '127.0.0.1:1', result: undefined }]);
  expect((await ask(`${second.url}/transactions/pending`)).text).toContain('"amount": 1.0');
  expect((await mine(second)).transactions).toMatchObject([{ amount: 1 }, { recipient: id }]);
  await second.close();
  await expect(start({ ...env, ROLE: 'pyverse' })).rejects.toThrow('belongs to ROLE=pow');
});

test('health, documents, and the way from / to them', async () => {
  const { url } = await start();
  expect((await ask(`${url}/health/live`)).status).toBe(200);
  const ready = JSON.parse((await ask(`${url}/health/ready`)).text) as { info: unknown };
  expect(ready.info).toMatchObject({ node: { role: 'pow', blocks: 1, pending: 0, status: 'up' } });
  expect((await ask(url)).text).toContain('swagger');
  const document = JSON.parse((await ask(`${url}/api-json`)).text) as { paths: object };
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/chain', '/mine', '/transactions/new', '/nodes/register', '/nodes/resolve']),
  );
});
