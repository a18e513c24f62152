// Checkpoints that a witness cosigns, each with a proof and in a durable commit: many logs ask at once, each for one
// checkpoint after the other.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { formatAddCheckpoint } from '../dist/chain/note/add-checkpoint.js';
import { checkpointText, formatCheckpoint } from '../dist/chain/note/checkpoint.js';
import { formatVerifierKey } from '../dist/chain/note/verifier-key.js';
import { sha256 } from '../dist/chain/bytes/sha256.js';
import { consistencySteps, rootOver, rootStep } from '../dist/chain/tree/proofs.js';
import { nodeHash } from '../dist/chain/tree/tree.js';
import { startFollower, startProducer } from './processes.mjs';
import { figure, perSecond } from './rounds.mjs';

const logsOf = { full: 64, smoke: 8 };
/** Each log asks so often in a round. */
const stepsOf = { full: 40, smoke: 5 };

export async function run({ directory, rounds, form }) {
  const own = path.join(directory, 'cosigning');
  mkdirSync(own);
  const steps = stepsOf[form];
  // One round more, which compiles the code.
  const logs = Array.from({ length: logsOf[form] }, (_, n) => makeLog(n, steps * (rounds + 1)));
  const list = path.join(own, 'logs');
  writeFileSync(list, logs.map(({ key }) => `${formatVerifierKey(key)}\n`).join(''));
  const producer = await startProducer(own);
  const witness = await startFollower(own, producer.url, {
    WITNESS_NAME: 'bench.example/witness',
    WITNESS_KEY_FILE: path.join(own, 'witness-key.pem'),
    WITNESS_LOGS: list,
  });
  const agent = new Agent({ keepAlive: true, maxSockets: logs.length });
  const round = () =>
    perSecond(logs.length * steps, () =>
      Promise.all(logs.map((log) => askInTurn(log, steps, witness, agent))),
    );
  await round();
  const measured = [];
  for (let n = 0; n < rounds; n++) measured.push({ ours: await round() });
  agent.destroy();
  await witness.stop();
  await producer.stop();
  const name = `a witness cosigns, ${logs.length} logs at once`;
  return figure({ name, unit: 'checkpoints/s', aim: { oursMin: 1000 }, rounds: measured });
}

/** A log with its requests for each size, from 1 on. */
function makeLog(n, sizes) {
  const seed = Buffer.alloc(32);
  seed.writeUInt32BE(n + 1);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(secret)
    .export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('hex');
  const key = { name: `bench.example/log-${n}`, type: 1, publicKey };
  const rows = [Array.from({ length: sizes }, (_, leaf) => sha256(`${n} ${leaf}`))];
  for (let below = rows[0]; below.length > 1; below = rows.at(-1)) {
    rows.push(
      Array.from({ length: below.length >> 1 }, (_, place) =>
        nodeHash(below[2 * place], below[2 * place + 1]),
      ),
    );
  }
  const hashes = (step) => rootOver(step.map(({ level, index }) => rows[level][index]));
  const bodies = Array.from({ length: sizes }, (_, old) => {
    const head = { size: old + 1, root: hashes(rootStep(old + 1)) };
    const signature = sign(null, Buffer.from(checkpointText(key.name, head)), secret).toString('hex');
    const proof = consistencySteps(old, old + 1).map(hashes);
    return formatAddCheckpoint(old, proof, formatCheckpoint(key, head, signature));
  });
  return { key, bodies, next: 0 };
}

async function askInTurn(log, times, witness, agent) {
  for (let n = 0; n < times; n++) {
    const { status, text } = await post(`${witness.url}/add-checkpoint`, log.bodies[log.next++], agent);
    if (status !== 200) throw new Error(`the witness answers with ${status}: ${text}`);
  }
}

function post(url, body, agent) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent }, async (answer) => {
      let text = '';
      for await (const piece of answer) text += piece;
      resolve({ status: answer.statusCode, text });
    });
    asked.on('error', reject).end(body);
  });
}
