import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { ChainBuilder } from '../../../test/support/chain-builder.js';
import { problem, StubNode } from '../../client/testing/stub-node.js';
import { run, type Run, type RunOptions } from '../testing/test-io.js';

let http: TestHttp;
let node: string;
let payment: string;
let record: string;

beforeAll(async () => {
  http = await startTestHttp();
  const { producer } = http;
  const idOf = async (outcome: ReturnType<typeof producer.transfer>): Promise<string> => {
    const settled = await outcome;
    if (settled instanceof Error) throw settled;
    return settled.entry.id;
  };
  payment = await idOf(
    producer.transfer({ sender: 'alice', recipient: '李明', amount: '12.5', memo: 'rent' }),
  );
  await producer.token.seal();
  record = await idOf(producer.inform({ student: 'Ada\u202e', degrees: ['BSc', 'x'.repeat(200)] }));
  await http.app.listen(0, '127.0.0.1');
  node = await http.app.getUrl();
});
afterAll(async () => {
  await http.close();
  removeTemporary();
});

const bpsc = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
  run(args, { ...options, settings: { node, ...options.settings } });
/** The rows of a table, as fields. */
const fields = ({ stdout }: Run): Record<string, string> =>
  Object.fromEntries(
    stdout
      .split('\n')
      .map((line) => /^(\S+(?: \S+)*?) {2,}(.*)$/.exec(line))
      .flatMap((match) => (match === null ? [] : [[match[1], match[2]]])),
  ) as Record<string, string>;

const head = async (): Promise<{ hash: string }> =>
  (await http.app.inject({ url: '/chains/aka/head' })).json<{ hash: string }>();

describe('bpsc tx', () => {
  it('shows a transaction by its id, and by the first 8 digits or more, in either case', async () => {
    for (const id of [payment, payment.slice(0, 8), payment.slice(0, 20).toUpperCase()]) {
      const shown = await bpsc(['tx', id]);
      expect(shown).toMatchObject({ code: 0, stderr: '' });
      expect(fields(shown)).toMatchObject({
        type: 'transfer',
        sender: 'alice',
        recipient: '李明',
        amount: '12.5 AKA',
        fee: '0.000625 AKA',
        arrives: '12.499375 AKA',
        memo: 'rent',
        state: 'delivered',
        block: '2',
        level: 'sealed',
        id: payment,
      });
    }
  });

  it('proves the block with --verify, and prints JSON', async () => {
    const { hash } = await head();
    const shown = await bpsc(['tx', payment.slice(0, 8), '--verify', '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      id: payment,
      amount_send: '12.5',
      block: 2,
      status: 'sealed',
      verified: { block: 2, hash },
    });
    expect(fields(await bpsc(['tx', payment, '--verify'])).verified).toContain(`in block 2 (${hash})`);
  });

  it('says what is wrong with an id', async () => {
    expect(await bpsc(['tx', payment.slice(0, 7)])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('It must be 64 hex digits, or the first 8 or more of them.') as string,
    });
    expect(await bpsc(['tx', record.slice(0, 8)])).toMatchObject({
      code: 2,
      stderr: `bpsc: no transaction of ${node} begins with ${record.slice(0, 8)}\n`,
    });
    expect(await bpsc(['tx', 'f'.repeat(64)])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_FOUND') as string,
    });
  });
});

describe('an ambiguous id', () => {
  it('is refused with a list, and is not when its chain is named', async () => {
    const gold = ChainBuilder.token({ name: 'gold' });
    const silver = ChainBuilder.token({ name: 'silver' });
    const stub = await StubNode.start(gold, silver);
    const [one, other] = [`12345678${'a'.repeat(56)}`, `12345678${'b'.repeat(56)}`];
    const found = (chain: string, id: string): object => ({
      type: 'transaction',
      match: 'prefix',
      chain,
      id,
    });
    stub.answers.set('/search?q=12345678', {
      query: '12345678',
      results: [found('gold', one), found('silver', other)],
      more: false,
    });
    const refused = await run(['tx', '12345678', '--node', stub.url]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toBe(
      'bpsc: 12345678 is ambiguous. Type more digits of one of these, or name the chain with --chain:\n' +
        `  ${one}  transaction of gold\n  ${other}  transaction of silver\n`,
    );
    expect(await run(['receipt', stub.url, '12345678'])).toMatchObject({ code: 2, stderr: refused.stderr });
    // The chain is named: its transaction is asked for.
    await run(['tx', '12345678', '--node', stub.url, '--chain', silver.chain]);
    expect(stub.gets.at(-1)).toBe(`/chains/${silver.chain}/transactions/${other}`);
    await stub.close();
  });
});

describe('bpsc block', () => {
  it('shows the head, a block by its index, and one by the first digits of its hash', async () => {
    const { hash } = await head();
    for (const which of [[], ['2'], [hash], [hash.slice(0, 8)]]) {
      const shown = await bpsc(['block', ...which]);
      expect(shown).toMatchObject({ code: 0, stderr: '' });
      expect(fields(shown)).toMatchObject({
        chain: 'aka',
        block: '2',
        hash,
        entries: '1, and with them 1 in all',
      });
      expect(shown.stdout).toContain(`${payment.slice(0, 12)}  transfer  12.5: alice → 李明\n`);
    }
    expect(fields(await bpsc(['block', '--chain', 'information']))).toMatchObject({
      block: '1',
      entries: /^0,/,
    });
    const json = JSON.parse((await bpsc(['block', '2', '--json'])).stdout) as object;
    expect(json).toMatchObject({ index: 2, hash, transactions: [{ id: payment }] });
  });

  it.each([
    [['block', '3'], 'aka has no block 3: its last one is 2'],
    [['block', '1', '--chain', 'nope'], ' has no chain nope: it has aka, information'],
    [['block', 'f'.repeat(8)], ` has a hash that begins with ${'f'.repeat(8)}`],
    [['block', '0'], "It must be a block's index, from 1, or the first 8 hex digits or more of its hash."],
  ])('says what is wrong: %p', async (args, message) => {
    const { code, stdout, stderr } = await bpsc(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('bpsc records', () => {
  it('lists records on lines of at most 120 columns, and shows one', async () => {
    const { code, stdout } = await bpsc(['records']);
    expect(code).toBe(0);
    const [titles, line = ''] = stdout.split('\n');
    expect(titles).toMatch(/^TIME +ID +BLOCK +STATE +INFORMATION$/);
    expect(line).toContain(record.slice(0, 12));
    expect(line).toContain('{"degrees":["BSc","xxx');
    expect(line.length).toBeLessThanOrEqual(120);
    const one = await bpsc(['records', record.slice(0, 8)]);
    expect(fields(one)).toMatchObject({ type: 'information', level: 'accepted', id: record });
    // What a terminal would obey or hide is escaped.
    expect(one.stdout).toContain('"student": "Ada\\u202e"');
    const json = JSON.parse((await bpsc(['records', record, '--json'])).stdout) as object;
    expect(json).toMatchObject({ id: record, information: { student: 'Ada\u202e' }, status: 'pending' });
  });

  it('is as long as it should be', async () => {
    const { producer } = http;
    await Promise.all([1, 2, 3].map((at) => producer.inform({ at })));
    const list = async (...args: string[]): Promise<unknown[]> =>
      (JSON.parse((await bpsc(['records', '--json', ...args])).stdout) as { records: unknown[] }).records;
    expect(await list()).toHaveLength(4);
    expect(await list('--limit', '2')).toMatchObject([
      { information: { at: 3 } },
      { information: { at: 2 } },
    ]);
    expect((await bpsc(['records', '--limit', '0'])).code).toBe(2);
  });
});

describe('bpsc inform', () => {
  let stub: StubNode;
  beforeEach(async () => {
    stub = await StubNode.start(ChainBuilder.token({}), ChainBuilder.information({ name: 'notes' }));
  });
  afterEach(() => stub.close());
  const inform = (args: readonly string[], options: RunOptions = {}): Promise<Run> =>
    run(['inform', ...args], { ...options, settings: { node: stub.url, apiToken: 'secret' } });

  it('records JSON from the command line, a file and the standard input, and texts', async () => {
    const file = path.join(temporaryFolder(), 'diploma.json');
    writeFileSync(file, '{"degree":"BSc"}\n');
    for (const [args, expected] of [
      [['{"student":"Ada"}'], { student: 'Ada' }],
      [['--text', '{"student"'], '{"student"'],
      [['--file', file], { degree: 'BSc' }],
      [['-'], [1, 2]],
    ] as const) {
      const { code, stdout, stderr } = await inform(args, { input: '[1,2]' });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^block +2, promised\nid +[0-9a-f]{64}\n$/);
      expect(stub.posts.at(-1)!.body.information).toEqual(expected);
      expect(stub.posts.at(-1)!.headers.authorization).toBe('Bearer secret');
    }
  });

  it('can be repeated with its nonce, and prints JSON', async () => {
    const once = await inform(['{"a":1}', '--nonce', 'n-1', '--json', '--chain', 'notes']);
    expect(JSON.parse(once.stdout)).toMatchObject({ ok: true, nonce: 'n-1', block: 2, repeated: false });
    const again = await inform(['{"a":1}', '--nonce', 'n-1', '--chain', 'notes']);
    expect(again.stdout).toContain('2, promised; it had been accepted before, and is recorded once');
    expect(stub.accepted).toHaveLength(1);
  });

  it('exits with 1 if the node refuses, and with 4 if there is no answer', async () => {
    stub.script.push(problem(422, 'VALIDATION_FAILED'));
    expect((await inform(['1'])).code).toBe(1);
    stub.script.push(...Array.from({ length: 9 }, () => 'lose' as const));
    expect((await inform(['1', '--timeout', '1'])).code).toBe(4);
  });

  it.each([
    [[], 'give the information once: as JSON, with --text, with --file, or - for the standard input'],
    [['1', '--text', 'x'], 'give the information once'],
    [['hello'], 'a text is recorded with --text'],
    [['{"a":1,"a":2}'], 'the information: '],
    [['{"big":12345678901234567890}'], '/big is a number that JSON readers change to 12345678901234567000'],
    [['--file', '/nowhere.json'], '/nowhere.json cannot be read'],
  ])('says what is wrong, and records nothing: %p', async (args, message) => {
    const { code, stdout, stderr } = await inform(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stub.posts).toEqual([]);
  });
});
