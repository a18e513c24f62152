import { firstOf } from '../../../test/support/first-of.js';
import { interceptAccept } from '../../../test/support/intercept.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { parseHash, type Hash } from '../../chain/bytes/bytes.js';
import { FatalError, InvalidInput, RuleViolation, Unavailable } from '../../ledger/errors.js';
import type { LedgerStore } from '../../ledger/store.js';
import { draftAnswer, draftIssue, draftTransfer, entryOfDraft } from './drafts.js';
import type { Accepted, Outcome } from './intake.js';

let node: TestProducer;
const open = async (...args: Partial<Parameters<typeof startTestProducer>>): Promise<TestProducer> => {
  node = await startTestProducer(args[0] ?? temporaryFolder(), args[1], args[2]);
  return node;
};
afterEach(() => node.close());
afterAll(removeTemporary);

const accepted = (outcome: Outcome): Accepted => {
  if (outcome instanceof Error) throw outcome;
  return outcome;
};
const leaf = (outcome: Outcome): Record<string, unknown> =>
  JSON.parse(accepted(outcome).entry.leafText) as Record<string, unknown>;

describe('intake', () => {
  it('splits the fee of the papers’ example', async () => {
    await open();
    expect(leaf(await node.transfer({}))).toMatchObject({
      amount_send: '1000000',
      amount_bpsc: '50',
      amount_receive: '999950',
      bpsc: 'bpsc_wallet_address',
    });
  });

  it('counts the wallets of everything accepted', async () => {
    await open();
    await node.transfer({});
    await node.transfer({ sender: 'bob', recipient: 'carol', amount: '100' });
    const { books } = node;
    const unit = 10n ** 18n;
    expect(books.wallet('alice')).toMatchObject({ sent: 1_000_000n * unit, feesPaid: 50n * unit });
    expect(books.wallet('bob')).toMatchObject({ received: 999_950n * unit, sent: 100n * unit });
    expect(books.wallet('bpsc_wallet_address')?.feesCollected).toBe(50n * unit + (5n * unit) / 1000n);
    expect(books.wallet('nobody')).toBeUndefined();
  });

  it('leaves the stored books alone before a block seals what was accepted', async () => {
    await open();
    await node.transfer({});
    expect(firstOf(node.store, 'token').books.wallet('alice')).toMatchObject({ sent: 0n, sentCount: 0 });
    await node.token.seal();
    expect(firstOf(node.store, 'token').books.wallet('alice')).toEqual(node.books.wallet('alice'));
    expect(firstOf(node.store, 'token').books.wallet('alice')).toMatchObject({ sentCount: 1 });
  });

  it('credits nobody with fees that are burnt', async () => {
    await open(temporaryFolder(), { FEE_DISPOSITION: 'burn' });
    await node.transfer({});
    expect(node.books.wallet('bpsc_wallet_address')).toBeUndefined();
    expect(node.books.supply()).toMatchObject({ burnt: 50n * 10n ** 18n });
  });

  it('puts requests that come together into one commit, in order', async () => {
    let commits = 0;
    await open(temporaryFolder(), {}, { wrap: (store) => spyOnAccept(store, () => commits++) });
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) => node.transfer({ memo: String(i) })),
    );
    expect(commits).toBe(1);
    expect(outcomes.map((outcome) => accepted(outcome).entry.sequence)).toEqual(outcomes.map((_, i) => i));
    expect(outcomes.map((outcome) => leaf(outcome).memo)).toEqual(outcomes.map((_, i) => String(i)));
  });

  it('gives the first answer to a repeated nonce, before and after a restart', async () => {
    const folder = temporaryFolder();
    await open(folder);
    const first = accepted(await node.transfer({ nonce: 'n1', memo: 'm' }));
    const again = accepted(await node.transfer({ nonce: 'n1', memo: 'm' }));
    expect(again).toEqual({ entry: first.entry, repeated: true });
    await node.token.seal();
    await node.close();
    await open(folder);
    expect(accepted(await node.transfer({ nonce: 'n1', memo: 'm' }))).toEqual(again);
  });

  it('gives the first answer to repeats within one commit', async () => {
    await open();
    const outcomes = await Promise.all([1, 2, 3].map(() => node.transfer({ nonce: 'n1' })));
    expect(new Set(outcomes.map((outcome) => accepted(outcome).entry.id)).size).toBe(1);
    expect(outcomes.map((outcome) => accepted(outcome).repeated)).toEqual([false, true, true]);
  });

  it.each([{ amount: '1' }, { recipient: 'carol' }, { memo: 'other' }])(
    'refuses a nonce that was used for other content: %j',
    async (change) => {
      await open();
      await node.transfer({ nonce: 'n1' });
      const outcome = await node.transfer({ nonce: 'n1', ...change });
      expect(outcome).toBeInstanceOf(RuleViolation);
      expect(outcome).toMatchObject({ code: 'NONCE_REUSED', field: 'nonce' });
    },
  );

  it('keeps nonces apart by sender', async () => {
    await open();
    await node.transfer({ nonce: 'n1' });
    expect(accepted(await node.transfer({ nonce: 'n1', sender: 'carol' })).repeated).toBe(false);
  });

  it('recognises a repeated information record although its salt was random', async () => {
    await open();
    const first = accepted(await node.inform({ b: 1, a: [2] }, 'n1'));
    expect(accepted(await node.inform({ a: [2], b: 1 }, 'n1'))).toEqual({
      entry: first.entry,
      repeated: true,
    });
    expect(await node.inform({ a: [3] }, 'n1')).toMatchObject({ code: 'NONCE_REUSED' });
  });

  it('never lets a time run backwards, also with the clock set back', async () => {
    await open();
    const before = leaf(await node.transfer({})).timestamp;
    node.clock.time -= 3_600_000;
    expect(leaf(await node.transfer({})).timestamp).toBe(before);
  });

  it('refuses what would make more wait than allowed, and takes it again after a block', async () => {
    await open(temporaryFolder(), { PENDING_ENTRIES_MAX: '2' });
    await node.transfer({});
    await node.transfer({});
    await expect(node.transfer({})).rejects.toMatchObject({ code: 'QUEUE_FULL', retryAfterSeconds: 1 });
    await node.token.seal();
    await node.transfer({});
  });

  it('refuses entries while the disk is too full', async () => {
    await open(temporaryFolder(), { FREE_DISK_BYTES_MIN: String(Number.MAX_SAFE_INTEGER) });
    await expect(node.transfer({})).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(firstOf(node.store, 'token').tail().nextSequence).toBe(0);
    expect(node.unstored).toEqual([expect.objectContaining({ code: 'DISK_FULL' })]);
  });

  it('refuses entries once it stops, and answers those before', async () => {
    await open();
    const before = node.transfer({});
    const stopped = node.producer.stop();
    await expect(node.transfer({})).rejects.toMatchObject({ code: 'STOPPING' });
    await stopped;
    expect(accepted(await before).entry.sequence).toBe(0);
  });

  it('accepts nothing of a commit that failed, and goes on', async () => {
    let failing = true;
    const fail = (): void => {
      if (failing) throw new Unavailable('DISK_FULL', 'full', 1);
    };
    await open(temporaryFolder(), {}, { wrap: (store) => spyOnAccept(store, fail) });
    await expect(node.transfer({ nonce: 'n1' })).rejects.toThrow(Unavailable);
    expect(node.unstored).toEqual([new Unavailable('DISK_FULL', 'full', 1)]);
    failing = false;
    const outcome = accepted(await node.transfer({ nonce: 'n1' }));
    expect(outcome).toMatchObject({ repeated: false, entry: { sequence: 0, block: 2 } });
    expect(node.failures).toEqual([]);
  });

  it('stops when the outcome of a commit is unknown; what was persisted is found again', async () => {
    const folder = temporaryFolder();
    const after = (): void => {
      throw new FatalError('the outcome is unknown');
    };
    await open(folder, {}, { wrap: (store) => spyOnAccept(store, () => undefined, after) });
    await expect(node.transfer({ nonce: 'n1' })).rejects.toThrow(FatalError);
    expect(node.failures).toEqual([expect.any(FatalError)]);
    await node.close();
    await open(folder);
    expect(accepted(await node.transfer({ nonce: 'n1' }))).toMatchObject({ repeated: true });
  });

  it('accepts the good ones of a batch in one commit', async () => {
    let commits = 0;
    await open(temporaryFolder(), {}, { wrap: (store) => spyOnAccept(store, () => commits++) });
    const contract = node.tokenContract;
    const draft = (memo: string) =>
      draftTransfer({ sender: 'a', recipient: 'b', amount: '1', nonce: 'n1', memo }, contract);
    const outcomes = await node.token.submit([draft('1'), draft('2'), draft('1')]);
    expect(
      outcomes.map((outcome) => ('entry' in outcome ? outcome.repeated : 'code' in outcome && outcome.code)),
    ).toEqual([false, 'NONCE_REUSED', true]);
    expect(commits).toBe(1);
  });
});

describe('names', () => {
  const HOLD = parseHash('ab'.repeat(32)) as Hash;
  const strange = ['..', 'evil\u202egnp.exe', '\u200b'];

  it.each(strange)(
    'such as %j are refused for new entries, each field, in a batch each on its own',
    async (name) => {
      await open(temporaryFolder());
      const contract = node.tokenContract;
      const draft = (change: object) =>
        draftTransfer({ sender: 'a', recipient: 'b', amount: '1', ...change }, contract);
      const outcomes = await node.token.submit([
        draft({ recipient: name }),
        draft({ sender: name, nonce: 'n' }),
        draft({}),
        draftAnswer('accept', { sender: name, transfer: HOLD }, contract),
        draftIssue({ sender: 'a', recipient: name, amount: '1' }, contract),
      ]);
      const fields = outcomes.map((outcome) =>
        outcome instanceof InvalidInput ? outcome.errors[0]?.field : 'none',
      );
      expect(fields).toEqual(['recipient', 'sender', 'none', 'sender', 'recipient']);
      expect(() => draft({ recipient: name, amount: '0' })).toThrow(
        /amount must be above zero; recipient must not/,
      );
    },
  );

  it('that are on the chain already stay there: it starts, seals, and answers their requests again', async () => {
    const folder = temporaryFolder();
    await open(folder);
    const contract = node.tokenContract;
    const requests = strange.map((recipient, i) => ({ sender: 'a', recipient, amount: '1', nonce: `n${i}` }));
    const timestamp = node.clock.now();
    const entries = requests.map((request, sequence) => {
      const stamp = { nonce: request.nonce, timestamp, salt: '' };
      const entry = entryOfDraft(draftTransfer(request, contract), stamp, contract);
      return { sequence, block: 2, entry, counterparty: request.recipient };
    });
    firstOf(node.store, 'token').accept(entries);
    await node.close();
    await open(folder);
    await node.token.seal();
    expect(node.books.wallet('..')?.receivedCount).toBe(1);
    for (const request of requests) {
      expect(accepted(await node.transfer(request))).toMatchObject({ repeated: true });
      expect(await node.transfer({ ...request, amount: '2' })).toMatchObject({ code: 'NONCE_REUSED' });
      expect(await node.transfer({ ...request, nonce: 'new' })).toBeInstanceOf(InvalidInput);
    }
  });
});

/** The same store, with something happening around each accept. */
function spyOnAccept(
  store: LedgerStore,
  before: () => unknown,
  after: () => unknown = () => undefined,
): LedgerStore {
  return interceptAccept(store, (accept) => {
    before();
    accept();
    after();
  });
}
