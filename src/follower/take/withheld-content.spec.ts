import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ChainBuilder, type Wire } from '../../../test/support/chain-builder.js';
import { firstOf } from '../../../test/support/first-of.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestFollower, type TestFollower } from '../../../test/support/test-follower.js';
import { TestUpstream, type ServedChain } from '../../../test/support/test-upstream.js';
import type { InformationChainStore } from '../../ledger/chain-store.js';

const SECRET = 'a person called Ada, born 1815';

const opened: TestUpstream[] = [];
let follower: TestFollower;
let chain: ChainBuilder;
beforeEach(() => {
  chain = ChainBuilder.information();
});
afterEach(async () => {
  await follower.close();
  await Promise.all(opened.splice(0).map((upstream) => upstream.close()));
});
afterAll(removeTemporary);

async function serve(served: ServedChain): Promise<TestUpstream> {
  const upstream = await TestUpstream.start([ChainBuilder.token(), served]);
  opened.push(upstream);
  return upstream;
}

async function follow(...served: readonly ServedChain[]): Promise<void> {
  const upstreams: TestUpstream[] = [];
  for (const one of served) upstreams.push(await serve(one));
  follower = await startTestFollower(
    path.join(temporaryFolder(), 'follower.db'),
    upstreams.map(({ url }) => url),
  );
}

/** The same chain as an upstream serves it that leaves out the content of all records. */
function withoutContent({ contract, chain: id, blocks }: ChainBuilder): ServedChain {
  const erased = ({ information, salt: _salt, ...leaf }: Wire): Wire =>
    information === undefined ? leaf : { ...leaf, erased: true };
  return {
    contract,
    chain: id,
    get blocks() {
      return blocks.map((block) => ({ ...block, information: (block.information as Wire[]).map(erased) }));
    },
  };
}

const store = (): InformationChainStore => firstOf(follower.store, 'information');
const codes = async (): Promise<string[]> => (await follower.faults()).map(({ fault }) => fault);
const fileHolds = (text: string): boolean =>
  ['', '-wal'].some((end) => readFileSync(`${follower.file}${end}`).includes(text));

it('drops the content with the erasure, whether they come together or not, from the files too', async () => {
  const record = chain.information({ information: SECRET });
  chain.seal([record, chain.information()]);
  await follow(chain);
  await follower.round();
  expect(fileHolds(SECRET)).toBe(true);
  chain.seal([chain.erasure(record, { reason: 'asked for' })]);
  const late = chain.information({ information: `${SECRET}, again` });
  chain.seal([late]);
  chain.seal([chain.erasure(late)]);
  await follower.round();
  expect(follower.named()).toMatchObject({ information: 5 });
  expect(
    store()
      .entries(0, 9, 9)
      .map(({ content }) => content !== undefined),
  ).toEqual([false, true, false, false, false]);
  expect(fileHolds(SECRET)).toBe(false);
  expect([store().withheld(9), await codes()]).toEqual([[], []]);
});

it('takes erased records from an upstream that has the erasures', async () => {
  const record = chain.information();
  chain.seal([record]);
  chain.seal([chain.erasure(record)]);
  await follow(withoutContent(chain));
  for (let round = 0; round < 3; round++) await follower.round();
  expect([store().withheld(9), await codes()]).toEqual([[], []]);
});

it('waits for an erasure that is sealed after the head that was shown at first', async () => {
  const record = chain.information();
  chain.seal([record]);
  await follow(withoutContent(chain));
  await follower.round();
  expect([store().withheld(9), await codes()]).toEqual([[0], []]);
  chain.seal([chain.erasure(record)]);
  await follower.round();
  await follower.round();
  expect([store().withheld(9), await codes()]).toEqual([[], []]);
});

it('finds out an upstream that withholds content: its verified blocks stay', async () => {
  chain.seal([chain.information(), chain.information()]);
  await follow(withoutContent(chain));
  await follower.round();
  expect(await codes()).toEqual([]);
  await follower.round();
  const [fault] = await follower.faults();
  expect(fault).toMatchObject({ fault: 'CONTENT_WITHHELD', index: 2, sequence: 0 });
  expect(follower.named()).toMatchObject({ information: 2 });
  expect(
    store()
      .entries(0, 9, 9)
      .map(({ content }) => content),
  ).toEqual([undefined, undefined]);
});

it('fills in what another upstream has, and believes none that is not the record’s', async () => {
  chain.seal([chain.information({ information: SECRET }), chain.information()]);
  const lying = { ...withoutContent(chain) };
  await follow(lying, chain);
  const [liar] = opened;
  liar!.misbehave = ({ path: asked }, response) => {
    if (!asked.includes('/information/')) return false;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ information: 'another', salt: 'ab'.repeat(16) }));
    return true;
  };
  // The first upstream delivers the blocks, the other one the content.
  for (let round = 0; round < 3; round++) await follower.round();
  expect(store().withheld(9)).toEqual([]);
  expect(store().entries(0, 1, 1)[0]?.content?.text).toBe(JSON.stringify(SECRET));
});

it.each([
  [
    'of a record that is not there',
    (record: Wire) => ({ ...record, id: 'ab'.repeat(32) }),
    'ERASURE_UNKNOWN',
  ],
  ['of a record that is erased', (record: Wire) => record, 'ERASURE_REPEATED'],
])('refuses an erasure %s, as its producer’s fault', async (_name, target, code) => {
  const record = chain.information();
  chain.seal([record]);
  chain.seal([chain.erasure(record)]);
  chain.seal([chain.erasure(target(record))]);
  await follow(chain);
  await follower.round();
  expect(await codes()).toEqual([code]);
  expect(follower.named()).toMatchObject({ information: 3 });
});
