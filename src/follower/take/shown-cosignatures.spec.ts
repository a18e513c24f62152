import path from 'node:path';
import { COSIGNER, signatureBy } from '../../../test/support/golden-log.js';
import { OTHER_PRODUCER, PRODUCER } from '../../../test/support/chain-builder.js';
import { startTestFollower, type TestFollower } from '../../../test/support/test-follower.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { parseCheckpoint, type Checkpoint } from '../../chain/note/checkpoint.js';
import { cosignedText } from '../../chain/note/cosignature.js';
import { parsePolicy, type Policy } from '../../chain/note/policy.js';
import { noteCosignature, type NoteSignature } from '../../chain/note/signed-note.js';
import { formatVerifierKey } from '../../chain/note/verifier-key.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { checkpointOf } from '../../ledger/checkpoints.js';

const policy = parsePolicy(`witness w ${formatVerifierKey(COSIGNER.key)}\nquorum w`) as Policy;

let upstream: TestHttp;
let follower: TestFollower;
beforeEach(async () => {
  upstream = await startTestHttp();
  await upstream.app.listen(0, '127.0.0.1');
  const file = path.join(temporaryFolder(), 'follower.db');
  follower = await startTestFollower(file, await upstream.app.getUrl(), { policy });
});
afterEach(async () => {
  await follower.close();
  await upstream.close();
});
afterAll(removeTemporary);

const theirs = (): AnyChainStore => upstream.producer.tokenStore;
const ours = (): AnyChainStore => follower.store.store(theirs().chain.id) as AnyChainStore;
const seal = async (nonce: string): Promise<void> => {
  await upstream.producer.transfer({ nonce });
  await upstream.producer.token.seal();
};
const newest = (): Checkpoint => {
  const signed = theirs().signedHead();
  return parseCheckpoint(signed === undefined ? '' : checkpointOf(theirs(), signed)) as Checkpoint;
};
/** The upstream's store takes whatever it is given. */
const cosign = (by = OTHER_PRODUCER): NoteSignature => {
  const { size, note } = newest();
  const signature = signatureBy(by, cosignedText(7, note.text));
  const cosignature = noteCosignature(COSIGNER.key, { time: 7, signature });
  theirs().keepCosignatures(size, [cosignature], []);
  return cosignature;
};

it('takes them with the block, and later', async () => {
  await seal('a');
  const first = cosign();
  await follower.round();
  expect(ours().cosignatures(1)).toEqual([first]);
  await seal('b');
  await follower.round();
  expect(ours().cosignedSizes()).toEqual([1]);
  const second = cosign();
  await follower.round();
  // The first one proves nothing that the second doesn't.
  expect(ours().cosignedSizes()).toEqual([2]);
  expect(ours().cosignatures(2)).toEqual([second]);
});

it('takes those of an older checkpoint while the head has none, with the producer’s signature', async () => {
  await seal('a');
  const first = cosign();
  await seal('b');
  await follower.round();
  expect(ours().head().header.treeSize).toBe(2);
  expect(ours().cosignatures(1)).toEqual([first]);
  const signed = ours().signedHead(1);
  const theirsOfOne = theirs().signedHead(1);
  expect(signed && checkpointOf(ours(), signed)).toBe(theirsOfOne && checkpointOf(theirs(), theirsOfOne));
});

it('ignores one that is not valid: it is no fault of the chain, and the block is kept', async () => {
  await seal('a');
  cosign(PRODUCER);
  await follower.round();
  expect(ours().head().header.treeSize).toBe(1);
  expect(ours().cosignedSizes()).toEqual([]);
  expect(await follower.faults()).toEqual([]);
});

it('takes none of witnesses that its own policy does not name', async () => {
  const file = path.join(temporaryFolder(), 'other.db');
  const other = await startTestFollower(file, await upstream.app.getUrl());
  try {
    await seal('a');
    cosign();
    await other.round();
    expect(other.store.store(theirs().chain.id)?.cosignedSizes()).toEqual([]);
  } finally {
    await other.close();
  }
});
