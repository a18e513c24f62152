// Whether all that was answered with 201 is there: asks the chain itself, and an audit that trusts nothing which the
// producer says.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const cli = path.join(import.meta.dirname, '../dist/cli/main.js');

/**
 * Seals what waits first.
 * @param accepted transactions that the chain has to have
 */
export async function verifyNothingIsLost(producer, accepted) {
  await sealAll(producer, accepted);
  assertAuditsClean(producer.url);
  console.log(`verified: all ${accepted} transactions are on the chain, and the chain audits clean`);
}

/** @param target a node's URL or its database. @throws Error where `bpsc verify` finds anything */
export function assertAuditsClean(target) {
  execFileSync(process.execPath, [cli, 'verify', target], { stdio: 'pipe' });
}

/** Seals all that waits, and counts it. */
export async function sealAll(producer, accepted) {
  while ((await getJson(`${producer.url}/transactions/pending?limit=1`)).total > 0) {
    await getJson(`${producer.url}/mine`);
  }
  const head = await getJson(`${producer.url}/chains/aka/head`);
  if (head.tree_size !== accepted) {
    throw new Error(`${accepted} transactions were answered with 201, but the chain has ${head.tree_size}`);
  }
}

export async function getJson(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`GET ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}
