import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
import { runCli } from '../support/cli.js';
import {
  call,
  followerIn,
  killNodes,
  producerIn,
  startAndEnd,
  startNode,
  until,
  type NodeProcess,
} from '../support/node-process.js';

afterAll(async () => {
  await killNodes();
  removeTemporary();
});

interface Promised {
  readonly id: string;
  readonly index: number;
}

/** Posts without a pause until it is stopped, or nobody answers. */
class Load {
  readonly acknowledged = new Map<string, Promised>();
  /** sent, but the node went away before it answered */
  readonly unknown: string[] = [];
  private stopped = false;
  private count = 0;
  private readonly workers: Promise<void>[];

  constructor(
    private readonly url: string,
    private readonly prefix: string,
    workers = 16,
  ) {
    this.workers = Array.from({ length: workers }, () => this.work());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.workers);
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      const nonce = `${this.prefix}-${this.count++}`;
      try {
        const answer = await call(`${this.url}/transactions/new`, bodyOf(nonce));
        if (answer.status === 503) continue;
        expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
        this.acknowledged.set(nonce, promised(answer.body));
      } catch (error) {
        if ((error as Error).name !== 'TypeError') throw error; // of fetch, whose TypeError is not this realm's
        this.unknown.push(nonce);
        return;
      }
    }
  }
}

const bodyOf = (nonce: string): object => ({ sender: 'alice', recipient: 'bob', amount: '1', nonce });
const promised = (body: Record<string, unknown>): Promised => ({
  id: (body.transaction as { id: string }).id,
  index: body.index as number,
});

/** As {@link call}, over an agent's connections. */
async function post(
  agent: Agent,
  url: string,
  body: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const sent = request(url, { agent, method: 'POST', headers: { 'content-type': 'application/json' } });
  sent.end(JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const answer = await json(response);
  return { status: response.statusCode ?? 0, body: answer as Record<string, unknown> };
}

interface Entry {
  readonly id: string;
  readonly nonce: string;
}

/** Every entry of the token chain, with the block that holds it; what waits is sealed first. */
async function sealedEntries(url: string): Promise<Map<string, { index: number; id: string }[]>> {
  while (((await call(`${url}/transactions/pending?limit=1`)).body.total as number) > 0)
    await call(`${url}/mine`);
  const found = new Map<string, { index: number; id: string }[]>();
  const { body } = await call(`${url}/chain`);
  for (const { index, transactions } of body.chain as { index: number; transactions: Entry[] }[]) {
    for (const { id, nonce } of transactions) found.set(nonce, [...(found.get(nonce) ?? []), { index, id }]);
  }
  return found;
}

function expectAllKept(
  found: Map<string, { index: number; id: string }[]>,
  acknowledged: Map<string, Promised>,
): void {
  const wrong = [...acknowledged].filter(([nonce, { id, index }]) => {
    const places = found.get(nonce) ?? [];
    return places.length !== 1 || places[0]?.id !== id || places[0].index !== index;
  });
  expect(wrong).toEqual([]);
}

describe('kill -9', () => {
  it('loses nothing that was acknowledged, repeats nothing, keeps every promise, and needs no repair', async () => {
    const folder = temporaryFolder();
    const env = producerIn(folder, { BLOCK_MAX_ENTRIES: '40', BLOCK_INTERVAL_MS: '50' });
    const acknowledged = new Map<string, Promised>();
    const unknown: string[] = [];
    for (let round = 0; round < 6; round++) {
      const node = await startNode(env);
      const load = new Load(node.url, `r${round}`);
      const enough = randomInt(1, 400);
      await until(() => load.acknowledged.size >= enough);
      await node.stop('SIGKILL');
      await load.stop();
      for (const [nonce, promise] of load.acknowledged) acknowledged.set(nonce, promise);
      unknown.push(...load.unknown);
    }
    const node = await startNode(env);
    // What got no answer is asked again: accepted once, whether or not it was before.
    for (const nonce of unknown) {
      const answer = await call(`${node.url}/transactions/new`, bodyOf(nonce));
      expect([200, 201]).toContain(answer.status);
      acknowledged.set(nonce, promised(answer.body));
    }
    const found = await sealedEntries(node.url);
    expectAllKept(found, acknowledged);
    expect(found.size).toBe(acknowledged.size);
    expect((await call(`${node.url}/wallets/bob`)).body.transactions_received).toBe(acknowledged.size);
    const audit = await runCli(['verify', node.url]);
    expect(audit).toMatchObject({ code: 0 });
    await node.stop();
    expect(await runCli(['verify', `${folder}/producer.db`])).toMatchObject({ code: 0 });
  });

  it('of a follower that catches up leaves a good prefix, and it goes on', async () => {
    const folder = temporaryFolder();
    const node = await startNode(producerIn(folder, { BLOCK_MAX_ENTRIES: '5' }));
    const transactions = Array.from({ length: 2000 }, (_, i) => bodyOf(`n${i}`));
    expect((await call(`${node.url}/transactions/batch`, { transactions })).body.accepted).toBe(2000);
    const env = followerIn(folder, node.url);
    const lengthOf = async (url: string): Promise<number> => {
      const { body } = await call(`${url}/chain?limit=1`);
      return (body.length as number | undefined) ?? 0;
    };
    for (let round = 0; round < 4; round++) {
      const follower = await startNode(env);
      const enough = randomInt(1, 150);
      await until(async () => (await lengthOf(follower.url)) >= enough);
      await follower.stop('SIGKILL');
    }
    const follower = await startNode(env);
    await until(
      async () =>
        (await lengthOf(follower.url)) === (await lengthOf(node.url)) && (await lengthOf(node.url)) === 401,
    );
    expect((await call(`${follower.url}/chain`)).text).toBe((await call(`${node.url}/chain`)).text);
    expect((await call(`${follower.url}/faults`)).body).toEqual({ faults: [] });
    await Promise.all([node.stop(), follower.stop()]);
  });
});

describe('a clean stop', () => {
  it('answers what it accepted, under load, and exits within five seconds', async () => {
    const env = producerIn(temporaryFolder(), { BLOCK_MAX_ENTRIES: '40' });
    const node = await startNode(env);
    const load = new Load(node.url, 'n');
    await until(() => load.acknowledged.size > 200);
    const started = performance.now();
    expect(await node.stop('SIGTERM')).toBe(0);
    expect(performance.now() - started).toBeLessThan(5000);
    await load.stop();
    const again = await startNode(env);
    const found = await sealedEntries(again.url);
    expectAllKept(found, load.acknowledged);
    await again.stop();
  });

  it('does not wait for a client that sends its request forever', async () => {
    const node = await startNode(producerIn(temporaryFolder()));
    const { hostname, port } = new URL(node.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /transactions/new HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const started = performance.now();
    expect(await node.stop('SIGINT')).toBe(0);
    expect(performance.now() - started).toBeLessThan(5000);
    socket.destroy();
  });
});

describe('many at once', () => {
  let node: NodeProcess;
  beforeAll(async () => {
    node = await startNode(producerIn(temporaryFolder(), { BLOCK_MAX_ENTRIES: '1000' }));
  });
  afterAll(() => node.stop());

  it('takes 10,000 parallel posts, each into its promised block', async () => {
    // As many requests under way as connections; more sockets would test the machine rather than the node.
    const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
    const posts = Array.from({ length: 10_000 }, (_, i) =>
      post(agent, `${node.url}/transactions/new`, bodyOf(`n${i}`)),
    );
    const answers = await Promise.all(posts);
    agent.destroy();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const acknowledged = new Map(answers.map(({ body }, i) => [`n${i}`, promised(body)]));
    const found = await sealedEntries(node.url);
    expectAllKept(found, acknowledged);
    expect(found.size).toBe(10_000);
  });

  it('goes on after clients that hang up', async () => {
    const { hostname, port } = new URL(node.url);
    for (let i = 0; i < 50; i++) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(
        `POST /transactions/new HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{"sender":`,
      );
      socket.destroy();
    }
    const aborted = new AbortController();
    const slow = await fetch(`${node.url}/chain`, { signal: aborted.signal });
    await slow.body?.getReader().read();
    aborted.abort();
    expect((await call(`${node.url}/transactions/new`, bodyOf('after'))).status).toBe(201);
    expect((await call(`${node.url}/health/ready`)).status).toBe(200);
  });
});

describe('a start that cannot be', () => {
  const oneLine = (output: string): string => {
    const lines = output
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('{'));
    expect(lines.join('\n')).not.toMatch(/\n\s+at /);
    return lines.join('\n');
  };

  it('names every wrong variable at once', async () => {
    const { code, output } = await startAndEnd({ PORT: 'x', FEE_RATE: '2', BLOCK_INTERVALL_MS: '5' });
    expect(code).toBe(1);
    expect(oneLine(output)).toMatch(
      /^bpsc: the configuration is invalid:\n {2}PORT .*\n {2}FEE_RATE .*\n {2}BLOCK_INTERVALL_MS .*BLOCK_INTERVAL_MS\?$/,
    );
  });

  it('says what to do about a port in use, a database in use, a missing key and another contract', async () => {
    const folder = temporaryFolder();
    const env = producerIn(folder);
    const node = await startNode(env);
    const other = producerIn(temporaryFolder(), { PORT: new URL(node.url).port });
    const [port, database] = await Promise.all([startAndEnd(other), startAndEnd(env)]);
    expect([port.code, oneLine(port.output)]).toEqual([
      1,
      expect.stringMatching(
        /^bpsc: cannot listen on 127.0.0.1:\d+: the port is already in use; stop the other program, or set PORT$/,
      ),
    ]);
    expect([database.code, oneLine(database.output)]).toEqual([
      1,
      expect.stringMatching(
        /^bpsc: the database .* is in use by another node: stop that one, or set DATABASE_URL/,
      ),
    ]);
    await node.stop();
    const [key, contract, role] = [
      await startAndEnd({ ...env, PRODUCER_KEY_FILE: `${folder}/none.pem` }),
      await startAndEnd({ ...env, FEE_RATE: '0.1' }),
      await startAndEnd({ ...followerIn(folder, node.url), DATABASE_URL: env.DATABASE_URL ?? '' }),
    ];
    expect([key.code, oneLine(key.output)]).toEqual([
      1,
      expect.stringMatching(/^bpsc: there are chains in .* but their key .* is missing/),
    ]);
    expect([contract.code, oneLine(contract.output)]).toEqual([
      1,
      expect.stringMatching(/fee\.rate +"0.00005" +"0.1"/),
    ]);
    expect([role.code, oneLine(role.output)]).toEqual([1, expect.stringMatching(/belongs to a producer/)]);
  });
});
