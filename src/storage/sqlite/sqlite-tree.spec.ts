import Database from 'better-sqlite3';
import { firstOf } from '../../../test/support/first-of.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { fromHex, toHex } from '../../chain/bytes/bytes.js';
import { checkpointKey, formatCheckpoint, parseCheckpoint, treeHead } from '../../chain/note/checkpoint.js';
import { verifyNote } from '../../chain/note/signed-note.js';
import {
  consistencySteps,
  inclusionSteps,
  rootOver,
  rootStep,
  verifyConsistency,
  verifyInclusion,
} from '../../chain/tree/proofs.js';
import { Frontier } from '../../chain/tree/tree.js';
import type { TokenChainStore } from '../../ledger/chain-store.js';
import { run } from '../../cli/testing/test-io.js';

/** Three blocks; more than two spans of 256, and some entries that wait. */
const SIZES = [300, 300, 700] as const;
const WAITING = 70;

let node: TestProducer;
let store: TokenChainStore;
let sound: string;
const folder = temporaryFolder();

const transfers = (count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, () => node.transfer({})));

beforeAll(async () => {
  node = await startTestProducer(folder);
  for (const [at, size] of SIZES.entries()) {
    await transfers(size - (SIZES[at - 1] ?? 0));
    await node.token.seal();
  }
  await transfers(WAITING);
  store = firstOf(node.store, 'token');
  sound = node.config.databaseFile;
});
afterAll(async () => {
  await node.close();
  removeTemporary();
});

const ids = (): readonly Uint8Array[] => store.entries(0, 10_000, 10_000).map(({ id }) => fromHex(id));
function rootOf(size: number): Uint8Array {
  const tree = Frontier.empty();
  for (const id of ids().slice(0, size)) tree.append(id);
  return tree.root();
}

describe('the stored tree', () => {
  it('has the root of every block', () => {
    for (const { treeSize, treeRoot } of store.headers(1, 100)) {
      const [root] = store.tree.hashes([rootStep(treeSize)]);
      expect([treeSize, toHex(root as Uint8Array)]).toEqual([treeSize, treeRoot]);
    }
  });

  it('gives proofs of trees of all kinds of sizes', () => {
    const all = ids();
    for (const size of [1, 17, 255, 256, 257, 300, 511, 512, 513, 700, 700 + WAITING]) {
      const head = { size, root: rootOf(size) };
      for (const index of new Set([0, 5, Math.floor(size / 2), size - 1].filter((at) => at < size))) {
        const proof = store.tree.hashes(inclusionSteps(index, size));
        expect(verifyInclusion(all[index] as Uint8Array, index, size, proof, head.root)).toBe(true);
      }
      for (const oldSize of [1, 200, 256, 300].filter((old) => old <= size)) {
        const old = { size: oldSize, root: rootOf(oldSize) };
        expect(verifyConsistency(old, head, store.tree.hashes(consistencySteps(oldSize, size)))).toBe(true);
      }
    }
  });

  it('gives leaf hashes, or says which are not there', () => {
    expect(toHex(store.leafHashes(3, 2))).toBe(
      [ids()[3], ids()[4]].map((id) => toHex(id as Uint8Array)).join(''),
    );
    expect(() => store.leafHashes(769, 2)).toThrow('of the entries 769 to 770 some are not stored');
  });

  it('is completed where an older version wrote the entries, and goes on', async () => {
    await node.close();
    const db = new Database(sound);
    db.exec('DELETE FROM subtree; UPDATE block SET checkpoint = NULL');
    db.close();
    node = await startTestProducer(folder);
    store = firstOf(node.store, 'token');
    const { header } = store.head();
    expect(store.signedHead()).toMatchObject({ header });
    expect(store.signedHead(300)).toBeUndefined();
    expect(toHex(rootOver(store.tree.hashes([rootStep(700)])))).toBe(header.treeRoot);
    await transfers(300);
    await node.token.seal();
    expect((await run(['verify', '-q', sound])).code).toBe(0);
  });
});

describe('a checkpoint', () => {
  it('is signed for each block, and found by its size: the last of those that share one', async () => {
    await node.token.seal();
    await node.token.seal();
    const { header } = store.head();
    const signed = store.signedHead();
    expect(signed?.header).toEqual(header);
    expect(store.signedHead(header.treeSize)).toEqual(signed);
    expect(store.signedHead(header.treeSize + 1)).toBeUndefined();
    const key = checkpointKey(store.chain.id, store.chain.contract.producer);
    const head = treeHead(header.treeSize, header.treeRoot);
    const note = parseCheckpoint(formatCheckpoint(key, head, signed!.checkpoint));
    expect(typeof note === 'string' ? note : verifyNote(note.note, [key])).toHaveLength(1);
  });

  it('is there for a chain’s first block', async () => {
    const information = firstOf(node.store, 'information');
    expect(information.signedHead(0)?.header.index).toBe(1);
  });
});

describe('bpsc verify', () => {
  it.each([
    ['another root of a subtree', `UPDATE subtree SET roots = zeroblob(544) WHERE "index" = 1`, 'subtree'],
    ['a subtree that is missing', `DELETE FROM subtree WHERE "index" = 0`, 'subtree'],
    [
      'a subtree of no chain',
      `INSERT INTO subtree SELECT 9, "index", roots FROM subtree LIMIT 1`,
      'subtrees',
    ],
    ['a subtree too many', `INSERT INTO subtree SELECT chain, 99, roots FROM subtree LIMIT 1`, 'subtrees'],
    [
      'another checkpoint',
      `UPDATE block SET checkpoint = signature WHERE chain = 1 AND "index" = 5`,
      'checkpoint',
    ],
  ])('finds %s', async (_what, sql, field) => {
    const copy = `${sound}-${field}.db`;
    const db = new Database(sound, { readonly: true });
    await db.backup(copy);
    db.close();
    const changed = new Database(copy);
    expect(changed.prepare(sql).run().changes).toBeGreaterThan(0);
    changed.close();
    const { code, stdout } = await run(['verify', '-q', '--json', copy]);
    expect(code).toBe(1);
    expect(stdout).toContain(`"field": "${field}"`);
  });
});
