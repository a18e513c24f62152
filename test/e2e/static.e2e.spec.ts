import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { runCli } from '../support/cli.js';
import { call, followerIn, killNodes, producerIn, startNode, until } from '../support/node-process.js';
import { readStatic } from '../support/static-folder.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const NGINX = process.env.NGINX_PATH ?? '/usr/sbin/nginx';
const servers: ChildProcess[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) server.kill();
  await killNodes();
});
afterAll(removeTemporary);

const transfer = (url: string): Promise<unknown> =>
  call(`${url}/transactions/new`, { sender: 'alice', recipient: 'bob', amount: 1_000_000 });
const inform = (url: string): Promise<unknown> =>
  call(`${url}/information/new`, { information: { student: 'Ada' } });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Seals one transaction and one record. */
async function seal(url: string): Promise<void> {
  await transfer(url);
  await inform(url);
  await call(`${url}/mine`);
  await call(`${url}/information/mine`, {});
}

/** The chains of a folder; none if it is read in the middle of a write, where its head may be newer than its blocks. */
function readQuiet(folder: string): ReturnType<typeof readStatic> {
  try {
    return readStatic(folder);
  } catch {
    return [];
  }
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
      await until(() => readQuiet(place).filter((chain) => chain.size === size).length === 2);
    }
  }
  await producer.stop('SIGKILL');
  producer = await startNode(env);
  await seal(producer.url);
  await until(() => readQuiet(ofProducer).filter(({ size }) => size === 4).length === 2);
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

/** Serves a folder until the test ends. @returns its address */
type ServeFolder = (folder: string) => Promise<string>;

async function serve(
  command: string,
  args: (port: number) => readonly string[],
  folder: string,
  pathOf: (port: number) => string,
): Promise<string> {
  const port = await freePort();
  const child = spawn(command, args(port), { cwd: folder, stdio: 'ignore' });
  servers.push(child);
  const url = pathOf(port);
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}`);
    return fetch(`${url}/chains.json`).then(
      (answer) => answer.ok && answer.arrayBuffer().then(() => true),
      () => false,
    );
  });
  return url;
}

const python: ServeFolder = (folder) =>
  serve(
    'python3',
    (port) => ['-m', 'http.server', String(port), '--bind', '127.0.0.1'],
    folder,
    (port) => `http://127.0.0.1:${port}`,
  );

const nginx: ServeFolder = (folder) => {
  const own = temporaryFolder();
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const args = (port: number): readonly string[] => {
    writeFileSync(
      path.join(own, 'nginx.conf'),
      `daemon off; pid ${own}/pid; error_log ${own}/error.log; worker_processes 1;
       ${process.getuid?.() === 0 ? 'user root;' : ''}
       events { worker_connections 256; }
       http { access_log off; ${places.map((name) => `${name}_temp_path ${own}/${name};`).join(' ')}
         server { listen 127.0.0.1:${port}; location /ledger/ { alias ${folder}/; } } }`,
    );
    return ['-p', own, '-c', path.join(own, 'nginx.conf'), '-e', path.join(own, 'error.log')];
  };
  return serve(NGINX, args, folder, (port) => `http://127.0.0.1:${port}/ledger`);
};

/** In CI all file hosts have to be there; elsewhere a test of one that is not is skipped, and says so. */
const hasNginx = existsSync(NGINX);
if (!hasNginx && process.env.CI !== undefined) throw new Error(`there is no nginx at ${NGINX}`);
if (!hasNginx) process.stderr.write(`No nginx at ${NGINX}: the test of following its files is skipped.\n`);
const hosts = [['python3 -m http.server', python] as const, ...(hasNginx ? [['nginx', nginx] as const] : [])];

it.each(hosts)('is followed, and verified, from files on %s', async (_name, serveFolder) => {
  const folder = temporaryFolder();
  const files = path.join(folder, 'public');
  const producer = await startNode(producerIn(folder, { STATIC_DIR: files }));
  await seal(producer.url);
  await until(() => readStatic(files).every(({ size }) => size === 1));
  const url = await serveFolder(files);
  const follower = await startNode(followerIn(folder, `static:${url}`));
  for (let size = 1; size <= 3; size++) {
    await until(async () => {
      const { body } = await call(`${follower.url}/chains`);
      return (
        (body.chains as { head: { tree_size: number } }[]).filter((chain) => chain.head.tree_size === size)
          .length === 2
      );
    });
    if (size < 3) await seal(producer.url);
  }
  for (const chain of ['aka', 'information']) {
    const [ours, theirs] = await Promise.all(
      [follower, producer].map(
        async (node) => (await call(`${node.url}/chains/${chain}/blocks?limit=3`)).text,
      ),
    );
    expect(ours).toBe(theirs);
  }
  expect((await call(`${follower.url}/health/ready`)).body).toMatchObject({ status: 'ok' });
  const { status, body } = await call(`${follower.url}/transactions/new`, {});
  expect([status, body.detail]).toEqual([
    404,
    'this node is a follower and has no such route: send the request to the producer',
  ]);
  expect((await call(`${follower.url}/network`)).body).toMatchObject({ nodes: [] });
  for (const place of [url, files]) {
    expect(await runCli(['verify', '--quiet', `static:${place}`])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('each as the chain gives it') as string,
    });
  }
  // A second folder from the first one, every block verified.
  const copy = await runCli(['export-static', `static:${url}`, path.join(folder, 'copy')]);
  expect(copy).toMatchObject({ code: 0 });
  expect(readStatic(path.join(folder, 'copy'))).toEqual(readStatic(files));
});
