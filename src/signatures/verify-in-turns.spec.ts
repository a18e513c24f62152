import { ALICE, BOB, ChainBuilder, MALLORY, type Wire } from '../../test/support/chain-builder.js';
import { parseContract, type Contract } from '../chain/contract/contract.js';
import { isFault, type Fault } from '../chain/faults.js';
import { verifyBlock, type VerifiedBlock, type VerifyInput } from '../chain/block/verify-block.js';
import { InlineSignatureChecker } from './inline-checker.js';
import { SignatureChecker, type SignedText } from './signature-checker.js';
import { verifyInTurns } from './verify-in-turns.js';

class CountingChecker extends SignatureChecker {
  readonly sizes: number[] = [];
  private readonly inline = new InlineSignatureChecker();
  override check(signed: readonly SignedText[]): Promise<readonly boolean[]> {
    this.sizes.push(signed.length);
    return this.inline.check(signed);
  }
}

function inputOf(chain: ChainBuilder, block: Wire): VerifyInput {
  const contract = parseContract(chain.contract) as Contract;
  const nonceUsed = (): boolean => false;
  const genesis = verifyBlock({
    contract,
    parent: undefined,
    books: undefined,
    block: chain.blocks[0],
    nonceUsed,
  });
  if (isFault(genesis)) throw new Error(genesis.message);
  return {
    contract,
    parent: { ...genesis, lastEntryTimestamp: undefined },
    books: genesis.book,
    block,
    nonceUsed,
  };
}

const verify = (
  chain: ChainBuilder,
  entries: Wire[],
  checker: SignatureChecker = new InlineSignatureChecker(),
): Promise<VerifiedBlock | Fault> => verifyInTurns(inputOf(chain, chain.forge(entries)), checker);

const badly = (chain: ChainBuilder): Wire =>
  chain.transfer(
    { amount: '1', cheatAfterSigning: true },
    (leaf) => (leaf.signature = MALLORY.sign('other')),
  );
const well = (chain: ChainBuilder): Wire => chain.transfer({ amount: '1' });

it('hands over every signature, a few hundred at a time', async () => {
  const chain = ChainBuilder.signed();
  const checker = new CountingChecker();
  const verdict = await verify(
    chain,
    Array.from({ length: 600 }, () => well(chain)),
    checker,
  );
  expect(isFault(verdict)).toBe(false);
  expect(checker.sizes).toEqual([256, 256, 88]);
});

it('hands over nothing under the policy open', async () => {
  const chain = ChainBuilder.token();
  const checker = new CountingChecker();
  expect(isFault(await verify(chain, [well(chain)], checker))).toBe(false);
  expect(checker.sizes).toEqual([]);
});

it.each<[string, (chain: ChainBuilder) => Wire[], string, number]>([
  ['a bad signature at the end', (chain) => [well(chain), well(chain), badly(chain)], 'BAD_SIGNATURE', 2],
  ['the first of two bad ones', (chain) => [well(chain), badly(chain), badly(chain)], 'BAD_SIGNATURE', 1],
  [
    'a bad signature before another fault',
    (chain) => [badly(chain), chain.transfer({ holder: MALLORY, amount: '1' })],
    'BAD_SIGNATURE',
    0,
  ],
  [
    'another fault before a bad signature',
    (chain) => [chain.transfer({ holder: MALLORY, amount: '1' }), badly(chain)],
    'OVERDRAWN',
    0,
  ],
])('finds %s, as a verification in one step does', async (_what, make, code, sequence) => {
  const chain = ChainBuilder.signed();
  const block = chain.forge(make(chain));
  const verdict = await verifyInTurns(inputOf(chain, block), new InlineSignatureChecker());
  expect(verdict).toMatchObject({ fault: code, sequence });
  expect(verdict).toEqual(verifyBlock(inputOf(chain, block)));
});

it('checks in order, and distinguishes valid signatures from invalid ones', async () => {
  const text = 'bpsc';
  const signed = Array.from({ length: 100 }, (_, i) => {
    const [holder, signer] = i % 7 === 0 ? [ALICE, BOB] : [ALICE, ALICE];
    return { publicKey: holder.publicKey, text, signature: signer.sign(text) } as unknown as SignedText;
  });
  const verdicts = await new InlineSignatureChecker().check(signed);
  expect(verdicts).toEqual(signed.map((_, i) => i % 7 !== 0));
});
