// Makes a chain of so many sealed transfers, by the producer's own intake and sealing; a program of its own, so that
// its memory is nobody's else. Arguments: directory, entries, seed.
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Registry } from 'prom-client';
import { readConfig } from '../dist/config/read-config.js';
import { openProducer } from '../dist/producer/birth.js';
import { DiskGuard } from '../dist/producer/disk-guard.js';
import { draftTransfer } from '../dist/producer/drafts.js';
import { ProducerMetrics } from '../dist/producer/producer-metrics.js';
import { Producer } from '../dist/producer/producer.js';
import { InlineSignatureChecker } from '../dist/signatures/inline-checker.js';
import { openStorage } from '../dist/storage/database.js';
import { transfers } from './bodies.mjs';

const entriesPerCommit = 1000;
const waitingMax = 20_000;

const [directory, entriesText, seedText] = process.argv.slice(2);
const [entries, seed] = [Number(entriesText), Number(seedText)];

const config = readConfig({
  ROLE: 'producer',
  DATABASE_URL: `file:${path.join(directory, 'producer.db')}`,
  PRODUCER_KEY_FILE: path.join(directory, 'producer-key.pem'),
});
const storage = await openStorage(config.databaseFile, 'producer');
const clock = { now: () => Date.now(), elapsed: () => performance.now() };
const fail = (error) => {
  console.error(error);
  process.exit(1);
};
const producer = new Producer({
  store: storage.store,
  signer: openProducer(config, storage.store, clock.now()),
  clock,
  disk: new DiskGuard(config.databaseFile, config.freeDiskBytesMin, clock),
  limits: config,
  metrics: new ProducerMetrics(new Registry()),
  events: { accepted() {}, sealed() {}, sealingDelayed: (_chain, error) => fail(error), failed: fail },
  signatures: new InlineSignatureChecker(),
});
producer.start(new SchedulerRegistry());
const bodies = transfers(seed);
for (let made = 0; made < entries;) {
  const count = Math.min(entriesPerCommit, entries - made);
  const drafts = Array.from({ length: count }, () =>
    draftTransfer(bodies.next().value, producer.tokenContract),
  );
  await producer.submit('token', drafts);
  made += count;
  while (producer.waiting('token').entries > waitingMax) await nextTurn();
}
while (producer.waiting('token').entries > 0) await producer.seal('token');
await producer.stop();
await storage.close();
