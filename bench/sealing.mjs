// Figure 4: sealing, as entries a second through the sealer, against nothing but what a seal must do at least: two
// hashes an entry, one signature and one durable insert a block.
import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { transfers } from './bodies.mjs';
import { assertAuditsClean } from './kept.mjs';
import { openProducer, submitTransfers } from './open-producer.mjs';
import { alternate, figure } from './rounds.mjs';

const entriesPerCommit = 1000;
/** Sealed on request only, so that each block has as many entries as the round wants. */
const noSchedule = { BLOCK_INTERVAL_MS: '', BLOCK_MAX_ENTRIES: '' };

export async function run({ directory, rounds, form, seed }) {
  const own = path.join(directory, 'sealing');
  mkdirSync(own);
  const sizes = { 1: 1000, 100: 200, 10_000: 10 };
  const measured = {};
  const ceiling = openCeiling(path.join(own, 'ceiling.db'));
  const bodies = transfers(seed);
  for (const [sizeText, blocksOfFull] of Object.entries(sizes)) {
    const size = Number(sizeText);
    const blocks = form === 'smoke' ? Math.ceil(blocksOfFull / 10) : blocksOfFull;
    measured[size] = await alternate(rounds, {
      ours: () => sealAsTheyFill(own, bodies, size, blocks),
      cold: () => sealAfterStart(own, bodies, size, Math.ceil(blocks / 50)),
      ceiling: () => ceiling.seal(size, blocks),
    });
  }
  ceiling.close();
  assertAuditsClean(path.join(own, 'producer.db'));
  return Object.entries(measured).flatMap(([size, all]) => {
    const name = `seal blocks of ${Number(size).toLocaleString('en')}`;
    const aim = size === '10000' ? { aim: { ratioMin: 0.5 } } : {};
    const cold = all.map((round) => ({ ...round, ours: round.cold }));
    return [
      figure({ name, unit: 'entries/s', ...aim, rounds: all }),
      figure({ name: `${name}, after a start`, unit: 'entries/s', rounds: cold }),
    ];
  });
}

/** Entries a second through `seal`, of blocks that filled while the producer ran. */
async function sealAsTheyFill(directory, bodies, size, blocks) {
  const { token, close } = await openProducer(directory, noSchedule);
  let ms = 0;
  for (let sealed = 0; sealed < blocks; sealed++) {
    await fill(token, bodies, size);
    ms += await timeToSeal(token);
  }
  await close();
  return ((size * blocks) / ms) * 1000;
}

/** The same of blocks that waited when the producer was started: whatever sealing can do while they fill, it could not. */
async function sealAfterStart(directory, bodies, size, blocks) {
  let ms = 0;
  for (let sealed = 0; sealed < blocks; sealed++) {
    const before = await openProducer(directory, noSchedule);
    await fill(before.token, bodies, size);
    await before.close();
    const { token, close } = await openProducer(directory, noSchedule);
    ms += await timeToSeal(token);
    await close();
  }
  return ((size * blocks) / ms) * 1000;
}

async function fill(token, bodies, size) {
  for (let waiting = 0; waiting < size;) {
    const count = Math.min(entriesPerCommit, size - waiting);
    await submitTransfers(token, bodies, count);
    waiting += count;
  }
}

async function timeToSeal(token) {
  const start = performance.now();
  await token.seal();
  return performance.now() - start;
}

/** The ceiling, on a table of its own. */
function openCeiling(file) {
  const db = new Database(file);
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) db.pragma(pragma);
  db.exec('CREATE TABLE block ("index" INTEGER PRIMARY KEY, header TEXT, signature BLOB)');
  const insert = db.prepare('INSERT INTO block (header, signature) VALUES (?, ?)');
  const { privateKey } = generateKeyPairSync('ed25519');
  const leaf = 'x'.repeat(330);
  const header = 'x'.repeat(300);
  const node = Buffer.alloc(65, 1);
  return {
    seal(size, blocks) {
      const start = performance.now();
      for (let block = 0; block < blocks; block++) {
        for (let entry = 0; entry < size; entry++) {
          hash('sha256', leaf, 'buffer');
          hash('sha256', node, 'buffer');
        }
        insert.run(header, sign(null, Buffer.from(header), privateKey));
      }
      return ((size * blocks) / (performance.now() - start)) * 1000;
    },
    close: () => db.close(),
  };
}
