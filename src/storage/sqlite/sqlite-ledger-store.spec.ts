import { firstOf } from '../../../test/support/first-of.js';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { jsonValue, nastyString } from '../../../test/support/arbitraries.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { hashHex, type Hash } from '../../chain/bytes/bytes.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import type { ChainKind } from '../../chain/contract/kinds.js';
import { transactionEntry } from '../../chain/entry/entry.js';
import type { Wallet } from '../../chain/books/wallet.js';
import { FatalError } from '../../ledger/errors.js';
import { storedEntryText } from '../../ledger/reader.js';
import type { NewEntry } from '../../ledger/store.js';
import type { Accepted } from '../../producer/accept/intake.js';
import { walletOf, type WalletRow } from './rows.js';

let node: TestProducer;
beforeEach(async () => {
  node = await startTestProducer(temporaryFolder(), { BLOCK_MAX_ENTRIES: '' });
});
afterEach(() => node.close());
afterAll(removeTemporary);

const send = async (sender: string, recipient: string): Promise<Accepted['entry']> =>
  ((await node.transfer({ sender, recipient })) as Accepted).entry;

describe('the store', () => {
  it('lists what a wallet sent and received, newest first, page by page', async () => {
    for (let i = 0; i < 4; i++) {
      await send('alice', 'bob');
      await send('bob', 'carol');
      await send('carol', 'alice');
    }
    const pages: number[][] = [];
    for (let before = Infinity; ;) {
      const page = firstOf(node.store, 'token').transactionsOf(
        'alice',
        Math.min(before, Number.MAX_SAFE_INTEGER),
        3,
      );
      if (page.length === 0) break;
      pages.push(page.map(({ sequence }) => sequence));
      before = page.at(-1)?.sequence ?? 0;
    }
    expect(pages).toEqual([
      [11, 9, 8],
      [6, 5, 3],
      [2, 0],
    ]);
    expect(firstOf(node.store, 'token').transactionsOf('nobody', 100, 3)).toEqual([]);
    expect(
      firstOf(node.store, 'token')
        .entriesBefore(5, 2)
        .map(({ sequence }) => sequence),
    ).toEqual([4, 3]);
  });

  it('finds an entry by its id and by its nonce, and nothing by another', async () => {
    const entry = await send('alice', 'bob');
    const { nonce } = JSON.parse(entry.leafText) as { nonce: string };
    expect(firstOf(node.store, 'token').entryById(entry.id)).toEqual(entry);
    expect(firstOf(node.store, 'token').entryByNonce('alice', nonce)).toEqual(entry);
    expect(firstOf(node.store, 'token').entryByNonce('bob', nonce)).toBeUndefined();
    expect(firstOf(node.store, 'token').entryByNonce('nobody', nonce)).toBeUndefined();
    expect(firstOf(node.store, 'information').entryById(entry.id)).toBeUndefined();
  });

  it('has the same head after an append as after a start', async () => {
    const heads = () =>
      node.store.stores().map((store) => {
        const { header, frontier, lastEntryTimestamp } = store.head();
        return { header, root: hashHex(frontier.root()), size: frontier.size, lastEntryTimestamp };
      });
    for (const count of [0, 1, 3, 0]) {
      for (let entry = 0; entry < count; entry++) await send('alice', 'bob');
      await node.token.seal();
    }
    await node.inform(1);
    await node.information.seal();
    const appended = heads();
    const { config } = node;
    await node.close();
    node = await startTestProducer(path.dirname(config.databaseFile), { BLOCK_MAX_ENTRIES: '' });
    expect(heads()).toEqual(appended);
    expect(appended.map(({ size }) => size)).toEqual([4, 1]);
  });

  it('gives the number of an address that was rolled back to the next one, and to no other', async () => {
    await send('alice', 'bob');
    const { contract } = node.store.chains()[0]!;
    const transfer = (sequence: number, sender: string): NewEntry => {
      const move = { sender, recipient: 'bob', send: 2n, fee: 1n, receive: 1n };
      const stamp = { nonce: `${sequence}-${sender}`, timestamp: node.clock.time };
      const entry = transactionEntry({ type: 'transfer', ...move, ...stamp }, contract as TokenContract);
      return { sequence, block: 2, entry, counterparty: 'bob' };
    };
    // The second one has a sequence that is taken.
    expect(() => firstOf(node.store, 'token').accept([transfer(1, 'zed'), transfer(0, 'yan')])).toThrow(
      FatalError,
    );
    firstOf(node.store, 'token').accept([transfer(1, 'yan'), transfer(2, 'zed'), transfer(3, 'yan')]);
    firstOf(node.store, 'token').accept([transfer(4, 'zed')]);
    const sequencesOf = (address: string): number[] =>
      firstOf(node.store, 'token')
        .transactionsOf(address, 100, 9)
        .map(({ sequence }) => sequence);
    expect(sequencesOf('yan')).toEqual([3, 1]);
    expect(sequencesOf('zed')).toEqual([4, 2]);
    expect(sequencesOf('bob')).toEqual([4, 3, 2, 1, 0]);
  });

  it('keeps the tree at every block', async () => {
    for (let i = 0; i < 5; i++) {
      await send('alice', 'bob');
      await node.token.seal();
    }
    for (const { index, treeSize, treeRoot } of firstOf(node.store, 'token').headers(1, 100)) {
      const frontier = firstOf(node.store, 'token').frontier(index);
      expect(frontier?.size).toBe(treeSize);
      expect(hashHex(frontier?.root() ?? new Uint8Array())).toBe(treeRoot);
    }
    expect(firstOf(node.store, 'token').frontier(7)).toBeUndefined();
  });

  it('shows each wallet as its last block left it, however often it was read before', async () => {
    const counts = (): unknown[] =>
      ['alice', 'bob', 'carol'].map((address) => {
        const wallet = firstOf(node.store, 'token').books.wallet(address);
        return wallet && [wallet.sentCount, wallet.receivedCount];
      });
    await send('alice', 'bob');
    await node.token.seal();
    expect([counts(), counts()]).toEqual(Array(2).fill([[1, 0], [0, 1], undefined]));
    await send('alice', 'carol');
    await node.token.seal();
    expect([counts(), counts()]).toEqual(
      Array(2).fill([
        [2, 0],
        [0, 1],
        [0, 1],
      ]),
    );
  });

  it('shows a wallet as it was when what was written to it was rolled back', async () => {
    await send('alice', 'bob');
    await node.token.seal();
    const { books } = firstOf(node.store, 'token');
    const bob = books.wallet('bob')!;
    const head = firstOf(node.store, 'token').head();
    const none = 'f'.repeat(64) as Hash;
    const header = { ...head.header, index: head.header.index + 1, hash: none };
    const block = { ...head, header, entries: [] };
    const changes = { wallets: [{ ...bob, received: 7n }], holds: [], supply: books.supply() };
    expect(() => firstOf(node.store, 'token').append(none, [block], changes)).toThrow(
      /head of aka is no longer/,
    );
    expect(books.wallet('bob')).toEqual(bob);
    // The next committed transaction doesn't change that.
    await send('alice', 'carol');
    expect(books.wallet('bob')).toEqual(bob);
  });

  it('remembers a wallet as it is on disk', async () => {
    const { books } = firstOf(node.store, 'token');
    const onDisk = new Database(node.config.databaseFile, { readonly: true });
    const fromDisk = (): Wallet => {
      return walletOf(onDisk.prepare<[], WalletRow>(`SELECT * FROM wallet WHERE address = 'bob'`).get()!);
    };
    for (let block = 1; block <= 3; block++) {
      await send('alice', 'bob');
      await node.token.seal();
      expect(books.wallet('bob')).toEqual(fromDisk());
      expect(books.wallet('bob')).toMatchObject({ receivedCount: block });
    }
    onDisk.close();
  });

  it('reads entries and headers in pages', async () => {
    for (let i = 0; i < 5; i++) await send('alice', 'bob');
    expect(
      firstOf(node.store, 'token')
        .entries(1, 4, 2)
        .map(({ sequence }) => sequence),
    ).toEqual([1, 2]);
    expect(
      firstOf(node.store, 'token')
        .entries(3, 4, 9)
        .map(({ sequence }) => sequence),
    ).toEqual([3]);
    await node.token.seal();
    expect(
      firstOf(node.store, 'token')
        .headers(2, 5)
        .map(({ index }) => index),
    ).toEqual([2]);
  });

  it('says what waits, by promised block', async () => {
    await send('alice', 'bob');
    const sealing = node.token.seal();
    await send('alice', 'bob');
    await send('alice', 'bob');
    await sealing;
    expect(firstOf(node.store, 'token').waiting()).toEqual([
      { index: 3, first: 1, entries: 2, bytes: expect.any(Number), since: node.clock.time },
    ]);
  });

  it('keeps information with its salt, any text as it is', async () => {
    const texts = ['\u0000', 'é', '😀', '\u2028', '"\\', 'x'.repeat(60_000)];
    for (const text of texts) await node.inform({ text });
    const kept = firstOf(node.store, 'information').entries(0, 10, 10);
    expect(kept.map(({ content }) => JSON.parse(content?.text ?? '') as unknown)).toEqual(
      texts.map((text) => ({ text })),
    );
    expect(kept.every(({ content }) => /^[0-9a-f]{32}$/.test(content?.salt ?? ''))).toBe(true);
    await node.information.seal();
  });

  describe('puts entries together as they go over the wire', () => {
    const onWire = (kind: ChainKind, from: number, to: number): string =>
      Buffer.from(firstOf(node.store, kind).entriesOnWire(from, to)).toString();
    const oneByOne = (kind: ChainKind, from: number, to: number): string =>
      firstOf(node.store, kind)
        .entries(from, to, to - from)
        .map((entry) => storedEntryText(entry, kind))
        .join(',');
    const agree = (kind: ChainKind, count: number): void => {
      for (const [from, to] of [
        [0, count],
        [0, 1],
        [1, count - 1],
        [count - 1, count],
      ] as const) {
        expect(onWire(kind, from, to)).toBe(oneByOne(kind, from, to));
      }
    };

    it('transactions, whatever their memos say', async () => {
      const memos = fc.sample(fc.string({ unit: nastyString, maxLength: 20 }), { numRuns: 300, seed: 5 });
      const fits = memos.filter((memo) => memo !== '' && [...memo].length <= 200);
      for (const memo of ['\0', 'a\0}', '}', '","id":"', ...fits]) await node.transfer({ memo });
      agree('token', firstOf(node.store, 'token').tail().nextSequence);
    });

    it('information, erased or not', async () => {
      const values = fc.sample(jsonValue, { numRuns: 300, seed: 5 });
      for (const value of values) await node.inform(value);
      const count = firstOf(node.store, 'information').tail().nextSequence;
      expect(count).toBeGreaterThan(100);
      const other = new Database(node.config.databaseFile);
      other.exec('UPDATE information SET information = NULL, salt = NULL WHERE sequence % 7 = 2');
      other.close();
      agree('information', count);
      expect(onWire('information', 0, count).split('"erased":true').length).toBeGreaterThan(10);
    });

    it('in the order of the chain, and not without those that are missing', async () => {
      for (let i = 0; i < 50; i++) await send('alice', 'bob');
      agree('token', 50);
      expect(() => onWire('token', 40, 60)).toThrow('of the entries 40 to 59 of aka some are not stored');
    });
  });
});
