/** The Python programs of docs/protocol.md, which share no code with ours, on what real nodes serve. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { COSIGNER, GoldenLog } from '../support/golden-log.js';
import { formatReceipt } from '../../src/chain/proof/receipt.js';
import { formatVerifierKey } from '../../src/chain/note/verifier-key.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { describeWithPython, runPython, type PythonRun } from '../support/python.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const TRANSFERS = 300;
const folder = temporaryFolder();
let node: NodeProcess;
let chains: { id: string; kind: string; verifier_key: string }[];

const python = (...args: string[]): Promise<PythonRun> => runPython(folder, ...args);
const post = async (route: string, body: unknown): Promise<unknown> =>
  (await call(`${node.url}${route}`, body)).body;
const text = async (route: string): Promise<string> => (await fetch(`${node.url}${route}`)).text();
const chainOf = (kind: string) => chains.find((chain) => chain.kind === kind) as (typeof chains)[number];
const save = (name: string, content: string): string => {
  writeFileSync(path.join(folder, name), content);
  return name;
};

describeWithPython('the checkers in Python', () => {
  beforeAll(async () => {
    const programs = readFileSync('docs/protocol.md', 'utf8').matchAll(/```python\n(.*?)```\n/gs);
    const [log, chain] = [...programs].map(([, program = '']) => program);
    save('check_log.py', log as string);
    save('check.py', chain as string);
    node = await startNode(producerIn(folder));
    const transactions = Array.from({ length: TRANSFERS }, (_, place) => ({
      sender: 'alice',
      recipient: `holder-${place}`,
      amount: '1.5',
      memo: 'ä "quoted" \\',
    }));
    await post('/transactions/batch', { transactions });
    await post('/mine', {});
    const metadata = {
      '\u{1f600}': [1e21, 1e20, 0.000001, 1e-7, -1.5, true],
      '\ufb33': null,
      ä: {},
      1: '\u2028',
    };
    await post('/transactions/new', { ...transactions[0], recipient: 'bob', metadata });
    await post('/mine', {});
    await post('/information/new', { information: { degree: 'BSc', ä: [1.5e30, null, '"'] } });
    await post('/information/mine', {});
    chains = (JSON.parse(await text('/chains')) as { chains: typeof chains }).chains;
  });
  afterAll(async () => {
    await killNodes();
    removeTemporary();
  });

  it('check the money rules of a token chain', async () => {
    const run = await python('check.py', node.url);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toBe(
      `aka ${chainOf('token').id}: 3 blocks, ${TRANSFERS + 1} transactions, all as they should be\n`,
    );
  });

  it.each([
    ['token', '3 blocks, 301 entries'],
    ['information', '2 blocks, 1 entries'],
  ])('check the log of the %s chain', async (kind, found) => {
    const { id } = chainOf(kind);
    const run = await python('check_log.py', 'log', `${node.url}/tlog/${id}`);
    expect(run).toEqual({ code: 0, stderr: '', stdout: `bpsc/${id}: ${found}, all as they should be\n` });
  });

  describe('check a receipt', () => {
    it.each([
      ['token', 'transactions?limit=1'],
      ['information', 'information'],
    ])('of the %s chain', async (kind, route) => {
      const { verifier_key: key, id } = chainOf(kind);
      const { transactions, information } = JSON.parse(await text(`/chains/${id}/${route}`)) as Record<
        string,
        { id: string }[]
      >;
      const [entry] = (transactions ?? information) as { id: string }[];
      const receipt = await text(`/receipts/${entry?.id}`);
      const run = await python('check_log.py', 'receipt', save(`${kind}.tlog-proof`, receipt), key);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toMatch(
        new RegExp(`^entry \\d+ of \\d+ in bpsc/${id}, cosigned by nobody: \\{.*\\}\\n$`, 's'),
      );
      // One digit in each part: the leaf, the place, the proof, the signed size, the signature.
      const lines = receipt.split('\n');
      const damaged = lines.flatMap((line, place) => {
        const at = line.search(/[A-Za-z0-9+/](?=[^A-Za-z0-9+/]*$)/);
        if (place === 0 || at < 0) return [];
        const other = line[at] === '1' ? '2' : '1';
        return [lines.with(place, line.slice(0, at) + other + line.slice(at + 1)).join('\n')];
      });
      expect(damaged.length).toBeGreaterThanOrEqual(5);
      const runs = await Promise.all(
        damaged.map((each, place) => python('check_log.py', 'receipt', save(`${kind}-${place}`, each), key)),
      );
      expect(runs.map(({ code, stdout }) => [code, stdout])).toEqual(damaged.map(() => [1, '']));
    });

    it('with a cosignature, and not with one of another witness or another key', async () => {
      const log = new GoldenLog();
      const checkpoint = log.cosigned(log.checkpoint(), COSIGNER, 1_760_000_011);
      const [leafText = ''] = log.leaves;
      const receipt = formatReceipt({ leafText, sequence: 0, proof: log.proof(0), checkpoint });
      const file = save('cosigned.tlog-proof', receipt);
      const [key, witness] = [formatVerifierKey(log.key), formatVerifierKey(COSIGNER.key)];
      expect((await python('check_log.py', 'receipt', file, key, witness)).stdout).toMatch(
        /^entry 0 of 4 in bpsc\/502a1136.*, cosigned by bpsc\.example\/follower-1: /,
      );
      const forged = save('forged.tlog-proof', receipt.replace(/.{3}\n$/, 'AA=\n'));
      expect((await python('check_log.py', 'receipt', forged, key, witness)).code).toBe(1);
      expect((await python('check_log.py', 'receipt', file, chainOf('token').verifier_key)).code).toBe(1);
    });
  });
});
