/** A producer on an older copy of its database, with others that know more: it must not sign anything. */
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { COSIGNER } from '../../../test/support/golden-log.js';
import { firstOf } from '../../../test/support/first-of.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { producerConfig, startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { contractText } from '../../chain/contract/contract.js';
import { FatalError, OperatorError } from '../../ledger/errors.js';
import { openStorage } from '../../storage/sqlite/database.js';
import { parsePolicy, type Policy } from '../../chain/note/policy.js';
import { formatVerifierKey } from '../../chain/note/verifier-key.js';
import { headerOnWire } from '../seal/wire-block.js';
import { CheckpointFile } from './checkpoint-file.js';
import { refuseRestoredBackup, type Asked } from './restored-backup.js';

let folder: string;
let servers: Server[];
beforeEach(() => {
  folder = temporaryFolder();
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
});
afterAll(removeTemporary);

const file = (): string => path.join(folder, 'checkpoints');
const database = (): string => path.join(folder, 'producer.db');
const backup = (): string => path.join(folder, 'backup.db');

async function backUp(node: TestProducer): Promise<void> {
  await node.close();
  copyFileSync(database(), backup());
}

function restore(): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${database()}${suffix}`, { force: true });
  copyFileSync(backup(), database());
}

/** What a start does before it signs. */
async function check(
  nodes: readonly string[] = [],
  checkpoints?: CheckpointFile,
  policy?: Policy,
): Promise<Asked> {
  const config = producerConfig(folder);
  const storage = await openStorage(config.databaseFile, 'producer');
  try {
    await storage.nodes.register(nodes, 1);
    const { store, nodes: registry, faults } = storage;
    const { databaseFile } = config;
    const clock = new ManualClock();
    return await refuseRestoredBackup({
      databaseFile,
      store,
      nodes: registry,
      faults,
      policy,
      checkpoints,
      clock,
    });
  } finally {
    await storage.close();
  }
}

const messageOf = async (checked: Promise<Asked>): Promise<string> => {
  const error = await checked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OperatorError);
  return (error as Error).message;
};

/** A node that shows these heads of the token chain. */
async function nodeWith(producer: TestProducer, head: Record<string, unknown>): Promise<string> {
  const { chain } = producer.tokenStore;
  const shown = {
    id: chain.id,
    name: chain.name,
    kind: 'token',
    contract: JSON.parse(contractText(chain.contract)) as unknown,
    head,
  };
  return listen(JSON.stringify({ role: 'follower', chains: [shown] }));
}

async function listen(answer: string): Promise<string> {
  const server = createServer((_request, response) => response.end(answer));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the checkpoint file', () => {
  const env = (): Record<string, string> => ({ CHECKPOINT_FILE: file() });

  it('has the last header of each chain as soon as it is sealed, and after a start', async () => {
    const node = await startTestProducer(folder, env());
    const heads = () => node.store.stores().map((each) => each.head().header);
    expect(new CheckpointFile(file()).read()).toEqual(heads());
    await node.token.seal();
    expect(new CheckpointFile(file()).read()).toEqual(heads());
    await node.close();
    // A crash between the commit and the copy.
    writeFileSync(file(), readFileSync(file(), 'utf8').split('\n')[1] as string);
    const again = await startTestProducer(folder, env());
    expect(new CheckpointFile(file()).read()).toEqual(again.store.stores().map((each) => each.head().header));
    await again.close();
  });

  it('refuses a database that is behind it, and says by how many blocks', async () => {
    const node = await startTestProducer(folder, env());
    await backUp(node);
    const later = await startTestProducer(folder, env());
    for (let block = 0; block < 3; block++) await later.token.seal();
    await later.information.seal();
    await later.close();
    expect(await check([], new CheckpointFile(file()))).toEqual({ nodes: 0, answered: 0 });
    restore();
    expect(await messageOf(check([], new CheckpointFile(file())))).toBe(
      `the database ${database()} is an older copy of itself: aka is 3 blocks behind, at block 1, while ${file()} has ` +
        `block 4 with this producer’s signature; information is 1 block behind, at block 1, while ${file()} has block 2 ` +
        'with this producer’s signature. Nothing was signed. Restore the newest backup, or continue from a follower’s ' +
        'database: docs/operations.md, “An old backup of a producer”',
    );
  });

  it('refuses a database with another block at the same place', async () => {
    const node = await startTestProducer(folder, env());
    await backUp(node);
    const first = await startTestProducer(folder, env());
    await first.token.seal();
    await first.close();
    restore();
    const clock = new ManualClock();
    clock.time += 1000;
    const second = await startTestProducer(folder, {}, { clock });
    await second.token.seal();
    await second.token.seal();
    await second.close();
    expect(await messageOf(check([], new CheckpointFile(file())))).toContain(
      `${file()} has another block 2 of aka with this producer’s signature`,
    );
  });

  it.each([
    ['nonsense\n', /^line 1 of the checkpoint file .* is not JSON: restore the file, or delete it/],
    ['{}\n', /^line 1 of the checkpoint file .* must be a sealed header: header, hash and signature/],
  ])('refuses a file with %j', async (text, message) => {
    await (await startTestProducer(folder, env())).close();
    writeFileSync(file(), text);
    expect(await messageOf(check([], new CheckpointFile(file())))).toMatch(message);
  });

  it('refuses a file of another database, and a header that its producer did not sign', async () => {
    await (await startTestProducer(folder, env())).close();
    const other = temporaryFolder();
    await (await startTestProducer(other, { CHECKPOINT_FILE: path.join(other, 'checkpoints') })).close();
    const of = (at: string): string => readFileSync(path.join(at, 'checkpoints'), 'utf8');
    expect(await messageOf(check([], new CheckpointFile(path.join(other, 'checkpoints'))))).toMatch(
      /^the checkpoint file .* has block 1 of the chain [0-9a-f]{64}, which .* does not have: restore the newest backup/,
    );
    writeFileSync(file(), of(folder).replace(/"index":1/, '"index":9'));
    expect(await messageOf(check([], new CheckpointFile(file())))).toMatch(
      / has a block of aka that its producer did not sign: restore the file, or delete it to continue without it$/,
    );
  });

  it('stops the process where it can’t be written: the block must not be announced', async () => {
    const target = path.join(folder, 'volume', 'checkpoints');
    const start = startTestProducer(folder, { CHECKPOINT_FILE: target });
    await expect(start).rejects.toThrow(
      /^the checkpoint file .* \(CHECKPOINT_FILE\) cannot be written: ENOENT/,
    );
    const node = await startTestProducer(temporaryFolder(), { CHECKPOINT_FILE: file() });
    rmSync(folder, { recursive: true });
    await expect(node.token.seal()).rejects.toBeInstanceOf(FatalError);
    expect([node.failures.length, node.sealed]).toEqual([1, []]);
    await node.close();
  });
});

describe('the registered nodes', () => {
  it('refuse a database that is behind one of them', async () => {
    const node = await startTestProducer(folder);
    await backUp(node);
    const later = await startTestProducer(folder);
    await later.token.seal();
    const url = await nodeWith(later, headerOnWire(await later.token.seal()));
    await later.close();
    expect(await check([url])).toEqual({ nodes: 1, answered: 1 });
    restore();
    expect(await messageOf(check(['http://127.0.0.1:1', url]))).toContain(
      `aka is 2 blocks behind, at block 1, while ${url} has block 3 with this producer’s signature`,
    );
  });

  it('are joined by the witnesses of the policy', async () => {
    const node = await startTestProducer(folder);
    await backUp(node);
    const later = await startTestProducer(folder);
    const url = await nodeWith(later, headerOnWire(await later.token.seal()));
    await later.close();
    restore();
    const { witnesses, ...policy } = parsePolicy(
      `witness w ${formatVerifierKey(COSIGNER.key)} ${url}\nquorum w\n`,
    ) as Policy;
    expect(await messageOf(check([], undefined, { witnesses, ...policy }))).toContain(
      `aka is 1 block behind, at block 1, while ${url} has block 2 with this producer’s signature`,
    );
    expect(await check([], undefined, { witnesses: [], ...policy })).toEqual({ nodes: 0, answered: 0 });
  });

  it('count for nothing if they answer nonsense, or what this producer did not sign', async () => {
    const node = await startTestProducer(folder);
    const head = firstOf(node.store, 'token').head().header;
    const forged = await nodeWith(node, { ...headerOnWire(head), index: 9 });
    const nonsense = await listen('{"role":"emperor"}');
    await node.close();
    expect(await check([forged, nonsense, 'http://127.0.0.1:1'])).toEqual({ nodes: 3, answered: 1 });
  });

  it('are not waited for longer than some seconds', async () => {
    await (await startTestProducer(folder)).close();
    const silent = createServer(() => undefined);
    servers.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const config = producerConfig(folder);
    const storage = await openStorage(config.databaseFile, 'producer');
    await storage.nodes.register([url], 1);
    const clock = new ManualClock();
    const asked = refuseRestoredBackup({
      databaseFile: config.databaseFile,
      store: storage.store,
      nodes: storage.nodes,
      faults: storage.faults,
      policy: undefined,
      checkpoints: undefined,
      clock,
    });
    await new Promise((resolve) => silent.once('request', resolve));
    clock.pass(5000);
    expect(await asked).toEqual({ nodes: 1, answered: 0 });
    silent.closeAllConnections();
    await storage.close();
  });
});

it('a start writes to the database before it serves: an earlier process may not have flushed its last block', async () => {
  await (await startTestProducer(folder)).close();
  const storage = await openStorage(database(), 'producer');
  const log = `${database()}-wal`;
  const before = existsSync(log) ? readFileSync(log).length : 0;
  storage.store.settle();
  expect(readFileSync(log).length).toBeGreaterThan(before);
  await storage.close();
});
