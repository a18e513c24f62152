import { readFileSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../test/support/test-producer.js';
import type { Hash } from '../chain/bytes/bytes.js';
import { run } from '../cli/testing/test-io.js';
import type { StoredEntry } from '../ledger/chain-store.js';
import { placedInformationText } from '../http/entries/information-list.js';
import type { Accepted, Outcome } from './accept/intake.js';

const SECRET = 'a person called Ada, born 1815';

let folder: string;
let node: TestProducer;
beforeEach(async () => {
  folder = temporaryFolder();
  node = await startTestProducer(folder, { BLOCK_MAX_ENTRIES: '' });
});
afterEach(() => node.close());
afterAll(removeTemporary);

const entryOf = async (outcome: Promise<Outcome>): Promise<StoredEntry> =>
  ((await outcome) as Accepted).entry;
const record = async (information: unknown = SECRET): Promise<Hash> =>
  (await entryOf(node.inform(information))).id;
const shown = (id: Hash): Record<string, unknown> => {
  const { informationStore: store } = node;
  const sealed = store.head().header.treeSize;
  const text = placedInformationText(store, store.entryById(id)!, { sealed, witnessed: undefined });
  return JSON.parse(text) as Record<string, unknown>;
};
const filesHold = (text: string | Buffer): boolean[] =>
  ['', '-wal', '-shm'].map((end) => readFileSync(`${node.config.databaseFile}${end}`).includes(text));
const verify = async (): Promise<string> => (await run(['verify', '-q', node.config.databaseFile])).stdout;

describe('an erasure', () => {
  it('takes the content with its seal, not before, from the database and its files', async () => {
    const id = await record();
    await record('another');
    await node.information.seal();
    const erasure = await entryOf(node.erase(id, 'asked for'));
    expect(erasure).toMatchObject({ sequence: 2, block: 3 });
    expect(shown(id)).toMatchObject({ information: SECRET, erasure: { id: erasure.id, status: 'pending' } });
    expect(filesHold(SECRET)).toContain(true);
    const { salt } = node.informationStore.entryById(id)!.content!;
    await node.information.seal();
    expect(shown(id)).toEqual({
      id,
      type: 'information',
      information_hash: expect.any(String),
      nonce: expect.any(String),
      timestamp: expect.any(Number),
      erased: true,
      sequence: 0,
      block: 2,
      status: 'sealed',
      level: 'sealed',
      erasure: {
        id: erasure.id,
        reason: 'asked for',
        timestamp: node.clock.now(),
        block: 3,
        status: 'sealed',
      },
    });
    expect(shown(erasure.id)).toMatchObject({
      type: 'erasure',
      erases: id,
      reason: 'asked for',
      status: 'sealed',
    });
    expect(shown(erasure.id)).not.toHaveProperty('erased');
    const wire = new TextDecoder().decode(node.informationStore.entriesOnWire(0, 3));
    expect(JSON.parse(`[${wire}]`)).toMatchObject([
      { erased: true },
      { information: 'another' },
      { erases: id },
    ]);
    expect(node.store.scrub()).toBe(true);
    expect(filesHold(SECRET)).toEqual([false, false, false]);
    expect(filesHold(Buffer.from(salt, 'hex'))).toEqual([false, false, false]);
    expect(await verify()).toMatch(/erased +1 record, each by a sealed erasure/);
    expect(node.informationStore.erasedBetween(2, 3)).toEqual([0]);
  });

  it('may erase a record that waits for the same block', async () => {
    const id = await record();
    await node.erase(id);
    await node.information.seal();
    expect(shown(id)).toMatchObject({ erased: true, block: 2, erasure: { block: 2, status: 'sealed' } });
    expect(await verify()).toMatch(/^OK: /m);
  });

  it.each<[string, (id: Hash) => Promise<Hash>, string]>([
    ['a record that is not there', () => Promise.resolve('ab'.repeat(32) as Hash), 'ERASURE_UNKNOWN'],
    [
      'a record whose erasure waits',
      async (id) => {
        await node.erase(id);
        return id;
      },
      'ERASURE_REPEATED',
    ],
    [
      'a record that is erased',
      async (id) => {
        await node.erase(id);
        await node.information.seal();
        return id;
      },
      'ERASURE_REPEATED',
    ],
    ['an erasure', async (id) => (await entryOf(node.erase(id))).id, 'ERASURE_OF_ERASURE'],
  ])('of %s is refused', async (_name, target, code) => {
    expect(await node.erase(await target(await record()))).toMatchObject({ code, field: 'id' });
  });

  it('is one of two that come together', async () => {
    const id = await record();
    const outcomes = await Promise.all([node.erase(id), node.erase(id)]);
    expect(outcomes).toMatchObject([{ repeated: false }, { code: 'ERASURE_REPEATED' }]);
  });

  it('is answered again under its nonce, and a nonce is not used for another', async () => {
    const id = await record();
    const first = await node.erase(id, 'why', 'n');
    expect(await node.erase(id, 'why', 'n')).toEqual({ ...first, repeated: true });
    expect(await node.erase(id, 'why not', 'n')).toMatchObject({ code: 'NONCE_REUSED' });
  });

  it('is found again after a restart, and leaves nothing in the log of writes that a crash left', async () => {
    const id = await record();
    await node.erase(id);
    await node.information.seal();
    await node.close();
    node = await startTestProducer(folder, { BLOCK_MAX_ENTRIES: '' });
    expect(shown(id)).toMatchObject({ erased: true, erasure: { status: 'sealed' } });
    expect(await node.erase(id)).toMatchObject({ code: 'ERASURE_REPEATED' });
    expect(node.store.scrub()).toBe(true);
    expect(filesHold(SECRET)).toEqual([false, false, false]);
  });

  it('waits with the log of writes while another program reads', async () => {
    const id = await record();
    await node.information.seal();
    const reader = new Database(node.config.databaseFile, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM information').get();
    await node.erase(id);
    await node.information.seal();
    expect(node.store.scrub()).toBe(false);
    reader.close();
    expect(node.store.scrub()).toBe(true);
    expect(filesHold(SECRET)).toEqual([false, false, false]);
  });

  it.each([
    [
      'the content put back',
      `UPDATE information SET information = '"x"', salt = zeroblob(16) WHERE sequence = 0`,
    ],
    ['no row of the erasure', 'DELETE FROM erasure'],
    ['another record as erased', 'UPDATE erasure SET record = 1'],
    ['a record said to be without content', 'INSERT INTO withheld VALUES (1)'],
    ['a salt as text', `UPDATE information SET salt = 'text' WHERE sequence = 1`],
  ])('is compared with what is stored: %s', async (_name, sql) => {
    const id = await record();
    await record('another');
    await node.erase(id);
    await node.information.seal();
    const db = new Database(node.config.databaseFile);
    db.exec(sql);
    db.close();
    expect(await verify()).toMatch(/is NOT valid/);
  });

  it('is not what a damaged row is taken for', async () => {
    await record();
    await node.information.seal();
    const db = new Database(node.config.databaseFile);
    db.exec(`UPDATE information SET salt = 'text'`);
    db.close();
    expect(() => node.informationStore.entriesOnWire(0, 1)).toThrow(/some are not stored, or damaged/);
    expect(() => node.informationStore.entries(0, 1, 1)).toThrow(/holds something else/);
    rmSync(folder, { recursive: true, force: true });
  });
});
