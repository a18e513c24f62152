import { GoldenLog, publicKeyOf, signatureBy } from '../../../test/support/golden-log.js';
import { ChainBuilder, OTHER_PRODUCER, PRODUCER, type Wire } from '../../../test/support/chain-builder.js';
import { sha256 } from '../bytes/sha256.js';
import { parseHeader } from '../block/verify-block.js';
import type { SealedHeader } from '../block/block.js';
import { parseContract, type Contract } from '../contract/contract.js';
import { checkpointText, formatCheckpoint } from '../note/checkpoint.js';
import { consistencyPathSteps, rootOver } from '../tree/proofs.js';
import {
  formatEquivocation,
  judgeEquivocation,
  judgeEvidence,
  type EquivocationParts,
} from './equivocation.js';

const log = new GoldenLog();
const contract = parseContract(log.contract) as Contract;

const judged = (value: unknown): string => {
  const verdict = judgeEquivocation(value);
  return 'problem' in verdict ? verdict.problem : verdict.finding;
};
const fileOf = (parts: EquivocationParts): Wire => JSON.parse(formatEquivocation(parts)) as Wire;

function sealed(block: Wire): SealedHeader {
  const { transactions: _transactions, ...fields } = block;
  const header = parseHeader(fields);
  if ('fault' in header) throw new Error(header.message);
  return header;
}
/** Two blocks on one parent, both signed by the producer. */
function twoStories(): { contract: Contract; headers: [SealedHeader, SealedHeader] } {
  const chain = ChainBuilder.token();
  const headers = ['1', '2'].map((amount) => sealed(chain.forge([chain.transfer({ amount })])));
  return {
    contract: parseContract(chain.contract) as Contract,
    headers: headers as [SealedHeader, SealedHeader],
  };
}
/** A checkpoint of the golden chain with any root, signed by any key under the producer's name. */
function signed(size: number, root: Uint8Array, by = PRODUCER): string {
  const text = checkpointText(log.key.name, { size, root });
  return formatCheckpoint({ ...log.key, publicKey: publicKeyOf(by) }, { size, root }, signatureBy(by, text));
}

describe('two sealed headers', () => {
  const stories = twoStories();
  const [first, second] = stories.headers;
  const file = fileOf(stories);

  it('of one index convict', () => {
    expect(judged(file)).toBe(`signed two blocks 2: ${first.hash} and ${second.hash}`);
    expect(judgeEquivocation(file)).toMatchObject({
      chain: first.chain,
      name: 'aka',
      producer: PRODUCER.publicKey,
    });
  });

  it.each<[string, (file: Wire) => Wire, string]>([
    ['that are the same', (it) => ({ ...it, second: it.first }), 'both are the same block'],
    ['with a field more', (it) => ({ ...it, more: 1 }), 'evidence has no field more'],
    ['of another version', (it) => ({ ...it, version: 2 }), 'version must be 1'],
    ['of another type', (it) => ({ ...it, type: 'fork' }), 'type must be "equivocation"'],
    ['without one of them', ({ second: _second, ...it }) => it, 'second must be a sealed header'],
    ['with a proof', (it) => ({ ...it, proof: [] }), 'proof goes with two checkpoints only'],
    [
      'of another chain',
      (it) => ({ ...it, contract: ChainBuilder.signed().contract }),
      'first is a block of another chain than the contract’s',
    ],
    [
      'with a changed header',
      (it) => ({
        ...it,
        second: { ...(it.second as Wire), header: { ...((it.second as Wire).header as Wire), tree_size: 9 } },
      }),
      'second has a hash that its header does not give',
    ],
    [
      'one of which is not signed',
      (it) => ({ ...it, second: { ...(it.second as Wire), signature: (it.first as Wire).signature } }),
      'second is not signed by the contract’s producer',
    ],
    [
      'with a field more in a header',
      (it) => ({
        ...it,
        second: { ...(it.second as Wire), header: { ...((it.second as Wire).header as Wire), x: 1 } },
      }),
      'second must have no field x in its header',
    ],
    ['without a contract', (it) => ({ ...it, contract: {} }), 'contract: it'],
  ])('%s do not', (_what, change, problem) => {
    expect(judged(change(file))).toContain(problem);
  });

  it('of different indexes do not', () => {
    const chain = ChainBuilder.token();
    const headers = [chain.seal([]), chain.seal([])].map(sealed) as [SealedHeader, SealedHeader];
    expect(judged(fileOf({ contract: parseContract(chain.contract) as Contract, headers }))).toBe(
      'the blocks have different indexes, 2 and 3',
    );
  });
});

describe('two checkpoints', () => {
  const other = sha256('another root');

  it('of one size with different roots convict', () => {
    const file = fileOf({ contract, checkpoints: [log.checkpoint(), signed(4, other)] });
    expect(judged(file)).toMatch(/^signed two roots of 4 entries: [0-9a-f]{64} and [0-9a-f]{64}$/);
    expect(judged({ ...file, proof: [] })).toContain('different sizes only');
    expect(judged({ ...file, second: file.first })).toBe('both checkpoints have the same root');
  });

  it('of different sizes convict with a path that gives another root of the smaller', () => {
    // 3 in 4: the path is RFC 6962's proof. 2 in 4: with the smaller tree's root before it.
    const three = fileOf({ contract, checkpoints: [signed(3, other), log.checkpoint()], proof: pathOf(3) });
    const two = fileOf({ contract, checkpoints: [log.checkpoint(), signed(2, other)], proof: pathOf(2) });
    for (const file of [three, two])
      expect(judged(file)).toMatch(/^signed [0-9a-f]{64} as the root of [23] entries, /);
    const honest = fileOf({ contract, checkpoints: [log.checkpoint(3), log.checkpoint()], proof: pathOf(3) });
    expect(judged(honest)).toBe('the checkpoints are consistent');
    expect(judged({ ...three, first: three.second, second: three.first })).toBe(
      'first must be the checkpoint of the smaller tree',
    );
    expect(judged({ ...three, proof: undefined })).toContain('proof must be a list of hashes');
    expect(judged({ ...three, proof: (three.proof as string[]).slice(1) })).toContain(
      'proof does not lead to the root',
    );
  });

  it('convict of nothing where one of them is not the producer’s', () => {
    const forged = fileOf({ contract, checkpoints: [log.checkpoint(), signed(4, other, OTHER_PRODUCER)] });
    expect(judged(forged)).toBe('second is not signed by the contract’s producer');
    const file = fileOf({ contract, checkpoints: [log.checkpoint(), signed(4, other)] });
    const changed = { ...file, second: (file.second as string).replace('\n4\n', '\n5\n') };
    expect(judged(changed)).toContain('second is not what the producer signed');
    expect(judged({ ...file, second: 5 })).toBe('second must be a checkpoint, as the other one is');
    expect(judged({ ...file, second: 'x' })).toContain('second must be a checkpoint: a note must');
    const elsewhere = new GoldenLog('information').checkpoint();
    expect(judged({ ...file, second: elsewhere })).toContain('another log than the contract’s chain');
  });
});

describe('a file', () => {
  const text = formatEquivocation(twoStories());
  const verdictOf = (file: string): string => {
    const verdict = judgeEvidence(file);
    return 'problem' in verdict ? verdict.problem : verdict.finding;
  };

  it('has the fields of the protocol, in its order', () => {
    expect(verdictOf(text)).toMatch(/^signed two blocks 2: /);
    expect(text).toMatch(
      /^\{"version":1,"type":"equivocation","contract":\{.*\},"first":\{"header":\{.*"second":\{"header":\{/,
    );
    expect(verdictOf(`${JSON.stringify(JSON.parse(text), null, 2)}\n`)).toMatch(/^signed two blocks 2: /);
  });

  it.each([
    ['is no JSON', '{', 'evidence must be JSON: it is not valid JSON'],
    [
      'has a field twice',
      text.replace('"version":1', '"version":2,"version":1'),
      'evidence must be JSON: /version is a duplicate key',
    ],
    ['is too long', ' '.repeat(4 * 1024 * 1024 + 1), 'evidence must be at most 4 MiB long'],
  ])('that %s is refused', (_what, file, problem) => {
    expect(verdictOf(file)).toContain(problem);
  });

  it('convicts of nothing with any digit of it changed', () => {
    const chosen = [...text.matchAll(/[0-9a-f]{2}/g)].map(({ index }) => index);
    const accepted = chosen.filter((at) => {
      const changed = text[at] === '0' ? '1' : '0';
      return verdictOf(text.slice(0, at) + changed + text.slice(at + 1)).startsWith('signed');
    });
    expect(accepted).toEqual([]);
  });
});

test.each([undefined, null, 5, 'x', []])('%j is no evidence', (value) => {
  expect(judged(value)).toBe('evidence must be a JSON object');
});

/** The path of the proof from this size to 4, its first hash included. */
function pathOf(size: 2 | 3): readonly Uint8Array[] {
  return consistencyPathSteps(size, 4).map((step) =>
    rootOver(step.map(({ level, index }) => log.subtree(level, index))),
  );
}
