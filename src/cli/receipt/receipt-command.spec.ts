import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { COSIGNER, GoldenLog } from '../../../test/support/golden-log.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { formatVerifierKey } from '../../chain/note/verifier-key.js';
import { formatReceipt } from '../../chain/proof/receipt.js';
import { run, type RunOptions } from '../testing/test-io.js';

const folder = temporaryFolder();
const log = new GoldenLog();
const vkey = formatVerifierKey(log.key);
const cosigned = log.cosigned(log.checkpoint(), COSIGNER, 1_760_000_011);

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}
const receipt = (sequence: number, checkpoint = log.checkpoint()): string =>
  formatReceipt({
    leafText: log.leaves[sequence] as string,
    sequence,
    proof: log.proof(sequence),
    checkpoint,
  });

afterAll(removeTemporary);

describe('bpsc verify-receipt', () => {
  const file = fileOf('rent.tlog-proof', receipt(0));

  it('says in one sentence what is proven', async () => {
    const { code, stdout } = await run(['verify-receipt', file, '--vkey', vkey]);
    expect([code, stdout]).toEqual([
      0,
      `Proven: alice sent 1000000 to bob (50 of it as the fee) at 2025-10-09T08:53:20.123Z. It is entry 0 of 4 on the ` +
        `chain ${log.chain} (id ${Buffer.from(log.ids[0] as Uint8Array).toString('hex')}), as signed by the producer ` +
        `${log.key.publicKey}.\n`,
    ]);
  });

  it('is green or red on a terminal, unless NO_COLOR is set', async () => {
    const first = async (args: readonly string[], options: RunOptions): Promise<string> =>
      (await run(['verify-receipt', file, ...args], options)).stdout.split(' ')[0] ?? '';
    const right = ['--vkey', vkey];
    const wrong = ['--vkey', formatVerifierKey({ ...log.key, name: 'other' })];
    expect(await first(right, { isTTY: true })).toBe('\u001b[32mProven:\u001b[39m');
    expect(await first(wrong, { isTTY: true })).toBe('\u001b[31mNot');
    expect(await first(right, { isTTY: true, settings: { noColor: true } })).toBe('Proven:');
    expect(await first(right, {})).toBe('Proven:');
  });

  it('reads the standard input, and prints JSON', async () => {
    const input = receipt(3);
    const { code, stdout } = await run(['verify-receipt', '-', '--vkey', vkey, '--json'], { input });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { ok: true, chain: log.chain, sequence: 3, tree_size: 4 },
    ]);
  });

  it('asks for the cosignatures of a policy, and names the witnesses', async () => {
    const lines = [`log ${vkey}`, `witness w ${formatVerifierKey(COSIGNER.key)}`, 'quorum w'];
    const policy = fileOf('policy.txt', lines.join('\n'));
    const without = await run(['verify-receipt', file, '--policy', policy]);
    expect([without.code, without.stdout]).toEqual([
      1,
      'Not proven: the cosignatures are not the quorum that the policy asks for (cosigned by nobody).\n',
    ]);
    const witnessed = fileOf('witnessed.tlog-proof', receipt(0, cosigned));
    const { code, stdout } = await run(['verify-receipt', witnessed, '--policy', policy]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /, and vouched for by bpsc\.example\/follower-1 at 2025-10-09T08:53:31\.000Z\.\n$/,
      ),
    ]);
  });

  it.each<[string, () => string[], number, RegExp]>([
    [
      'a changed receipt',
      () => [fileOf('changed', receipt(0).replace('index 0', 'index 1')), '--vkey', vkey],
      1,
      /^Not proven: the path does not lead from the entry to the signed root\.\n$/,
    ],
    [
      'another chain’s key',
      () => [file, '--vkey', formatVerifierKey(new GoldenLog('information').key)],
      1,
      /^Not proven: .*no key is trusted here\.\n$/,
    ],
    [
      'no key',
      () => [file],
      2,
      /^bpsc: give the chain’s verifier key with --vkey, or a policy with --policy\n$/,
    ],
    ['a wrong key', () => [file, '--vkey', 'x'], 2, /^bpsc: --vkey must be a verifier key/],
    ['no file', () => [path.join(folder, 'none'), '--vkey', vkey], 2, /none cannot be read/],
    ['a wrong policy', () => [file, '--policy', fileOf('bad', 'quorum x')], 2, /bad: line 1 names x/],
  ])('refuses %s', async (_what, args, code, text) => {
    const result = await run(['verify-receipt', ...args()]);
    expect([result.code, result.stdout + result.stderr]).toEqual([code, expect.stringMatching(text)]);
  });
});

describe('bpsc receipt', () => {
  let http: TestHttp;
  let url: string;
  beforeAll(async () => {
    http = await startTestHttp();
    await http.app.listen(0, '127.0.0.1');
    url = await http.app.getUrl();
  });
  afterAll(() => http.close());

  it('fetches what bpsc verify-receipt proves', async () => {
    const outcome = await http.producer.transfer({ memo: 'rent\u001b[31m' });
    if (!('entry' in outcome)) throw outcome;
    const { id } = outcome.entry;
    const early = await run(['receipt', url, id]);
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('(NOT_SEALED)')]);
    await http.producer.token.seal();
    const file = path.join(folder, 'fetched.tlog-proof');
    expect(await run(['receipt', url, id, '-o', file])).toEqual({
      code: 0,
      stdout: '',
      stderr: `Written to ${file}\n`,
    });
    expect((await run(['receipt', url, id, '--chain', 'aka'])).stdout).toBe(readFileSync(file, 'utf8'));
    expect((await run(['receipt', url, id, '-o', file])).stderr).toContain('exists already');
    const { chains } = (await (await fetch(`${url}/chains`)).json()) as {
      chains: { verifier_key: string }[];
    };
    const { code, stdout } = await run(['verify-receipt', file, '--vkey', chains[0]?.verifier_key ?? '']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('with the memo "rent\\u001b[31m"')]);
  });

  it('fetches a record without its information where that is asked for', async () => {
    const outcome = await http.producer.inform({ secret: 1 });
    if (!('entry' in outcome)) throw outcome;
    await http.producer.information.seal();
    const { stdout } = await run(['receipt', url, outcome.entry.id, '--no-content']);
    const extra = Buffer.from(/extra (.*)/.exec(stdout)?.[1] ?? '', 'base64').toString();
    expect(extra).not.toContain('secret');
  });

  it.each([
    [['--size', 'x'], 'It must be a whole number.'],
    [['--size', '99'], 'aka has no checkpoint for 99 entries here (NOT_FOUND)'],
  ])('refuses %j', async (args, text) => {
    const outcome = await http.producer.transfer({ nonce: 'sized' });
    if (!('entry' in outcome)) throw outcome;
    await http.producer.token.seal();
    expect((await run(['receipt', url, outcome.entry.id, ...args])).stderr).toContain(text);
  });
});
