/** A producer of many chains: each keeps its own nonces, wallets, schedule and promises; entries that arrive together share one commit. */
import { interceptAccept } from '../../../test/support/intercept.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import type { TokenContract } from '../../chain/contract/contract.js';
import { Unavailable } from '../../ledger/errors.js';
import type { ChainProducer } from './chain-producer.js';
import { draftInformation, draftTransfer } from '../accept/drafts.js';
import type { Outcome } from '../accept/intake.js';

const TOKENS = ['gold', 'silver', 'bronze'];
const CHAINS = JSON.stringify([
  ...TOKENS.map((name, at) => ({ kind: 'token', name, decimals: at })),
  { kind: 'information', name: 'notes' },
]);

let node: TestProducer;
let commits = 0;
let fails = false;
beforeEach(async () => {
  commits = 0;
  fails = false;
  node = await startTestProducer(
    temporaryFolder(),
    { CHAINS },
    {
      wrap: (store) =>
        interceptAccept(store, (accept) => {
          commits++;
          if (fails) throw new Unavailable('DISK_FULL', 'full', 1);
          accept();
        }),
    },
  );
});
afterEach(() => node.close());
afterAll(removeTemporary);

const named = (name: string): ChainProducer =>
  node.producer.all.find(({ chain }) => chain.name === name) as ChainProducer;

async function submit(name: string, nonce: string): Promise<Outcome> {
  const chain = named(name);
  const request = { sender: 'alice', recipient: 'bob', amount: '1000', nonce };
  const draft =
    name === 'notes'
      ? draftInformation({ note: nonce }, nonce)
      : draftTransfer(request, chain.contract as TokenContract);
  return (await chain.submit([draft]))[0] as Outcome;
}

const names = [...TOKENS, 'notes'];

test('what all chains are sent at once is on disk with one commit, each in its own place', async () => {
  const outcomes = await Promise.all(
    names.flatMap((name) => ['n1', 'n2'].map((nonce) => submit(name, nonce))),
  );
  expect(commits).toBe(1);
  const places = outcomes.map((outcome) => ('entry' in outcome ? outcome.entry.sequence : undefined));
  expect(places).toEqual(names.flatMap(() => [0, 1]));
  for (const name of names) expect(named(name).waiting.entries).toBe(2);
  // A nonce can be used once on each chain, and a repeat is found on its own chain.
  expect(await submit('silver', 'n1')).toMatchObject({ repeated: true });
  expect(await submit('silver', 'n3')).toMatchObject({ repeated: false, entry: { sequence: 2 } });
  expect(named('gold').books?.wallet('alice')?.sentCount).toBe(2);
  expect(named('silver').books?.wallet('alice')?.sentCount).toBe(3);
});

test('sealing one chain leaves the others as they are', async () => {
  await Promise.all(names.map((name) => submit(name, 'n1')));
  const header = await named('silver').seal();
  expect(header).toMatchObject({ index: 2, treeSize: 1, chain: named('silver').chain.id });
  expect(names.map((name) => named(name).waiting.entries)).toEqual([1, 0, 1, 1]);
});

test('nothing of a commit that failed is accepted on any chain, and all go on', async () => {
  fails = true;
  const results = await Promise.allSettled(names.map((name) => submit(name, 'n1')));
  expect(results.map(({ status }) => status)).toEqual(names.map(() => 'rejected'));
  expect(node.producer.all.map(({ waiting }) => waiting.entries)).toEqual([0, 0, 0, 0]);
  fails = false;
  await Promise.all(names.map((name) => submit(name, 'n1')));
  expect(node.producer.all.map(({ waiting }) => waiting.entries)).toEqual([1, 1, 1, 1]);
  expect(node.failures).toEqual([]);
});

test('a flood on one chain does not keep another waiting for more than a commit', async () => {
  const order: string[] = [];
  const flood = Array.from({ length: 20 }, (_, at) => {
    const drafts = Array.from({ length: 500 }, () =>
      draftTransfer({ sender: 'a', recipient: 'b', amount: '1000' }, named('gold').contract as TokenContract),
    );
    return named('gold')
      .submit(drafts)
      .then(() => order.push(`gold ${at}`));
  });
  const other = submit('silver', 'n1').then(() => order.push('silver'));
  await Promise.all([...flood, other]);
  expect(order.indexOf('silver')).toBeLessThan(6);
});
