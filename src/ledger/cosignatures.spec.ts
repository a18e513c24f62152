import { COSIGNER, GoldenLog, signatureBy } from '../../test/support/golden-log.js';
import { OTHER_PRODUCER } from '../../test/support/chain-builder.js';
import { startTestProducer, type TestProducer } from '../../test/support/test-producer.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { checkpointText } from '../chain/note/checkpoint.js';
import { cosignedText } from '../chain/note/cosignature.js';
import { parsePolicy, type Policy } from '../chain/note/policy.js';
import { noteCosignature, type NoteSignature } from '../chain/note/signed-note.js';
import { formatVerifierKey } from '../chain/note/verifier-key.js';
import { Cosignatures, levelAt } from './cosignatures.js';
import { NodeEvents, type NodeEvent } from './node-events.js';

const log = new GoldenLog();
const policy = parsePolicy(`witness w ${formatVerifierKey(COSIGNER.key)}\nquorum w`) as Policy;

let node: TestProducer;
beforeEach(async () => {
  node = await startTestProducer(temporaryFolder());
});
afterEach(() => node.close());
afterAll(removeTemporary);

/** What is offered: a checkpoint of this size, and the witness's cosignature of it. */
const offered = (size: number, time = 7) => {
  const text = checkpointText(log.key.name, { size, root: log.root(4) });
  const signature = signatureBy(OTHER_PRODUCER, cosignedText(time, text));
  const cosignature = noteCosignature(COSIGNER.key, { time, signature });
  return { checkpoint: { size, note: { text, signatures: [] } }, cosignature };
};
const begin = (trust: ConstructorParameters<typeof Cosignatures>[0]) => {
  const seen: NodeEvent[] = [];
  const events = new NodeEvents();
  events.subscribe((event) => seen.push(event));
  const cosignatures = new Cosignatures(trust, events);
  const take = (size: number, ...more: NoteSignature[]): string | undefined => {
    const { checkpoint, cosignature } = offered(size);
    return cosignatures.take(node.tokenStore, checkpoint, [cosignature, ...more]);
  };
  return { cosignatures, seen, take, sizes: () => node.tokenStore.cosignedSizes() };
};

it('keeps those of the newest witnessed checkpoint, and no older ones', () => {
  const { cosignatures, seen, take, sizes } = begin({ policy });
  expect(cosignatures.witnessedSize(node.tokenStore)).toBeUndefined();
  for (const size of [1, 2, 2, 5]) expect(take(size)).toBeUndefined();
  expect(sizes()).toEqual([5]);
  expect(take(3)).toBeUndefined();
  expect(sizes()).toEqual([5]);
  expect(seen).toMatchObject([{ size: 1 }, { size: 2 }, { size: 5 }]);
  // Another process finds them.
  expect(begin({ policy }).cosignatures.witnessedSize(node.tokenStore)).toBe(5);
});

it('keeps the last 64 and the newest, where no quorum can be', () => {
  const { take, sizes } = begin({ policy: undefined, own: COSIGNER.key });
  for (let size = 1; size <= 70; size++) take(size);
  expect(sizes()).toHaveLength(65);
  expect(sizes().at(-1)).toBe(70);
});

it('keeps the first of a key, and none of unknown keys', () => {
  const { take } = begin({ policy });
  const stranger = { ...offered(2).cosignature, name: 'stranger' };
  expect(take(2, offered(2, 9).cosignature, stranger)).toBeUndefined();
  expect(node.tokenStore.cosignatures(2)).toEqual([offered(2).cosignature]);
  expect(take(2, offered(2, 9).cosignature)).toBeUndefined();
  expect(node.tokenStore.cosignatures(2)).toEqual([offered(2).cosignature]);
});

it('says what is wrong with one of a known key, and keeps nothing then', () => {
  const { cosignatures, sizes } = begin({ policy });
  const { checkpoint } = offered(2);
  expect(cosignatures.take(node.tokenStore, checkpoint, [offered(3).cosignature])).toBe(
    'the signature by bpsc.example/follower-1 is not valid',
  );
  expect(cosignatures.take(node.tokenStore, checkpoint, [offered(2, 0).cosignature])).toBe(
    'a cosignature has no time',
  );
  expect(sizes()).toEqual([]);
});

test('an entry is accepted, sealed or witnessed', () => {
  const levels = (reached: Parameters<typeof levelAt>[1]): unknown =>
    [0, 1, 2, 3].map((n) => levelAt(n, reached));
  expect(levels({ sealed: 3, witnessed: 1 })).toEqual(['witnessed', 'sealed', 'sealed', 'accepted']);
  expect(levels({ sealed: 1, witnessed: undefined })).toEqual(['sealed', 'accepted', 'accepted', 'accepted']);
});
