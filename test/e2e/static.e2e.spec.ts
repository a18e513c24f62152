import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runCli } from '../support/cli.js';
import { call, followerIn, killNodes, producerIn, startNode, until } from '../support/node-process.js';
import { readStatic } from '../support/static-folder.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

afterEach(killNodes);
afterAll(removeTemporary);

const transfer = (url: string): Promise<unknown> =>
  call(`${url}/transactions/new`, { sender: 'alice', recipient: 'bob', amount: 1_000_000 });
const inform = (url: string): Promise<unknown> =>
  call(`${url}/information/new`, { information: { student: 'Ada' } });

/** Seals one transaction and one record. */
async function seal(url: string): Promise<void> {
  await transfer(url);
  await inform(url);
  await call(`${url}/mine`);
  await call(`${url}/information/mine`, {});
}

it('keeps STATIC_DIR up to date on a producer and on its follower, through kill -9', async () => {
  const folder = temporaryFolder();
  const [ofProducer, ofFollower] = [path.join(folder, 'public'), path.join(folder, 'deep', 'public')];
  const env = producerIn(folder, { STATIC_DIR: ofProducer });
  let producer = await startNode(env);
  const follower = await startNode(followerIn(folder, producer.url, { STATIC_DIR: ofFollower }));
  for (let size = 1; size <= 3; size++) {
    await seal(producer.url);
    for (const place of [ofProducer, ofFollower]) {
      await until(() => readStatic(place).filter((chain) => chain.size === size).length === 2);
    }
  }
  await producer.stop('SIGKILL');
  producer = await startNode(env);
  await seal(producer.url);
  await until(() => readStatic(ofProducer).every(({ size }) => size === 4));
  const files = readStatic(ofFollower).map(({ name }) => name);
  expect(files).toEqual(['aka', 'information']);
  for (const file of ['checkpoint', 'head.json', 'tile/entries/000.p/4', 'block/000.p/5']) {
    const { chains } = JSON.parse(readFileSync(path.join(ofProducer, 'chains.json'), 'utf8')) as {
      chains: { id: string }[];
    };
    const id = chains[0]?.id ?? '';
    const served = await (await fetch(`${producer.url}/tlog/${id}/${file}`)).text();
    expect(readFileSync(path.join(ofProducer, id, file), 'utf8')).toBe(served);
  }
  const { body } = await call(`${follower.url}/health/ready`);
  expect(body).toMatchObject({ status: 'ok' });
});

it('exports from a node what it verified, goes on later, and says when the node is not there', async () => {
  const folder = temporaryFolder();
  const producer = await startNode(producerIn(folder));
  await seal(producer.url);
  const target = path.join(folder, 'public');
  expect(await runCli(['export-static', producer.url, target])).toMatchObject({
    code: 0,
    stdout:
      'aka: 2 blocks, 1 entry; new are 2 blocks, 1 entry\n' +
      'information: 2 blocks, 1 entry; new are 2 blocks, 1 entry\n',
    stderr: expect.stringContaining('First contact') as string,
  });
  await seal(producer.url);
  const id = readStatic(target)[0]?.name;
  expect(id).toBe('aka');
  expect(await runCli(['export-static', producer.url, target])).toEqual({
    code: 0,
    stdout:
      'aka: 3 blocks, 2 entries; new are 1 block, 1 entry\n' +
      'information: 3 blocks, 2 entries; new are 1 block, 1 entry\n',
    stderr: '',
  });
  expect(readStatic(target)).toMatchObject([{ size: 2 }, { size: 2 }]);
  await producer.stop();
  const { code, stderr } = await runCli(['export-static', producer.url, target]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('ECONNREFUSED')]);
  expect(existsSync(`${target}.db`)).toBe(true);
});
