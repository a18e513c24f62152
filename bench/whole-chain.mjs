// Figure 8: GET /chain of a million transactions, against Fastify streaming a file with the same bytes; and what the
// node's memory grows by while ten clients read the chain at once.
import { createWriteStream, createReadStream, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { startProducer, startProgram } from './processes.mjs';
import { mostResidentMB, residentMB } from './resident.mjs';
import { alternate, figure } from './rounds.mjs';

const clients = 10;

export async function run({ fixtures, directory, rounds, form }) {
  const entries = form === 'smoke' ? 20_000 : 1_000_000;
  const copy = await fixtures.copy(entries);
  const memory = [];
  for (let round = 1; round <= rounds; round++) memory.push(await growth(copy, clients));

  const producer = await startProducer(copy);
  const ceiling = await startProgram(path.join(import.meta.dirname, 'bare-file.mjs'), directory);
  const file = path.join(directory, 'chain.json');
  await save(producer, file);
  await verifyComplete(file, entries);
  const { size } = statSync(file);
  const serves = new Promise((resolve) => ceiling.child.once('message', resolve));
  ceiling.child.send({ file });
  await ceiling.orEnd(serves);
  const measured = await alternate(rounds, {
    ours: () => megabytesPerSecond(producer, size),
    ceiling: () => megabytesPerSecond(ceiling, size),
  });
  await producer.stop();
  await ceiling.stop();
  rmSync(file);
  const name = `GET /chain of ${entries.toLocaleString('en')} transactions`;
  return [
    figure({ name, unit: 'MB/s', aim: { ratioMin: 0.4 }, rounds: measured }),
    figure({
      name: `memory, ${clients} clients reading it`,
      unit: 'MB more',
      aim: { oursMax: 100 },
      rounds: memory,
    }),
  ];
}

/** The growth of a fresh node's memory when that many clients read its whole chain at once. */
async function growth(directory, count) {
  const producer = await startProducer(directory);
  const before = residentMB(producer);
  const started = performance.now();
  let bytes = 0;
  const most = await mostResidentMB(producer, async () => {
    const sizes = await Promise.all(Array.from({ length: count }, () => drain(producer)));
    bytes = sizes.reduce((sum, size) => sum + size);
  });
  const seconds = (performance.now() - started) / 1000;
  await producer.stop();
  return { ours: most - before, before, most, megabytesPerSecond: bytes / 1e6 / seconds };
}

export async function megabytesPerSecond(server, size) {
  const started = performance.now();
  const bytes = await drain(server);
  if (bytes !== size) throw new Error(`${server.name} sent ${bytes} of ${size} bytes`);
  return bytes / 1e6 / ((performance.now() - started) / 1000);
}

/** Reads the whole chain and keeps nothing. @returns its bytes */
async function drain(server) {
  const answer = await open(server);
  let bytes = 0;
  answer.on('data', (chunk) => (bytes += chunk.length));
  await new Promise((resolve, reject) => answer.once('end', resolve).once('error', reject));
  return bytes;
}

async function save(server, file) {
  await pipeline(await open(server), createWriteStream(file));
}

function open({ url }) {
  return new Promise((resolve, reject) => {
    const request = http.get(`${url}/chain`, { agent: false }, (answer) => {
      if (answer.statusCode === 200) resolve(answer);
      else reject(new Error(`GET /chain: ${answer.statusCode}`));
    });
    request.once('error', reject);
  });
}

/** Every transaction is there, and the answer has its end. */
async function verifyComplete(file, entries) {
  const mark = ',"id":"';
  let found = 0;
  let rest = '';
  for await (const chunk of createReadStream(file, 'latin1')) {
    const text = rest + chunk;
    found += text.split(mark).length - 1;
    rest = text.slice(-(mark.length - 1));
  }
  if (found !== entries || !rest.endsWith('}')) {
    throw new Error(`GET /chain gave ${found} of ${entries} transactions, and ends with ${rest}`);
  }
}
