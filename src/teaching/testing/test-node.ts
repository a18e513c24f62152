/** A proof-of-work node in the test's process, on a real port and a real database. */
import path from 'node:path';
import { temporaryFolder } from '../../../test/support/temporary.js';
import type { ProofOfWorkConfig } from '../../config/config.js';
import { readConfig } from '../../config/read-config.js';
import type { ProofNode } from '../pow/proof-node.js';
import { openProofNode, type ProofRole } from '../pow/proof.module.js';
import { InlineMiner } from './inline-miner.js';

export interface TestNode {
  /** `host:port` */
  readonly address: string;
  readonly url: string;
  readonly node: ProofNode;
  readonly miner: InlineMiner;
  close(): Promise<void>;
}

/** Long enough for a node on the same machine, and short enough for a test of a silent one. */
const PEER_TIMEOUT_MS = 3000;
const running = new Set<TestNode>();

export async function startTestNode(
  role: ProofRole,
  env: Readonly<Record<string, string>> = {},
): Promise<TestNode> {
  const settings = {
    LOG_LEVEL: 'silent',
    DATABASE_URL: `file:${path.join(temporaryFolder(), 'node.db')}`,
    POW_ZEROS: '1',
    ROLE: 'pow',
    ...env,
  };
  const config = readConfig(settings) as ProofOfWorkConfig;
  const miner = new InlineMiner();
  const { app, node, close } = await openProofNode(config, role, { miner, peerTimeoutMs: PEER_TIMEOUT_MS });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const testNode: TestNode = {
    url,
    address: url.replace('http://', ''),
    node,
    miner,
    async close() {
      running.delete(testNode);
      await app.close();
      await close();
    },
  };
  running.add(testNode);
  return testNode;
}

/** For afterEach; the databases are in temporary folders. */
export async function closeTestNodes(): Promise<void> {
  for (const node of [...running]) await node.close();
}

export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

export async function ask(url: string, init: RequestInit = {}): Promise<Answered> {
  const answer = await fetch(url, init);
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? '',
    text: await answer.text(),
  };
}

export function post(url: string, body: string, type = 'application/json'): Promise<Answered> {
  return ask(url, { method: 'POST', body, headers: { 'content-type': type } });
}
