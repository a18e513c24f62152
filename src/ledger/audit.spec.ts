import { SqliteAuditScratch } from '../storage/audit-scratch.js';
import { ChainBuilder, tokenContract, type Wire } from '../../test/support/chain-builder.js';
import { goldenChain } from '../../test/support/golden-chains.js';
import { parseContract, type Contract } from '../chain/contract.js';
import { isFault, type Fault } from '../chain/faults.js';
import { ChainAudit } from './audit.js';
import { auditText } from './audit.js';
import { balance } from './wallets.js';

let scratch: SqliteAuditScratch;
beforeEach(() => {
  scratch = new SqliteAuditScratch();
});
afterEach(() => {
  scratch.close();
});

function contractOf(wire: Wire): Contract {
  const contract = parseContract(wire);
  if (isFault(contract)) throw new Error(contract.message);
  return contract;
}

/** Takes blocks as far as they go. */
function audit(contract: Wire, blocks: readonly Wire[]): { audit: ChainAudit; fault: Fault | undefined } {
  const chain = new ChainAudit(contractOf(contract), scratch, true);
  for (const wire of blocks) {
    const found = chain.take({ wire, compare: () => undefined });
    if (found !== undefined) return { audit: chain, fault: chain.conclude(found) };
  }
  return { audit: chain, fault: chain.conclude() };
}

describe('ChainAudit', () => {
  it.each(['token', 'information'] as const)('finds the golden %s chain in order', (name) => {
    const { contract, blocks } = goldenChain(name);
    const { audit: chain, fault } = audit(contract, blocks);
    expect(fault).toBeUndefined();
    expect(chain.blocks).toBe(3);
    expect(chain.entries).toBe(4);
    expect(chain.head?.hash).toBe(blocks.at(-1)?.hash);
    expect(chain.head?.treeRoot).toBe(blocks.at(-1)?.tree_root);
  });

  it('stops at the first fault and keeps what was verified before it', () => {
    const chain = ChainBuilder.token();
    chain.seal([chain.transfer()]);
    const bad = chain.forge([chain.transfer({}, (leaf) => (leaf.amount_bpsc = '1'))]);
    const { audit: result, fault } = audit(chain.contract, [...chain.blocks, bad]);
    expect(fault).toMatchObject({ fault: 'FEE_MISMATCH', index: 3, sequence: 1, field: 'amount_bpsc' });
    expect(result.blocks).toBe(2);
    expect(result.head?.hash).toBe(chain.head.hash);
  });

  it('finds the first of several uses of a nonce, across blocks', () => {
    const chain = ChainBuilder.token();
    const twice = (nonce: string, amount: string): Wire => chain.transfer({ nonce, amount });
    chain.seal([twice('a', '1'), twice('b', '2')]);
    chain.seal([twice('c', '3')]);
    chain.seal([twice('a', '4')]);
    chain.seal([twice('b', '5'), twice('a', '6')]);
    const { fault } = audit(chain.contract, chain.blocks);
    expect(fault).toMatchObject({ fault: 'NONCE_REUSED', index: 4, sequence: 3, found: 'a' });
  });

  it('takes a nonce that was used by another sender', () => {
    const chain = ChainBuilder.token();
    chain.seal([chain.transfer({ nonce: 'a' })]);
    chain.seal([chain.transfer({ nonce: 'a', sender: 'carol' })]);
    expect(audit(chain.contract, chain.blocks).fault).toBeUndefined();
  });

  it('finds a reused nonce of the information chain', () => {
    const chain = ChainBuilder.information();
    chain.seal([chain.information({ nonce: 'a' })]);
    chain.seal([chain.information({ nonce: 'a' })]);
    expect(audit(chain.contract, chain.blocks).fault).toMatchObject({ fault: 'NONCE_REUSED', index: 3 });
  });

  it('tells of a reused nonce rather than of a fault after it', () => {
    const chain = ChainBuilder.token();
    chain.seal([chain.transfer({ nonce: 'a' })]);
    chain.seal([chain.transfer({ nonce: 'a' })]);
    const bad = chain.forge([], { tamper: (block) => (block.signature = 'ab'.repeat(64)) });
    const { fault } = audit(chain.contract, [...chain.blocks, bad]);
    expect(fault).toMatchObject({ fault: 'NONCE_REUSED', index: 3 });
  });

  it('adds up the wallets', () => {
    const chain = new ChainBuilder(tokenContract({ token: { symbol: 'AKA', decimals: 2 } })).begin();
    chain.seal([
      chain.transfer({ amount: '100' }),
      chain.transfer({ sender: 'bob', recipient: 'carol', amount: '50' }),
    ]);
    chain.seal([chain.transfer({ amount: '1' })]);
    audit(chain.contract, chain.blocks);
    const wallets = scratch.wallets(['alice', 'bob', 'carol', 'bpsc_wallet_address', 'nobody']);
    const balances = [...wallets].map(([address, wallet]) => [address, balance(wallet)]);
    expect(balances).toEqual([
      ['alice', -10_100n],
      ['bob', 10_098n - 5_000n],
      ['carol', 4_999n],
      ['bpsc_wallet_address', 3n],
    ]);
  });
});

describe('auditText', () => {
  const chain = ChainBuilder.information();
  chain.seal([chain.information({ information: { a: 1 } })]);
  const [genesis, second] = chain.blocks.map((block) => JSON.stringify(block)) as [string, string];

  function take(...texts: readonly string[]): Fault | undefined {
    const result = new ChainAudit(contractOf(chain.contract), scratch, false);
    for (const [position, text] of texts.entries()) {
      const block = auditText(text, 'information', position + 1);
      const found = isFault(block) ? block : result.take(block);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  it('takes a block whose text is in another order', () => {
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(chain.blocks[1] ?? {}).reverse()));
    expect(take(genesis, reordered)).toBeUndefined();
  });

  it.each([
    ['what is no JSON', '{"chain":', /^block 2 is not .*found .*JSON/],
    [
      'a key that is there twice',
      second.replace('{"a":1}', '{"a":2,"a":1}'),
      /is there twice at \/information\/0\/information\/a/,
    ],
    ['__proto__', second.replace('{"a":1}', '{"a":1,"__proto__":1}'), /./],
  ])('refuses %s', (_name, text, message) => {
    expect(take(genesis, text)?.message).toMatch(message);
  });
});
