/** Two producer processes with one key, and followers that each were told one of the two stories. */
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCli } from '../support/cli.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';
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

const folder = temporaryFolder();
const [one, other] = [path.join(folder, 'one'), path.join(folder, 'other')] as const;
const SOON = { COMPARE_INTERVAL_MS: '100' };
const NEVER = { COMPARE_INTERVAL_MS: '2000000000' };

let producers: [NodeProcess, NodeProcess];
let followers: [NodeProcess, NodeProcess];
const envs: Record<string, string>[] = [];

const chainOf = async ({ url }: NodeProcess): Promise<Record<string, unknown>> =>
  (await call(`${url}/chains/aka`)).body;
const register = (at: NodeProcess, node: NodeProcess): Promise<unknown> =>
  call(`${at.url}/nodes/register`, { nodes: [node.url] });
const isFrozen = async (node: NodeProcess): Promise<boolean> => (await chainOf(node)).frozen !== null;

async function seal(producer: NodeProcess, amount: string): Promise<void> {
  await call(`${producer.url}/transactions/new`, { sender: 'alice', recipient: 'bob', amount });
  await call(`${producer.url}/mine`);
}

beforeAll(async () => {
  const first = await startNode(producerIn(one));
  await seal(first, '1');
  await first.stop();
  cpSync(one, other, { recursive: true });
  producers = await Promise.all([startNode(producerIn(one, SOON)), startNode(producerIn(other, NEVER))]);
  for (const { url } of producers) envs.push({ ...followerIn(folder, url), ...SOON });
  followers = await Promise.all([startNode(envs[0] ?? {}), startNode(envs[1] ?? {})]);
  await seal(producers[0], '2');
  await seal(producers[1], '3');
  for (const follower of followers) await until(async () => (await chainOf(follower)).length === 3);
});
afterAll(async () => {
  await killNodes();
  removeTemporary();
});

it('followers that know each other both freeze the chain, and hand out evidence that convicts', async () => {
  const hashes = await Promise.all(
    followers.map(async (follower) => ((await chainOf(follower)).head as { hash: string }).hash),
  );
  expect(new Set(hashes).size).toBe(2);
  expect(await Promise.all(followers.map(isFrozen))).toEqual([false, false]);
  await register(followers[0], followers[1]);
  await register(followers[1], followers[0]);
  for (const follower of followers) await until(() => isFrozen(follower));

  for (const [place, { url, output }] of followers.entries()) {
    const { text } = await call(`${url}/chains/aka/evidence`);
    const file = path.join(folder, `evidence-${place}.json`);
    writeFileSync(file, text);
    const { code, stdout } = await runCli(['verify-evidence', file]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Convicts: .* signed two blocks 3: /)]);
    for (const hash of hashes) expect(stdout).toContain(hash);
    const ready = await call(`${url}/health/ready`);
    expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('told two stories')]);
    expect((await call(`${url}/metrics`)).text).toMatch(/bpsc_chain_frozen\{[^}]*chain="aka"[^}]*\} 1/);
    expect(output()).toContain('EQUIVOCATION: the producer of aka signed two blocks 3: ');
    expect((await call(`${url}/faults`)).body.faults).toMatchObject([{ fault: 'FORKED', times: 1 }]);
  }

  // What is frozen takes no block; the other chain is followed on.
  await seal(producers[1], '4');
  await call(`${producers[1].url}/information/mine`, '');
  await until(async () => (await call(`${followers[1].url}/chains/information`)).body.length === 2);
  expect(await chainOf(followers[1])).toMatchObject({ length: 3 });
});

it('a restart changes nothing', async () => {
  const before = (await chainOf(followers[0])).frozen;
  await followers[0].stop();
  followers[0] = await startNode(envs[0] ?? {});
  expect((await chainOf(followers[0])).frozen).toEqual(before);
  await call(`${followers[0].url}/smart/chain`);
  expect(await chainOf(followers[0])).toMatchObject({ length: 3, frozen: before });
});

it('a follower that asks one of them is passed the evidence', async () => {
  const third = await startNode({ ...followerIn(folder, producers[0].url), ...SOON });
  await until(async () => (await call(`${third.url}/chains/aka`)).body.length === 3);
  await register(third, followers[0]);
  await until(() => isFrozen(third));
  const evidence = async ({ url }: NodeProcess): Promise<string> =>
    (await call(`${url}/chains/aka/evidence`)).text;
  expect(await evidence(third)).toBe(await evidence(followers[0]));
  await third.stop();
});

it('a producer that meets the other’s block ends, and does not start again', async () => {
  const [{ child, output }] = producers;
  await register(producers[0], followers[1]);
  await until(() => child.exitCode !== null);
  expect(child.exitCode).toBe(1);
  expect(output()).toMatch(/stopping: the key of aka signed two blocks 3: .* Nothing more is signed\./);
  const again = await startAndEnd(producerIn(one, SOON));
  expect(again).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^bpsc: the key of aka signed two blocks 3: /m),
  });
});
