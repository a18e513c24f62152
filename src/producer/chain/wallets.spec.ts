import { firstOf } from '../../../test/support/first-of.js';
import fc from 'fast-check';
import {
  ALICE,
  BOB,
  CAROL,
  FEE_HOLDER,
  ISSUER,
  MALLORY,
  type Holder,
} from '../../../test/support/chain-builder.js';
import { signedAnswer, signedMove } from '../../../test/support/signed-requests.js';
import { interceptAccept } from '../../../test/support/intercept.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { pass } from '../../../test/support/turned-time.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { Book } from '../../chain/books/book.js';
import { available, type Wallet } from '../../chain/books/wallet.js';
import { readDto } from '../../http/requests/dto-reader.js';
import { FieldErrors, InvalidInput, RuleViolation, Unavailable } from '../../ledger/errors.js';
import type { LedgerStore } from '../../ledger/store.js';
import { SignatureChecker } from '../../signatures/signature-checker.js';
import { draftAnswer, draftIssue, draftTransfer, type TransactionDraft } from '../accept/drafts.js';
import type { Accepted, Outcome } from '../accept/intake.js';
import { NewTransactionDto } from '../http/dto/new-transaction.dto.js';

let node: TestProducer;
let folder: string;
let clock: ManualClock;

const SIGNED = {
  WALLET_POLICY: 'signed',
  WALLET_ISSUER: ISSUER.address,
  WALLET_ALLOCATIONS: JSON.stringify([
    { address: ALICE.address, amount: '1000' },
    { address: BOB.address, amount: '10' },
  ]),
  TOKEN_DECIMALS: '2',
  FEE_RATE: '0.01',
};

async function start(
  env: Record<string, string> = SIGNED,
  options: Parameters<typeof startTestProducer>[2] = {},
): Promise<void> {
  node = await startTestProducer(folder, env, { clock, ...options });
}

async function restart(env: Record<string, string> = SIGNED): Promise<void> {
  await node.close();
  await start(env);
}

beforeEach(async () => {
  folder = temporaryFolder();
  clock = new ManualClock();
  await start();
});
afterEach(async () => {
  await node.close();
});
afterAll(removeTemporary);

const chain = (): string => node.store.chains()[0]?.id ?? '';
const submit = async (draft: TransactionDraft): Promise<Outcome> =>
  (await node.token.submit([draft]))[0] as Outcome;
const contract = (): TestProducer['tokenContract'] => node.tokenContract;

const send = (
  holder: Holder,
  recipient: string,
  amount: string,
  more: { nonce?: string; hold_until?: number; memo?: string } = {},
): Promise<Outcome> =>
  submit(draftTransfer(signedMove(holder, chain(), { recipient, amount, ...more }), contract()));
const issue = (holder: Holder, recipient: string, amount: string): Promise<Outcome> =>
  submit(draftIssue(signedMove(holder, chain(), { recipient, amount }, 'issue'), contract()));
const reply = (holder: Holder, type: 'accept' | 'decline', transfer: Hash): Promise<Outcome> =>
  submit(draftAnswer(type, { ...signedAnswer(holder, chain(), type, transfer), transfer }, contract()));

const accepted = (outcome: Outcome): Accepted => {
  if (outcome instanceof Error) throw outcome;
  return outcome;
};
const idOf = (outcome: Outcome): Hash => accepted(outcome).entry.id;
/** `CODE field: sentence` of a refusal. */
const outcomeText = (outcome: Outcome): string =>
  outcome instanceof RuleViolation ? `${outcome.code} ${outcome.field}: ${outcome.expected}` : 'accepted';

const walletOf = ({ address }: Pick<Holder, 'address'>): Wallet | undefined => node.books.wallet(address);
/** Available, in cents. */
const purse = (holder: Pick<Holder, 'address'>): bigint => {
  const wallet = walletOf(holder);
  return wallet === undefined ? 0n : available(wallet);
};
const isBalanced = (): boolean => new Book(node.books, contract()).isBalanced();

describe('a signed transfer', () => {
  it('moves what it says, less the fee, which goes to the producer’s own wallet', async () => {
    accepted(await send(ALICE, CAROL.address, '100', { memo: 'rent' }));
    expect([purse(ALICE), purse(CAROL)]).toEqual([90_000n, 9_900n]);
    expect(node.books.wallet(contract().feeWallet)?.feesCollected).toBe(100n);
    await node.token.seal();
    expect(node.failures).toEqual([]);
  });

  it('is not accepted without its sender’s signature', async () => {
    const good = signedMove(ALICE, chain(), { recipient: BOB.address, amount: '1', nonce: 'n' });
    const forged = signedMove(MALLORY, chain(), { recipient: BOB.address, amount: '1', nonce: 'n' });
    const other = signedMove(ALICE, 'ab'.repeat(32), { recipient: BOB.address, amount: '1', nonce: 'n' });
    const refused = async (body: object): Promise<string> =>
      outcomeText(await submit(draftTransfer({ ...good, ...body }, contract())));
    const byAlice = `BAD_SIGNATURE signature: must be a signature by ${ALICE.publicKey}`;
    expect(await refused({ amount: '2' })).toContain(byAlice);
    expect(await refused({ recipient: CAROL.address })).toContain(byAlice);
    expect(await refused({ memo: 'x' })).toContain(byAlice);
    expect(await refused({ nonce: 'm' })).toContain(byAlice);
    expect(await refused({ hold_until: clock.time + 1000 })).toContain(byAlice);
    expect(await refused({ signature: forged.signature })).toContain(byAlice);
    expect(await refused({ signature: other.signature })).toContain(byAlice);
    expect(await refused({ public_key: forged.public_key })).toBe(
      `ADDRESS_MISMATCH sender: must be ${MALLORY.address}, the address of its public key (found ${ALICE.address})`,
    );
    expect(node.token.pending).toEqual({ from: 0, to: 0 });
    expect(await refused({})).toBe('accepted');
  });

  it.each([
    ['nonce', { nonce: undefined }, 'is missing: it is part of what is signed'],
    ['public_key', { public_key: undefined }, 'is missing'],
    ['signature', { signature: undefined }, 'is missing'],
    ['signature', { signature: 'AB'.repeat(64) }, 'must be 128 lower-case hex digits'],
    ['sender', { sender: 'alice' }, "must be a wallet's address"],
    ['recipient', { recipient: 'bob' }, "must be a wallet's address"],
    ['recipient', { recipient: `${BOB.address.slice(0, -1)}q` }, 'with a valid checksum'],
    ['hold_until', { hold_until: 1.5 }, 'must be a time in milliseconds since 1970'],
    ['amount', { amount: '0.01' }, 'is so small that nothing would be left after the fee'],
  ])('must have a right %s: %o', (field, change, message) => {
    const body = signedMove(ALICE, chain(), { recipient: BOB.address, amount: '1' });
    try {
      const wrong = new FieldErrors();
      draftTransfer(readDto(NewTransactionDto, { ...body, ...change }, wrong), contract(), wrong);
      throw new Error('it was taken');
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      expect(error.errors[0]).toMatchObject({ field, message: expect.stringContaining(message) as string });
    }
  });

  it('spends no more than there is, to the last unit, and says what there was', async () => {
    expect(outcomeText(await send(BOB, CAROL.address, '10.01'))).toBe(
      `OVERDRAWN amount: must be at most 10, the amount available in the wallet ${BOB.address} (found 10.01)`,
    );
    expect(outcomeText(await send(BOB, CAROL.address, '10'))).toBe('accepted');
    expect(outcomeText(await send(BOB, CAROL.address, '0.02'))).toContain('must be at most 0, the');
    expect(outcomeText(await send(MALLORY, CAROL.address, '1'))).toContain('OVERDRAWN');
  });

  it('counts what was accepted before, sealed or not, also after a restart', async () => {
    accepted(await send(ALICE, CAROL.address, '600'));
    await node.token.seal();
    accepted(await send(ALICE, CAROL.address, '300'));
    await restart();
    expect(purse(ALICE)).toBe(10_000n);
    expect(outcomeText(await send(ALICE, CAROL.address, '100.01'))).toContain('OVERDRAWN');
    expect(outcomeText(await send(CAROL, BOB.address, '891'))).toBe('accepted');
    expect(outcomeText(await send(ALICE, CAROL.address, '100'))).toBe('accepted');
    await node.token.seal();
    expect(isBalanced()).toBe(true);
    expect(node.failures).toEqual([]);
  });

  it('succeeds exactly as often as a balance covers it, when a thousand spend it at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => send(ALICE, CAROL.address, '7', { nonce: `n${i}` })),
    );
    const good = outcomes.filter((outcome) => !(outcome instanceof Error));
    expect(good).toHaveLength(142); // 1000 / 7
    expect(purse(ALICE)).toBe(100_000n - 142n * 700n);
    await node.token.seal();
    expect(node.failures).toEqual([]);
  });

  it('counts as waiting while its signature is checked, and no longer once that has failed', async () => {
    const checks: ((verdicts: readonly boolean[] | Error) => void)[] = [];
    class HeldChecker extends SignatureChecker {
      override check(): Promise<readonly boolean[]> {
        return new Promise((resolve, reject) => {
          checks.push((verdicts) => (verdicts instanceof Error ? reject(verdicts) : resolve(verdicts)));
        });
      }
    }
    await node.close();
    await start({ ...SIGNED, PENDING_ENTRIES_MAX: '2' }, { signatures: new HeldChecker() });
    const full = { code: 'QUEUE_FULL' };
    const first = send(ALICE, BOB.address, '1');
    const second = send(ALICE, BOB.address, '2');
    await expect(send(ALICE, BOB.address, '3')).rejects.toMatchObject(full);
    checks[0]?.([false]);
    expect(outcomeText(await first)).toContain('BAD_SIGNATURE');
    const third = send(ALICE, BOB.address, '3');
    await expect(send(ALICE, BOB.address, '4')).rejects.toMatchObject(full);
    checks[1]?.(new Error('the thread died'));
    await expect(second).rejects.toThrow('the thread died');
    const fourth = send(ALICE, BOB.address, '4');
    for (const check of checks.slice(2)) check([true]);
    expect([outcomeText(await third), outcomeText(await fourth)]).toEqual(['accepted', 'accepted']);
    await expect(send(ALICE, BOB.address, '5')).rejects.toMatchObject(full);
  });

  it('is answered again under the same nonce, however it was signed, and applied once', async () => {
    const first = accepted(await send(ALICE, CAROL.address, '1', { nonce: 'once' }));
    const again = accepted(await send(ALICE, CAROL.address, '1', { nonce: 'once' }));
    expect([again.repeated, again.entry]).toEqual([true, first.entry]);
    expect(outcomeText(await send(ALICE, CAROL.address, '2', { nonce: 'once' }))).toContain(
      'NONCE_REUSED nonce',
    );
    expect(outcomeText(await send(BOB, CAROL.address, '2', { nonce: 'once' }))).toBe('accepted');
    expect(purse(ALICE)).toBe(99_900n);
  });

  it('is looked at in order within one request', async () => {
    const drafts = ['6', '5', '4'].map((amount) =>
      draftTransfer(signedMove(BOB, chain(), { recipient: CAROL.address, amount }), contract()),
    );
    const outcomes = await node.token.submit(drafts);
    expect(outcomes.map((outcome) => outcomeText(outcome).split(' ')[0])).toEqual([
      'accepted',
      'OVERDRAWN',
      'accepted',
    ]);
  });
});

describe('the supply', () => {
  it('grows by issues of the issuer alone, without a fee', async () => {
    expect(outcomeText(await issue(ALICE, BOB.address, '5'))).toBe(
      `NOT_ISSUER sender: must be ${ISSUER.address}, the issuer (found ${ALICE.address})`,
    );
    accepted(await issue(ISSUER, BOB.address, '5'));
    expect(purse(BOB)).toBe(1500n);
    expect(node.books.supply()).toEqual({
      issued: 500n,
      burnt: 0n,
      held: 0n,
      circulating: 101_500n,
    });
    expect(isBalanced()).toBe(true);
  });

  it('is closed where the contract names no issuer', async () => {
    await node.close();
    folder = temporaryFolder();
    await start({ ...SIGNED, WALLET_ISSUER: '' });
    expect(outcomeText(await issue(ISSUER, BOB.address, '5'))).toContain(
      'must be the issuer, but the contract names none',
    );
  });

  it('shrinks by fees that are burnt', async () => {
    await node.close();
    folder = temporaryFolder();
    await start({ ...SIGNED, FEE_DISPOSITION: 'burn' });
    accepted(await send(ALICE, BOB.address, '100'));
    await node.token.seal();
    expect(firstOf(node.store, 'token').books.supply()).toEqual({
      issued: 0n,
      burnt: 100n,
      held: 0n,
      circulating: 100_900n,
    });
    expect(node.books.wallet(contract().feeWallet)).toBeUndefined();
    expect(isBalanced()).toBe(true);
  });
});

describe('a hold', () => {
  const HOUR = 3_600_000;
  const hold = async (amount = '100', ms = HOUR): Promise<Hash> =>
    idOf(await send(ALICE, BOB.address, amount, { hold_until: clock.time + ms }));

  it('takes the whole amount from the sender, and gives it to nobody yet', async () => {
    await hold();
    expect([purse(ALICE), purse(BOB)]).toEqual([90_000n, 1000n]);
    expect(walletOf(ALICE)).toMatchObject({ held: 10_000n, sent: 0n });
    expect(node.books.supply()).toMatchObject({ held: 10_000n, circulating: 91_000n });
    expect(outcomeText(await send(ALICE, CAROL.address, '900.01'))).toContain('OVERDRAWN');
    expect(isBalanced()).toBe(true);
  });

  it('is delivered when its recipient accepts, and the fee is taken then', async () => {
    const id = await hold();
    accepted(await reply(BOB, 'accept', id));
    expect([purse(ALICE), purse(BOB)]).toEqual([90_000n, 10_900n]);
    expect(walletOf(ALICE)).toMatchObject({ held: 0n, sent: 10_000n, feesPaid: 100n });
    await node.token.seal();
    expect(node.failures).toEqual([]);
  });

  it('goes back whole when its recipient declines', async () => {
    const id = await hold();
    accepted(await reply(BOB, 'decline', id));
    expect([purse(ALICE), purse(BOB)]).toEqual([100_000n, 1000n]);
    expect(node.books.wallet(contract().feeWallet)).toBeUndefined();
  });

  it('is answered by its recipient alone, and once', async () => {
    const id = await hold();
    for (const other of [ALICE, CAROL, FEE_HOLDER]) {
      expect(outcomeText(await reply(other, 'accept', id))).toContain(
        `NOT_RECIPIENT sender: must be ${BOB.address}, the hold's recipient`,
      );
    }
    const end = accepted(await reply(BOB, 'accept', id)).entry.sequence;
    expect(outcomeText(await reply(BOB, 'decline', id))).toBe(
      `HOLD_ENDED id: must be an open hold (found ${id}, which was delivered by entry ${end})`,
    );
    const plain = idOf(await send(ALICE, BOB.address, '1'));
    expect(outcomeText(await reply(BOB, 'accept', plain))).toContain(
      'HOLD_UNKNOWN id: must be the id of a transfer',
    );
  });

  it('ends after its time and at most 366 days later', async () => {
    const year = 366 * 24 * HOUR;
    for (const ms of [0, -1, year + 1]) {
      const outcome = await send(ALICE, BOB.address, '1', { hold_until: clock.time + ms });
      expect(outcomeText(outcome)).toContain('HOLD_TIME hold_until: must be later than');
    }
    await hold('1', 1);
    await hold('1', year);
  });

  it('can be accepted until the last millisecond', async () => {
    const id = await hold('100', 1000);
    clock.pass(1000);
    expect(outcomeText(await reply(BOB, 'accept', id))).toBe('accepted');
  });

  it('is returned, fee included, before anything else is accepted after its end', async () => {
    const id = await hold('100', 1000);
    clock.pass(1001);
    expect(outcomeText(await reply(BOB, 'accept', id))).toContain(`HOLD_ENDED id: must be an open hold`);
    expect([purse(ALICE), purse(BOB)]).toEqual([100_000n, 1000n]);
    const [, returned] = firstOf(node.store, 'token').entries(0, 9, 9);
    expect(JSON.parse(returned?.leafText ?? '')).toMatchObject({
      type: 'return',
      reason: 'expired',
      sender: contract().feeWallet,
      transfer: id,
      timestamp: clock.time,
    });
    await node.token.seal();
    expect(node.failures).toEqual([]);
  });

  it('is returned by itself', async () => {
    await hold('100', 500);
    await pass(node, 500);
    expect(node.books.supply().held).toBe(10_000n);
    await pass(node, 1);
    expect(node.books.supply().held).toBe(0n);
    expect(purse(ALICE)).toBe(100_000n);
  });

  it('is tried again where the disk has no room for its return', async () => {
    await node.close();
    folder = temporaryFolder();
    let failures = 0;
    const wrap = (store: LedgerStore): LedgerStore =>
      interceptAccept(store, (accept, parts) => {
        const isReturn = parts[0]?.entries[0]?.entry.leafText.includes('"return"') === true;
        if (isReturn && failures++ === 0) throw new Unavailable('DISK_FULL', 'full', 30);
        accept();
      });
    await start(SIGNED, { wrap });
    await hold('100', 500);
    await pass(node, 501, 501);
    expect([failures, node.books.supply().held]).toEqual([1, 10_000n]);
    await pass(node, 1000);
    expect([failures, node.books.supply().held]).toEqual([2, 0n]);
    expect(node.failures).toEqual([]);
  });

  it('is returned after an outage, never later than the protocol allows, each at its time', async () => {
    const ids = [await hold('1', 1000), await hold('2', 200_000), await hold('3', 10 * HOUR)];
    await node.token.seal();
    const born = clock.time;
    await node.close();
    clock.pass(HOUR);
    await start();
    await node.token.submit([]);
    await pass(node, 1);
    expect(firstOf(node.store, 'token').tail().nextSequence).toBe(5);
    const returns = firstOf(node.store, 'token')
      .entries(3, 9, 9)
      .map(({ leafText }) => JSON.parse(leafText) as object);
    expect(returns).toMatchObject([
      { type: 'return', transfer: ids[0], timestamp: born + 1000 + 60_000 },
      { type: 'return', transfer: ids[1], timestamp: born + 200_000 + 60_000 },
    ]);
    accepted(await send(ALICE, BOB.address, '994'));
    await node.token.seal();
    expect(node.failures).toEqual([]);
    expect(node.books.supply().held).toBe(300n);
  });

  it('is returned with thousands of others before the first request after an outage', async () => {
    const drafts = Array.from({ length: 2500 }, (_, i) =>
      draftTransfer(
        signedMove(ALICE, chain(), {
          recipient: BOB.address,
          amount: '0.1',
          nonce: `h${i}`,
          hold_until: clock.time + 1000 + (i % 7),
        }),
        contract(),
      ),
    );
    const outcomes = await node.token.submit(drafts);
    expect(outcomes.filter((outcome) => outcome instanceof RuleViolation)).toEqual([]);
    await node.token.seal();
    clock.pass(HOUR);
    const later = accepted(await send(ALICE, BOB.address, '1000'));
    expect(later.entry.sequence).toBe(5000);
    expect(node.books.supply().held).toBe(0n);
    await node.token.seal();
    expect(node.failures).toEqual([]);
  });

  it('of the fee wallet itself is in its history once, and so is its return', async () => {
    await node.close();
    folder = temporaryFolder();
    await start({ ...SIGNED, FEE_WALLET: ALICE.address });
    await hold('100', 1000);
    clock.pass(1001);
    accepted(await send(BOB, CAROL.address, '1'));
    expect(
      firstOf(node.store, 'token')
        .transactionsOf(ALICE.address, 99, 99)
        .map(({ sequence }) => sequence),
    ).toEqual([1, 0]);
    expect(purse(ALICE)).toBe(100_001n);
    await node.token.seal();
    expect(node.failures).toEqual([]);
  });

  it('works under the policy open as well, by names', async () => {
    await node.close();
    folder = temporaryFolder();
    await start({ FEE_DISPOSITION: 'burn', WALLET_ISSUER: 'mint' });
    const open = (sender: string, more: object = {}): TransactionDraft =>
      draftTransfer({ sender, recipient: 'bob', amount: '1', ...more }, contract());
    const id = idOf(await submit(open('alice', { hold_until: clock.time + 1000 })));
    const answer = (sender: string): Promise<Outcome> =>
      submit(draftAnswer('accept', { sender, transfer: id }, contract()));
    expect(outcomeText(await answer('alice'))).toContain('NOT_RECIPIENT');
    expect(outcomeText(await answer('bob'))).toBe('accepted');
    expect(
      outcomeText(await submit(draftIssue({ sender: 'mint', recipient: 'bob', amount: '5' }, contract()))),
    ).toBe('accepted');
    expect(() => open('alice', { signature: 'ab'.repeat(64) })).toThrow(
      'signature is not allowed: there are no signatures under the policy open',
    );
    await node.token.seal();
    expect(node.failures).toEqual([]);
  });
});

describe('the books', () => {
  it('are the same after any crash as those that a new start reads', async () => {
    const holders = [ALICE, BOB, CAROL];
    const step = fc.record({
      act: fc.constantFrom('send', 'send', 'hold', 'accept', 'decline', 'issue', 'pass', 'seal', 'restart'),
      from: fc.nat(2),
      to: fc.nat(2),
      amount: fc.integer({ min: 2, max: 40_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        await node.close();
        folder = temporaryFolder();
        clock = new ManualClock();
        await start();
        const holds: { id: Hash; by: Holder }[] = [];
        for (const { act, from, to, amount } of steps) {
          const [sender, recipient] = [holders[from] as Holder, holders[to] as Holder];
          const text = `${Math.floor(amount / 100)}.5`;
          if (act === 'pass') clock.pass(amount);
          else if (act === 'seal') await node.token.seal();
          else if (act === 'restart') await restart();
          else if (act === 'issue') await issue(ISSUER, recipient.address, text);
          else if (act === 'accept' || act === 'decline') {
            const last = holds.pop();
            if (last !== undefined) await reply(last.by, act, last.id);
          } else if (sender !== recipient) {
            const more = act === 'hold' ? { hold_until: clock.time + 1 + amount } : {};
            const outcome = await send(sender, recipient.address, text, more);
            if (act === 'hold' && !(outcome instanceof Error)) {
              holds.push({ id: outcome.entry.id, by: recipient });
            }
          }
          expect(isBalanced()).toBe(true);
          for (const holder of holders) expect(purse(holder)).toBeGreaterThanOrEqual(0n);
        }
        // Holds that have ended are returned in the background.
        await pass(node, 1);
        const before = [...holders.map(walletOf), node.books.supply()];
        await restart();
        expect([...holders.map(walletOf), node.books.supply()]).toEqual(before);
        await node.token.seal();
        expect([
          ...holders.map(({ address }) => firstOf(node.store, 'token').books.wallet(address)),
          firstOf(node.store, 'token').books.supply(),
        ]).toEqual(before);
        expect(node.failures).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
