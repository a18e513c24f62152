/** What the explorer's worker does, in Node, on blocks that cheat in one place. */
import { checkBlock, type Opened, type Verdict } from '../../../web/src/check/check-block.js';
import { chooseEngine } from '../../../web/src/check/signatures.js';
import type { Step, StepId, StepState } from '../../../web/src/check/steps.js';
import { ALICE, ChainBuilder, OTHER_PRODUCER, type Wire } from '../../support/chain-builder.js';

interface Checked {
  readonly verdict: Verdict;
  readonly opened: Opened | undefined;
  readonly progress: readonly (readonly Step[])[];
  readonly shares: readonly number[];
}

/** Checks a block that was forged on the chain's head, with what the node says changed at will. */
async function check(
  chain: ChainBuilder,
  block: Wire | string,
  change: (path: string, text: string) => string = (_path, text) => text,
): Promise<Checked> {
  const name = chain.contract.name as string;
  const index = chain.blocks.length + 1;
  const parent = chain.blocks.at(-1);
  const answers: Record<string, unknown> = {
    [`/chains/${name}`]: { contract: chain.contract, id: chain.chain },
    [`/chains/${name}/blocks/${index}`]: block,
    ...(parent === undefined
      ? {}
      : {
          [`/chains/${name}/headers?from=${index - 1}&limit=1`]: { headers: [headerOf(parent)] },
          [`/chains/${name}/blocks/${index - 1}/frontier`]: {
            frontier: chain.frontier().map((node) => node.toString('hex')),
          },
        }),
  };
  let opened: Opened | undefined;
  const progress: (readonly Step[])[] = [];
  const shares: number[] = [];
  const verdict = await checkBlock({
    chain: name,
    index,
    ask: async (path) => {
      const answer = answers[path];
      if (answer === undefined) throw new Error(`nobody answers ${path}`);
      return change(path, typeof answer === 'string' ? answer : JSON.stringify(answer));
    },
    engine: await chooseEngine(),
    opened: (seen) => (opened = seen),
    progress: (steps, share) => {
      progress.push(steps);
      shares.push(share);
    },
    pause: async () => undefined,
  });
  return { verdict, opened, progress, shares };
}

function headerOf(block: Wire): Wire {
  const { transactions: _transactions, information: _information, ...header } = block;
  return header;
}

function statesOf({ verdict }: Checked): Partial<Record<StepId, StepState>> {
  return Object.fromEntries(verdict.steps.map(({ id, state }) => [id, state]));
}

const ALL_DONE = {
  contract: 'done',
  parent: 'done',
  place: 'done',
  ids: 'done',
  split: 'done',
  order: 'done',
  holders: 'none',
  root: 'done',
  hash: 'done',
  seal: 'done',
};

function tokenChain(): ChainBuilder {
  const chain = ChainBuilder.token();
  chain.seal([chain.transfer(), chain.transfer(), chain.transfer()]);
  return chain;
}

test('a good block passes every step', async () => {
  const chain = tokenChain();
  const checked = await check(chain, chain.forge([chain.transfer(), chain.transfer()]));
  expect(checked.verdict.fault).toBeUndefined();
  expect(statesOf(checked)).toEqual(ALL_DONE);
  expect(checked.opened).toMatchObject({ entries: { length: 2 }, header: { index: 3, treeSize: 5 } });
  expect(checked.shares.at(-1)).toBe(1);
});

test('an information block, an empty block and a genesis block pass', async () => {
  const information = ChainBuilder.information();
  const good = await check(information, information.forge([information.information()]));
  expect(statesOf(good)).toEqual(ALL_DONE);

  const chain = tokenChain();
  const empty = await check(chain, chain.forge([]));
  expect(empty.verdict.fault).toBeUndefined();
  expect(statesOf(empty)).toMatchObject({ ids: 'none', split: 'none', order: 'none', seal: 'done' });

  const begun = ChainBuilder.token();
  const genesis = begun.blocks.pop() as Wire;
  const first = await check(begun, genesis);
  expect(first.verdict.fault).toBeUndefined();
  expect(statesOf(first)).toMatchObject({ parent: 'none', place: 'done', ids: 'none', seal: 'done' });
});

test('a long block tells how far it is', async () => {
  const chain = tokenChain();
  const { shares, progress } = await check(
    chain,
    chain.forge(Array.from({ length: 700 }, () => chain.transfer())),
  );
  expect(shares).toEqual([0, 0, 0, 256 / 700, 512 / 700, 1]);
  expect(progress.at(-2)?.find(({ id }) => id === 'ids')).toEqual({
    id: 'ids',
    state: 'running',
    note: '512 of 700',
  });
});

describe('a tampered block fails at its step, and no step behind it is said to be done', () => {
  const entry = (block: Wire, place: number): Wire => (block.transactions as Wire[])[place] as Wire;
  const cases: readonly [string, StepId, string, (chain: ChainBuilder) => Wire | string][] = [
    [
      'another recipient',
      'ids',
      'ENTRY_ID_MISMATCH',
      (chain) =>
        chain.forge([chain.transfer(), chain.transfer()], {
          tamper: (block) => (entry(block, 1).recipient = 'eve'),
        }),
    ],
    [
      'a wrong fee, sealed as it is',
      'split',
      'FEE_MISMATCH',
      (chain) => chain.forge([chain.transfer({}, (leaf) => (leaf.amount_bpsc = '0'))]),
    ],
    [
      'a nonce twice',
      'order',
      'NONCE_REUSED',
      (chain) => chain.forge([chain.transfer({ nonce: 'n' }), chain.transfer({ nonce: 'n' })]),
    ],
    [
      'an entry left out',
      'place',
      'TREE_SIZE_MISMATCH',
      (chain) =>
        chain.forge([chain.transfer(), chain.transfer()], {
          tamper: (block) => (block.transactions as Wire[]).pop(),
        }),
    ],
    [
      'another block before',
      'place',
      'PREVIOUS_HASH_MISMATCH',
      (chain) => chain.forge([], { cheat: (block) => (block.previous_hash = 'ab'.repeat(32)) }),
    ],
    [
      'another root, sealed as it is',
      'root',
      'TREE_ROOT_MISMATCH',
      (chain) => chain.forge([chain.transfer()], { cheat: (block) => (block.tree_root = 'ab'.repeat(32)) }),
    ],
    [
      'another hash',
      'hash',
      'HASH_MISMATCH',
      (chain) => chain.forge([chain.transfer()], { tamper: (block) => (block.hash = 'ab'.repeat(32)) }),
    ],
    [
      'another signer',
      'seal',
      'BAD_SIGNATURE',
      (chain) => chain.forge([chain.transfer()], { signer: OTHER_PRODUCER }),
    ],
    ['no JSON', 'place', 'MALFORMED', () => '{"index":3,"index":3}'],
    ['no block', 'place', 'MALFORMED', () => ({ hello: 'world' })],
  ];

  test.each(cases)('%s: %s, %s', async (_what, step, code, forge) => {
    const chain = tokenChain();
    const checked = await check(chain, forge(chain));
    expect(checked.verdict.fault?.fault).toBe(code);
    const states = statesOf(checked);
    expect(states[step]).toBe('failed');
    expect(Object.values(states).filter((state) => state === 'failed')).toHaveLength(1);
    const order = checked.verdict.steps.map(({ id }) => id);
    const behind = order.slice(order.indexOf(step) + 1);
    for (const id of behind) {
      // Entry steps go on side by side; one of them can be nothing to do.
      expect([id, states[id]]).toEqual([id, expect.stringMatching(/^(waiting|none)$/)]);
    }
  });

  test('a record whose content was changed', async () => {
    const chain = ChainBuilder.information();
    const block = chain.forge([chain.information()], {
      tamper: (sent) => (((sent.information as Wire[])[0] as Wire).information = { grade: 'A' }),
    });
    const checked = await check(chain, block);
    expect(checked.verdict.fault?.fault).toBe('INFORMATION_HASH_MISMATCH');
    expect(statesOf(checked).split).toBe('failed');
  });
});

describe('the node is not believed', () => {
  test('about the chain’s id', async () => {
    const chain = tokenChain();
    const checked = await check(chain, chain.forge([]), (path, text) =>
      path === '/chains/aka' ? text.replace(chain.chain, 'cd'.repeat(32)) : text,
    );
    expect(checked.verdict.fault?.fault).toBe('CHAIN_ID_MISMATCH');
    expect(statesOf(checked).contract).toBe('failed');
  });

  test('about the block before', async () => {
    const chain = tokenChain();
    const checked = await check(chain, chain.forge([]), (path, text) =>
      path.includes('/headers') ? text.replace('"tree_size":3', '"tree_size":4') : text,
    );
    expect(checked.verdict.fault?.fault).toBe('HASH_MISMATCH');
    expect(statesOf(checked).parent).toBe('failed');
  });

  test('about the tree at it', async () => {
    const chain = tokenChain();
    const [first] = chain.frontier();
    const checked = await check(chain, chain.forge([]), (path, text) =>
      path.endsWith('/frontier') ? text.replace((first as Buffer).toString('hex'), 'ef'.repeat(32)) : text,
    );
    expect(checked.verdict.fault?.fault).toBe('TREE_ROOT_MISMATCH');
    expect(statesOf(checked)).toMatchObject({ parent: 'failed', root: 'waiting' });
  });
});

describe('senders’ signatures', () => {
  const signedChain = (): ChainBuilder => {
    const chain = ChainBuilder.signed();
    chain.seal([]);
    return chain;
  };

  test('are checked, all of them', async () => {
    const chain = signedChain();
    const checked = await check(chain, chain.forge([chain.transfer(), chain.transfer()]));
    expect(checked.verdict.fault).toBeUndefined();
    expect(checked.verdict.steps.find(({ id }) => id === 'holders')).toMatchObject({
      state: 'done',
      note: expect.stringMatching(/^2 of 2, by (WebCrypto|noble)$/),
    });
  });

  test('and one that is not good is found by its place', async () => {
    const chain = signedChain();
    const bad = chain.transfer(
      { cheatAfterSigning: true },
      (leaf) => (leaf.signature = ALICE.sign('another')),
    );
    const checked = await check(chain, chain.forge([chain.transfer(), bad, chain.transfer()]));
    expect(checked.verdict.fault).toMatchObject({ fault: 'BAD_SIGNATURE', sequence: 1, field: 'signature' });
    expect(statesOf(checked)).toMatchObject({ holders: 'failed', root: 'waiting', seal: 'waiting' });
  });

  test('stand before whatever is wrong behind them', async () => {
    const chain = signedChain();
    const bad = chain.transfer(
      { cheatAfterSigning: true },
      (leaf) => (leaf.signature = ALICE.sign('another')),
    );
    const block = chain.forge([bad, chain.transfer()], { tamper: (sent) => (sent.hash = 'ab'.repeat(32)) });
    expect((await check(chain, block)).verdict.fault).toMatchObject({ fault: 'BAD_SIGNATURE', sequence: 0 });
  });
});
