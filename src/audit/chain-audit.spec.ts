import { SqliteAuditScratch } from './scratch.js';
import {
  ALICE,
  BOB,
  CAROL,
  ChainBuilder,
  CREATED_AT,
  tokenContract,
  type Wire,
} from '../../test/support/chain-builder.js';
import { goldenChain } from '../../test/support/golden-chains.js';
import { FIRST_PLACE } from '../chain/books/sorted-holds.js';
import { balance, type Hold, type Wallet } from '../chain/books/wallet.js';
import { parseContract, type Contract } from '../chain/contract/contract.js';
import { isFault, type Fault } from '../chain/faults.js';
import { auditText, ChainAudit } from './chain-audit.js';

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

/** Adds blocks up to the first fault. */
function audit(
  contract: Wire,
  blocks: readonly Wire[],
  into = scratch,
): { audit: ChainAudit; fault: Fault | undefined } {
  const chain = new ChainAudit(contractOf(contract), into);
  for (const wire of blocks) {
    const found = chain.take({ wire, compare: () => undefined });
    if (found !== undefined) return { audit: chain, fault: chain.conclude(found) };
  }
  return { audit: chain, fault: chain.conclude() };
}

describe('ChainAudit', () => {
  it.each([
    ['token', 4],
    ['information', 4],
    ['signed-token', 11],
    ['metadata', 4],
  ] as const)('finds the golden %s chain in order', (name, entries) => {
    const { contract, blocks } = goldenChain(name);
    const { audit: chain, fault } = audit(contract, blocks);
    expect(fault).toBeUndefined();
    expect(chain.blocks).toBe(blocks.length);
    expect(chain.entries).toBe(entries);
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
    const balances = ['alice', 'bob', 'carol', 'bpsc_wallet_address', 'nobody'].map((address) => {
      const wallet = scratch.wallet(address);
      return wallet === undefined ? undefined : balance(wallet);
    });
    expect(balances).toEqual([-10_100n, 10_098n - 5_000n, 4_999n, 3n, undefined]);
    expect(scratch.supply()).toEqual({ issued: 0n, burnt: 0n, held: 0n, circulating: 0n });
  });

  it('knows whom entries only name', () => {
    const chain = ChainBuilder.token();
    chain.seal([chain.transfer({ recipient: 'nobody', holdUntil: CREATED_AT + 1 })]);
    audit(chain.contract, chain.blocks);
    expect(scratch.wallet('nobody')).toMatchObject({ received: 0n, receivedCount: 0 });
  });

  it('remembers the same when hardly anything fits in memory', () => {
    const { contract, blocks } = goldenChain('signed-token');
    expect(audit(contract, blocks).fault).toBeUndefined();
    const small = new SqliteAuditScratch(1);
    expect(audit(contract, blocks, small).fault).toBeUndefined();
    expect(booksIn(small)).toEqual(booksIn(scratch));
    small.close();
  });

  it.each<[string, (chain: ChainBuilder, held: Wire) => Wire, string]>([
    ['an overdrawn wallet', (chain) => chain.transfer({ amount: '9999951' }), 'OVERDRAWN'],
    [
      'a signature that is not of the holder',
      (chain) =>
        chain.transfer({ amount: '1', cheatAfterSigning: true }, (leaf) => (leaf.recipient = CAROL.address)),
      'BAD_SIGNATURE',
    ],
    [
      "an answer to another's hold",
      (chain, held) => chain.answer('accept', held, { sender: CAROL.address }),
      'NOT_RECIPIENT',
    ],
    [
      'an issue by somebody',
      (chain) => chain.issue({ sender: BOB.address, recipient: CAROL.address }),
      'NOT_ISSUER',
    ],
    ['an early return', (chain, held) => chain.returned(held), 'HOLD_NOT_EXPIRED'],
    [
      'a hold that nobody returned',
      (chain) => chain.transfer({ amount: '1', timestamp: CREATED_AT + 160_001 }),
      'HOLD_OVERDUE',
    ],
  ])('finds %s, whatever is in memory, at its entry', (_name, bad, code) => {
    const chain = ChainBuilder.signed();
    const held = chain.transfer({ amount: '50', holdUntil: CREATED_AT + 100_000 });
    chain.seal([held]);
    const forged = chain.forge(
      [chain.transfer({ sender: BOB.address, recipient: ALICE.address, amount: '1' }), bad(chain, held)],
      {
        timestamp: CREATED_AT + 200_000,
      },
    );
    for (const max of [0, 65_536]) {
      const small = new SqliteAuditScratch(max);
      const { audit: result, fault } = audit(chain.contract, [...chain.blocks, forged], small);
      expect([fault, result.blocks]).toMatchObject([{ fault: code, index: 3, sequence: 2 }, 2]);
      small.close();
    }
  });
});

/** Removes everything that a scratch database has. */
function booksIn(from: SqliteAuditScratch): object {
  const supply = from.supply();
  const open = from.openHoldFrom(FIRST_PLACE);
  const holds: readonly Hold[] = from.holds(0, 100);
  const wallets: Wallet[] = [];
  for (let next = from.anyWallet(); next !== undefined; next = from.anyWallet()) {
    wallets.push(next);
    from.takeWallet(next.address);
  }
  return { supply, open, holds, wallets };
}

describe('auditText', () => {
  const chain = ChainBuilder.information();
  chain.seal([chain.information({ information: { a: 1 } })]);
  const [genesis, second] = chain.blocks.map((block) => JSON.stringify(block)) as [string, string];

  function take(...texts: readonly string[]): Fault | undefined {
    const result = new ChainAudit(contractOf(chain.contract), scratch);
    for (const [position, text] of texts.entries()) {
      const block = auditText(text, contractOf(chain.contract), position + 1);
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
    ['what is no JSON', '{"chain":', /^block 2 does not .*found .*JSON/],
    [
      'a key that is there twice',
      second.replace('{"a":1}', '{"a":2,"a":1}'),
      /is a duplicate key at \/information\/0\/information\/a/,
    ],
    ['__proto__', second.replace('{"a":1}', '{"a":1,"__proto__":1}'), /./],
  ])('refuses %s', (_name, text, message) => {
    expect(take(genesis, text)?.message).toMatch(message);
  });
});
