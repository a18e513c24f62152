import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import path from 'node:path';
import {
  ALICE,
  BOB,
  ChainBuilder,
  holderText,
  ISSUER,
  MALLORY,
} from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { problem, StubNode, type Behaviour } from '../../client/testing/stub-node.js';
import { parsePublicKey, parseSignature } from '../../chain/bytes/bytes.js';
import { verifySignature } from '../../chain/bytes/ed25519.js';
import { IntentFile } from './intent.js';
import { keyFileText } from '../wallet/key-file.js';
import { run, type Run, type RunOptions } from '../testing/test-io.js';

afterAll(removeTemporary);

const PASSPHRASE = 'correct horse';
const chain = ChainBuilder.signed();
let aliceKey: string;
let node: StubNode;
let home: string;
let file: string;

beforeAll(async () => {
  aliceKey = await keyFileText(Buffer.from('a1'.repeat(32), 'hex'), PASSPHRASE, { n: 2 ** 14, r: 8, p: 1 });
});
beforeEach(async () => {
  node = await StubNode.start(chain, ChainBuilder.information());
  home = temporaryFolder();
  const folder = path.join(home, '.bpsc', 'wallets');
  mkdirSync(folder, { recursive: true });
  file = path.join(folder, 'alice.json');
  writeFileSync(file, aliceKey, { mode: 0o600 });
});
afterEach(() => node.close());

const isSignedBy = ({ publicKey }: typeof ALICE, text: string, signature: unknown): boolean => {
  const [key, parsed] = [parsePublicKey(publicKey), parseSignature(signature)];
  return key !== undefined && parsed !== undefined && verifySignature(key, text, parsed);
};

const pending = (): string => `${file}.pending`;

function bpsc(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const settings = { passphrase: PASSPHRASE, node: node.url, ...options.settings };
  return run(args, { home, ...options, settings });
}

const send = (...more: readonly string[]): Promise<Run> =>
  bpsc(['send', '12.50', BOB.address, '--timeout', '0.3', ...more]);

/** A first attempt without an answer, and a second with an inconclusive answer: the command gives up. */
function noAnswer(first: Behaviour): void {
  node.script.push(first, problem(500, 'INTERNAL'));
}

describe('bpsc send', () => {
  it('pays, says so, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await send('--memo', 'lunch');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      `sent     12.5 AKA to ${BOB.address}\n` +
        'arrives  12.499375 AKA, fee 0.000625 AKA\n' +
        'memo     lunch\n' +
        'block    2, promised\n' +
        `id       ${String(node.accepted[0]!.id)}\n`,
    );
    expect(existsSync(pending())).toBe(false);
    expect(node.posts[0]!.text).not.toContain(PASSPHRASE);
  });

  it('sends metadata, which is signed with the rest', async () => {
    const { code, stdout, stderr } = await send('--metadata', '{"b":[1,null],"a":"x\u202e"}');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('metadata  {"a":"x\\u202e","b":[1,null]}\n');
    const { body } = node.posts[0]!;
    expect(body.metadata).toEqual({ a: 'x\u202e', b: [1, null] });
    const signed = holderText({ ...body, amount_send: body.amount, type: 'transfer' }, chain.chain);
    expect(isSignedBy(ALICE, signed, body.signature)).toBe(true);
    const again = await send('--metadata', '{"b":[1,null],"a":"x\u202e"}', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ transaction: { metadata: { a: 'x\u202e' } } });
  });

  it('makes new tokens with --issue, for the issuer alone', async () => {
    const issue = ['send', '7', BOB.address, '--issue'];
    const { code, stderr } = await bpsc(issue);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`must be the issuer ${ISSUER.address}`)]);
    expect(node.posts).toEqual([]);
    await bpsc(['wallet', 'new', 'bank', '--import'], { input: 'e5'.repeat(32) });
    const { stdout } = await bpsc([...issue, '--wallet', 'bank', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, transaction: { type: 'issue', amount_send: '7' } });
    expect(node.posts).toMatchObject([{ path: '/transactions/issue' }]);
    expect((await bpsc([...issue, '--memo', 'x'])).stderr).toContain('cannot be used with');
  });

  it('pays with --json, and keeps it until a time', async () => {
    const time = 1_760_000_000_000;
    const { stdout } = await bpsc(['send', '1', BOB.address, '--hold-until', '2h', '--json'], { time });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      repeated: false,
      block: 2,
      transaction: {
        type: 'transfer',
        amount_send: '1',
        hold_until: time + 7_200_000,
        sender: ALICE.address,
      },
    });
    const text = (await bpsc(['send', '1', BOB.address, '--hold-until', '2h'], { time })).stdout;
    expect(text).toContain('held     until 2025-10-09T10:53:20Z, or until it is answered\n');
  });

  it('asks for the passphrase on a terminal, once all else is right', async () => {
    const settings = { passphrase: undefined };
    const typed = [PASSPHRASE];
    const right = await bpsc(['send', '1', BOB.address], { settings, typed });
    expect([right.code, right.stderr]).toEqual([0, `Passphrase of ${file}: `]);
    const wrong = await bpsc(['send', '1', BOB.address], { settings, typed: ['nonsense'] });
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining("can't be opened: the passphrase is wrong"),
    ]);
    const mistyped = await bpsc(['send', '1', 'bp1nonsense'], { settings, typed: [PASSPHRASE] });
    expect([mistyped.code, mistyped.stderr]).toEqual([2, expect.not.stringContaining('Passphrase')]);
    expect(node.posts).toHaveLength(1);
  });

  it.each<[string, readonly string[], string]>([
    [
      'an address with a typing error',
      ['1', ALICE.address.replace(/.$/, '0')],
      'the recipient must be a wallet',
    ],
    ['a name', ['1', 'bob'], 'the recipient must be a wallet'],
    ['itself', ['1', ALICE.address], 'the recipient must be another'],
    ['no amount', ['0', BOB.address], 'the amount must be above zero'],
    ['a long memo', ['1', BOB.address, '--memo', 'x'.repeat(300)], 'the memo must be a string'],
    [
      'metadata that is no object',
      ['1', BOB.address, '--metadata', '[1]'],
      'It must be a JSON object, such as',
    ],
    [
      'metadata that is no JSON',
      ['1', BOB.address, '--metadata', '{a}'],
      'It must be a JSON object: it is not valid',
    ],
    [
      'metadata with a number that would change',
      ['1', BOB.address, '--metadata', '{"a":12345678901234567890}'],
      'It must be a JSON object: /a is a number that JSON readers change to 12345678901234567000',
    ],
    [
      'long metadata',
      ['1', BOB.address, '--metadata', JSON.stringify({ a: 'x'.repeat(4096) })],
      'the metadata must be a JSON object of at most 4096 bytes as canonical JSON',
    ],
    ['nothing', [], 'how much, and to whom?'],
    ['no recipient', ['1'], 'how much, and to whom?'],
    [
      'a wrong time',
      ['1', BOB.address, '--hold-until', 'soon'],
      "option '--hold-until <time>' argument 'soon' is",
    ],
    ['another wallet', ['1', BOB.address, '--wallet', 'bob'], 'there is no wallet '],
    [
      'two senders',
      ['1', BOB.address, '--wallet', 'alice', '--from', 'x'],
      "option '--from <name>' cannot be used",
    ],
    ['a name without a key', ['1', BOB.address, '--from', 'alice'], 'the sender must be a signer'],
    ['no URL', ['1', BOB.address, '--node', 'ftp://x'], 'ftp://x is no URL of a node'],
    ['two things at once', ['1', BOB.address, '--resume'], '--resume and --discard are about'],
  ])('refuses %s', async (_name, args, message) => {
    const { code, stdout, stderr } = await bpsc(['send', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^bpsc: /);
    expect(stderr).toContain(message);
    expect(node.posts).toHaveLength(0);
    expect(existsSync(pending())).toBe(false);
  });

  it('signs for no other chain than the one that is named', async () => {
    const { code, stderr } = await send('--chain-id', 'ab'.repeat(32));
    expect([code, stderr]).toEqual([1, expect.stringContaining("the node's data is not valid: ")]);
    expect(node.posts).toHaveLength(0);
  });

  it('uses no key that others can read', async () => {
    chmodSync(file, 0o640);
    expect(await send()).toMatchObject({
      code: 2,
      stderr: `bpsc: ${file} can be read by users other than its owner: chmod 600 ${file}\n`,
    });
  });

  it('says why the node refused, and leaves nothing behind', async () => {
    node.script.push(problem(422, 'OVERDRAWN'));
    expect(await send()).toEqual({
      code: 1,
      stdout: '',
      stderr: 'bpsc: refused: says OVERDRAWN (OVERDRAWN)\n',
    });
    expect(existsSync(pending())).toBe(false);
  });

  it('leaves nothing behind where nobody was there', async () => {
    const { url } = node;
    await node.close();
    const { code, stderr } = await bpsc(['send', '1', BOB.address, '--node', url]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^bpsc: http.*: \/chains: connect ECONNREFUSED.*\n$/),
    ]);
    expect(existsSync(pending())).toBe(false);
    node = await StubNode.start();
  });

  it('has the payment on disk, for its owner alone, before it is sent', async () => {
    let seen: string | undefined;
    node.script.push((response) => {
      seen = readFileSync(pending(), 'utf8');
      expect(statSync(pending()).mode & 0o777).toBe(0o600);
      problem(422, 'OVERDRAWN')(response);
    });
    await send();
    expect(JSON.parse(seen!)).toMatchObject({
      version: 1,
      node: node.url,
      chain: chain.chain,
      path: '/transactions/new',
      nonce: node.posts[0]!.body.nonce,
      body: node.posts[0]!.text,
    });
  });

  it('sends no other payment while one has no answer, and resumes that one, once', async () => {
    noAnswer('lose');
    const lost = await send();
    expect([lost.code, lost.stdout]).toEqual([4, '']);
    expect(lost.stderr).toContain(`the payment is kept in ${pending()}`);
    expect(lost.stderr).toContain('whether it was accepted is not known');

    const next = await send();
    expect([next.code, next.stderr]).toEqual([
      2,
      `bpsc: a payment from this wallet is on its way, or got no answer (${pending()}): ` +
        "bpsc send --resume --wallet alice sends exactly the same again, and can't pay twice\n",
    ]);
    expect(node.posts).toHaveLength(2);

    // No passphrase is needed: it is signed already.
    const resumed = await bpsc(['send', '--resume'], { settings: { passphrase: undefined } });
    expect([resumed.code, resumed.stderr]).toEqual([0, '']);
    expect(resumed.stdout).toContain('block    2, promised; it had been accepted before, and is paid once\n');
    expect(new Set(node.posts.map(({ text }) => text)).size).toBe(1);
    expect(node.accepted).toHaveLength(1);
    expect(existsSync(pending())).toBe(false);
    expect((await bpsc(['send', '--resume'])).stderr).toMatch(/^bpsc: there is nothing to resume/);
  });

  it('keeps what is resumed until the node says yes, or the chain says no', async () => {
    noAnswer('drop');
    await send();
    for (const [script, code] of [
      [problem(401, 'UNAUTHORIZED'), 4],
      [problem(404, 'NOT_FOUND'), 4],
      [problem(400, 'INVALID_INPUT'), 4],
    ] as const) {
      node.script.push(script);
      expect((await bpsc(['send', '--resume'])).code).toBe(code);
      expect(existsSync(pending())).toBe(true);
    }
    const url = node.url.replace(/\d+$/, '1');
    expect((await bpsc(['send', '--resume', '--node', url])).code).toBe(2);
    const { chains } = node;
    node.chains = [ChainBuilder.signed({ created_at: 1_760_000_000_001 })];
    const other = await bpsc(['send', '--resume']);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('the payment is for the chain ')]);
    expect(existsSync(pending())).toBe(true);
    node.chains = chains;
    node.script.push(problem(422, 'OVERDRAWN'));
    expect((await bpsc(['send', '--resume'])).code).toBe(1);
    expect(existsSync(pending())).toBe(false);
  });

  it('forgets a payment only after a warning', async () => {
    noAnswer('lose');
    await send();
    const warned = await bpsc(['send', '--discard']);
    expect([warned.code, warned.stderr]).toEqual([
      2,
      expect.stringMatching(/^bpsc: a payment of 12\.5 to bp1.*may pay twice.*\n$/),
    ]);
    expect(existsSync(pending())).toBe(true);
    expect((await bpsc(['send', '--discard', '--yes'])).code).toBe(0);
    expect(existsSync(pending())).toBe(false);
    expect((await bpsc(['send', '--discard'])).code).toBe(2);
  });

  it('says so when it is stopped with its outcome unknown', async () => {
    const stop = new AbortController();
    node.script.push(() => stop.abort());
    const { code, stderr } = await bpsc(['send', '1', BOB.address], { stop: stop.signal });
    expect([code, stderr]).toEqual([4, expect.stringContaining('the payment is kept in ')]);
    expect(existsSync(pending())).toBe(true);
  });

  it('lets one of two that pay at once go ahead', async () => {
    let release: (() => void) | undefined;
    const sent = new Promise<void>((resolve) => {
      node.script.push((response) => {
        resolve();
        release = () => problem(422, 'OVERDRAWN')(response);
      });
    });
    const first = bpsc(['send', '1', BOB.address]);
    await sent;
    expect((await bpsc(['send', '2', BOB.address])).code).toBe(2);
    release?.();
    expect((await first).code).toBe(1);
    expect(node.posts).toHaveLength(1);
  });

  it('pays in a name where wallets are open', async () => {
    node.chains = [ChainBuilder.token()];
    const { code, stdout } = await bpsc(['send', '1000000', 'bob', '--from', 'al/ice']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('arrives  999950 AKA, fee 50 AKA\n')]);
    noAnswer('lose');
    expect((await bpsc(['send', '1', 'bob', '--from', 'al/ice'])).code).toBe(4);
    expect((await bpsc(['send', '1', 'bob', '--from', 'al/ice'])).stderr).toContain(
      '--resume --from "al/ice" ',
    );
    expect((await bpsc(['send', '1', 'bob', '--from', 'carol'])).code).toBe(0);
    expect((await bpsc(['send', '--resume', '--from', 'al/ice'])).code).toBe(0);
    expect(node.accepted).toHaveLength(3);
  });

  it('warns that a key protects nothing where wallets are open, and only there', async () => {
    const warning = 'bpsc: warning: the wallets of aka are open, so signatures are not checked there';
    expect((await send()).stderr).toBe('');
    node.chains = [ChainBuilder.token()];
    expect((await send()).stderr).toContain(warning);
    expect((await bpsc(['accept', 'ab'.repeat(32)])).stderr).toContain(warning);
    expect((await bpsc(['send', '1', 'bob', '--from', 'alice'])).stderr).toBe('');
  });

  it('says how to pay without a key, to users who have none', async () => {
    const { code, stderr } = await bpsc(['send', '10', 'bob'], { home: temporaryFolder() });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'bpsc: there is no wallet yet: create one with bpsc wallet new, or name its file with --wallet. On a chain ' +
        'whose wallets are open, a wallet is a name and needs no key: give yours with --from <name>\n',
    );
  });

  it('prints nothing that a terminal would obey', async () => {
    node.chains = [ChainBuilder.token()];
    const { stdout } = await bpsc(['send', '1', 'bob', '--from', 'alice', '--memo', 'a\u001b[2Jb']);
    expect(stdout).toContain('memo     a\\u001b[2Jb\n');
    node.script.push(
      (response) =>
        void response
          .writeHead(422, { 'content-type': 'application/problem+json' })
          .end(JSON.stringify({ code: 'X', detail: 'a\u001b[2Jb\nc' })),
    );
    const { stderr } = await bpsc(['send', '1', 'bob', '--from', 'alice']);
    expect(stderr).toBe('bpsc: refused: a\\u001b[2Jb\\u000ac (X)\n');
  });

  it('shows the node its token', async () => {
    await bpsc(['send', '1', BOB.address], { settings: { apiToken: 'a-token-of-16-chars' } });
    expect(node.posts[0]!.headers.authorization).toBe('Bearer a-token-of-16-chars');
  });
});

describe('the file of a payment on its way', () => {
  const request = { chain: 'ab'.repeat(32), path: '/transactions/new', nonce: 'n1', body: '{"nonce":"n1"}' };
  const intent = { node: 'http://x', createdAt: 1, request };
  const intentFile = (): IntentFile => new IntentFile(pending(), '--wallet alice');

  it('is whole or not there, and never another’s', () => {
    intentFile().create(intent);
    expect(intentFile().read()).toEqual(intent);
    expect(() => intentFile().create({ ...intent, node: 'http://y' })).toThrow(
      /is on its way, or got no answer/,
    );
    expect(intentFile().read()).toEqual(intent);
    intentFile().remove('n2');
    expect(intentFile().read()).toEqual(intent);
    intentFile().remove('n1');
    expect(intentFile().read()).toBeUndefined();
    intentFile().remove('n1');
  });

  it.each<[string, object]>([
    ['another version', { version: 2 }],
    ['another path', { path: '/mine' }],
    ['another nonce than its body', { nonce: 'n2' }],
    ['a body that is none', { body: 'x' }],
    ['no chain', { chain: 'x' }],
  ])('is not sent with %s', (_name, changes) => {
    const { chain: id, path: to, nonce, body } = request;
    const fields = {
      version: 1,
      created_at: 1,
      node: 'http://x',
      chain: id,
      path: to,
      nonce,
      body,
      ...changes,
    };
    writeFileSync(pending(), JSON.stringify(fields));
    expect(() => intentFile().read()).toThrow(/does not contain a bpsc payment/);
    intentFile().discard();
    expect(existsSync(pending())).toBe(false);
  });
});

describe('bpsc accept and decline', () => {
  const id = 'ab'.repeat(32);
  it.each(['accept', 'decline'])('%s a hold', async (type) => {
    const { code, stdout } = await bpsc([type, id]);
    expect([code, stdout]).toEqual([
      0,
      `${type === 'accept' ? 'accepted' : 'declined'}  ${id}\nblock     2, promised\nid        ${String(node.accepted[0]!.id)}\n`,
    ]);
    expect(JSON.parse((await bpsc([type, id, '--json'])).stdout)).toMatchObject({
      transaction: { type, transfer: id, sender: ALICE.address },
    });
    node.script.push(problem(422, 'HOLD_ENDED'));
    expect(await bpsc([type, id])).toMatchObject({
      code: 1,
      stderr: 'bpsc: refused: says HOLD_ENDED (HOLD_ENDED)\n',
    });
    noAnswer('drop');
    expect((await bpsc([type, id])).code).toBe(4);
    expect((await bpsc([type, 'x'])).stderr).toContain(
      'It must be 64 hex digits, or the first 8 or more of them.',
    );
  });
});

describe('bpsc balance and history', () => {
  const wallet = { sent: '1', received: '2', fees_paid: '0', fees_collected: '0', issued: '3' };
  const counts = { transactions_sent: 1, transactions_received: 0 };

  it('show what a wallet has, without a passphrase', async () => {
    const settings = { passphrase: undefined };
    const amounts = { available: '4', held: '1.5', balance: '5.5', ...wallet, ...counts };
    for (const address of [ALICE.address, BOB.address])
      node.answers.set(`/wallets/${address}`, { address, ...amounts });
    const own = await bpsc(['balance'], { settings });
    expect([own.code, own.stdout]).toEqual([
      0,
      `address    ${ALICE.address}\navailable  4 AKA\nheld       1.5 AKA\nbalance    5.5 AKA\n`,
    ]);
    const other = await bpsc(['balance', BOB.address, '--json'], { settings });
    expect(JSON.parse(other.stdout)).toEqual({ address: BOB.address, symbol: 'AKA', ...amounts });
    const mistyped = await bpsc(['balance', BOB.address.replace(/.$/, '1')], { settings });
    expect([mistyped.code, mistyped.stderr]).toEqual([
      2,
      expect.stringMatching(/^bpsc: the address must be a wallet/),
    ]);
    expect((await bpsc(['balance', BOB.address, '--wallet', 'alice'])).code).toBe(2);
  });

  it('show what went in and out', async () => {
    const timestamp = 1_760_000_000_000;
    const place = { sequence: 4, block: 3, status: 'sealed' };
    const hold = chain.transfer({ amount: '10', holdUntil: timestamp + 5000, timestamp });
    const listed = [
      { ...chain.answer('accept', hold), ...place, status: 'pending' },
      { ...chain.issue({ recipient: ALICE.address, amount: '7' }), ...place },
      {
        ...chain.transfer({ holder: MALLORY, recipient: ALICE.address, amount: '1' }),
        ...place,
        state: 'delivered',
      },
      { ...hold, ...place, state: 'held' },
    ];
    node.answers.set(`/transactions?address=${ALICE.address}`, { transactions: listed, next_cursor: null });
    const { code, stdout } = await bpsc(['history', '--wide']);
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[0]).toEqual(['TIME', 'TYPE', 'AMOUNT', 'WITH', 'STATE', 'BLOCK', 'ID']);
    expect(lines[2]!.slice(1, 3)).toEqual(['issue', '+7']);
    expect(lines[3]!.slice(1, 6)).toEqual(['transfer', '+0.99995', MALLORY.address, 'delivered', '3']);
    expect(lines[4]).toEqual(['2025-10-09T08:53:20Z', 'hold', '-10', BOB.address, 'held', '3', hold.id]);
    const short = (await bpsc(['history'])).stdout.split('\n').map((line) => line.split(/ {2,}/));
    const mallory = `${MALLORY.address.slice(0, 12)}…${MALLORY.address.slice(-11)}`;
    expect(short[3]!.slice(1, 6)).toEqual(['transfer', '+0.99995', mallory, 'delivered', '3']);
    expect(short[4]!.at(-1)).toBe(String(hold.id).slice(0, 12));
    const json = JSON.parse((await bpsc(['history', '--json', '--limit', '2'])).stdout) as {
      transactions: object[];
    };
    expect(json.transactions).toMatchObject([
      { type: 'accept', transfer: hold.id },
      { type: 'issue', sequence: 4 },
    ]);
    expect((await bpsc(['history', '--limit', '0'])).code).toBe(2);
    expect((await bpsc(['history', 'bob'])).code).toBe(2);
  });

  it('show lines that add up to the balance, with what no transaction says', async () => {
    const timestamp = 1_760_000_000_000;
    const place = { sequence: 4, block: 3, status: 'sealed' };
    const hold = (amount: string) => chain.transfer({ amount, holdUntil: timestamp + 5000, timestamp });
    const [open, accepted, declined] = [hold('10'), hold('20'), hold('30')];
    const terms = (amount_send: string, amount_receive: string) => ({
      hold: { sender: ALICE.address, recipient: BOB.address, amount_send, amount_receive },
    });
    const listed = [
      { ...chain.answer('decline', declined), ...place, ...terms('30', '29.9985'), available_change: '30' },
      { ...chain.answer('accept', accepted), ...place, ...terms('20', '19.999'), available_change: '0' },
      { ...declined, ...place, state: 'declined', available_change: '-30' },
      { ...accepted, ...place, state: 'delivered', available_change: '-20' },
      { ...open, ...place, state: 'held', available_change: '-10' },
      {
        ...chain.transfer({
          holder: MALLORY,
          recipient: ALICE.address,
          amount: '9',
          holdUntil: timestamp + 5000,
          timestamp,
        }),
        ...place,
        state: 'returned',
        available_change: '0',
      },
    ];
    const path = `/transactions?address=${ALICE.address}`;
    node.answers.set(path, { transactions: listed, next_cursor: null });
    const { allocations } = chain.contract.wallets as {
      allocations: { address: string; amount: string }[];
    };
    const allocated = allocations.find(({ address }) => address === ALICE.address)?.amount ?? '';
    const balance = String(Number(allocated) + 0.5 - 20);
    node.answers.set(`/wallets/${ALICE.address}`, {
      address: ALICE.address,
      available: String(Number(balance) - 10),
      held: '10',
      balance,
      ...wallet,
      ...counts,
      fees_collected: '0.5',
    });
    const wide = (await bpsc(['history', '--wide'])).stdout;
    const lines = wide.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(lines.slice(1, 7).map((line) => line.slice(1, 5))).toEqual([
      ['decline', '+30', BOB.address, 'sealed'],
      ['accept', `0 (19.999 to ${BOB.address})`, BOB.address, 'sealed'],
      ['hold', '-30', BOB.address, 'declined'],
      ['hold', '-20', BOB.address, 'delivered'],
      ['hold', '-10', BOB.address, 'held'],
      ['hold', '0 (returned)', MALLORY.address, 'returned'],
    ]);
    expect(lines.slice(7)).toEqual([
      ['allocated', `+${allocated}`, 'by the contract'],
      ['fees', '+0.5', 'as the fee wallet'],
      ['held', '+10', 'in open holds'],
      ['balance', balance],
      [''],
    ]);
    const sum = lines
      .slice(1, 10)
      .reduce(
        (total, line) =>
          total +
          Number(/^[+-]?[\d.]+/.exec(line.at(line[0]?.includes('T') === true ? 2 : 1) ?? '')?.[0] ?? 0),
        0,
      );
    expect(String(sum)).toBe(balance);
    const fits = (await bpsc(['history'])).stdout.split('\n');
    expect(fits).toHaveLength(lines.length);
    expect(Math.max(...fits.map((line) => line.length))).toBeLessThanOrEqual(120);
    const part = await bpsc(['history', '--limit', '6']);
    expect(part.stdout).toContain('balance');
    expect((await bpsc(['history', '--limit', '5'])).stdout).not.toContain('balance');
  });

  it('say what is wrong with a node', async () => {
    node.misbehave = (asked, response) => {
      if (asked !== '/chains') return false;
      response.end('hello');
      return true;
    };
    expect(await bpsc(['balance'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^bpsc: \/chains answers with what is not valid JSON/) as string,
    });
  });
});
