/** A record is erased on a producer and its follower: from all that they serve, and from their files, also after they are killed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runCli } from '../support/cli.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startNode,
  until,
  type NodeProcess,
} from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

type Wire = Record<string, unknown>;

const SECRET = 'Ada-Lovelace-born-1815';
const folders = [temporaryFolder(), temporaryFolder()] as const;
let producer: NodeProcess;
let follower: NodeProcess;

const databaseOf = (folder: string): string => path.join(folder, 'follower.db');
const startProducer = (port = '0'): Promise<NodeProcess> =>
  startNode({ ...producerIn(folders[0]), PORT: port });
const startFollower = (): Promise<NodeProcess> =>
  startNode({ ...followerIn(folders[1], producer.url), DATABASE_URL: `file:${databaseOf(folders[1])}` });

beforeAll(async () => {
  producer = await startProducer();
  follower = await startFollower();
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

/** The files of both nodes that hold a text. */
function holding(text: string): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder).filter((file) => readFileSync(path.join(folder, file)).includes(text)),
  );
}

async function record(information: unknown): Promise<string> {
  const { status, body } = await call(`${producer.url}/information/new`, { information });
  expect(status).toBe(201);
  return body.id as string;
}

async function seal(): Promise<number> {
  return (await call(`${producer.url}/information/mine`, {})).body.index as number;
}

const shown = async ({ url }: NodeProcess, id: string): Promise<Wire> =>
  (await call(`${url}/information/${id}`)).body;
const isErased = async (node: NodeProcess, id: string): Promise<boolean> =>
  (await shown(node, id)).erased === true;

it('is gone from both nodes and their files once the erasure is sealed and pulled', async () => {
  const id = await record({ person: SECRET });
  await record('stays');
  await seal();
  await until(async () => (await shown(follower, id)).status === 'sealed');
  expect(holding(SECRET)).not.toEqual([]);

  const { code, stdout } = await runCli(['erase', producer.url, id, '--reason', 'asked for']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^The record will be erased with block 3: erasure [0-9a-f]{64}\n$/),
  ]);
  const again = await runCli(['erase', producer.url, id]);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('ERASURE_REPEATED')]);
  const unknown = await call(`${producer.url}/information/${'ab'.repeat(32)}/erase`, {});
  expect([unknown.status, unknown.body.code]).toEqual([404, 'NOT_FOUND']);
  expect(await shown(producer, id)).toMatchObject({
    information: { person: SECRET },
    erasure: { status: 'pending' },
  });

  await seal();
  await until(() => isErased(follower, id));
  for (const node of [producer, follower]) {
    expect(await shown(node, id)).toMatchObject({
      erased: true,
      erasure: { reason: 'asked for', status: 'sealed', block: 3 },
    });
    for (const at of [
      '/chain2',
      '/information',
      '/chains/information/blocks/2',
      `/chains/information/blocks/3`,
    ]) {
      expect(JSON.stringify((await call(`${node.url}${at}`)).body)).not.toContain(SECRET);
    }
    const verified = await runCli(['verify', '-q', node.url]);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining('1 record, each by a sealed erasure'),
    ]);
  }
  const receipt = await runCli(['receipt', follower.url, id]);
  expect([receipt.code, receipt.stderr]).toEqual([
    0,
    expect.stringMatching(
      /^The record was erased on 2\d{3}-[^,]+, reason: asked for\. The receipt proves its hash\.\n$/,
    ),
  ]);
  await until(() => holding(SECRET).length === 0);
  expect(producer.output() + follower.output()).not.toContain(SECRET);
});

it('stays gone when the nodes are killed in the middle', async () => {
  const id = await record({ person: `${SECRET}-again` });
  await seal();
  await until(async () => (await shown(follower, id)).status === 'sealed');
  expect((await call(`${producer.url}/information/${id}/erase`, { nonce: 'n' })).status).toBe(201);
  await Promise.all([seal(), until(() => isErased(follower, id))]);
  await Promise.all([producer.stop('SIGKILL'), follower.stop('SIGKILL')]);
  producer = await startProducer(new URL(producer.url).port);
  follower = await startFollower();
  expect((await call(`${producer.url}/information/${id}/erase`, { nonce: 'n' })).status).toBe(200);
  await until(() => isErased(follower, id));
  await until(() => holding(SECRET).length === 0);

  const late = await startNode(followerIn(temporaryFolder(), producer.url));
  await until(async () => (await shown(late, id)).status === 'sealed');
  expect((await call(`${late.url}/faults`)).body).toMatchObject({ faults: [] });
  const database = await runCli(['verify', '-q', databaseOf(folders[1])]);
  expect([database.code, database.stdout]).toEqual([
    0,
    expect.stringContaining('2 records, each by a sealed erasure'),
  ]);
});
