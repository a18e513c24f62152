/** Compares several chains in one database with the same chains in separate databases: no chain affects another. */
import path from 'node:path';
import { ChainBuilder, type Wire } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { Book } from '../../chain/books/book.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { parseContract, type Contract } from '../../chain/contract/contract.js';
import { isFault } from '../../chain/faults.js';
import { FIRST_PLACE } from '../../chain/books/sorted-holds.js';
import { verifyBlock, type VerifiedBlock } from '../../chain/block/verify-block.js';
import { newBlock } from '../../follower/take/new-block.js';
import type { AnyChainStore, TokenChainStore } from '../../ledger/chain-store.js';
import type { LedgerStore } from '../../ledger/store.js';
import { openStorage, type Storage } from './database.js';

const HOUR_MS = 3_600_000;

const opened: Storage[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((storage) => storage.close()));
});
afterAll(removeTemporary);

async function open(file: string): Promise<LedgerStore> {
  const storage = await openStorage(file, 'follower');
  opened.push(storage);
  return storage.store;
}

/** Chains with the same wallets, nonces, times and even leaves, so that only the chain distinguishes them. */
const builders = (): ChainBuilder[] => [
  ChainBuilder.token({ name: 'gold' }),
  ChainBuilder.information({ name: 'notes' }),
  ChainBuilder.token({ name: 'silver' }),
  ChainBuilder.information({ name: 'diplomas' }),
  ChainBuilder.token({ name: 'bronze', token: { symbol: 'BRZ', decimals: 2 } }),
];

function verified(
  contract: Contract,
  wire: Wire | undefined,
  store: AnyChainStore | undefined,
): VerifiedBlock {
  const books = store !== undefined && 'books' in store ? store.books : undefined;
  const block = verifyBlock({ contract, block: wire, parent: store?.head(), books, nonceUsed: () => false });
  if (isFault(block)) throw new Error(block.message);
  return block;
}

function begin(store: LedgerStore, chains: readonly ChainBuilder[]): void {
  const births = chains.map((chain) => {
    const contract = parseContract(chain.contract) as Contract;
    const genesis = verified(contract, chain.blocks[0], undefined);
    const { name } = contract;
    return { chain: { id: genesis.header.chain, name, origin: 'followed' as const, contract }, genesis };
  });
  store.createChains(births);
}

const storeOf = (store: LedgerStore, chain: ChainBuilder): AnyChainStore => {
  const found = store.store(chain.chain as Hash);
  if (found === undefined) throw new Error(`no chain ${chain.chain}`);
  return found;
};

/** The next block of a chain, taken by both stores. */
function append(chain: ChainBuilder, entries: readonly Wire[], stores: readonly LedgerStore[]): void {
  const wire = chain.seal(entries);
  for (const store of stores.map((each) => storeOf(each, chain))) {
    const block = verified(store.chain.contract, wire, store);
    store.append(store.head().header.hash, [newBlock(block)], block.book?.changes());
  }
}

/** Everything that a store returns about a chain. */
function everything(store: AnyChainStore, ids: readonly string[]): unknown {
  const { header } = store.head();
  const size = header.treeSize;
  const common = {
    chain: store.chain,
    header,
    headers: store.headers(1, 100),
    frontier: store.frontier(header.index)?.root(),
    byHash: store.headerByHash(header.hash),
    tail: store.tail(),
    waiting: store.waiting(),
    wire: Buffer.from(store.entriesOnWire(0, size)).toString(),
    entries: store.entries(0, Number.MAX_SAFE_INTEGER, 1000),
    newest: store.entriesBefore(Number.MAX_SAFE_INTEGER, 3),
    byId: ids.map((id) => store.entryById(id as Hash)),
    byNonce: ['n1', 'n2', 'n9'].map((nonce) => store.entryByNonce('alice', nonce)),
  };
  return 'books' in store ? { ...common, ...books(store, ids) } : common;
}

function books(store: TokenChainStore, ids: readonly string[]): object {
  const wallets = ['alice', 'bob', 'carol', 'nobody'];
  return {
    wallets: wallets.map((address) => store.books.wallet(address)),
    histories: wallets.map((address) => store.transactionsOf(address, Number.MAX_SAFE_INTEGER, 100)),
    holds: ids.map((id) => store.books.hold(id as Hash)),
    open: store.books.openHoldFrom(FIRST_PLACE),
    supply: store.books.supply(),
    isBalanced: new Book(store.books, store.chain.contract).isBalanced(),
  };
}

it('many chains in one database are as each in a database of its own, also after a restart', async () => {
  const folder = temporaryFolder();
  const chains = builders();
  const file = path.join(folder, 'all.db');
  let all = await open(file);
  begin(all, chains.slice(0, 2));
  const alone = await Promise.all(chains.map((_, at) => open(path.join(folder, `${at}.db`))));
  for (const [at, store] of alone.entries()) begin(store, [chains[at] as ChainBuilder]);
  // Later than the others' first blocks, and one by one: like a chain that is created while the node runs.
  for (const chain of chains.slice(2)) begin(all, [chain]);

  const held = new Map<ChainBuilder, Wire>();
  for (let round = 1; round <= 4; round++) {
    for (const [at, chain] of chains.entries()) {
      const stores = [all, alone[at] as LedgerStore];
      const timestamp = 1_760_000_000_000 + 1000 * round;
      const nonce = `n${round}`;
      if (!('token' in chain.contract)) {
        append(chain, [chain.information({ nonce, timestamp, information: { round } })], stores);
        continue;
      }
      const entries = [chain.transfer({ sender: 'alice', recipient: 'bob', amount: '10', nonce, timestamp })];
      const hold = held.get(chain);
      if (round === 1 + (at % 3)) {
        const parts = { sender: 'carol', recipient: 'alice', nonce: 'hold', timestamp };
        const transfer = chain.transfer({ ...parts, amount: '5', holdUntil: timestamp + HOUR_MS * (at + 1) });
        held.set(chain, transfer);
        entries.push(transfer);
      } else if (hold !== undefined && round === 4 && at > 0) {
        entries.push(chain.answer('accept', hold, { sender: 'alice', nonce: 'yes', timestamp }));
      }
      append(chain, entries, stores);
    }
  }
  const ids = chains.flatMap(({ blocks }) =>
    blocks.flatMap(({ transactions, information }) => (transactions ?? information) as readonly Wire[]),
  );
  const check = (): void => {
    for (const [at, chain] of chains.entries()) {
      const idTexts = ids.map(({ id }) => String(id));
      const [together, apart] = [all, alone[at] as LedgerStore].map((store) =>
        everything(storeOf(store, chain), idTexts),
      );
      expect(together).toEqual(apart);
    }
  };
  check();
  await opened.shift()?.close();
  all = await open(file);
  expect(all.stores().map(({ chain: { name } }) => name)).toEqual([
    'gold',
    'notes',
    'silver',
    'diplomas',
    'bronze',
  ]);
  check();
});

it('what several chains accept at once is one commit, and nothing of it is stored where one of them conflicts', async () => {
  const chains = builders();
  const store = await open(path.join(temporaryFolder(), 'all.db'));
  begin(store, chains);
  const [gold, , silver] = chains as [ChainBuilder, ChainBuilder, ChainBuilder];
  const acceptance = (
    chain: ChainBuilder,
    nonce: string,
  ): Parameters<LedgerStore['acceptTogether']>[0][0] => {
    const { contract } = storeOf(store, chain).chain;
    const wire = chain.transfer({ sender: 'alice', recipient: 'bob', amount: '1', nonce });
    const copy = new ChainBuilder(chain.contract).begin();
    const block = verified(contract, copy.seal([wire]), storeOf(store, chain));
    return { chain: chain.chain as Hash, entries: newBlock(block).entries };
  };
  store.acceptTogether([acceptance(gold, 'a'), acceptance(silver, 'a')]);
  expect([gold, silver].map((chain) => storeOf(store, chain).tail().nextSequence)).toEqual([1, 1]);
  const behind = acceptance(gold, 'b').entries.map((entry) => ({ ...entry, sequence: 1 }));
  expect(() =>
    store.acceptTogether([{ chain: gold.chain as Hash, entries: behind }, acceptance(silver, 'a')]),
  ).toThrow(/another process wrote/);
  expect([gold, silver].map((chain) => storeOf(store, chain).tail().nextSequence)).toEqual([1, 1]);
});
