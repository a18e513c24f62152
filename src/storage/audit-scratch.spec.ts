import { emptyWallet, type Wallet } from '../ledger/wallets.js';
import { SqliteAuditScratch } from './audit-scratch.js';

let scratch: SqliteAuditScratch;
beforeEach(() => {
  scratch = new SqliteAuditScratch();
});
afterEach(() => {
  scratch.close();
});

function wallet(number: number): Wallet {
  return { ...emptyWallet(`wallet-${number}`), sent: 10n ** 47n + BigInt(number), sentCount: number };
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
    for (let number = 0; number < count; number++) scratch.putWallets([wallet(number)]);
    scratch.putWallets([{ ...wallet(7), received: 5n }]);
    const found = scratch.wallets(['wallet-7', 'wallet-69999', 'wallet-70000']);
    expect([...found.values()]).toEqual([{ ...wallet(7), received: 5n }, wallet(69_999)]);
    for (let number = 0; number < count; number++) {
      const expected = number === 7 ? { ...wallet(7), received: 5n } : wallet(number);
      if (number % 10_000 === 7) expect(scratch.takeWallet(`wallet-${number}`)).toEqual(expected);
      else scratch.takeWallet(`wallet-${number}`);
    }
    expect(scratch.takeWallet('wallet-7')).toBeUndefined();
    expect(scratch.anyWallet()).toBeUndefined();
  });

  it('tells of a wallet that was not taken out', () => {
    scratch.putWallets([wallet(1), wallet(2)]);
    scratch.takeWallet('wallet-1');
    expect(scratch.anyWallet()).toEqual(wallet(2));
  });
});
