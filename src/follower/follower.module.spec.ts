import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ChainBuilder, type Wire } from '../../test/support/chain-builder.js';
import { checkFetched } from '../../test/support/openapi.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { judgeEquivocation } from '../chain/proof/equivocation.js';
import type { FollowerConfig } from '../config/config.js';
import { readConfig } from '../config/read-config.js';
import { OperatorError } from '../ledger/errors.js';
import { openStorage, type Storage } from '../storage/sqlite/database.js';
import { FollowLoops } from './loop/follow-loops.js';
import { startFollower } from './start-follower.js';
import { TestUpstream } from '../../test/support/test-upstream.js';

let token: ChainBuilder;
let information: ChainBuilder;
let upstream: TestUpstream;
let folder: string;
let nodes: { app: NestFastifyApplication; storage: Storage }[];

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

async function close({ app, storage }: { app: NestFastifyApplication; storage: Storage }): Promise<void> {
  await app.close();
  await storage.close();
}

/** A follower that listens; it polls so rarely that a test only sees what it requested. */
async function start(
  url = upstream.url,
  name = 'follower',
  env: Record<string, string> = {},
  fail: (error: unknown) => void = () => undefined,
): Promise<string> {
  const config = readConfig({
    ROLE: 'follower',
    PORT: '0',
    LOG_LEVEL: 'silent',
    DATABASE_URL: `file:${path.join(folder, `${name}.db`)}`,
    PRODUCER_URL: url,
    SYNC_INTERVAL_MS: '3600000',
    ...env,
  }) as FollowerConfig;
  const storage = await openStorage(config.databaseFile, 'follower');
  let app: NestFastifyApplication;
  try {
    app = await startFollower(config, storage, fail);
  } catch (error) {
    await storage.close();
    throw error;
  }
  nodes.push({ app, storage });
  await app.listen(config.port, config.host);
  return app.getUrl();
}

interface Answer {
  readonly status: number;
  readonly body: Wire;
}

async function get(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const { status, headers } = response;
  const contentType = headers.get('content-type') ?? undefined;
  await checkFetched(url, { method: init.method ?? 'GET', status, contentType, text });
  return { status, body: JSON.parse(text) as Wire };
}

describe('a producer that told two stories', () => {
  it('convicts itself: its chain is frozen, also after a restart, and the evidence is handed out', async () => {
    const url = await start();
    await get(`${url}/smart/chain`);
    expect(await get(`${url}/chains/aka/evidence`)).toMatchObject({
      status: 404,
      body: { detail: 'there is no evidence against the producer of aka here' },
    });
    const fork = ChainBuilder.token();
    fork.seal([fork.transfer({ recipient: 'mallory' })]);
    upstream.chains = [fork, information];
    expect((await get(`${url}/smart/chain`)).status).toBe(502);
    const { status, body } = await get(`${url}/chains/aka/evidence`);
    expect(status).toBe(200);
    expect(judgeEquivocation(body)).toMatchObject({
      chain: token.chain,
      finding: `signed two blocks 2: ${String(token.head.hash)} and ${String(fork.head.hash)}`,
    });
    expect((await get(`${url}/chains/information/evidence`)).status).toBe(404);

    await close(nodes.pop() as (typeof nodes)[number]);
    upstream.chains = [token, information];
    token.seal([token.transfer()]);
    information.seal();
    const again = await start();
    expect((await get(`${again}/smart/chain`)).status).toBe(502);
    expect((await get(`${again}/chains/information`)).body).toMatchObject({ length: 2 });
    expect((await get(`${again}/chains/aka`)).body).toMatchObject({ length: 2 });
    const ready = await get(`${again}/health/ready`);
    expect([ready.status, JSON.stringify(ready.body)]).toEqual([
      503,
      expect.stringContaining(
        'aka is no longer followed because its producer told two stories, so it is frozen for good: FORKED',
      ),
    ]);
    expect(await get(`${again}/chains/${token.chain}/evidence`)).toEqual({ status, body });
  });
});

describe('GET /smart/chain on a follower', () => {
  it('pulls new blocks before it answers', async () => {
    const url = await start();
    expect(await get(`${url}/smart/chain`)).toEqual({
      status: 200,
      body: { message: 'Smart chain update by bpsc', 'smart chain': token.blocks, length: 2 },
    });
    token.seal([token.transfer()]);
    expect(await get(`${url}/smart/chain?from=3&limit=1`)).toEqual({
      status: 200,
      body: { message: 'Smart chain update by bpsc', 'smart chain': [token.head], length: 3 },
    });
  });

  it('serves what it has when the upstream is unreachable', async () => {
    const url = await start();
    await get(`${url}/smart/chain`);
    upstream.misbehave = (_, response) => (response.writeHead(503).end(), true);
    const reason = `the upstream ${upstream.url} is unreachable: answers GET /chains with status 503`;
    const old = { message: 'Unsuccessful: Please try again', reason, 'old chain': token.blocks, length: 2 };
    expect(await get(`${url}/smart/chain`)).toEqual({ status: 502, body: old });
    expect((await get(`${url}/health/ready`)).status).toBe(200);
    upstream.misbehave = undefined;
    expect((await get(`${url}/smart/chain`)).status).toBe(200);
  });

  it('has nothing to serve before the first contact', async () => {
    upstream.misbehave = (_, response) => (response.writeHead(503).end(), true);
    const url = await start();
    const reason = `the upstream ${upstream.url} is unreachable: answers GET /chains with status 503`;
    const nothing = { message: 'Unsuccessful: Please try again', reason, 'old chain': [], length: 0 };
    expect(await get(`${url}/smart/chain`)).toEqual({ status: 502, body: nothing });
    expect((await get(`${url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${url}/smart/chain`, { headers: { accept: 'application/x-ndjson' } })).status).toBe(
      503,
    );
  });

  it('serves the last good state, and turns red, when the upstream is at fault', async () => {
    const url = await start();
    await get(`${url}/smart/chain`);
    upstream.chains = [ChainBuilder.token(), information];
    const { status, body } = await get(`${url}/smart/chain`);
    expect([status, body['old chain']]).toEqual([502, token.blocks]);
    expect((await get(`${url}/health/ready`)).status).toBe(503);
    expect((await get(`${url}/health/live`)).status).toBe(200);
    expect((await get(`${url}/faults`)).body).toMatchObject({
      faults: [{ fault: 'TRUNCATED', chain: 'aka' }],
    });
    expect((await get(`${url}/chains/aka/blocks/2`)).body).toEqual(token.head);
  });

  it('does not pull for clients that read it line by line', async () => {
    const url = await start();
    await get(`${url}/smart/chain`);
    token.seal([token.transfer()]);
    upstream.requests.length = 0;
    const response = await fetch(`${url}/smart/chain?from=1&limit=5`, {
      headers: { accept: 'application/x-ndjson' },
    });
    expect(await response.text()).toBe(
      token.blocks
        .slice(0, 2)
        .map((block) => `${JSON.stringify(block)}\n`)
        .join(''),
    );
    expect(upstream.requests).toEqual([]);
  });
});

describe('a follower of a follower', () => {
  it('verifies what the first verified, and reports no trouble while that one lags', async () => {
    const first = await start(upstream.url, 'first');
    await get(`${first}/smart/chain`);
    const second = await start(first, 'second');
    expect((await get(`${second}/smart/chain`)).body['smart chain']).toEqual(token.blocks);

    token.seal([token.transfer()]);
    const third = await start(upstream.url, 'third');
    await get(`${third}/smart/chain`);
    await close(nodes.pop() as (typeof nodes)[number]);
    const again = await start(first, 'third');
    expect(await get(`${again}/smart/chain`)).toMatchObject({ status: 200, body: { length: 3 } });
    expect((await get(`${again}/health/ready`)).status).toBe(200);
    expect((await get(`${again}/faults`)).body).toEqual({ faults: [] });
  });

  it('waits for a follower that has no chains yet', async () => {
    upstream.misbehave = (_, response) => (response.writeHead(503).end(), true);
    const first = await start(upstream.url, 'first');
    const second = await start(first, 'second');
    expect((await get(`${second}/smart/chain`)).status).toBe(502);
    upstream.misbehave = undefined;
    await get(`${first}/smart/chain`);
    expect((await get(`${second}/smart/chain`)).status).toBe(200);
  });
});

describe('a follower is not a producer:', () => {
  it.each([
    ['POST', '/transactions/new'],
    ['POST', '/transactions/batch'],
    ['POST', '/transactions/issue'],
    ['POST', `/transactions/${'ab'.repeat(32)}/accept`],
    ['POST', `/transactions/${'ab'.repeat(32)}/decline`],
    ['GET', '/transactions/pending'],
    ['POST', '/information/new'],
    ['POST', `/information/${'ab'.repeat(32)}/erase`],
    ['GET', '/mine'],
    ['POST', '/mine'],
    ['POST', '/information/mine'],
  ])('it has no %s %s, and names the producer', async (method, route) => {
    const url = await start();
    const { status, body } = await get(url + route, { method });
    expect([status, body.code, body.detail]).toEqual([
      404,
      'NOT_FOUND',
      expect.stringMatching(
        new RegExp(
          `^this node is a follower and has no such route: send the request to the producer at ${upstream.url}(?:\\. There, |$)`,
        ),
      ),
    ]);
  });

  it.each([
    ['GET', '/mine'],
    ['POST', '/mine'],
    ['POST', '/information/mine'],
  ])('a request to seal by %s %s is answered with the routes that seal each chain', async (method, route) => {
    const { body } = await get((await start()) + route, { method });
    expect(body.detail).toContain(
      `${upstream.url}. There, POST /mine seals the token chain, and POST /information/mine the information chain`,
    );
  });

  it.each([
    ['GET', '/transactions/new', 'POST'],
    ['GET', '/transactions/batch', 'POST'],
    ['DELETE', '/transactions/issue', 'POST'],
    ['GET', `/transactions/${'ab'.repeat(32)}/accept`, 'POST'],
    ['GET', '/information/new', 'POST'],
    ['GET', '/information/mine', 'POST'],
    ['POST', '/transactions/pending', 'GET'],
    ['PUT', '/mine', 'GET'],
  ])('also for %s %s, which is a wrong method for the producer', async (method, route, right) => {
    const { status, body } = await get((await start()) + route, { method });
    expect([status, body.detail]).toEqual([
      404,
      expect.stringContaining(`send the request to the producer at ${upstream.url}, with ${right}`),
    ]);
  });

  it('it resolves no class of the producer', async () => {
    await start();
    const files = readdirSync(path.join(__dirname, '../producer'), { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));
    const producerClasses = new Set<unknown>();
    for (const file of sources) {
      const exported = (await import(path.join(__dirname, '../producer', file))) as Record<string, unknown>;
      for (const value of Object.values(exported))
        if (typeof value === 'function') producerClasses.add(value);
    }
    expect(producerClasses.size).toBeGreaterThan(10);

    const app = (nodes[0] as (typeof nodes)[number]).app;
    const tokens = [...app.get(ModulesContainer).values()].flatMap(({ providers, controllers, metatype }) => [
      metatype,
      ...[...providers.values(), ...controllers.values()].flatMap(({ token, metatype: made }) => [
        token,
        made,
      ]),
    ]);
    expect(tokens).toContain(FollowLoops);
    expect(tokens.filter((one) => producerClasses.has(one))).toEqual([]);
  });

  it('its config has no key', () => {
    const hasKey: 'keyFile' extends keyof FollowerConfig ? true : false = false;
    expect(hasKey).toBe(false);
  });
});

describe('a start', () => {
  it('on a database with a chain other than the pinned one is refused', async () => {
    await get(`${await start()}/smart/chain`);
    await close(nodes.pop() as (typeof nodes)[number]);
    const attempt = start(upstream.url, 'follower', { CHAIN_ID: 'a'.repeat(64) });
    await expect(attempt).rejects.toBeInstanceOf(OperatorError);
    await expect(attempt).rejects.toThrow(/follows a chain other than the pinned one: .*correct CHAIN_ID/);
    await start(upstream.url, 'follower', {
      CHAIN_ID: token.chain,
      PRODUCER_PUBLIC_KEY: token.contract.producer as string,
    });
  });

  it('polls by itself from then on', async () => {
    const url = await start(upstream.url, 'follower', { SYNC_INTERVAL_MS: '10' });
    for (let length = 3; length < 6; length++) {
      token.seal([token.transfer()]);
      for (;;) {
        const response = await fetch(`${url}/chains/aka/head`);
        if (((await response.json()) as Wire).index === length) break;
      }
    }
  });

  it('ends the process if the state of the store is unknown', async () => {
    const failures: unknown[] = [];
    const url = await start(upstream.url, 'follower', {}, (error) => failures.push(error));
    await get(`${url}/smart/chain`);
    const { storage } = nodes[0] as (typeof nodes)[number];
    for (const store of storage.store.stores()) {
      store.append = () => {
        throw new Error('outcome unknown');
      };
    }
    token.seal();
    expect((await get(`${url}/smart/chain`)).status).toBe(502);
    expect(failures).toMatchObject([{ message: 'outcome unknown' }]);
  });

  it('stops at once during a request to the upstream', async () => {
    await start();
    await get(`${await (nodes[0] as (typeof nodes)[number]).app.getUrl()}/smart/chain`);
    upstream.misbehave = () => true;
    const { app } = nodes[0] as (typeof nodes)[number];
    const asked = app.get(FollowLoops).syncNow();
    const started = Date.now();
    await close(nodes.pop() as (typeof nodes)[number]);
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(await asked).toEqual(new Set());
  });
});
