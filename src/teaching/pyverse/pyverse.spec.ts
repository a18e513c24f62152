import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readConfig } from '../../config/read-config.js';
import type { WalletClientConfig } from '../../config/config.js';
import { until } from '../../../test/support/node-process.js';
import { removeTemporary } from '../../../test/support/temporary.js';
import { powRole } from '../pow/open-pow.js';
import { parsePythonJson } from '../python-json/parse.js';
import type { PyValue } from '../python-json/values.js';
import { sortedDumps } from '../python-json/write.js';
import { objectIn, recorded, recordedChain, shapeOf } from '../testing/conversations.js';
import {
  ask,
  closeTestNodes,
  post,
  startTestNode,
  type Answered,
  type TestNode,
} from '../testing/test-node.js';
import { closeTestPeers, startTestPeer } from '../testing/test-peer.js';
import { pyverseRole } from './open-pyverse.js';
import { openWalletClient } from './open-wallet-client.js';
import { isSigned, newWallet, signTransaction } from './signature.js';

const FORM = 'application/x-www-form-urlencoded';
const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
const start = (): Promise<TestNode> => startTestNode(pyverseRole, { ROLE: 'pyverse', POW_ZEROS: '2' });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

afterEach(async () => {
  closeTestPeers();
  await closeTestNodes();
});
afterAll(removeTemporary);

test('answers as the original does, request for request', async () => {
  const node = await start();
  for (const { method, path: route, status, answer, form: fields = {} } of recorded('pyverse').conversation) {
    const ours =
      method === 'GET' ? await ask(node.url + route) : await post(node.url + route, form(fields), FORM);
    expect([route, ours.status]).toEqual([route, status]);
    const isJson = answer.startsWith('{');
    if (!isJson) expect(ours.text).toBe(answer);
    else if (method === 'POST') expect(JSON.parse(ours.text)).toEqual(JSON.parse(answer));
    else expect(shapeOf(parsePythonJson(ours.text))).toEqual(shapeOf(parsePythonJson(answer)));
  }
});

describe('signatures', () => {
  const { wallet } = recorded('pyverse');
  const { form: request = {} } =
    recorded('pyverse').conversation.find(({ form: fields }) => fields !== undefined) ?? {};
  const fields = {
    sender_address: request.sender_address ?? '',
    recipient_address: request.recipient_address ?? '',
    value: request.amount ?? '',
  };
  const { signature = '' } = request;

  test('are the very bytes that a Python program accepted', () => {
    expect(signTransaction(fields, wallet?.private_key ?? '')).toBe(signature);
    expect(isSigned(fields, signature)).toBe(true);
    expect(isSigned(fields, signature.toUpperCase())).toBe(true);
  });

  test('of Python 3.12 and later, which prints an OrderedDict otherwise, are accepted too', () => {
    const der = Buffer.from(wallet?.private_key ?? '', 'hex');
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs1' });
    const text = `OrderedDict({'sender_address': '${fields.sender_address}', 'recipient_address': '${fields.recipient_address}', 'value': '5'})`;
    expect(isSigned(fields, sign('sha1', Buffer.from(text), key).toString('hex'))).toBe(true);
  });

  test.each([
    ['another value', { value: '50' }],
    ['a number that is written otherwise', { value: '5.0' }],
    ['another recipient', { recipient_address: '30819e' }],
    ['a sender that is no hex', { sender_address: 'alice' }],
    ['a sender that is no key', { sender_address: '3081' }],
    ['no sender', { sender_address: '' }],
  ])('do not stand under %s', (_what, change) => {
    expect(isSigned({ ...fields, ...change }, signature)).toBe(false);
  });

  test.each(['', 'zz', '00', 'f'.repeat(256)])('%j is none', (wrong) => {
    expect(isSigned(fields, wrong)).toBe(false);
  });

  test('a key of another kind, or a huge one, is no key', async () => {
    expect(signTransaction(fields, '')).toBeUndefined();
    expect(signTransaction(fields, 'beef')).toBeUndefined();
    const { publicKey } = await import('node:crypto').then(({ generateKeyPairSync }) =>
      generateKeyPairSync('ed25519'),
    );
    const sender_address = publicKey.export({ type: 'spki', format: 'der' }).toString('hex');
    expect(isSigned({ ...fields, sender_address }, signature)).toBe(false);
  });

  test('new wallets are RSA-1024 in the two forms of the original', async () => {
    const { private_key, public_key } = await newWallet();
    const key = createPublicKey({ key: Buffer.from(public_key, 'hex'), format: 'der', type: 'spki' });
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(1024);
    const mine = { ...fields, sender_address: public_key };
    expect(isSigned(mine, signTransaction(mine, private_key) ?? '')).toBe(true);
  });
});

describe('bad input is refused, and changes nothing', () => {
  const { form: good = {} } =
    recorded('pyverse').conversation.find(({ form: fields }) => fields !== undefined) ?? {};
  const cases: readonly (readonly [string, string, string, number, string])[] = [
    ['/transactions/new', '', FORM, 400, 'Missing values'],
    ['/transactions/new', form({ sender_address: 'x' }), FORM, 400, 'Missing values'],
    ['/transactions/new', form({ ...good, amount: 'ten' }), FORM, 400, 'amount must be a number'],
    ['/transactions/new', form({ ...good, amount: '' }), FORM, 400, 'amount must be a number'],
    ['/transactions/new', form({ ...good, amount: '6' }), FORM, 406, '{"message":"Invalid Transaction!"}'],
    ['/transactions/new', form({ ...good, signature: '' }), FORM, 406, '{"message":"Invalid Transaction!"}'],
    [
      '/transactions/new',
      form({ ...good, signature: 'zz' }),
      FORM,
      406,
      '{"message":"Invalid Transaction!"}',
    ],
    ['/transactions/new', form({ ...good, sender_address: 'zz' }), FORM, 406, 'Invalid Transaction!'],
    [
      '/transactions/new',
      JSON.stringify({ ...good, signature: 5 }),
      'application/json',
      400,
      'signature must be',
    ],
    [
      '/transactions/new',
      JSON.stringify({ ...good, sender_address: {} }),
      'application/json',
      400,
      'sender_address',
    ],
    ['/transactions/new', '{"a"', 'application/json', 400, 'not JSON'],
    ['/transactions/new', 'x', 'text/plain', 415, FORM],
    ['/nodes/register', '', FORM, 400, 'Error: Please supply a valid list of nodes'],
    ['/nodes/register', form({ nodes: '' }), FORM, 400, 'nodes[0] must be an address'],
    ['/nodes/register', form({ nodes: '127.0.0.1:1,,' }), FORM, 400, 'nodes[1] must be an address'],
    ['/nodes/register', form({ nodes: 'ftp://x' }), FORM, 400, 'nodes[0] must be an address'],
  ];
  test('each case of a table', async () => {
    const { url, node } = await start();
    for (const [route, body, type, status, expected] of cases) {
      const answer = await post(url + route, body, type);
      expect([route, body, answer.status]).toEqual([route, body, status]);
      expect(answer.text).toContain(expected);
    }
    expect([node.pending, node.nodes, node.blocks.length]).toEqual([[], [], 1]);
  });
});

describe('the chain', () => {
  const signed = recorded('pyverse').conversation.filter(
    ({ form: fields, status }) => fields?.signature !== undefined && status === 201,
  );
  const send = ({ url }: TestNode, which = 0): Promise<Answered> =>
    post(`${url}/transactions/new`, form(signed[which]?.form ?? {}), FORM);

  test('takes that of an original, and is refused by a node of the tutorial', async () => {
    const node = await start();
    node.node.register([await startTestPeer(recordedChain('pyverse'))]);
    expect((await ask(`${node.url}/nodes/resolve`)).text).toContain('Our chain was replaced');
    expect(parsePythonJson((await ask(`${node.url}/chain`)).text)).toEqual(
      parsePythonJson(recordedChain('pyverse')),
    );
    const other = await startTestNode(powRole, { POW_ZEROS: '4' });
    other.node.register([node.address]);
    expect((await ask(`${other.url}/nodes/resolve`)).text).toContain('Our chain is authoritative');
  });

  test('a mined block proves its transactions to every version of Python', async () => {
    const node = await start();
    await send(node, 0);
    await send(node, 1);
    const { text } = await ask(`${node.url}/mine`);
    const { nonce, previous_hash, transactions } = JSON.parse(text) as {
      nonce: number;
      previous_hash: string;
      transactions: { sender_address: string; recipient_address: string; value: string | number }[];
    };
    expect(transactions.at(-1)).toMatchObject({ sender_address: 'THE BLOCKCHAIN', value: 1 });
    const quoted = (value: string): string => (value.includes("'") ? `"${value}"` : `'${value}'`);
    const listed = (
      open: string,
      between: string,
      close: string,
      pair: (key: string, value: string) => string,
    ): string =>
      `[${transactions
        .slice(0, -1)
        .map((transaction) => {
          const pairs = (['sender_address', 'recipient_address', 'value'] as const).map((key) =>
            pair(key, quoted(String(transaction[key]))),
          );
          return open + pairs.join(between) + close;
        })
        .join(', ')}]`;
    const before = listed('OrderedDict([', ', ', '])', (key, value) => `('${key}', ${value})`);
    const since = listed('OrderedDict({', ', ', '})', (key, value) => `'${key}': ${value}`);
    expect(sha256(before + previous_hash + String(nonce))).toMatch(/^00/);
    expect(sha256(since + previous_hash + String(nonce))).toMatch(/^00/);
  });

  test('a block whose transactions were changed proves nothing, and one with others isn’t of this chain', async () => {
    const chain = objectIn(recordedChain('pyverse')).get('chain') as readonly PyValue[];
    const text = sortedDumps(chain);
    for (const [from, to] of [
      ['"value": "5"', '"value": "7"'],
      ['"value": "5"', '"amount": "5"'],
    ] as const) {
      const node = await start();
      const blocks = text.replace(from, to);
      expect(blocks).not.toBe(text);
      node.node.register([await startTestPeer(`{"chain": ${blocks}, "length": ${chain.length}}`)]);
      expect((await ask(`${node.url}/nodes/resolve`)).text).toContain('Our chain is authoritative');
    }
  });

  test('what comes in while a block is mined is for the next one, and the answer says so', async () => {
    const node = await start();
    node.miner.held = true;
    const mining = ask(`${node.url}/mine`);
    await until(() => node.node.progress);
    expect((await send(node)).text).toContain('Block 3');
    node.miner.held = false;
    expect((JSON.parse((await mining).text) as { transactions: object[] }).transactions).toHaveLength(1);
    expect(node.node.pending).toHaveLength(1);
    expect((await ask(`${node.url}/mine`)).text).toContain('"value": "5"');
  });

  test('pages of any origin may use a node, as the original’s client needs it', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/transactions/new`, {
      method: 'POST',
      body: form(signed[0]?.form ?? {}),
      headers: { 'content-type': FORM, origin: 'http://localhost:8080', 'sec-fetch-site': 'same-site' },
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([201, '*']);
  });
});

describe('the client', () => {
  const open = async (): Promise<{ url: string; close: () => Promise<void> }> => {
    const config = readConfig({ ROLE: 'pyverse-client', LOG_LEVEL: 'silent' }) as WalletClientConfig;
    const { app } = await openWalletClient(config);
    await app.listen(0, '127.0.0.1');
    return { url: await app.getUrl(), close: () => app.close() };
  };

  test('makes a wallet and signs, by form and by JSON, what a node accepts', async () => {
    const client = await open();
    const node = await start();
    const wallet = JSON.parse((await ask(`${client.url}/wallet/new`)).text) as Record<string, string>;
    const request = {
      sender_address: wallet.public_key ?? '',
      sender_private_key: wallet.private_key ?? '',
      recipient_address: "it's",
      amount: '0.50',
    };
    for (const [body, type] of [
      [form(request), FORM],
      [JSON.stringify(request), 'application/json'],
      [JSON.stringify({ ...request, amount: 5 }), 'application/json'],
    ] as const) {
      const { status, text } = await post(`${client.url}/generate/transaction`, body, type);
      expect(status).toBe(200);
      const { transaction, signature } = JSON.parse(text) as {
        transaction: { sender_address: string; recipient_address: string; value: string };
        signature: string;
      };
      expect(Object.keys(transaction)).toEqual(['sender_address', 'recipient_address', 'value']);
      const { value: amount, ...addresses } = transaction;
      const sent = await post(
        `${node.url}/transactions/new`,
        form({ ...addresses, amount, signature }),
        FORM,
      );
      expect(sent.status).toBe(201);
    }
    await client.close();
  });

  test.each([
    [{}, 'Missing values'],
    [
      { sender_address: 'a', sender_private_key: 'zz', recipient_address: 'b', amount: '5' },
      'sender_private_key must be',
    ],
    [
      { sender_address: 'a', sender_private_key: 'zz', recipient_address: '', amount: 'x' },
      'recipient_address must be',
    ],
  ])('refuses %j', async (body, expected) => {
    const client = await open();
    const { status, text } = await post(`${client.url}/generate/transaction`, JSON.stringify(body));
    expect([status, text]).toEqual([400, expect.stringContaining(expected)]);
    await client.close();
  });
});
