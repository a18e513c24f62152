// Makes a chain of so many sealed transfers, by the producer's own intake and sealing; a program of its own, so that
// its memory is nobody's else. Arguments: directory, entries, seed.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { transfers } from './bodies.mjs';
import { openProducer, submitTransfers } from './open-producer.mjs';

const entriesPerCommit = 1000;
const waitingMax = 20_000;

const [directory, entriesText, seedText] = process.argv.slice(2);
const [entries, seed] = [Number(entriesText), Number(seedText)];

const { token, close } = await openProducer(directory);
const bodies = transfers(seed);
for (let made = 0; made < entries;) {
  const count = Math.min(entriesPerCommit, entries - made);
  await submitTransfers(token, bodies, count);
  made += count;
  while (token.waiting.entries > waitingMax) await nextTurn();
}
while (token.waiting.entries > 0) await token.seal();
await close();
