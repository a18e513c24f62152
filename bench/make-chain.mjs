// Makes chains of sealed transfers, by the producer's own intake and sealing; a program of its own, so that its memory
// does not count as anybody else's. Arguments: directory, entries of each chain, seed, and the number of chains where
// they are not the default pair.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { transfers } from './bodies.mjs';
import { chainList } from './chain-list.mjs';
import { openProducer, submitTransfers } from './open-producer.mjs';

const entriesPerCommit = 1000;
const waitingMax = 20_000;

const [directory, entriesText, seedText, chainsText] = process.argv.slice(2);
const [entries, seed] = [Number(entriesText), Number(seedText)];
const env = chainsText === undefined ? {} : { CHAINS: chainList(Number(chainsText)) };

const { tokens, close } = await openProducer(directory, env);
for (const token of tokens) {
  const bodies = transfers(seed);
  for (let made = 0; made < entries;) {
    const count = Math.min(entriesPerCommit, entries - made);
    await submitTransfers(token, bodies, count);
    made += count;
    while (token.waiting.entries > waitingMax) await nextTurn();
  }
  while (token.waiting.entries > 0) await token.seal();
}
await close();
