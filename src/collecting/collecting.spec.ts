import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import { COSIGNER, signatureBy } from '../../test/support/golden-log.js';
import { OTHER_PRODUCER, PRODUCER } from '../../test/support/chain-builder.js';
import { startTestProducer, type TestProducer } from '../../test/support/test-producer.js';
import { removeTemporary, temporaryFolder } from '../../test/support/temporary.js';
import { parseAddCheckpoint, type AddCheckpoint } from '../chain/note/add-checkpoint.js';
import { cosignedText } from '../chain/note/cosignature.js';
import { parsePolicy, type Policy } from '../chain/note/policy.js';
import { formatSignatureLine, noteCosignature } from '../chain/note/signed-note.js';
import { formatVerifierKey } from '../chain/note/verifier-key.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import { Cosignatures } from '../ledger/cosignatures.js';
import { FatalError, Unavailable } from '../ledger/errors.js';
import { WITNESS_ANSWER_BYTES_MAX, WITNESS_ANSWER_MS_MAX } from '../ledger/witness-limits.js';
import { collecting, type Collecting } from './collecting.js';

type Respond = (request: AddCheckpoint, response: ServerResponse) => void;

/** A witness that answers as a test says, and notes what it was asked. */
class StubWitness {
  readonly asked: AddCheckpoint[] = [];
  last = 0;
  respond: Respond = (request, response) => this.cosign(request, response);
  private server: Server | undefined;

  async listen(): Promise<string> {
    this.server = createServer((request, response) => void this.take(request, response));
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** As the standard says, but for the checks. */
  cosign(request: AddCheckpoint, response: ServerResponse): void {
    const { oldSize, checkpoint } = request;
    if (oldSize !== this.last) {
      response.writeHead(409, { 'content-type': 'text/x.tlog.size' }).end(`${this.last}\n`);
      return;
    }
    this.last = checkpoint.size;
    response.end(lineOf(request, 1_760_000_001));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request) body += String(piece);
    const parsed = parseAddCheckpoint(body);
    if (request.url !== '/w/add-checkpoint' || typeof parsed === 'string') {
      response.writeHead(400).end();
      return;
    }
    this.asked.push(parsed);
    this.respond(parsed, response);
  }
}

function lineOf({ checkpoint }: AddCheckpoint, time: number, by = OTHER_PRODUCER, signedTime = time): string {
  const signature = signatureBy(by, cosignedText(signedTime, checkpoint.note.text));
  return formatSignatureLine(noteCosignature(COSIGNER.key, { time, signature }));
}

let witness: StubWitness;
let node: TestProducer;
let policy: Policy;
let all: Collecting | undefined;
let cosignatures: Cosignatures;
let metrics: Registry;
let failures: unknown[];

function policyOf(text: string): Policy {
  const parsed = parsePolicy(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

function begin(): void {
  metrics = new Registry();
  failures = [];
  const { store, events, clock } = node;
  cosignatures = new Cosignatures({ policy }, events);
  const fail = (error: unknown): void => void failures.push(error);
  all = collecting({ policy, store, cosignatures, events, metrics, clock, fail });
  all?.onApplicationBootstrap();
}

const store = (): AnyChainStore => node.tokenStore;
const seal = async (...nonces: string[]): Promise<void> => {
  for (const nonce of nonces) await node.transfer({ nonce });
  await node.token.seal();
};
/** Turns of the event loop, with time going by or standing still, until something is so. */
async function until(isSo: () => boolean, msPerTurn = 0): Promise<void> {
  const end = performance.now() + 20_000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`never so: ${isSo.toString()}`);
    node.clock.pass(msPerTurn);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const failed = async (reason: string): Promise<number> => {
  const { values = [] } = (await metrics.getSingleMetric('bpsc_witness_failures_total')?.get()) ?? {};
  return values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
};

beforeAll(() => Logger.overrideLogger(false));
afterAll(removeTemporary);
beforeEach(async () => {
  witness = new StubWitness();
  const url = await witness.listen();
  policy = policyOf(`witness w ${formatVerifierKey(COSIGNER.key)} ${url}/w\nquorum w`);
  node = await startTestProducer(temporaryFolder());
  all = undefined;
});
afterEach(async () => {
  all?.onModuleDestroy();
  await witness.close();
  await node.close();
});

it('asks after a block, from the size that the witness has, and entries are witnessed then', async () => {
  begin();
  await seal('a', 'b');
  expect(cosignatures.witnessedSize(store())).toBeUndefined();
  await until(() => cosignatures.witnessedSize(store()) === 2);
  await seal('c');
  await until(() => cosignatures.witnessedSize(store()) === 3);
  expect(witness.asked.map(({ oldSize, checkpoint }) => [oldSize, checkpoint.size])).toEqual([
    [0, 2],
    [2, 3],
  ]);
  expect(failures).toEqual([]);
});

it('asks once more from the size that a conflict tells, and skips a witness that is ahead', async () => {
  witness.last = 1;
  begin();
  await seal('a', 'b');
  await until(() => cosignatures.witnessedSize(store()) === 2);
  expect(witness.asked.map(({ oldSize }) => oldSize)).toEqual([0, 1]);
  witness.last = 5;
  await seal('c');
  await until(() => witness.asked.length === 3);
  await seal('d');
  // Until the chain is as long as what the witness has cosigned it is not asked.
  await seal('e');
  await until(() => cosignatures.witnessedSize(store()) === 5);
  expect(witness.asked.map(({ oldSize }) => oldSize)).toEqual([0, 1, 2, 5]);
  expect(await failed('refused')).toBe(0);
});

it('asks for the newest checkpoint only, whatever was sealed while the witness took its time', async () => {
  const held: (() => void)[] = [];
  witness.respond = (request, response) => void held.push(() => witness.cosign(request, response));
  begin();
  await seal('a');
  await until(() => held.length === 1);
  for (const nonce of ['b', 'c', 'd', 'e']) await seal(nonce);
  witness.respond = (request, response) => witness.cosign(request, response);
  held[0]?.();
  await until(() => cosignatures.witnessedSize(store()) === 5);
  expect(witness.asked.map(({ checkpoint }) => checkpoint.size)).toEqual([1, 5]);
});

describe('a hostile answer is no cosignature, and never delays a block:', () => {
  const answers: readonly (readonly [string, string, Respond])[] = [
    ['garbage', 'invalid', (_request, response) => response.end('nonsense')],
    ['an empty one', 'invalid', (_request, response) => response.end()],
    [
      'a huge one',
      'invalid',
      (_request, response) => response.end('— a AAAAAAE=\n'.repeat(WITNESS_ANSWER_BYTES_MAX / 8)),
    ],
    ['one by another key', 'invalid', (request, response) => response.end(lineOf(request, 7, PRODUCER))],
    [
      'one of another time than the signed one',
      'invalid',
      (request, response) => response.end(lineOf(request, 7, OTHER_PRODUCER, 8)),
    ],
    ['one from the future', 'invalid', (request, response) => response.end(lineOf(request, 1_760_009_999))],
    ['a refusal', 'refused', (_request, response) => response.writeHead(403).end('no\u0007')],
    ['a size that is none', 'refused', (_request, response) => response.writeHead(409).end('many')],
    ['the same size again', 'refused', (_request, response) => response.writeHead(409).end('0\n')],
    ['a redirection', 'refused', (_request, response) => response.writeHead(302, { location: '/x' }).end()],
    ['an error', 'busy', (_request, response) => response.writeHead(503).end()],
    ['a connection that breaks', 'unreachable', (_request, response) => response.destroy()],
  ];
  it.each(answers)('%s', async (_what, reason, respond) => {
    witness.respond = respond;
    begin();
    await seal('a');
    await until(() => witness.asked.length === 1);
    await seal('b');
    expect(store().head().header.treeSize).toBe(2);
    for (let turns = 0; (await failed(reason)) === 0 && turns < 2000; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await failed(reason)).toBe(1);
    expect(store().cosignedSizes()).toEqual([]);
    // It is asked again after a pause, and an honest answer then counts.
    witness.respond = (request, response) => witness.cosign(request, response);
    const before = witness.asked.length;
    node.clock.pass(1_000);
    await until(() => cosignatures.witnessedSize(store()) === 2);
    expect(witness.asked.length).toBe(before + 1);
    expect(failures).toEqual([]);
  });

  it('none at all, or one that dribbles', async () => {
    witness.respond = (_request, response) => void response.write('—');
    begin();
    await seal('a');
    await until(() => witness.asked.length === 1);
    await seal('b');
    node.clock.pass(WITNESS_ANSWER_MS_MAX);
    for (let turns = 0; (await failed('unreachable')) === 0 && turns < 2000; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await failed('unreachable')).toBe(1);
  });
});

describe('a cosignature that can’t be stored', () => {
  const failing = (persists: boolean, error: Error): void => {
    const keep = store().keepCosignatures.bind(store());
    let fails = true;
    store().keepCosignatures = (...given) => {
      if (persists || !fails) keep(...given);
      if (!fails) return;
      fails = false;
      throw error;
    };
  };

  it('now is asked for again', async () => {
    failing(false, new Unavailable('DISK_FULL', 'full', 1));
    begin();
    await seal('a');
    await until(
      () => witness.asked.length === 1 && node.clock.waiting.some((name) => name?.startsWith('witness:')),
    );
    expect(cosignatures.witnessedSize(store())).toBeUndefined();
    node.clock.pass(1_000);
    await until(() => cosignatures.witnessedSize(store()) === 1);
    expect(witness.asked.map(({ oldSize }) => oldSize)).toEqual([0, 0, 1]);
    expect(failures).toEqual([]);
  });

  it('stops the process where nobody knows whether it is on disk, and counts at the next start if it is', async () => {
    const error = new FatalError('the outcome of a commit is unknown');
    failing(true, error);
    begin();
    await seal('a');
    await until(() => failures.length === 1);
    expect(failures).toEqual([error]);
    expect(cosignatures.witnessedSize(store())).toBeUndefined();
    all?.onModuleDestroy();
    begin();
    expect(cosignatures.witnessedSize(store())).toBe(1);
    await seal('b');
    await until(() => cosignatures.witnessedSize(store()) === 2);
    expect(witness.asked.map(({ oldSize }) => oldSize)).toEqual([0, 1]);
  });
});

it('says how far each witness is behind', async () => {
  begin();
  await seal('a', 'b');
  await until(() => cosignatures.witnessedSize(store()) === 2);
  witness.respond = (_request, response) => response.writeHead(503).end();
  await seal('c');
  await seal();
  const text = await metrics.metrics();
  expect(text).toContain('bpsc_witness_lag_entries{chain="aka",witness="w"} 1');
  expect(text).toContain('bpsc_witness_lag_blocks{chain="aka",witness="w"} 2');
});

it('is not there without a witness that has a URL', () => {
  policy = policyOf(`witness w ${formatVerifierKey(COSIGNER.key)}\nquorum w`);
  begin();
  expect(all).toBeUndefined();
});
