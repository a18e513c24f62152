/** Two producers with the same names, a follower of both with a chain of its own, and a follower of that one, killed again and again. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
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

const folders: string[] = [];
let producers: NodeProcess[];
let middle: NodeProcess;
let last: NodeProcess;

const env = (place: number): Record<string, string> => producerIn(folders[place] as string);
const middleEnv = (): Record<string, string> => ({
  ...followerIn(folders[2] as string, producers.map(({ url }) => url).join(',')),
  DATABASE_URL: `file:${path.join(folders[2] as string, 'middle.db')}`,
  PRIVATE_CHAIN: 'notes',
  PRIVATE_CHAIN_KEY_FILE: path.join(folders[2] as string, 'notes.pem'),
  INFORMATION_BLOCK_INTERVAL_MS: '',
  INFORMATION_BLOCK_MAX_ENTRIES: '',
});
const lastEnv = (): Record<string, string> => ({
  ...followerIn(folders[3] as string, middle.url),
  DATABASE_URL: `file:${path.join(folders[3] as string, 'last.db')}`,
});

beforeAll(async () => {
  for (let i = 0; i < 4; i++) folders.push(temporaryFolder());
  producers = await Promise.all([startNode(env(0)), startNode(env(1))]);
  middle = await startNode(middleEnv());
  last = await startNode(lastEnv());
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

async function chainsOf({
  url,
}: NodeProcess): Promise<Record<string, { id: string; length: number; hash: unknown }>> {
  const { chains } = (await call(`${url}/chains`)).body as { chains: Wire[] };
  return Object.fromEntries(
    chains.map(({ name, id, length, head }) => [name, { id, length, hash: (head as Wire).hash }]),
  ) as Record<string, { id: string; length: number; hash: unknown }>;
}

/** A token transfer and its block on a producer. @returns the block's index */
async function transfer(producer: NodeProcess, nonce: string): Promise<number> {
  const body = { sender: 'alice', recipient: 'bob', amount: '10', nonce };
  expect((await call(`${producer.url}/transactions/new`, body)).status).toBe(201);
  return (await call(`${producer.url}/mine`)).body.index as number;
}

it('every node has every chain, each under a unique name, whichever node is killed in between', async () => {
  const ids = await Promise.all(
    producers.map(async (producer) => (await chainsOf(producer)).aka?.id as string),
  );
  const alias = `aka-${ids[1]?.slice(0, 8)}`;
  await until(async () => Object.keys(await chainsOf(middle)).length === 5);
  expect(await chainsOf(middle)).toMatchObject({ notes: {}, aka: { id: ids[0] }, [alias]: { id: ids[1] } });

  for (let round = 0; round < 3; round++) {
    const [first, second] = await Promise.all(producers.map((each) => transfer(each, `round-${round}`)));
    const record = { information: { round }, nonce: `round-${round}` };
    expect((await call(`${middle.url}/information/new`, record)).status).toBe(201);
    await middle.stop('SIGKILL');
    await (round % 2 === 0 ? last : (producers[0] as NodeProcess)).stop('SIGKILL');
    const port = new URL(middle.url).port;
    if (round % 2 === 1) {
      const at = new URL((producers[0] as NodeProcess).url).port;
      producers[0] = await startNode({ ...env(0), PORT: at });
    }
    middle = await startNode({ ...middleEnv(), PORT: port });
    if (round % 2 === 0) last = await startNode(lastEnv());
    // What was answered is there, once, and waits for its block.
    expect((await call(`${middle.url}/information/new`, record)).status).toBe(200);
    expect((await call(`${middle.url}/mine`)).body).toMatchObject({
      index: round + 2,
      information: [{ information: { round } }],
    });
    await until(async () => {
      const { aka, [alias]: other, notes } = await chainsOf(last);
      return aka?.length === first && other?.length === second && notes?.length === round + 2;
    });
  }
  expect(await chainsOf(last)).toEqual(await chainsOf(middle));
  for (const node of [middle, last]) {
    expect((await call(`${node.url}/health/ready`)).status).toBe(200);
    expect((await call(`${node.url}/faults`)).body).toEqual({ faults: [] });
  }
  const { status, body } = await call(`${last.url}/smart/chain?chain=${alias}`);
  expect([status, body.length]).toEqual([200, 4]);
  expect((await call(`${middle.url}/transactions/new`, {})).body.detail).toContain(producers[0]?.url);
  expect((await call(`${middle.url}/chains/${alias}/transactions`, {})).body.detail).toContain(
    producers[1]?.url,
  );
});

/** The files of this project that a node has loaded, as V8 counts what it ran. */
async function loadedBy(env: Record<string, string>): Promise<readonly string[]> {
  const folder = temporaryFolder();
  const node = await startNode({ ...env, NODE_V8_COVERAGE: folder });
  await node.stop();
  const files = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const urls = files.flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result);
  return urls.map(({ url }) => url).filter((url) => url.includes('/dist/'));
}

it('a follower loads what can seal only for a chain of its own', async () => {
  const follower = followerIn(temporaryFolder(), producers[0]?.url as string);
  const ofProducer = (files: readonly string[]): readonly string[] =>
    files.filter((url) => url.includes('/producer/'));
  const loaded = await loadedBy(follower);
  expect(loaded.some((url) => url.endsWith('/follower/start-follower.js'))).toBe(true);
  expect(ofProducer(loaded)).toEqual([]);
  const key = path.join(temporaryFolder(), 'key.pem');
  const own = await loadedBy({ ...follower, PRIVATE_CHAIN: 'diary', PRIVATE_CHAIN_KEY_FILE: key });
  expect(ofProducer(own).some((url) => url.endsWith('/producer/private-chain.js'))).toBe(true);
});

it('a follower without a chain of its own has nothing that seals', async () => {
  expect((await call(`${last.url}/information/new`, { information: 1 })).status).toBe(404);
  expect((await call(`${last.url}/mine`)).status).toBe(404);
});
