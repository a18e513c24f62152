import path from 'node:path';
import fc from 'fast-check';
import {
  ALICE,
  BOB,
  CAROL,
  ChainBuilder,
  CREATED_AT,
  type Wire,
} from '../../../test/support/chain-builder.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { parseContract, type Contract } from '../../chain/contract/contract.js';
import { isFault } from '../../chain/faults.js';
import { verifyBlock } from '../../chain/block/verify-block.js';
import type { TokenChainStore } from '../../ledger/chain-store.js';
import { ConflictError } from '../../ledger/errors.js';
import { InlineSignatureChecker } from '../../signatures/inline-checker.js';
import { openStorage, type Storage } from '../../storage/sqlite/database.js';
import { BlockRun } from './block-run.js';

const opened: Storage[] = [];
afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.close();
});
afterAll(removeTemporary);

interface Taker {
  readonly store: TokenChainStore;
  /** blocks in each commit */
  readonly commits: number[];
  readonly announced: number[];
  readonly run: BlockRun;
}

/** A run after the genesis block of a chain, with a database of its own. */
async function taker(chain: ChainBuilder): Promise<Taker> {
  const storage = await openStorage(path.join(temporaryFolder(), 'follower.db'), 'follower');
  opened.push(storage);
  const contract = parseContract(chain.contract) as Contract;
  const nothing = { parent: undefined, books: undefined, nonceUsed: () => false };
  const genesis = verifyBlock({ contract, block: chain.blocks[0], ...nothing });
  if (isFault(genesis)) throw new Error(genesis.message);
  const ledger = storage.store;
  const born = { id: genesis.header.chain, name: contract.name, origin: 'followed' as const, contract };
  ledger.createChains([{ chain: born, genesis }]);
  const store = ledger.store(born.id) as TokenChainStore;
  const commits: number[] = [];
  const announced: number[] = [];
  const append = store.append.bind(store);
  store.append = (head, blocks, changes) => {
    append(head, blocks, changes);
    commits.push(blocks.length);
  };
  const run = new BlockRun({
    clock: new ManualClock(),
    store,
    signatures: new InlineSignatureChecker(),
    early: () => Promise.resolve(undefined),
    // Never compared: no block of the chain has this index.
    shown: { ...store.head().header, index: 0 },
    beforeCommit: () => undefined,
    shownCheckpoint: undefined,
    onStored: ({ block }) => announced.push(block.header.index),
  });
  return { store, commits, announced, run };
}

/** Everything that must not depend on how blocks are grouped into commits. */
function stateOf({ store, announced }: Taker): unknown {
  const head = store.head();
  return {
    announced,
    head: { ...head, frontier: head.frontier.subtrees() },
    entries: store.entries(0, 1000, 1000),
    supply: store.books.supply(),
    wallets: [ALICE, BOB, CAROL].map(({ address }) => store.books.wallet(address)),
    history: store.transactionsOf(BOB.address, 1000, 1000),
    firstHold: store.books.openHoldFrom({ holdUntil: 0, sequence: 0 }),
  };
}

/** @param isLone whether each block gets a commit of its own */
async function takeAll({ run }: Taker, blocks: readonly Wire[], isLone: boolean): Promise<unknown> {
  for (const block of blocks) {
    const refusal = await run.take(JSON.stringify(block), isLone);
    if (refusal !== undefined) return refusal;
  }
  return run.store();
}

describe('a run of blocks', () => {
  it('shares a commit, and is announced block by block afterwards', async () => {
    const chain = ChainBuilder.signed();
    for (let i = 0; i < 5; i++) chain.seal([chain.transfer(), chain.transfer()]);
    const one = await taker(chain);
    for (const block of chain.blocks.slice(1)) await one.run.take(JSON.stringify(block), false);
    expect([one.commits, one.announced]).toEqual([[], []]);
    expect(await one.run.store()).toBeUndefined();
    expect([one.commits, one.announced]).toEqual([[5], [2, 3, 4, 5, 6]]);
    expect(await one.run.store()).toBeUndefined();
    expect(one.commits).toEqual([5]);
  });

  it('is stored when it has as many entries as a full block may have', async () => {
    const schedule = { interval_ms: null, max_entries: null, seal_empty: false };
    const chain = ChainBuilder.token({ schedule });
    for (let i = 0; i < 3; i++) chain.seal(Array.from({ length: 4000 }, () => chain.transfer()));
    const one = await taker(chain);
    for (const block of chain.blocks.slice(1)) await one.run.take(JSON.stringify(block), false);
    expect(one.commits).toEqual([3]);
  });

  it.each([
    ['of the run', 0],
    ['that was stored earlier', 1],
  ])(
    'detects a reused nonce %s: the blocks before are stored, one commit each',
    async (_what, storedFirst) => {
      const chain = ChainBuilder.signed();
      chain.seal([chain.transfer({ nonce: 'used' })]);
      chain.seal([chain.transfer()]);
      chain.seal([chain.transfer(), chain.transfer({ nonce: 'used' })]);
      chain.seal([chain.transfer()]);
      const one = await taker(chain);
      const [, first, ...rest] = chain.blocks.map((block) => JSON.stringify(block));
      await one.run.take(first as string, storedFirst === 1);
      for (const text of rest) expect(await one.run.take(text, false)).toBeUndefined();
      expect(await one.run.store()).toMatchObject({
        fault: { fault: 'NONCE_REUSED', index: 4, sequence: 3, field: 'nonce', found: 'used' },
        evidence: { text: rest[1] },
      });
      expect([one.commits, one.announced]).toEqual([
        [1, 1],
        [2, 3],
      ]);
    },
  );

  it('fails if the store refuses a block that has no fault', async () => {
    const chain = ChainBuilder.token();
    chain.seal([chain.transfer()]);
    const one = await taker(chain);
    one.store.append = () => {
      throw new ConflictError('another process wrote');
    };
    await expect(one.run.take(JSON.stringify(chain.head), true)).rejects.toThrow(ConflictError);
  });

  it('leads to the same result as blocks one by one, whatever is wrong and wherever it is', async () => {
    const cheats = ['none', 'nonce', 'overdrawn', 'fee', 'signature', 'root', 'hold', 'answer'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...cheats),
        fc.nat(5),
        async (sizes, cheat, at) => {
          const chain = ChainBuilder.signed();
          const nonce = 'a-nonce';
          chain.seal([chain.transfer({ nonce, amount: '1' })]);
          const hold = chain.transfer({ amount: '2', holdUntil: CREATED_AT + 1_000_000 });
          sizes.forEach((size, i) => {
            const entries = Array.from({ length: size }, () => chain.transfer({ amount: '1' }));
            if (i === 0) entries.push(hold);
            if (i === 1) entries.push(chain.answer('accept', hold));
            if (i === at % sizes.length) entries.push(...cheating(chain, cheat, nonce, hold));
            const tamper = (block: Wire): unknown =>
              cheat === 'root' && i === at % sizes.length && (block.tree_root = 'ab'.repeat(32));
            chain.seal(entries, { tamper });
          });
          const [together, alone] = [await taker(chain), await taker(chain)];
          const blocks = chain.blocks.slice(1);
          const ends = [await takeAll(together, blocks, false), await takeAll(alone, blocks, true)];
          expect(ends[0]).toEqual(ends[1]);
          expect(stateOf(together)).toEqual(stateOf(alone));
          expect(ends[0] === undefined).toBe(cheat === 'none');
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});

function cheating(chain: ChainBuilder, cheat: string, nonce: string, hold: Wire): Wire[] {
  switch (cheat) {
    case 'nonce':
      return [chain.transfer({ nonce, amount: '3' })];
    case 'overdrawn':
      return [chain.transfer({ amount: '100000000' })];
    case 'fee':
      return [chain.transfer({ amount: '5' }, (leaf) => (leaf.amount_bpsc = '1'))];
    case 'signature':
      return [chain.transfer({ amount: '5', cheatAfterSigning: true }, (leaf) => (leaf.memo = 'other'))];
    case 'hold':
      return [chain.transfer({ amount: '1', holdUntil: 5 })];
    case 'answer':
      return [chain.answer('decline', hold), chain.answer('decline', hold)];
    default:
      return [];
  }
}
