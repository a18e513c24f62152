import { Logger } from '@nestjs/common';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { ManualClock } from '../../test/support/manual-clock.js';
import { startTestProducer, type TestProducer } from '../../test/support/test-producer.js';
import { TestUpstream } from '../../test/support/test-upstream.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { contractJson } from '../chain/contract/contract.js';
import { headerDto } from '../http/openapi/header-dto.js';
import { Convictions } from '../ledger/convictions.js';
import { refuseConvicted } from '../producer/birth/convicted.js';
import { Gossip } from './gossip.js';
import { keyInUse, stopIfOwnIsConvicted } from './own-key.js';

let ours: TestProducer;
/** another process on a copy of the same database, with the same key */
let theirs: TestProducer;
let peer: TestUpstream;
let failures: unknown[];

beforeAll(() => Logger.overrideLogger(false));
beforeEach(async () => {
  const [folder, copy] = [temporaryFolder(), path.join(temporaryFolder(), 'copy')];
  const before = await startTestProducer(folder);
  await before.transfer({ amount: '1' });
  await before.token.seal();
  await before.close();
  cpSync(folder, copy, { recursive: true });
  ours = await startTestProducer(folder);
  theirs = await startTestProducer(copy);
  peer = await TestUpstream.start();
  failures = [];
});
afterEach(async () => {
  await Promise.all([ours.close(), theirs.close(), peer.close()]);
});
afterAll(removeTemporary);

async function seal({ transfer, token }: TestProducer, amount: string): Promise<void> {
  await transfer({ amount });
  await token.seal();
}

/** A look of ours at what the other process shows. */
async function look(): Promise<void> {
  peer.chains = theirs.store.stores().map((store) => ({
    contract: contractJson(store.chain.contract),
    chain: store.chain.id,
    blocks: store.headers(1, 100).map((header) => headerDto(header) as never),
  }));
  const { storage, events } = ours;
  const clock = new ManualClock();
  const convictions = await Convictions.read({ ...storage, events, clock, complain: () => undefined });
  const failWith = (error: unknown): void => void failures.push(error);
  stopIfOwnIsConvicted(convictions, failWith);
  await new Gossip({
    ...storage,
    convictions,
    clock,
    chosen: [peer.url],
    intervalMs: 1000,
    onKeyInUse: keyInUse(failWith),
    fail: failWith,
  }).look();
}

const hash = ({ tokenStore }: TestProducer): string => tokenStore.head().header.hash;
const start = async (): Promise<void> =>
  refuseConvicted(ours.config.databaseFile, ours.store, ours.storage.faults);

it('is used here alone: nothing happens, also where the other node is behind', async () => {
  await look();
  await seal(ours, '2');
  await look();
  expect(failures).toEqual([]);
  expect(await ours.storage.faults.all()).toEqual([]);
  await start();
});

it.each([
  ['the same block', 0, 0],
  ['a later block than the other', 1, 0],
  ['an earlier block than the other', 0, 1],
])('signed another block elsewhere, while this node has come to %s', async (_name, here, there) => {
  await seal(ours, '2');
  const mine = hash(ours);
  await seal(theirs, '3');
  const other = hash(theirs);
  for (let blocks = 0; blocks < here; blocks++) await seal(ours, '4');
  for (let blocks = 0; blocks < there; blocks++) await seal(theirs, '5');
  await look();
  const signed = `the key of aka signed two blocks 3: ${mine} and ${other}`;
  expect(failures[0]).toMatchObject({
    name: 'OperatorError',
    message: expect.stringMatching(`^${signed}; the other one is at ${peer.url}. Either a second process `),
  });
  expect(await ours.storage.faults.all()).toMatchObject([
    { fault: 'FORKED', chain: 'aka', upstream: peer.url },
  ]);
  await expect(start()).rejects.toThrow(`${signed}: the evidence is in ${ours.config.databaseFile}, `);
});

it('signed a block elsewhere that this node has not come to: that convicts nobody yet, and it stops before it does', async () => {
  await seal(theirs, '3');
  await look();
  expect(failures).toMatchObject([
    {
      name: 'OperatorError',
      message: expect.stringMatching(
        `^${peer.url} has block 3 of aka with the signature of this node’s key, which is beyond this node’s last block`,
      ),
    },
  ]);
  expect(await ours.storage.faults.all()).toEqual([]);
  await start();
});
