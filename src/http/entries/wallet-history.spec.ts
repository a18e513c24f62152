import fc from 'fast-check';
import { removeTemporary } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { draftAnswer, draftIssue, draftTransfer, type Draft } from '../../producer/accept/drafts.js';

const FEES = 'bpsc_wallet_address';
const NAMES = ['alice', 'bob', 'carol', FEES];
const ALLOCATED = '1000.5';
const HOUR_MS = 3_600_000;

interface Line {
  readonly id: string;
  readonly type: string;
  readonly state?: string;
  readonly available_change: string;
  readonly hold?: Record<string, unknown>;
}
interface Page {
  readonly transactions: readonly Line[];
  readonly next_cursor: string | null;
}

let http: TestHttp;
beforeEach(async () => {
  http = await startTestHttp({
    env: {
      FEE_RATE: '0.01',
      WALLET_ISSUER: 'carol',
      WALLET_ALLOCATIONS: JSON.stringify([{ address: 'alice', amount: ALLOCATED }]),
    },
  });
});
afterEach(() => http.close());
afterAll(removeTemporary);

async function submit(draft: Draft): Promise<Hash | undefined> {
  const [outcome] = await http.producer.token.submit([draft]);
  return outcome !== undefined && 'entry' in outcome ? outcome.entry.id : undefined;
}
const contract = () => http.producer.tokenContract;
const send = (sender: string, recipient: string, amount: string, holdMs?: number) => {
  const held = holdMs === undefined ? {} : { hold_until: http.producer.clock.time + holdMs };
  return submit(draftTransfer({ sender, recipient, amount, ...held }, contract()));
};
const answer = (type: 'accept' | 'decline', sender: string, transfer: Hash) =>
  submit(draftAnswer(type, { sender, transfer }, contract()));

async function get<T>(url: string): Promise<T> {
  const { statusCode, body } = await http.app.inject({ url });
  expect(statusCode).toBe(200);
  return JSON.parse(body) as T;
}

/** The whole history, newest first. */
async function history(address: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const at: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: Page = await get<Page>(`/transactions?address=${address}&limit=7${at}`);
    lines.push(...page.transactions);
    cursor = page.next_cursor;
  }
  return lines;
}

const units = (text: string): bigint => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(contract().decimals, '0'));
  return text.startsWith('-') ? -value : value;
};

/** Expects that lines, allocation and fees add up to the wallet's balance. */
async function expectToAddUp(address: string): Promise<void> {
  const wallet = await get<Record<'available' | 'held' | 'balance' | 'fees_collected', string>>(
    `/wallets/${address}`,
  );
  const lines = await history(address);
  const before = (address === 'alice' ? units(ALLOCATED) : 0n) + units(wallet.fees_collected);
  const sum = lines.reduce((total, line) => total + units(line.available_change), before);
  expect({ address, sum }).toEqual({ address, sum: units(wallet.available) });
  expect({ address, sum: sum + units(wallet.held) }).toEqual({ address, sum: units(wallet.balance) });
}

test('a hold takes its amount at once, and its end determines who gets it', async () => {
  const hold = async (amount: string): Promise<Hash> => {
    const id = await send('alice', 'bob', amount, HOUR_MS);
    if (id === undefined) throw new Error('the hold was refused');
    return id;
  };
  const accepted = await hold('100');
  const declined = await hold('200');
  const returned = await hold('300');
  await send('alice', 'bob', '400', 2 * HOUR_MS);
  await answer('accept', 'bob', accepted);
  await answer('decline', 'bob', declined);
  http.producer.clock.pass(HOUR_MS + 1);
  await submit(draftIssue({ sender: 'carol', recipient: 'bob', amount: '5' }, contract()));
  const shown = async (address: string): Promise<readonly string[]> =>
    (await history(address)).map(({ type, available_change: change }) => `${type} ${change}`).reverse();
  const holds = ['transfer -100', 'transfer -200', 'transfer -300', 'transfer -400'];
  expect(await shown('alice')).toEqual([...holds, 'accept 0', 'decline 200', 'return 300']);
  expect(await shown('bob')).toEqual([...holds.map(() => 'transfer 0'), 'accept 99', 'decline 0', 'issue 5']);
  expect(await shown(FEES)).toEqual(['return 0']);
  expect(await shown('carol')).toEqual(['issue 0']);
  const end = (await history(FEES))[0];
  expect(end?.hold).toEqual({
    sender: 'alice',
    recipient: 'bob',
    amount_send: '300',
    amount_receive: '297',
    amount_bpsc: '3',
    hold_until: http.producer.clock.time - 1,
  });
  expect((await get<Line>(`/transactions/${end?.id ?? ''}`)).hold).toEqual(end?.hold);
  expect((await get<Line>(`/transactions/${returned}`)).hold).toBeUndefined();
  expect(await get<Line>(`/transactions/${returned}`)).not.toHaveProperty('available_change');
});

test('a wallet’s history always adds up to its balance', async () => {
  const step = fc.record({
    act: fc.constantFrom('send', 'hold', 'hold', 'accept', 'decline', 'issue', 'pass', 'seal'),
    from: fc.nat(3),
    to: fc.nat(3),
    amount: fc.integer({ min: 1, max: 40_000 }),
  });
  const holds: { id: Hash; by: string }[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      for (const { act, from, to, amount } of steps) {
        const [sender, recipient] = [NAMES[from] as string, NAMES[to] as string];
        const text = `${Math.floor(amount / 100)}.25`;
        if (act === 'pass') http.producer.clock.pass(amount);
        else if (act === 'seal') await http.producer.token.seal();
        else if (act === 'accept' || act === 'decline') {
          const last = holds.pop();
          if (last !== undefined) await answer(act, last.by, last.id);
        } else if (sender === recipient) continue;
        else if (act === 'issue') {
          if (recipient !== 'carol')
            await submit(draftIssue({ sender: 'carol', recipient, amount: text }, contract()));
        } else {
          const id = await send(sender, recipient, text, act === 'hold' ? amount : undefined);
          if (act === 'hold' && id !== undefined) holds.push({ id, by: recipient });
        }
      }
      for (const name of NAMES) await expectToAddUp(name);
    }),
    { numRuns: 15 },
  );
});
