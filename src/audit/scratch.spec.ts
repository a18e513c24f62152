import type { Hash } from '../chain/bytes/bytes.js';
import { FIRST_PLACE, placeAfter } from '../chain/books/sorted-holds.js';
import { emptyWallet, type Hold, type Supply, type Wallet } from '../chain/books/wallet.js';
import { SqliteAuditScratch } from './scratch.js';

let scratch: SqliteAuditScratch;
beforeEach(() => {
  scratch = new SqliteAuditScratch();
});
afterEach(() => {
  scratch.close();
});

const SUPPLY: Supply = { issued: 1n, burnt: 2n, held: 3n, circulating: -(10n ** 47n) };

function wallet(number: number): Wallet {
  return {
    address: `wallet-${number}`,
    sent: 10n ** 47n + BigInt(number),
    received: 2n,
    feesPaid: 3n,
    feesCollected: 4n,
    issued: 5n,
    held: 6n,
    sentCount: number,
    receivedCount: 8,
  };
}

function hold(sequence: number, holdUntil: number): Hold {
  return {
    id: sequence.toString(16).padStart(64, '0') as Hash,
    sequence,
    sender: 'alice',
    recipient: 'bob',
    send: 10n ** 47n,
    receive: 10n ** 47n - 1n,
    fee: 1n,
    holdUntil,
    state: 'held',
    endedBy: undefined,
  };
}

function put(wallets: readonly Wallet[], holds: readonly Hold[] = []): void {
  scratch.putBooks({ wallets, holds, supply: SUPPLY });
}

describe('SqliteAuditScratch', () => {
  it('finds the first use of a nonce that was used before', () => {
    const uses = ['a x', 'a y', 'b x', 'c x', 'b x', 'a x', 'a x', 'b x'];
    uses.forEach((use, sequence) => {
      const [nonce = '', sender = ''] = use.split(' ');
      scratch.addNonce({ sequence, block: 2, nonce, sender });
    });
    expect(scratch.reusedNonce()).toEqual({ sequence: 4, block: 2, nonce: 'b', sender: 'x' });
  });

  it('finds no reuse where there is none, not even of parts', () => {
    expect(scratch.reusedNonce()).toBeUndefined();
    scratch.addNonce({ sequence: 0, block: 2, nonce: 'ab', sender: 'c' });
    scratch.addNonce({ sequence: 1, block: 2, nonce: 'a', sender: 'bc' });
    expect(scratch.reusedNonce()).toBeUndefined();
  });

  it('keeps more wallets than fit in memory', () => {
    const count = 70_000;
    for (let number = 0; number < count; number++) put([wallet(number)]);
    put([{ ...wallet(7), received: 5n }]);
    const found = [7, 69_999, 70_000].map((number) => scratch.wallet(`wallet-${number}`));
    expect(found).toEqual([{ ...wallet(7), received: 5n }, wallet(69_999), undefined]);
    for (let number = 0; number < count; number++) {
      const expected = number === 7 ? { ...wallet(7), received: 5n } : wallet(number);
      const taken = scratch.takeWallet(`wallet-${number}`);
      if (number % 10_000 === 7) expect(taken).toEqual(expected);
    }
    expect(scratch.takeWallet('wallet-7')).toBeUndefined();
    expect(scratch.anyWallet()).toBeUndefined();
  });

  it('tells of a wallet that was not taken out', () => {
    put([wallet(1), wallet(2)]);
    scratch.takeWallet('wallet-1');
    expect(scratch.anyWallet()).toEqual(wallet(2));
  });

  it.each([0, 100])('makes an empty wallet of a name, once, with room for %i in memory', (max) => {
    scratch.close();
    scratch = new SqliteAuditScratch(max);
    put([wallet(1)]);
    for (const name of ['wallet-1', 'wallet-2', 'wallet-3']) scratch.putName(name);
    put([wallet(3)]);
    for (const name of ['wallet-3', 'wallet-2']) scratch.putName(name);
    const taken = [1, 2, 3].map((number) => scratch.takeWallet(`wallet-${number}`));
    expect(taken).toEqual([wallet(1), emptyWallet('wallet-2'), wallet(3)]);
    expect(scratch.anyWallet()).toBeUndefined();
  });

  it('gives back the supply', () => {
    expect(() => scratch.supply()).toThrow('books begin with a supply');
    put([]);
    expect(scratch.supply()).toEqual(SUPPLY);
  });

  it('finds holds by id, and all of them in order', () => {
    const holds = [hold(3, 10), hold(1, 30), hold(2, 20)];
    put([], holds);
    expect(scratch.hold(hold(2, 0).id)).toEqual(hold(2, 20));
    expect(scratch.hold(hold(4, 0).id)).toBeUndefined();
    expect(scratch.holds(0, 2)).toEqual([hold(1, 30), hold(2, 20)]);
    expect(scratch.holds(3, 2)).toEqual([hold(3, 10)]);
    expect(scratch.holds(4, 2)).toEqual([]);
  });

  it('gives the open holds in the order in which they end, and no ended one', () => {
    const delivered: Hold = { ...hold(3, 10), state: 'delivered', endedBy: 9 };
    put([], [hold(3, 10), hold(5, 20), hold(4, 20), hold(1, 30)]);
    put([], [delivered, { ...hold(8, 1), state: 'returned', endedBy: 9 }]);
    const order: Hold[] = [];
    for (let next = scratch.openHoldFrom(FIRST_PLACE); next !== undefined;) {
      order.push(next);
      next = scratch.openHoldFrom(placeAfter(next));
    }
    expect(order).toEqual([hold(4, 20), hold(5, 20), hold(1, 30)]);
    expect(scratch.hold(delivered.id)).toEqual(delivered);
  });
});
