import fc from 'fast-check';
import {
  ALICE as A,
  BOB as B,
  CAROL as C,
  ISSUER as I,
  MALLORY as M,
  signedContract,
  tokenContract,
  type Holder,
  type Wire,
} from '../../../test/support/chain-builder.js';
import { splitFee } from '../entry/amount.js';
import {
  allocated,
  Book,
  HOLD_MS_MAX,
  RETURN_GRACE_MS,
  type BookChanges,
  type BookSource,
  type Violation,
} from './book.js';
import type { Hash, PublicKey, Signature } from '../bytes/bytes.js';
import { parseContract, type TokenContract } from '../contract/contract.js';
import { compareHolds, FIRST_PLACE, placeAfter, type HoldPlace } from './sorted-holds.js';
import type { Answer, Issue, Return, Transaction, Transfer } from '../entry/transaction.js';
import { available, balance, emptyWallet, type Hold, type Supply, type Wallet } from './wallet.js';

const T = 1_760_000_000_000;
const DAY = 86_400_000;
const FEE = 'fees';

/** Two decimals and a fee of a tenth: amounts are small whole numbers of units. */
function contractOf(changes: Wire = {}, disposition: 'collect' | 'burn' = 'collect'): TokenContract {
  return parseContract(
    tokenContract({
      token: { symbol: 'X', decimals: 2 },
      fee: { rate: '0.1', wallet: FEE, disposition },
      wallets: { policy: 'open', allocations: [{ address: 'alice', amount: '10' }], issuer: 'mint' },
      ...changes,
    }),
  ) as TokenContract;
}

function signedContractOf(disposition: 'collect' | 'burn' = 'collect', changes: Wire = {}): TokenContract {
  return contractOf(
    signedContract({
      token: { symbol: 'X', decimals: 2 },
      fee: { rate: '0.1', wallet: M.address, disposition },
      wallets: {
        policy: 'signed',
        allocations: [{ address: A.address, amount: '10' }],
        issuer: I.address,
      },
      ...changes,
    }),
  );
}

/** Books to which entries are added one after another, as on a chain. */
class Keeper {
  sequence = 0;

  constructor(
    readonly contract: TokenContract,
    readonly book = Book.genesis(contract),
  ) {}

  /** Books a transaction. @returns its id, or the code of the rule that it breaks */
  put(transaction: Transaction): string {
    const broken = this.book.check(transaction);
    if (broken !== undefined) return broken.code;
    const id = idOf(this.sequence);
    this.book.apply(transaction, id, this.sequence++);
    expect(this.book.isBalanced()).toBe(true);
    return id;
  }

  /** Like `put`, for a transaction that must be valid. */
  must(transaction: Transaction): Hash {
    const broken = this.book.check(transaction);
    if (broken !== undefined) throw new Error(`${broken.code} ${broken.expected}`);
    return this.put(transaction) as Hash;
  }

  get nextId(): Hash {
    return idOf(this.sequence);
  }

  wallet(address: string): Wallet {
    return this.book.wallet(address) ?? emptyWallet(address);
  }

  available(address: string): bigint {
    return available(this.wallet(address));
  }

  balance(address: string): bigint {
    return balance(this.wallet(address));
  }

  transfer(parts: Partial<Transfer> = {}): Transfer {
    const send = parts.send ?? 100n;
    const split = splitFee(send, this.contract.feeRate);
    const names = { sender: 'alice', recipient: 'bob' };
    return { type: 'transfer', ...base(), ...names, send, ...split, ...parts };
  }

  hold(parts: Partial<Transfer> = {}): Transfer {
    return this.transfer({ holdUntil: T + 1000, ...parts });
  }
}

let nonces = 0;
const base = (): { nonce: string; timestamp: number } => ({ nonce: `n-${++nonces}`, timestamp: T });
const idOf = (sequence: number): Hash => sequence.toString(16).padStart(64, '0') as Hash;
const NOBODYS = 'ff'.repeat(32) as Hash;

function issue(parts: Partial<Issue> = {}): Issue {
  return { type: 'issue', ...base(), sender: 'mint', recipient: 'bob', send: 100n, ...parts };
}

function answer(type: Answer['type'], transfer: Hash, parts: Partial<Answer> = {}): Answer {
  return { type, ...base(), sender: 'bob', transfer, ...parts };
}

function returned(transfer: Hash, parts: Partial<Return> = {}): Return {
  return { type: 'return', ...base(), sender: FEE, transfer, timestamp: T + 1001, ...parts };
}

/** The proof in a holder's entries under the policy `signed`; the books do not check the signature. */
function by(holder: Holder): Pick<Transfer, 'sender' | 'proof'> {
  const signature = '00'.repeat(64) as Signature;
  return { sender: holder.address, proof: { publicKey: holder.publicKey as PublicKey, signature } };
}

describe('a wallet', () => {
  it('starts with its allocation in the contract', () => {
    const { book } = new Keeper(contractOf());
    expect(book.wallet('alice')).toEqual({ ...emptyWallet('alice'), issued: 1000n });
    expect(book.wallet('bob')).toBeUndefined();
    expect(book.supply()).toEqual({ issued: 0n, burnt: 0n, held: 0n, circulating: 1000n });
    expect(allocated(contractOf())).toBe(1000n);
    expect(book.isBalanced()).toBe(true);
  });

  it('is debited with everything it sends, fee included, and the fee goes to the fee wallet', () => {
    const keeper = new Keeper(contractOf());
    keeper.must(keeper.transfer({ send: 105n }));
    expect(keeper.wallet('alice')).toEqual({
      ...emptyWallet('alice'),
      issued: 1000n,
      sent: 105n,
      feesPaid: 11n,
      sentCount: 1,
    });
    expect(keeper.wallet('bob')).toEqual({ ...emptyWallet('bob'), received: 94n, receivedCount: 1 });
    expect(keeper.wallet(FEE)).toEqual({ ...emptyWallet(FEE), feesCollected: 11n });
    expect(keeper.book.supply()).toEqual({ issued: 0n, burnt: 0n, held: 0n, circulating: 1000n });
  });

  it('pays a fee that leaves the supply if the contract burns fees', () => {
    const keeper = new Keeper(contractOf({}, 'burn'));
    keeper.must(keeper.transfer({ send: 105n }));
    expect(keeper.available('alice')).toBe(895n);
    expect(keeper.available('bob')).toBe(94n);
    expect(keeper.book.wallet(FEE)).toBeUndefined();
    expect(keeper.book.supply()).toEqual({ issued: 0n, burnt: 11n, held: 0n, circulating: 989n });
  });

  it('may be the fee wallet itself, as sender and as recipient', () => {
    const keeper = new Keeper(contractOf());
    keeper.must(keeper.transfer({ recipient: FEE }));
    expect(keeper.wallet(FEE)).toMatchObject({ received: 90n, feesCollected: 10n });
    keeper.must(keeper.transfer({ sender: FEE, recipient: 'alice', send: 100n }));
    expect(keeper.available(FEE)).toBe(10n);
    expect(keeper.wallet(FEE)).toMatchObject({ sent: 100n, feesPaid: 10n, feesCollected: 20n });
    expect(keeper.available('alice')).toBe(990n);
  });

  it('may go below zero under the policy open, where tokens come from outside, also by holds', () => {
    const keeper = new Keeper(contractOf());
    keeper.must(keeper.transfer({ sender: 'zoe', send: 1_000_000n }));
    keeper.must(keeper.hold({ sender: 'zoe', send: 500n }));
    expect(keeper.available('zoe')).toBe(-1_000_500n);
    expect(keeper.balance('zoe')).toBe(-1_000_000n);
    expect(keeper.book.supply()).toEqual({ issued: 0n, burnt: 0n, held: 500n, circulating: 500n });
  });
});

describe('under the policy signed', () => {
  const to = { recipient: B.address };

  it.each<[string, bigint, string]>([
    ['one unit', 1n, 'taken'],
    ['everything available', 1000n, 'taken'],
    ['one unit more than is available', 1001n, 'OVERDRAWN'],
    ['the largest amount', 10n ** 32n - 1n, 'OVERDRAWN'],
  ])('a wallet may send, or hold, %s: %p', (_what, send, verdict) => {
    for (const holdUntil of [undefined, T + 1]) {
      const keeper = new Keeper(signedContractOf());
      const sent = keeper.put(keeper.transfer({ ...by(A), ...to, send, holdUntil }));
      expect(sent).toBe(verdict === 'taken' ? idOf(0) : verdict);
    }
  });

  it('a wallet without entries has nothing to send', () => {
    const keeper = new Keeper(signedContractOf());
    expect(keeper.book.check(keeper.transfer({ ...by(C), ...to, send: 101n }))).toEqual<Violation>({
      code: 'OVERDRAWN',
      field: 'amount_send',
      expected: `at most 0, the amount available in the wallet ${C.address}`,
      found: '1.01',
    });
  });

  it('amounts are tracked entry by entry: what was sent is gone, what arrived is available', () => {
    const keeper = new Keeper(signedContractOf());
    const pass = (from: Holder, recipient: Holder, send: bigint): string =>
      keeper.put(keeper.transfer({ ...by(from), recipient: recipient.address, send }));
    expect(pass(B, C, 90n)).toBe('OVERDRAWN');
    expect(pass(A, B, 100n)).toBe(idOf(0));
    expect(pass(B, C, 91n)).toBe('OVERDRAWN');
    expect(pass(B, C, 90n)).toBe(idOf(1));
    expect(pass(B, C, 1n)).toBe('OVERDRAWN');
    expect(pass(A, B, 901n)).toBe('OVERDRAWN');
    expect(pass(A, B, 900n)).toBe(idOf(2));
    // The fees of all three are in the fee wallet and may be spent, too.
    expect(pass(M, A, 110n)).toBe('OVERDRAWN');
    expect(pass(M, A, 109n)).toBe(idOf(3));
    expect(keeper.available(A.address)).toBe(98n);
  });

  it('burnt fees belong to nobody', () => {
    const keeper = new Keeper(signedContractOf('burn'));
    keeper.must(keeper.transfer({ ...by(A), ...to, send: 1000n }));
    expect(keeper.put(keeper.transfer({ ...by(M), ...to, send: 1n }))).toBe('OVERDRAWN');
    expect(keeper.book.supply()).toEqual({ issued: 0n, burnt: 100n, held: 0n, circulating: 900n });
  });

  it('held tokens can’t be spent, and returned ones can', () => {
    const keeper = new Keeper(signedContractOf());
    const all = { ...by(A), ...to, send: 1000n };
    const hold = keeper.must(keeper.hold({ ...all, send: 1n }));
    expect(keeper.put(keeper.transfer(all))).toBe('OVERDRAWN');
    expect(keeper.put(keeper.transfer({ ...by(B), recipient: C.address, send: 1n }))).toBe('OVERDRAWN');
    keeper.must(answer('decline', hold, by(B)));
    expect(keeper.put(keeper.transfer(all))).toBe(idOf(2));
  });

  it('accepted tokens belong to the recipient, less the fee', () => {
    const keeper = new Keeper(signedContractOf());
    const hold = keeper.must(keeper.hold({ ...by(A), ...to, send: 1000n }));
    keeper.must(answer('accept', hold, by(B)));
    const rest = { ...by(B), recipient: C.address };
    expect(keeper.put(keeper.transfer({ ...rest, send: 901n }))).toBe('OVERDRAWN');
    expect(keeper.put(keeper.transfer({ ...rest, send: 900n }))).toBe(idOf(2));
  });

  it('only the holder of a wallet’s key can make an entry for it', () => {
    const keeper = new Keeper(signedContractOf());
    const hold = keeper.must(keeper.hold({ ...by(A), ...to }));
    const stolen = { sender: A.address, proof: by(B).proof };
    const violation = {
      code: 'ADDRESS_MISMATCH',
      field: 'sender',
      expected: `${B.address}, the address of its public key`,
      found: A.address,
    };
    expect(keeper.book.check(keeper.transfer({ ...stolen, ...to }))).toEqual(violation);
    expect(keeper.put(keeper.hold({ ...stolen, ...to }))).toBe('ADDRESS_MISMATCH');
    expect(keeper.put(issue({ sender: I.address, proof: by(B).proof, ...to }))).toBe('ADDRESS_MISMATCH');
    for (const type of ['accept', 'decline'] as const) {
      expect(keeper.put(answer(type, hold, { sender: B.address, proof: by(A).proof }))).toBe(
        'ADDRESS_MISMATCH',
      );
    }
  });

  it('the key is checked before everything else, and a hold’s time before the available amount', () => {
    const keeper = new Keeper(signedContractOf());
    const bad = { ...to, send: 5000n, holdUntil: T };
    const overdue = keeper.hold({ ...by(A), ...to, send: 1n, holdUntil: T + 1 });
    keeper.must(overdue);
    const late = { ...bad, timestamp: T + 70_000 };
    expect(keeper.put(keeper.transfer({ ...late, sender: A.address, proof: by(B).proof }))).toBe(
      'ADDRESS_MISMATCH',
    );
    expect(keeper.put(keeper.transfer({ ...late, ...by(A) }))).toBe('HOLD_TIME');
    expect(keeper.put(keeper.transfer({ ...late, ...by(A), holdUntil: undefined }))).toBe('OVERDRAWN');
    expect(keeper.put(keeper.transfer({ ...late, ...by(A), holdUntil: undefined, send: 1n }))).toBe(
      'HOLD_OVERDUE',
    );
  });
});

describe('an issue', () => {
  it('creates new tokens without a fee, if made by the contract’s issuer', () => {
    for (const disposition of ['collect', 'burn'] as const) {
      const keeper = new Keeper(contractOf({}, disposition));
      keeper.must(issue({ send: 70n }));
      keeper.must(issue({ send: 7n, recipient: 'alice' }));
      expect(keeper.book.wallet('bob')).toEqual({ ...emptyWallet('bob'), issued: 70n });
      expect(keeper.available('alice')).toBe(1007n);
      expect(keeper.book.wallet('mint')).toBeUndefined();
      expect(keeper.book.wallet(FEE)).toBeUndefined();
      expect(keeper.book.supply()).toEqual({ issued: 77n, burnt: 0n, held: 0n, circulating: 1077n });
    }
  });

  it('may exceed the existing supply, and may be sent on at once', () => {
    const keeper = new Keeper(signedContractOf());
    const much = 10n ** 32n - 1n;
    keeper.must(issue({ ...by(I), recipient: B.address, send: much }));
    keeper.must(issue({ ...by(I), recipient: B.address, send: much }));
    keeper.must(keeper.transfer({ ...by(B), recipient: A.address, send: much }));
    expect(keeper.available(B.address)).toBe(much);
  });

  it.each(['open', 'signed'] as const)('can’t be made by anybody else, under the policy %s', (policy) => {
    const contract = policy === 'open' ? contractOf() : signedContractOf();
    const keeper = new Keeper(contract);
    const others = policy === 'open' ? ['alice', FEE, 'Mint', 'mint '] : [];
    for (const sender of others) {
      expect(keeper.book.check(issue({ sender }))).toEqual({
        code: 'NOT_ISSUER',
        field: 'sender',
        expected: 'mint, the issuer',
        found: sender,
      });
    }
    for (const holder of policy === 'signed' ? [A, M] : []) {
      expect(keeper.put(issue({ ...by(holder), recipient: B.address }))).toBe('NOT_ISSUER');
    }
  });

  it('can’t be made by anybody if the contract names no issuer', () => {
    const keeper = new Keeper(contractOf({ wallets: { policy: 'open', allocations: [] } }));
    for (const sender of ['mint', 'undefined', FEE]) {
      expect(keeper.book.check(issue({ sender }))).toEqual({
        code: 'NOT_ISSUER',
        field: 'sender',
        expected: 'the issuer, but the contract names none',
        found: sender,
      });
    }
  });
});

describe('a hold', () => {
  it('debits the sender at once, and the BPSC keeps the tokens', () => {
    const keeper = new Keeper(contractOf());
    const id = keeper.must(keeper.hold({ send: 105n }));
    expect(keeper.wallet('alice')).toEqual({
      ...emptyWallet('alice'),
      issued: 1000n,
      held: 105n,
      sentCount: 1,
    });
    expect([keeper.available('alice'), keeper.balance('alice')]).toEqual([895n, 1000n]);
    expect(keeper.book.wallet('bob')).toBeUndefined();
    expect(keeper.book.wallet(FEE)).toBeUndefined();
    expect(keeper.book.supply()).toEqual({ issued: 0n, burnt: 0n, held: 105n, circulating: 895n });
    expect(keeper.book.hold(id)).toEqual<Hold>({
      id,
      sequence: 0,
      sender: 'alice',
      recipient: 'bob',
      send: 105n,
      receive: 94n,
      fee: 11n,
      holdUntil: T + 1000,
      state: 'held',
      endedBy: undefined,
    });
    expect(keeper.book.firstOpenHold()).toEqual(keeper.book.hold(id));
  });

  it('that is accepted is delivered, and the fee is taken', () => {
    for (const disposition of ['collect', 'burn'] as const) {
      const keeper = new Keeper(contractOf({}, disposition));
      const id = keeper.must(keeper.hold({ send: 105n }));
      keeper.must(answer('accept', id));
      expect(keeper.wallet('alice')).toMatchObject({ sent: 105n, held: 0n, feesPaid: 11n, sentCount: 1 });
      expect(keeper.wallet('bob')).toMatchObject({ received: 94n, receivedCount: 1 });
      expect(keeper.wallet(FEE).feesCollected).toBe(disposition === 'burn' ? 0n : 11n);
      expect(keeper.book.supply()).toMatchObject({ held: 0n, burnt: disposition === 'burn' ? 11n : 0n });
      expect(keeper.book.hold(id)).toMatchObject({ state: 'delivered', endedBy: 1 });
      expect(keeper.book.firstOpenHold()).toBeUndefined();
    }
  });

  it.each(['declined', 'returned'] as const)('that is %s goes back to its sender, fee included', (state) => {
    for (const disposition of ['collect', 'burn'] as const) {
      const keeper = new Keeper(contractOf({}, disposition));
      const id = keeper.must(keeper.hold({ send: 105n }));
      keeper.must(state === 'declined' ? answer('decline', id) : returned(id));
      expect(keeper.wallet('alice')).toEqual({ ...emptyWallet('alice'), issued: 1000n, sentCount: 1 });
      expect(keeper.book.wallet('bob')).toBeUndefined();
      expect(keeper.book.wallet(FEE)).toBeUndefined();
      expect(keeper.book.supply()).toEqual({ issued: 0n, burnt: 0n, held: 0n, circulating: 1000n });
      expect(keeper.book.hold(id)).toMatchObject({ state, endedBy: 1 });
      expect(keeper.book.firstOpenHold()).toBeUndefined();
    }
  });

  it.each<[string, number, string]>([
    ['before its time', T - 1, 'HOLD_TIME'],
    ['at its time', T, 'HOLD_TIME'],
    ['one millisecond later', T + 1, 'taken'],
    ['366 days later', T + 366 * DAY, 'taken'],
    ['366 days and a millisecond later', T + 366 * DAY + 1, 'HOLD_TIME'],
    ['at the largest possible time', Number.MAX_SAFE_INTEGER, 'HOLD_TIME'],
    ['at time zero', 0, 'HOLD_TIME'],
  ])('may not end before its time, nor after more than a year: %s', (_what, holdUntil, verdict) => {
    for (const contract of [contractOf(), signedContractOf()]) {
      const keeper = new Keeper(contract);
      const names = contract.wallets.policy === 'open' ? {} : { ...by(A), recipient: B.address };
      expect(keeper.put(keeper.hold({ holdUntil, ...names }))).toBe(verdict === 'taken' ? idOf(0) : verdict);
    }
    expect(HOLD_MS_MAX).toBe(366 * DAY);
  });

  it('states the range of valid ends', () => {
    const keeper = new Keeper(contractOf());
    expect(keeper.book.check(keeper.hold({ timestamp: 5, holdUntil: 5 }))).toEqual<Violation>({
      code: 'HOLD_TIME',
      field: 'hold_until',
      expected: 'later than 5 and at most 31622400005, which is 366 days later',
      found: '5',
    });
  });

  it.each(['accept', 'decline'] as const)('may be answered with %s up to and including its end', (type) => {
    for (const [timestamp, verdict] of [
      [T, undefined],
      [T + 1000, undefined],
      [T + 1001, 'HOLD_EXPIRED'],
      [T + 1000 + RETURN_GRACE_MS, 'HOLD_EXPIRED'],
      [T + 1001 + RETURN_GRACE_MS, 'HOLD_EXPIRED'],
    ] as const) {
      const keeper = new Keeper(contractOf());
      const id = keeper.must(keeper.hold());
      expect(keeper.book.check(answer(type, id, { timestamp }))?.code).toBe(verdict);
    }
  });

  it('may be returned only after its end, however much later', () => {
    for (const [timestamp, verdict] of [
      [T, 'HOLD_NOT_EXPIRED'],
      [T + 1000, 'HOLD_NOT_EXPIRED'],
      [T + 1001, undefined],
      [T + 1000 + RETURN_GRACE_MS, undefined],
      [T + 1001 + RETURN_GRACE_MS, undefined],
      [Number.MAX_SAFE_INTEGER, undefined],
    ] as const) {
      const keeper = new Keeper(contractOf());
      const id = keeper.must(keeper.hold());
      expect(keeper.book.check(returned(id, { timestamp }))?.code).toBe(verdict);
    }
  });

  it.each(['accept', 'decline'] as const)('can’t be answered by anybody but its recipient: %s', (type) => {
    const keeper = new Keeper(contractOf());
    const id = keeper.must(keeper.hold());
    for (const sender of ['alice', 'carol', FEE, 'mint']) {
      expect(keeper.book.check(answer(type, id, { sender }))).toEqual<Violation>({
        code: 'NOT_RECIPIENT',
        field: 'sender',
        expected: "bob, the hold's recipient",
        found: sender,
      });
    }
    expect(keeper.book.check(answer(type, id))).toBeUndefined();
  });

  it('is returned only by the producer, in the name of the fee wallet', () => {
    const keeper = new Keeper(contractOf());
    const id = keeper.must(keeper.hold());
    for (const sender of ['alice', 'bob', 'mint']) {
      expect(keeper.book.check(returned(id, { sender }))).toEqual<Violation>({
        code: 'NOT_PRODUCER',
        field: 'sender',
        expected: 'fees, the fee wallet',
        found: sender,
      });
    }
  });

  it('is returned by the producer even if the fee wallet is its recipient or its sender', () => {
    for (const names of [{ recipient: FEE }, { sender: FEE }]) {
      const keeper = new Keeper(contractOf());
      const id = keeper.must(keeper.hold(names));
      expect(keeper.put(returned(id))).toBe(idOf(1));
    }
  });

  it('ends once', () => {
    const endings: [string, (id: Hash) => Transaction][] = [
      ['delivered', (id) => answer('accept', id)],
      ['declined', (id) => answer('decline', id)],
      ['returned', (id) => returned(id)],
    ];
    for (const [state, end] of endings) {
      const keeper = new Keeper(contractOf());
      const id = keeper.must(keeper.hold());
      keeper.must(keeper.transfer());
      keeper.must(end(id));
      const before = keeper.book.supply();
      for (const [, again] of endings) {
        expect(keeper.book.check(again(id))).toEqual<Violation>({
          code: 'HOLD_ENDED',
          field: 'transfer',
          expected: 'an open hold',
          found: `${id}, which was ${state} by entry 2`,
        });
      }
      expect(keeper.book.supply()).toEqual(before);
    }
  });

  it('must exist to be ended: a transfer, an issue or a later entry is not a hold', () => {
    const keeper = new Keeper(contractOf());
    const sent = keeper.must(keeper.transfer());
    const issued = keeper.must(issue());
    for (const id of [sent, issued, keeper.nextId, NOBODYS]) {
      for (const end of [answer('accept', id), answer('decline', id), returned(id)]) {
        expect(keeper.book.check(end)).toEqual<Violation>({
          code: 'HOLD_UNKNOWN',
          field: 'transfer',
          expected: 'the id of a transfer that is held',
          found: id,
        });
      }
    }
    expect(() => {
      keeper.book.apply(answer('accept', NOBODYS), idOf(9), 9);
    }).toThrow('no hold');
  });
});

describe('a hold that has ended and has not been returned', () => {
  const end = T + 1000;
  const [lastMs, tooLate] = [end + 60_000, end + 60_001];

  it('stops every entry except returns after 60,000 ms', () => {
    const keeper = new Keeper(contractOf());
    const id = keeper.must(keeper.hold());
    const longer = keeper.must(keeper.hold({ holdUntil: end + DAY }));
    const entries = (timestamp: number): Transaction[] => [
      keeper.transfer({ timestamp }),
      keeper.hold({ timestamp, holdUntil: timestamp + 1 }),
      issue({ timestamp }),
      answer('accept', longer, { timestamp }),
      answer('decline', longer, { timestamp }),
    ];
    for (const each of entries(lastMs)) expect(keeper.book.check(each)).toBeUndefined();
    for (const each of entries(tooLate)) {
      expect(keeper.book.check(each)).toEqual<Violation>({
        code: 'HOLD_OVERDUE',
        field: 'timestamp',
        expected: `at most ${lastMs} while the hold ${id} has not been returned`,
        found: String(tooLate),
      });
    }
    keeper.must(returned(id, { timestamp: tooLate }));
    for (const each of entries(tooLate)) expect(keeper.book.check(each)).toBeUndefined();
  });

  it('is returned, with all others that are due, before any other entry', () => {
    const keeper = new Keeper(contractOf());
    const holds = [3, 1, 2].map((ms) => keeper.must(keeper.hold({ holdUntil: T + ms })));
    const timestamp = T + DAY;
    // The returns may be in any order: the rule concerns only other entries.
    for (const id of holds) {
      expect(keeper.put(keeper.transfer({ timestamp }))).toBe('HOLD_OVERDUE');
      keeper.must(returned(id, { timestamp }));
    }
    expect(keeper.put(keeper.transfer({ timestamp }))).toBe(keeper.book.supply().held === 0n ? idOf(6) : '');
  });

  it('stops nothing if it was answered in time', () => {
    for (const type of ['accept', 'decline'] as const) {
      const keeper = new Keeper(contractOf());
      keeper.must(answer(type, keeper.must(keeper.hold()), { timestamp: end }));
      expect(keeper.put(keeper.transfer({ timestamp: tooLate }))).toBe(idOf(2));
    }
    expect(RETURN_GRACE_MS).toBe(60_000);
  });
});

/** A source like a database: finds values by a full scan of what was written to it. */
class Store implements BookSource {
  private readonly wallets = new Map<string, Wallet>();
  private readonly holds = new Map<Hash, Hold>();
  private sums: Supply = { issued: 0n, burnt: 0n, held: 0n, circulating: 0n };

  write({ wallets, holds, supply }: BookChanges): void {
    for (const wallet of wallets) this.wallets.set(wallet.address, wallet);
    for (const hold of holds) this.holds.set(hold.id, hold);
    this.sums = supply;
  }

  wallet(address: string): Wallet | undefined {
    return this.wallets.get(address);
  }

  hold(id: Hash): Hold | undefined {
    return this.holds.get(id);
  }

  openHoldFrom(place: HoldPlace): Hold | undefined {
    return [...this.holds.values()]
      .filter((hold) => hold.state === 'held' && compareHolds(hold, place) >= 0)
      .sort(compareHolds)[0];
  }

  supply(): Supply {
    return this.sums;
  }
}

/** Every open hold, found by repeatedly asking for the next one. */
function openHolds(source: BookSource): Hash[] {
  const found: Hash[] = [];
  for (let next = source.openHoldFrom(FIRST_PLACE); next !== undefined;) {
    found.push(next.id);
    next = source.openHoldFrom(placeAfter(next));
  }
  return found;
}

describe('books in layers', () => {
  const contract = contractOf();

  it('see the layer below, and never write to it', () => {
    const below = new Keeper(contract);
    const hold = below.must(below.hold());
    const before = [below.book.changes(), openHolds(below.book)];
    const above = new Keeper(contract, new Book(below.book, contract));
    above.sequence = 1;
    expect(above.available('alice')).toBe(900n);
    const second = above.must(above.hold({ holdUntil: T + 1 }));
    above.must(answer('accept', hold));
    above.must(issue());
    expect([below.book.changes(), openHolds(below.book)]).toEqual(before);
    expect(openHolds(above.book)).toEqual([second]);
    expect(above.book.hold(hold)?.state).toBe('delivered');
    expect(below.book.hold(hold)?.state).toBe('held');
  });

  it('return their changes, and only these', () => {
    const below = new Keeper(contract);
    const hold = below.must(below.hold());
    const above = new Keeper(contract, new Book(below.book, contract));
    above.sequence = 1;
    expect(above.book.changes()).toEqual({ wallets: [], holds: [], supply: below.book.supply() });
    above.must(answer('decline', hold));
    expect(above.book.changes()).toEqual({
      wallets: [above.wallet('alice')],
      holds: [above.book.hold(hold)],
      supply: { issued: 0n, burnt: 0n, held: 0n, circulating: 1000n },
    });
    expect(Book.genesis(contract).changes().wallets).toEqual([{ ...emptyWallet('alice'), issued: 1000n }]);
  });

  it('find the first open hold in any layer, and skip those of the layer below that have ended above', () => {
    const below = new Keeper(contract);
    const [a, b, c] = [10, 20, 30].map((ms) => below.must(below.hold({ holdUntil: T + ms }))) as [
      Hash,
      Hash,
      Hash,
    ];
    const above = new Keeper(contract, new Book(below.book, contract));
    above.sequence = 3;
    expect(openHolds(above.book)).toEqual([a, b, c]);
    const d = above.must(above.hold({ holdUntil: T + 20 }));
    expect(openHolds(above.book)).toEqual([a, b, d, c]);
    above.must(answer('accept', a));
    above.must(answer('accept', c));
    expect(openHolds(above.book)).toEqual([b, d]);
    expect(above.book.openHoldFrom({ holdUntil: T + 20, sequence: 1 })?.id).toBe(b);
    expect(above.book.openHoldFrom({ holdUntil: T + 20, sequence: 2 })?.id).toBe(d);
    expect(above.book.openHoldFrom({ holdUntil: T + 21, sequence: 0 })).toBeUndefined();
    const e = above.must(above.hold({ holdUntil: T + 5 }));
    expect(above.book.firstOpenHold()?.id).toBe(e);
    expect(openHolds(below.book)).toEqual([a, b, c]);
    below.book.absorb(above.book);
    expect(openHolds(below.book)).toEqual([e, b, d]);
  });

  it('absorb the whole layer above', () => {
    const below = new Keeper(contract);
    const hold = below.must(below.hold());
    const above = new Keeper(contract, new Book(below.book, contract));
    above.sequence = 1;
    above.must(answer('accept', hold));
    const left = above.must(above.hold());
    below.book.absorb(above.book);
    for (const address of ['alice', 'bob', FEE]) {
      expect(below.book.wallet(address)).toEqual(above.book.wallet(address));
    }
    expect(below.book.supply()).toEqual(above.book.supply());
    expect(openHolds(below.book)).toEqual([left]);
    expect(below.book.isBalanced()).toBe(true);
  });

  it('forget values that their source now holds, but nothing that has changed since', () => {
    const store = new Store();
    store.write(Book.genesis(contract).changes());
    const keeper = new Keeper(contract, new Book(store, contract));
    const first = keeper.must(keeper.hold());
    keeper.must(keeper.transfer({ sender: 'carol', recipient: 'dave' }));
    store.write(keeper.book.changes());
    const committed = keeper.sequence;
    const second = keeper.must(keeper.hold({ recipient: 'erin', holdUntil: T + 5 }));
    keeper.book.forget(committed);
    const { wallets, holds } = keeper.book.changes();
    expect(wallets.map(({ address }) => address)).toEqual(['alice']);
    expect(holds.map(({ id }) => id)).toEqual([second]);
    expect(openHolds(keeper.book)).toEqual([second, first]);
    expect(keeper.available('dave')).toBe(90n);
    keeper.must(answer('accept', first));
    keeper.book.forget(committed);
    expect(openHolds(keeper.book)).toEqual([second]);
    keeper.book.forget(keeper.sequence);
    store.write({ ...keeper.book.changes(), wallets: [], holds: [] });
    expect(keeper.book.changes()).toMatchObject({ wallets: [], holds: [] });
  });
});

/** The simplest possible model of section 7: no layers, no running totals. */
class Model {
  readonly money = new Map<string, bigint>();
  readonly holds = new Map<string, { of: Transfer; state: string; sequence: number }>();
  issued = 0n;
  burnt = 0n;

  constructor(private readonly contract: TokenContract) {
    for (const { address, amount } of contract.wallets.allocations) this.give(address, amount);
  }

  copy(): Model {
    const copy = new Model({ ...this.contract, wallets: { ...this.contract.wallets, allocations: [] } });
    for (const [address, amount] of this.money) copy.money.set(address, amount);
    for (const [id, hold] of this.holds) copy.holds.set(id, { ...hold });
    copy.issued = this.issued;
    copy.burnt = this.burnt;
    return copy;
  }

  of(address: string): bigint {
    return this.money.get(address) ?? 0n;
  }

  held(sender?: string): bigint {
    return this.open()
      .filter(({ of }) => sender === undefined || of.sender === sender)
      .reduce((sum, { of }) => sum + of.send, 0n);
  }

  /** Open holds in the order of their ends. */
  open(): { of: Transfer; state: string; sequence: number; id: string }[] {
    return [...this.holds]
      .map(([id, hold]) => ({ id, ...hold }))
      .filter(({ state }) => state === 'held')
      .sort((a, b) => (a.of.holdUntil as number) - (b.of.holdUntil as number) || a.sequence - b.sequence);
  }

  /** Books a transaction, or returns the rule that it breaks. */
  put(entry: Transaction, id: string, sequence: number, keyOwner: string | undefined): string {
    const wrong = this.wrong(entry, keyOwner);
    if (wrong !== undefined) return wrong;
    switch (entry.type) {
      case 'issue':
        this.issued += entry.send;
        this.give(entry.recipient, entry.send);
        break;
      case 'transfer':
        this.give(entry.sender, -entry.send);
        if (entry.holdUntil === undefined) this.deliver(entry);
        else this.holds.set(id, { of: entry, state: 'held', sequence });
        break;
      default: {
        const hold = this.holds.get(entry.transfer);
        if (hold === undefined) throw new Error('no hold');
        hold.state = { accept: 'delivered', decline: 'declined', return: 'returned' }[entry.type];
        if (entry.type === 'accept') this.deliver(hold.of);
        else this.give(hold.of.sender, hold.of.send);
      }
    }
    return 'right';
  }

  private wrong(entry: Transaction, keyOwner: string | undefined): string | undefined {
    const { wallets, feeWallet } = this.contract;
    if (entry.type === 'return') {
      if (entry.sender !== feeWallet) return 'NOT_PRODUCER';
      const hold = this.holds.get(entry.transfer);
      if (hold === undefined) return 'HOLD_UNKNOWN';
      if (hold.state !== 'held') return 'HOLD_ENDED';
      return entry.timestamp > (hold.of.holdUntil as number) ? undefined : 'HOLD_NOT_EXPIRED';
    }
    if (keyOwner !== undefined && keyOwner !== entry.sender) return 'ADDRESS_MISMATCH';
    if (entry.type === 'issue') {
      if (wallets.issuer === undefined || entry.sender !== wallets.issuer) return 'NOT_ISSUER';
    } else if (entry.type === 'transfer') {
      const wait = (entry.holdUntil ?? entry.timestamp + 1) - entry.timestamp;
      if (wait <= 0 || wait > 366 * DAY) return 'HOLD_TIME';
      if (wallets.policy === 'signed' && this.of(entry.sender) - entry.send < 0n) return 'OVERDRAWN';
    } else {
      const hold = this.holds.get(entry.transfer);
      if (hold === undefined) return 'HOLD_UNKNOWN';
      if (hold.state !== 'held') return 'HOLD_ENDED';
      if (hold.of.recipient !== entry.sender) return 'NOT_RECIPIENT';
      if (entry.timestamp > (hold.of.holdUntil as number)) return 'HOLD_EXPIRED';
    }
    const overdue = this.open().some(({ of }) => entry.timestamp - (of.holdUntil as number) > 60_000);
    return overdue ? 'HOLD_OVERDUE' : undefined;
  }

  private deliver({ recipient, receive, fee }: Transfer): void {
    this.give(recipient, receive);
    if (this.contract.feeDisposition === 'burn') this.burnt += fee;
    else this.give(this.contract.feeWallet, fee);
  }

  private give(address: string, amount: bigint): void {
    this.money.set(address, this.of(address) + amount);
  }
}

describe('books, whatever happens and however they are layered,', () => {
  const HOLDERS = [A, B, C, I, M];
  const ADDRESSES = HOLDERS.map(({ address }) => address);

  /** A time soon after the previous entry, or around the end of the hold that ends first. */
  const when = fc.oneof(
    { weight: 4, arbitrary: fc.record({ after: fc.constant('last'), ms: fc.constantFrom(0, 1, 7, 999) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        after: fc.constant('end'),
        ms: fc.constantFrom(-1, 0, 1, 59_999, 60_000, 60_001, DAY),
      }),
    },
  );
  const entry = fc.record({
    kind: fc.constantFrom('transfer', 'transfer', 'hold', 'hold', 'issue', 'accept', 'decline', 'return'),
    who: fc.nat(4),
    whom: fc.nat(3),
    /** Usually the right wallet; now and then any wallet. */
    isMisplaced: fc.nat(9).map((n) => n === 0),
    amount: fc.oneof(fc.bigInt(2n, 400n), fc.constantFrom('all', 'more')),
    wait: fc.constantFrom(0, 1, 5, 1000, 1001, 366 * DAY, 366 * DAY + 1),
    pick: fc.nat(),
    isOpen: fc.nat(4).map((n) => n > 0),
    when,
  });
  const layering = fc.record({
    kind: fc.constantFrom('layer', 'absorb', 'absorb', 'drop', 'commit', 'commit', 'forget', 'forget'),
    pick: fc.nat(),
  });
  const steps = fc.array(fc.oneof({ weight: 3, arbitrary: entry }, { weight: 1, arbitrary: layering }), {
    size: 'max',
    minLength: 1,
    maxLength: 70,
  });
  type Step = typeof entry extends fc.Arbitrary<infer T> ? T : never;

  const contracts = fc
    .record({
      policy: fc.constantFrom('open', 'signed'),
      disposition: fc.constantFrom('collect' as const, 'burn' as const),
      feeWallet: fc.constantFrom(M.address, B.address),
      rate: fc.constantFrom('0', '0.1', '0.003'),
      hasIssuer: fc.nat(5).map((n) => n > 0),
    })
    .map(({ policy, disposition, feeWallet, rate, hasIssuer }) => {
      const allocations = [A, B].map(({ address }) => ({ address, amount: '10' }));
      return contractOf({
        fee: { rate, wallet: feeWallet, disposition },
        wallets: { policy, allocations, ...(hasIssuer ? { issuer: I.address } : {}) },
      });
    });

  /** A growing chain, twice: in layered books and in the model. */
  class World {
    readonly seen = new Set<string>();
    private readonly store = new Store();
    private readonly layers: { book: Book; before: Model; sequence: number; ids: number }[] = [];
    private model: Model;
    private readonly bottom: Book;
    private readonly ids: Hash[] = [NOBODYS];
    private sequence = 0;
    private committed = 0;
    private clock = T;

    constructor(private readonly contract: TokenContract) {
      this.store.write(Book.genesis(contract).changes());
      this.bottom = new Book(this.store, contract);
      this.model = new Model(contract);
    }

    private get top(): Book {
      return this.layers.at(-1)?.book ?? this.bottom;
    }

    arrange(kind: string, pick: number): void {
      const { layers } = this;
      if (kind === 'layer') {
        const now = { before: this.model.copy(), sequence: this.sequence, ids: this.ids.length };
        layers.push({ book: new Book(this.top, this.contract), ...now });
      } else if (kind === 'absorb') {
        const layer = layers.pop();
        if (layer !== undefined) this.top.absorb(layer.book);
      } else if (kind === 'drop') {
        const layer = layers.pop();
        if (layer === undefined) return;
        this.model = layer.before;
        this.sequence = layer.sequence;
        this.ids.length = layer.ids;
      } else if (kind === 'commit') {
        this.store.write(this.bottom.changes());
        this.committed = layers[0]?.sequence ?? this.sequence;
      } else {
        this.bottom.forget(pick % 3 === 0 ? pick % (this.committed + 1) : this.committed);
      }
    }

    put(step: Step): void {
      const made = this.make(step);
      // A sequence that was dropped with a layer is reused by another entry.
      const id = `${idOf(this.sequence).slice(16)}${idOf(step.pick).slice(-16)}` as Hash;
      const owner = made.type === 'return' || made.proof === undefined ? undefined : this.ownerOf(made.proof);
      const broken = this.top.check(made);
      const verdict = this.model.put(made, id, this.sequence, owner);
      expect(broken?.code ?? 'right').toBe(verdict);
      this.seen.add(verdict);
      if (broken !== undefined) return;
      this.top.apply(made, id, this.sequence++);
      this.clock = made.timestamp;
      this.ids.push(id);
    }

    /** All queries, to both. */
    compare(pick: number): void {
      const { model, top } = this;
      const open = model.open();
      const from = {
        holdUntil: (open[pick % (open.length + 1)]?.of.holdUntil ?? T) + (pick % 3) - 1,
        sequence: pick % 5,
      };
      const wallets = ADDRESSES.map((address) => top.wallet(address) ?? emptyWallet(address));
      expect({
        wallets: wallets.map((wallet) => [available(wallet), wallet.held, balance(wallet)]),
        states: this.ids.map((id) => top.hold(id)?.state),
        open: openHolds(top),
        next: top.openHoldFrom(from)?.id,
        supply: top.supply(),
        isBalanced: top.isBalanced(),
      }).toEqual({
        wallets: ADDRESSES.map((address) => {
          const [there, held] = [model.of(address), model.held(address)];
          return [there, held, there + held];
        }),
        states: this.ids.map((id) => model.holds.get(id)?.state),
        open: open.map(({ id }) => id),
        next: open.find(
          ({ of, sequence }) => compareHolds({ holdUntil: of.holdUntil as number, sequence }, from) >= 0,
        )?.id,
        supply: {
          issued: model.issued,
          burnt: model.burnt,
          held: model.held(),
          circulating: [...model.money.values()].reduce((sum, amount) => sum + amount, 0n),
        },
        isBalanced: true,
      });
      const isBelowZero = wallets.some((wallet) => available(wallet) < 0n);
      expect(isBelowZero && this.contract.wallets.policy === 'signed').toBe(false);
    }

    private ownerOf({ publicKey }: { publicKey: string }): string | undefined {
      return HOLDERS.find((holder) => holder.publicKey === publicKey)?.address;
    }

    private by(holder: Holder, key = holder): Pick<Transfer, 'sender' | 'proof'> {
      const { proof } = by(key);
      return this.contract.wallets.policy === 'open'
        ? { sender: holder.address }
        : { sender: holder.address, proof };
    }

    private make(step: Step): Transaction {
      const anybody = HOLDERS[step.who] as Holder;
      const other = HOLDERS.filter((holder) => holder !== anybody)[step.whom] as Holder;
      const first = this.model.open()[0];
      const end = first?.of.holdUntil;
      const timestamp =
        step.when.after === 'end' && end !== undefined
          ? Math.max(this.clock, end + step.when.ms)
          : this.clock + Math.max(0, step.when.ms % 1000);
      const common = { nonce: 'n', timestamp };
      const thief = step.isMisplaced && step.pick % 2 === 0 ? other : undefined;
      if (step.kind === 'transfer' || step.kind === 'hold') {
        const there = this.model.of(anybody.address);
        const usual =
          typeof step.amount === 'bigint' ? step.amount : there + (step.amount === 'all' ? 0n : 1n);
        const send = usual > 1n ? usual : 2n;
        const money = { recipient: other.address, send, ...splitFee(send, this.contract.feeRate) };
        const holdUntil = step.kind === 'hold' ? timestamp + step.wait : undefined;
        return { type: 'transfer', ...common, ...this.by(anybody, thief), ...money, holdUntil };
      }
      if (step.kind === 'issue') {
        const sender = step.isMisplaced ? anybody : I;
        const recipient = HOLDERS.filter((holder) => holder !== sender)[step.whom] as Holder;
        return {
          type: 'issue',
          ...common,
          ...this.by(sender),
          recipient: recipient.address,
          send: BigInt(step.pick) + 1n,
        };
      }
      const open = this.model.open();
      const id =
        (step.isOpen ? open[step.pick % (open.length || 1)]?.id : undefined) ??
        this.ids[step.pick % this.ids.length];
      const ends = { ...common, transfer: id as Hash };
      if (step.kind === 'return') {
        const sender = step.isMisplaced ? anybody.address : this.contract.feeWallet;
        return { type: 'return', ...ends, sender };
      }
      const recipient = HOLDERS.find(
        ({ address }) => address === this.model.holds.get(id as Hash)?.of.recipient,
      );
      const sender = step.isMisplaced || recipient === undefined ? anybody : recipient;
      return { type: step.kind === 'accept' ? 'accept' : 'decline', ...ends, ...this.by(sender, thief) };
    }
  }

  it('agree with a naive model', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(contracts, steps, (contract, all) => {
        const world = new World(contract);
        for (const step of all) {
          if ('amount' in step) world.put(step);
          else world.arrange(step.kind, step.pick);
          world.compare(step.pick);
        }
        for (const verdict of world.seen) seen.add(verdict);
      }),
      { numRuns: 500 },
    );
    // A test that never reaches a rule would not notice if it were missing.
    expect([...seen].sort()).toEqual([
      'ADDRESS_MISMATCH',
      'HOLD_ENDED',
      'HOLD_EXPIRED',
      'HOLD_NOT_EXPIRED',
      'HOLD_OVERDUE',
      'HOLD_TIME',
      'HOLD_UNKNOWN',
      'NOT_ISSUER',
      'NOT_PRODUCER',
      'NOT_RECIPIENT',
      'OVERDRAWN',
      'right',
    ]);
  });
});
