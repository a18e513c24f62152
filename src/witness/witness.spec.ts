import path from 'node:path';
import { Logger } from '@nestjs/common';
import { GoldenLog, signatureBy } from '../../test/support/golden-log.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { PRODUCER } from '../../test/support/chain-builder.js';
import { startTestFollower, type TestFollower } from '../../test/support/test-follower.js';
import { startTestHttp, type TestHttp } from '../../test/support/test-http.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import type { Hash } from '../chain/bytes/bytes.js';
import type { Fault } from '../chain/faults.js';
import { sha256 } from '../chain/bytes/sha256.js';
import { formatAddCheckpoint, readCosignatures } from '../chain/note/add-checkpoint.js';
import { checkpointText, formatCheckpoint, parseCheckpoint } from '../chain/note/checkpoint.js';
import { formatSignatureLine } from '../chain/note/signed-note.js';
import type { VerifierKey } from '../chain/note/verifier-key.js';
import { judgeEvidence } from '../chain/proof/equivocation.js';
import { consistencySteps, rootOver } from '../chain/tree/proofs.js';
import { SigningKey } from '../keys/key-file.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import { checkpointOf } from '../ledger/checkpoints.js';
import { Cosignatures } from '../ledger/cosignatures.js';
import { FatalError, OperatorError, Unavailable } from '../ledger/errors.js';
import { NodeEvents } from '../ledger/node-events.js';
import { SYSTEM_CLOCK } from '../ledger/system-clock.js';
import type { CosignedHeads, CosignedStep, NodeStorage } from '../ledger/store.js';
import { openStorage, type Storage } from '../storage/sqlite/database.js';
import { Cosigner, type CosignerAnswer } from './cosigner.js';
import { Convictions } from '../ledger/convictions.js';
import { Equivocations } from './equivocations.js';
import { KnownLogs } from './known-logs.js';
import { openWitness } from './open-witness.js';
import { Recovery } from './recovery.js';
import { Unasked, UNASKED_AFTER_MS } from './unasked.js';
import { Witness } from './witness.js';

const NAME = 'w.example/1';
const log = new GoldenLog();
const signer = SigningKey.generate();
const key: VerifierKey = { name: NAME, type: 0x04, publicKey: signer.publicKey };

const proofOf = (from: number, to: number): readonly Uint8Array[] =>
  consistencySteps(from, to).map((step) =>
    rootOver(step.map(({ level, index }) => log.subtree(level, index))),
  );
const bodyOf = (from: number, to: number): string =>
  formatAddCheckpoint(from, proofOf(from, to), log.checkpoint(to));
/** A checkpoint of the golden log with another root, which its key signed as well. */
const otherOf = (size: number): string => {
  const head = { size, root: sha256('another story') };
  return formatCheckpoint(log.key, head, signatureBy(PRODUCER, checkpointText(log.key.name, head)));
};
const shown = (answer: CosignerAnswer): string =>
  answer.status === 200 ? '200' : answer.status === 409 ? `409 ${answer.size}` : String(answer.status);

interface Parts {
  readonly storage: NodeStorage;
  readonly heads?: CosignedHeads;
  readonly logs?: readonly VerifierKey[];
  readonly upstreams?: readonly string[];
  readonly clock?: ManualClock;
  readonly pull?: () => void;
  readonly events?: NodeEvents;
}

async function witnessOn({ storage, ...given }: Parts) {
  const { clock = new ManualClock(), events = new NodeEvents(), heads = storage.cosigned } = given;
  const failures: unknown[] = [];
  const fail = (error: unknown): void => void failures.push(error);
  const logs = new KnownLogs(storage.store, given.logs ?? [log.key], key.publicKey);
  const cosignatures = new Cosignatures({ policy: undefined, own: key }, events);
  const cosigner = new Cosigner({ key, signer, heads, clock, fail });
  const recovery = new Recovery({
    key,
    logs,
    heads,
    upstreams: given.upstreams ?? [],
    nodes: storage.nodes,
    clock: SYSTEM_CLOCK,
    fail,
  });
  const broken: Fault[] = [];
  const isFollowed = (): boolean => broken.length === 0;
  const breakChain = (_chain: Hash, fault: Fault): void => void broken.push(fault);
  const { faults, store } = storage;
  const convictions = await Convictions.read({ faults, store, events, clock, complain: () => undefined });
  convictions.onFrozen(({ id }, { fault }) => breakChain(id, fault));
  const equivocations = new Equivocations({ convictions, faults, events, clock, breakChain });
  const asked = { logs, heads, cosigner, recovery, equivocations, events, clock, isFollowed };
  const shared = { ...asked, key, cosignatures, fail };
  const puller = { pull: given.pull ?? (() => undefined) };
  return {
    witness: new Witness({ ...asked, puller }),
    unasked: new Unasked(shared),
    heads,
    clock,
    events,
    failures,
    broken,
  };
}

beforeAll(() => Logger.overrideLogger(false));
afterAll(removeTemporary);

describe('for a log that the operator lists', () => {
  let storage: Storage;
  beforeEach(async () => {
    storage = await openStorage(path.join(temporaryFolder(), 'witness.db'), 'follower');
  });
  afterEach(() => storage.close());

  it('answers with a cosignature, after which no smaller tree and no other root is cosigned', async () => {
    const { witness, heads } = await witnessOn({ storage });
    const answer = await witness.answer(bodyOf(0, 3));
    const text = checkpointText(log.key.name, { size: 3, root: log.root(3) });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    expect(typeof readCosignatures(formatSignatureLine(answer.cosignature), [key], text)).toBe('object');
    expect(heads.last(log.key.name)).toEqual({ size: 3, root: log.root(3) });
    expect(shown(await witness.answer(bodyOf(0, 2)))).toBe('409 3');
    expect(shown(await witness.answer(formatAddCheckpoint(3, [], otherOf(3))))).toBe('422');
    expect(shown(await witness.answer(bodyOf(3, 3)))).toBe('200');
    expect(shown(await witness.answer(bodyOf(3, 4)))).toBe('200');
    expect(heads.last(log.key.name)?.size).toBe(4);
  });

  it('answers 400, 403 and 404 as the standard says', async () => {
    const { witness } = await witnessOn({ storage });
    expect(shown(await witness.answer('old 1'))).toBe('400');
    expect(shown(await witness.answer(formatAddCheckpoint(5, [], log.checkpoint(4))))).toBe('400');
    expect(shown(await witness.answer(bodyOf(0, 4).replace('gXcIPIB', 'gXcIPIC')))).toBe('403');
    const { witness: stranger } = await witnessOn({ storage, logs: [] });
    expect(shown(await stranger.answer(bodyOf(0, 4)))).toBe('404');
  });

  it('answers who asks at once as if they asked one after another, in one commit', async () => {
    const steps: (readonly CosignedStep[])[] = [];
    const heads: CosignedHeads = {
      last: (origin) => storage.cosigned.last(origin),
      advance: (each) => {
        steps.push(each);
        storage.cosigned.advance(each);
      },
    };
    const { witness } = await witnessOn({ storage, heads });
    const bodies = [bodyOf(0, 2), bodyOf(0, 4), bodyOf(2, 3), bodyOf(0, 4)];
    const answers = await Promise.all(bodies.map((body) => witness.answer(body)));
    // What was cosigned last is looked at twice; those that fail the second time know the size of the first two.
    expect(answers.map(shown)).toEqual(['200', '409 2', '409 0', '409 2']);
    expect(steps).toHaveLength(1);
    expect(storage.cosigned.last(log.key.name)?.size).toBe(2);
  });

  it.each([
    ['failed', false],
    ['failed, but is on disk', true],
  ])('never answers with a cosignature where the commit %s', async (_what, persists) => {
    const failure = persists ? new FatalError('unknown') : new Unavailable('DISK_FULL', 'full', 1);
    let fails = true;
    const heads: CosignedHeads = {
      last: (origin) => storage.cosigned.last(origin),
      advance: (steps) => {
        if (persists || !fails) storage.cosigned.advance(steps);
        if (fails) throw failure;
      },
    };
    const { witness, failures } = await witnessOn({ storage, heads });
    await expect(witness.answer(bodyOf(0, 3))).rejects.toBe(failure);
    expect(failures).toEqual(persists ? [failure] : []);
    fails = false;
    // After the next start the log is told the size, where it is on disk, and goes on from there.
    expect(shown(await witness.answer(bodyOf(0, 4)))).toBe(persists ? '409 3' : '200');
    expect(shown(await witness.answer(bodyOf(persists ? 3 : 4, 4)))).toBe('200');
  });

  it('stops when another process moved what was cosigned last', async () => {
    const stale: CosignedHeads = {
      last: () => undefined,
      advance: (steps) => storage.cosigned.advance(steps),
    };
    storage.cosigned.advance([{ origin: log.key.name, from: undefined, to: { size: 4, root: log.root(4) } }]);
    const { witness, failures } = await witnessOn({ storage, heads: stale });
    await expect(witness.answer(bodyOf(0, 3))).rejects.toBeInstanceOf(FatalError);
    expect(failures).toHaveLength(1);
    expect(storage.cosigned.last(log.key.name)?.size).toBe(4);
  });

  it('makes its key at the first start, keeps it, and refuses one that is used for a log', () => {
    const keyFile = path.join(temporaryFolder(), 'w.pem');
    const config = { name: NAME, keyFile, logs: [] };
    const { identity } = openWitness(config, storage);
    expect(openWitness(config, storage).identity).toEqual(identity);
    const own = SigningKey.read(keyFile) as SigningKey;
    const listed: VerifierKey = { name: 'log.example', type: 0x01, publicKey: own.publicKey };
    expect(() => openWitness({ ...config, logs: [listed] }, storage)).toThrow(OperatorError);
  });
});

describe('for a chain that this node follows', () => {
  let upstream: TestHttp;
  let follower: TestFollower;
  let url: string;
  beforeEach(async () => {
    upstream = await startTestHttp();
    await upstream.app.listen(0, '127.0.0.1');
    url = await upstream.app.getUrl();
    follower = await startTestFollower(path.join(temporaryFolder(), 'follower.db'), url);
    await follower.round();
  });
  afterEach(async () => {
    await follower.close();
    await upstream.close();
  });

  const seal = async (...nonces: string[]): Promise<void> => {
    for (const nonce of nonces) await upstream.producer.transfer({ nonce });
    await upstream.producer.token.seal();
  };
  const theirs = (): AnyChainStore => upstream.producer.tokenStore;
  const ours = (): AnyChainStore => follower.store.store(theirs().chain.id) as AnyChainStore;
  const request = (old: number, size?: number): string => {
    const signed = theirs().signedHead(size);
    if (signed === undefined) throw new Error('no checkpoint');
    const proof = theirs().tree.hashes(consistencySteps(old, signed.header.treeSize));
    return formatAddCheckpoint(old, proof, checkpointOf(theirs(), signed));
  };

  it('cosigns what is verified and stored, and pulls what is not here yet', async () => {
    await seal('a', 'b');
    const events = new NodeEvents();
    const pull = (): void =>
      void follower
        .round()
        .then(() => events.emit({ type: 'block', chain: ours().chain, header: ours().head().header }));
    const { witness } = await witnessOn({ storage: follower.storage, events, pull });
    expect(ours().head().header.treeSize).toBe(0);
    expect(shown(await witness.answer(request(0)))).toBe('200');
    expect(ours().head().header.treeSize).toBe(2);
  });

  it('answers 503 after five seconds without the block, and then cosigned nothing', async () => {
    await seal('a');
    const clock = new ManualClock();
    const { witness, heads } = await witnessOn({
      storage: follower.storage,
      clock,
      pull: () => clock.pass(5_000),
    });
    await expect(witness.answer(request(0))).rejects.toMatchObject({
      code: 'NOT_SYNCED',
      retryAfterSeconds: 1,
    });
    expect(heads.last(`bpsc/${ours().chain.id}`)).toBeUndefined();
  });

  it('does not cosign by its own cosignature what it has not cosigned since, on a restored backup', async () => {
    await seal('a', 'b', 'c');
    await follower.round();
    const { witness } = await witnessOn({ storage: follower.storage });
    const before = await witness.answer(request(0));
    if (before.status !== 200) throw new Error(JSON.stringify(before));
    // The producer serves it; the database of the witness forgets it.
    const signed = theirs().signedHead();
    const checkpoint = parseCheckpoint(signed === undefined ? '' : checkpointOf(theirs(), signed));
    if (typeof checkpoint === 'string') throw new Error(checkpoint);
    const known = new Cosignatures({ policy: undefined, own: key }, new NodeEvents());
    expect(known.take(theirs(), checkpoint, [before.cosignature])).toBeUndefined();
    const restored = await startTestFollower(path.join(temporaryFolder(), 'restored.db'), url);
    try {
      await restored.round();
      const again = await witnessOn({ storage: restored.storage, upstreams: [url] });
      expect(shown(await again.witness.answer(request(0)))).toBe('409 3');
      expect(again.heads.last(checkpoint.origin)).toEqual({ size: 3, root: checkpoint.root });
    } finally {
      await restored.close();
    }
  });

  it('cosigns a head that nobody asks for after two seconds, once, and serves it', async () => {
    await seal('a');
    await follower.round();
    const { unasked, clock, heads, failures } = await witnessOn({ storage: follower.storage });
    unasked.onApplicationBootstrap();
    clock.pass(UNASKED_AFTER_MS - 1);
    expect(ours().cosignedSizes()).toEqual([]);
    clock.pass(1);
    await until(() => ours().cosignedSizes().length > 0);
    expect(heads.last(`bpsc/${theirs().chain.id}`)?.size).toBe(1);
    const signed = ours().signedHead();
    expect(signed && checkpointOf(ours(), signed)).toContain(`\n— ${NAME} `);
    unasked.onModuleDestroy();
    expect(failures).toEqual([]);
    expect(clock.waiting).toEqual([]);
  });

  it('keeps the evidence of a root that is not that of its block, and cosigns nothing more of the chain', async () => {
    await seal('a');
    await seal('b');
    await follower.round();
    const { witness, heads, broken } = await witnessOn({ storage: follower.storage });
    const { id } = theirs().chain as { id: Hash };
    const producer = SigningKey.read(upstream.producer.config.keyFile) as SigningKey;
    const logKey: VerifierKey = { name: `bpsc/${id}`, type: 0x01, publicKey: producer.publicKey };
    for (const size of [1, 2]) {
      const head = { size, root: sha256('another story') };
      const signature = producer.sign(checkpointText(`bpsc/${id}`, head));
      const body = formatAddCheckpoint(0, [], formatCheckpoint(logKey, head, signature));
      // The second one finds a chain that is not followed any more.
      expect(shown(await witness.answer(body))).toBe(size === 1 ? '422' : '403');
    }
    expect(heads.last(`bpsc/${id}`)).toBeUndefined();
    expect(broken).toMatchObject([{ fault: 'FORKED', index: 2, field: 'tree_root' }]);
    const [record] = await follower.faults();
    expect(record).toMatchObject({ fault: 'FORKED', upstream: 'POST /add-checkpoint', chain: 'aka' });
    expect(judgeEvidence(record?.evidence ?? '')).toMatchObject({ chain: id, producer: producer.publicKey });
    expect(shown(await witness.answer(request(0)))).toBe('403');
  });
});

/** Turns of the event loop until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turns = 0; !isSo() && turns < 1000; turns++) await new Promise((resolve) => setImmediate(resolve));
}
