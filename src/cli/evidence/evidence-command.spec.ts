import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ChainBuilder, PRODUCER, type Wire } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import type { SealedHeader } from '../../chain/block/block.js';
import { parseHeader } from '../../chain/block/verify-block.js';
import { parseContract, type Contract } from '../../chain/contract/contract.js';
import { formatEquivocation } from '../../chain/proof/equivocation.js';
import { run } from '../testing/test-io.js';

const folder = temporaryFolder();
afterAll(removeTemporary);

/** Evidence with two blocks on one parent, both signed by the producer. */
function evidence(): string {
  const chain = ChainBuilder.token();
  const headers = ['1', '2'].map((amount) => {
    const { transactions: _entries, ...fields }: Wire = chain.forge([chain.transfer({ amount })]);
    return parseHeader(fields) as SealedHeader;
  }) as [SealedHeader, SealedHeader];
  return formatEquivocation({ contract: parseContract(chain.contract) as Contract, headers });
}

function save(text: string | Uint8Array): string {
  const file = path.join(folder, 'evidence.json');
  writeFileSync(file, text);
  return file;
}

it('convicts the producer in one sentence, from a file or the standard input', async () => {
  const text = evidence();
  const expected = new RegExp(
    `^Convicts: the producer ${PRODUCER.publicKey} of the chain aka \\([0-9a-f]{64}\\) signed two blocks 2: ` +
      '[0-9a-f]{64} and [0-9a-f]{64}\\.\\n$',
  );
  const ofFile = await run(['verify-evidence', save(text)]);
  expect([ofFile.code, ofFile.stderr]).toEqual([0, '']);
  expect(ofFile.stdout).toMatch(expected);
  const { code, stdout } = await run(['verify-evidence', '-', '--json'], { input: text });
  expect([code, JSON.parse(stdout)]).toMatchObject([
    0,
    { convicts: true, chain: 'aka', producer: PRODUCER.publicKey },
  ]);
});

it.each<[string, (text: string) => string, string]>([
  ['a changed digit', (text) => text.replace(/"tree_size":1/, '"tree_size":2'), 'first has a hash that'],
  ['no JSON', () => 'nonsense', 'evidence must be JSON: '],
  [
    'another version',
    (text) => text.replace('"version":1,"type"', '"version":2,"type"'),
    'version must be 1',
  ],
])('says why a file with %s proves nothing', async (_what, change, problem) => {
  const file = save(change(evidence()));
  const { code, stdout, stderr } = await run(['verify-evidence', file]);
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout.startsWith(`Proves nothing: ${problem}`)).toBe(true);
  const asJson = await run(['verify-evidence', file, '--json']);
  expect([asJson.code, JSON.parse(asJson.stdout)]).toMatchObject([1, { convicts: false }]);
});

it('ends with one line if the file can’t be read', async () => {
  const none = await run(['verify-evidence', path.join(folder, 'none')]);
  expect([none.code, none.stderr]).toEqual([
    2,
    expect.stringMatching(/^bpsc: .*none cannot be read: ENOENT/),
  ]);
  const bytes = await run(['verify-evidence', save(Uint8Array.of(0xff))]);
  expect([bytes.code, bytes.stderr]).toEqual([2, expect.stringMatching(/evidence\.json is not UTF-8\n$/)]);
});
