import { ChainBuilder, OTHER_PRODUCER, type Wire } from '../../../test/support/chain-builder.js';
import { blockTextMax } from './block-text-max.js';
import { parseContract, type Contract } from '../contract/contract.js';
import { signedTextMax } from './signed-text-max.js';

const chain = ChainBuilder.information();
chain.seal([chain.information(), chain.information()]);
const contract = parseContract(chain.contract) as Contract;
const block = chain.seal([chain.information(), chain.information(), chain.information()]);
const beginning = (wire: Wire): string => JSON.stringify(wire).slice(0, 1000);

describe('signedTextMax', () => {
  it('is the length that the number of entries in the signed header allows', () => {
    expect(signedTextMax(beginning(block), contract, 2)).toBe(blockTextMax(contract, 3));
    expect(signedTextMax(beginning(block), contract, 0)).toBe(blockTextMax(contract, 5));
    expect(signedTextMax(beginning(block), contract, 99)).toBe(blockTextMax(contract, 0));
  });

  it('is never more than the contract allows', () => {
    const huge = chain.forge([], { cheat: (draft) => (draft.tree_size = 1e9) });
    expect(signedTextMax(beginning(huge), contract, 0)).toBe(blockTextMax(contract));
  });

  it.each([
    ['signed by another key', chain.forge([], { signer: OTHER_PRODUCER })],
    ['changed', { ...block, tree_size: 1000 }],
    ['of another chain', ChainBuilder.information({ name: 'other' }).head],
    ['no header', { information: [] }],
    ['after its entries', Object.fromEntries(Object.entries(block).reverse())],
  ] as [string, Wire][])('is nothing for a block whose header is %s', (_, wire) => {
    expect(signedTextMax(beginning(wire), contract, 0)).toBe(0);
  });
});
