/** A follower with an information chain of its own: sealing it does not affect the followed chains. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ChainBuilder, type Wire } from '../../test/support/chain-builder.js';
import { checkFetched } from '../../test/support/openapi.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { TestUpstream } from '../../test/support/test-upstream.js';
import type { FollowerConfig } from '../config/config.js';
import { readConfig } from '../config/read-config.js';
import { startFollower } from '../follower/start-follower.js';
import { openStorage, type Storage } from '../storage/sqlite/database.js';
import { openPrivateChain } from './private-chain.js';

interface Node {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly storage: Storage;
}

let token: ChainBuilder;
let information: ChainBuilder;
let upstream: TestUpstream;
let folder: string;
let nodes: Node[];

beforeEach(async () => {
  token = ChainBuilder.token();
  token.seal([token.transfer()]);
  information = ChainBuilder.information();
  upstream = await TestUpstream.start([token, information]);
  folder = temporaryFolder();
  nodes = [];
});
afterEach(async () => {
  for (const node of nodes.splice(0)) await close(node);
  await upstream.close();
});
afterAll(removeTemporary);

async function close({ app, storage }: Pick<Node, 'app' | 'storage'>): Promise<void> {
  await app.close();
  await storage.close();
}

const keyFile = (): string => path.join(folder, 'private.pem');

/** A follower that polls its upstream and seals only on request. */
async function start(env: Record<string, string> = {}, name = 'follower', url = upstream.url): Promise<Node> {
  const config = readConfig({
    ROLE: 'follower',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: `file:${path.join(folder, `${name}.db`)}`,
    PRIVATE_CHAIN_KEY_FILE: keyFile(),
    PRODUCER_URL: url,
    SYNC_INTERVAL_MS: '3600000',
    INFORMATION_BLOCK_INTERVAL_MS: '',
    INFORMATION_BLOCK_MAX_ENTRIES: '',
    FREE_DISK_BYTES_MIN: '0',
    ...env,
  }) as FollowerConfig;
  const storage = await openStorage(config.databaseFile, 'follower');
  try {
    const openOwnChain = config.privateChain === undefined ? undefined : openPrivateChain;
    const app = await startFollower(config, storage, () => undefined, { openOwnChain });
    await app.listen(config.port, config.host);
    const node = { url: await app.getUrl(), app, storage };
    nodes.push(node);
    return node;
  } catch (error) {
    await storage.close();
    throw error;
  }
}

async function stop(): Promise<void> {
  await close(nodes.pop() as Node);
}

async function ask(url: string, body?: unknown): Promise<{ status: number; body: Wire }> {
  const init =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, init);
  const text = await response.text();
  const { status, headers } = response;
  const contentType = headers.get('content-type') ?? undefined;
  await checkFetched(url, { method: init.method ?? 'GET', status, contentType, text });
  return { status, body: JSON.parse(text) as Wire };
}

const record = { information: { grade: 'A' }, nonce: 'n-1' };
const PRIVATE = { PRIVATE_CHAIN: 'notes' };

describe('a follower with a private chain', () => {
  it('erases records of it on the papers’ routes and its own', async () => {
    const { url } = await start(PRIVATE);
    const { body: first } = await ask(`${url}/information/new`, record);
    const { body: second } = await ask(`${url}/information/new`, { information: 'another' });
    const [one, two] = [String(first.id), String(second.id)];
    const erased = await ask(`${url}/information/${one}/erase`, { reason: 'asked for', nonce: 'e-1' });
    expect(erased).toMatchObject({
      status: 201,
      body: { index: 2, erasure: { type: 'erasure', erases: one, reason: 'asked for', nonce: 'e-1' } },
    });
    expect((await ask(`${url}/chains/notes/information/${two}/erase`, {})).status).toBe(201);
    expect(await ask(`${url}/information/${two}/erase`, {})).toMatchObject({
      status: 422,
      body: { code: 'ERASURE_REPEATED', errors: [{ field: 'id' }] },
    });
    expect(await ask(`${url}/information/${String(erased.body.id)}/erase`, {})).toMatchObject({
      status: 422,
      body: { code: 'ERASURE_OF_ERASURE' },
    });
    expect(await ask(`${url}/information/${one}/erase`, { reason: 'ä'.repeat(129) })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'reason', message: 'must be a string of at most 256 bytes in UTF-8' }] },
    });
    expect(await ask(`${url}/information/${'ab'.repeat(32)}/erase`, {})).toMatchObject({
      status: 404,
      body: { detail: expect.stringMatching(/^there is no information record abab/) },
    });
    await ask(`${url}/information/mine`, {});
    expect((await ask(`${url}/information/${one}`)).body).toMatchObject({
      erased: true,
      erasure: { id: erased.body.id, reason: 'asked for', status: 'sealed' },
    });
    const { body: list } = await ask(`${url}/information`);
    expect((list.information as Wire[]).map(({ type }) => type)).toEqual([
      'erasure',
      'erasure',
      'information',
      'information',
    ]);
    const { body: lines } = await ask(`${url}/chain2`);
    expect(JSON.stringify(lines)).not.toContain('another');
  });

  it('takes, seals and serves it on the papers’ routes, and follows as before', async () => {
    const { url } = await start(PRIVATE);
    expect((await ask(`${url}/smart/chain`)).body).toMatchObject({ length: 2 });
    expect(await ask(`${url}/information/new`, record)).toMatchObject({ status: 201, body: { index: 2 } });
    expect((await ask(`${url}/mine`)).body).toMatchObject({ index: 2, message: 'New Block Forged' });
    expect((await ask(`${url}/chains/notes/information`, { information: 1 })).status).toBe(201);
    expect((await ask(`${url}/information/mine`, {})).body).toMatchObject({ index: 3 });
    const { body: chain2 } = await ask(`${url}/chain2`);
    expect(chain2).toMatchObject({ length: 3, chain2: [{}, { information: [record] }, {}] });
    const { body: chains } = await ask(`${url}/chains`);
    expect((chains.chains as Wire[]).map(({ name, length }) => [name, length])).toEqual([
      ['notes', 3],
      ['aka', 2],
      ['information', 1],
    ]);
    expect((await ask(`${url}/chains/information/blocks`)).body.blocks).toEqual(information.blocks);
    expect((await ask(`${url}/chain`)).body.chain).toEqual(token.blocks);
    expect((await ask(`${url}/health/ready`)).status).toBe(200);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
      /bpsc_head_index\{chain="aka"\} 2[^]*bpsc_head_index\{chain="notes"\} 3|bpsc_head_index\{chain="notes"\} 3[^]*bpsc_head_index\{chain="aka"\} 2/,
    );
  });

  it('has what it has sealed, and what waits, after a start', async () => {
    const first = await start(PRIVATE);
    await ask(`${first.url}/smart/chain`);
    await ask(`${first.url}/information/new`, record);
    await ask(`${first.url}/mine`);
    await ask(`${first.url}/information/new`, { information: 2 });
    await stop();
    const { url } = await start(PRIVATE);
    expect((await ask(`${url}/mine`)).body).toMatchObject({ index: 3, information: [{ information: 2 }] });
    expect((await ask(`${url}/information/new`, record)).status).toBe(200);
  });

  it('seals it by itself on the schedule of INFORMATION_*', async () => {
    const { url } = await start({ ...PRIVATE, INFORMATION_BLOCK_MAX_ENTRIES: '1' });
    await ask(`${url}/information/new`, record);
    while ((await ask(`${url}/chain2`)).body.length !== 2);
  });

  it('works before anything could be pulled', async () => {
    upstream.misbehave = (_, response) => (response.writeHead(503).end(), true);
    const { url } = await start(PRIVATE);
    expect((await ask(`${url}/information/new`, record)).status).toBe(201);
    expect((await ask(`${url}/chain`)).body).toMatchObject({ code: 'NOT_SYNCED' });
    expect((await ask(`${url}/smart/chain`)).body).toMatchObject({ 'old chain': [], length: 0 });
    expect((await ask(`${url}/health/ready`)).status).toBe(503);
  });

  it('sends what belongs on another chain to that chain’s producer', async () => {
    const { url } = await start(PRIVATE);
    await ask(`${url}/smart/chain`);
    for (const route of ['transactions/new', 'chains/information/information', 'chains/aka/mine', 'chains']) {
      const { status, body } = await ask(`${url}/${route}`, {});
      expect([route, status, body.detail]).toEqual([
        route,
        404,
        `this node is a follower and has no such route: send the request to the producer at ${upstream.url}`,
      ]);
    }
    expect((await ask(`${url}/chains/aka/transactions/pending`)).body.detail).toBe(
      `this node is a follower and has no such route: send the request to the producer at ${upstream.url}`,
    );
  });

  it('is followed by others like any other', async () => {
    const { url } = await start(PRIVATE);
    await ask(`${url}/smart/chain`);
    await ask(`${url}/information/new`, record);
    await ask(`${url}/mine`);
    const other = await start({}, 'other', url);
    expect((await ask(`${other.url}/smart/chain`)).body).toMatchObject({ length: 2 });
    const blocks = async (at: string): Promise<unknown> =>
      (await ask(`${at}/chains/notes/blocks`)).body.blocks;
    expect(await blocks(other.url)).toEqual(await blocks(url));
    expect((await ask(`${other.url}/faults`)).body).toEqual({ faults: [] });
  });

  it('keeps its name where an upstream has a chain of the same one', async () => {
    const theirs = ChainBuilder.information({ name: 'notes' });
    upstream.chains = [token, theirs];
    const { url } = await start(PRIVATE);
    await ask(`${url}/smart/chain`);
    const { chains } = (await ask(`${url}/chains`)).body as { chains: Wire[] };
    expect(chains.map(({ name }) => name)).toEqual(['notes', 'aka', `notes-${theirs.chain.slice(0, 8)}`]);
  });
});

describe('a start', () => {
  it('makes the private chain also where chains are followed already: the papers’ routes are its own from then on', async () => {
    await ask(`${(await start()).url}/smart/chain`);
    await stop();
    const { url } = await start(PRIVATE);
    await ask(`${url}/information/new`, record);
    await ask(`${url}/mine`);
    expect((await ask(`${url}/chain2`)).body).toMatchObject({ length: 2 });
    // For a client that uses the first chain of a kind by default.
    const { chains } = (await ask(`${url}/chains`)).body as { chains: Wire[] };
    expect(chains.map(({ name }) => name)).toEqual(['notes', 'aka', 'information']);
  });

  it('without PRIVATE_CHAIN has none of it: no route, no key', async () => {
    const { url } = await start();
    await ask(`${url}/smart/chain`);
    expect((await ask(`${url}/information/new`, record)).status).toBe(404);
    expect((await ask(`${url}/mine`)).status).toBe(404);
    expect((await ask(`${url}/chain2`)).body.chain2).toHaveLength(1);
    expect(existsSync(keyFile())).toBe(false);
  });

  it.each([
    [
      'without its name',
      {},
      /contains the private chain notes, but PRIVATE_CHAIN is not set: a chain is permanent/,
    ],
    ['under another name', { PRIVATE_CHAIN: 'diary' }, /but PRIVATE_CHAIN is diary: a chain is permanent/],
    [
      'with another schedule',
      { ...PRIVATE, INFORMATION_SEAL_EMPTY: 'true' },
      /differs[^]*seal_empty[^]*PRIVATE_CHAIN_KEY_FILE/,
    ],
    [
      'with another key file',
      { ...PRIVATE, PRIVATE_CHAIN_KEY_FILE: '/nowhere/key.pem' },
      /their key \(\/nowhere\/key.pem\) is missing/,
    ],
  ])('on a private chain %s is refused', async (_, env, message) => {
    await start(PRIVATE);
    await stop();
    await expect(start(env)).rejects.toThrow(message);
  });

  it('under the name of a chain that is followed is refused, and makes no key', async () => {
    await ask(`${(await start()).url}/smart/chain`);
    await stop();
    await expect(start({ PRIVATE_CHAIN: 'aka' })).rejects.toThrow(
      /PRIVATE_CHAIN is aka, but this node follows a chain/,
    );
    expect(existsSync(keyFile())).toBe(false);
  });
});
