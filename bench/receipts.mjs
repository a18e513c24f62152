// Receipts, against a bare Fastify route that answers with the same bytes from memory; and the disk that the tree takes
// beside the entries.
import path from 'node:path';
import Database from 'better-sqlite3';
import { fireReads } from './load.mjs';
import { startProducer, startProgram } from './processes.mjs';
import { connections, learn, readInTurns, whatToRead } from './reads.mjs';
import { figure } from './rounds.mjs';

const entriesOf = { full: 5_000_000, smoke: 20_000 };
/** Different entries that are asked for once each, from anywhere in the chain. */
const anywhere = { full: 20_000, smoke: 100 };

export async function run({ fixtures, directory, rounds, form, secondsPerRound, seed }) {
  const entries = entriesOf[form];
  const chain = await fixtures.copy(entries);
  const producer = await startProducer(chain);
  const bare = await startProgram(path.join(import.meta.dirname, 'bare-reads.mjs'), directory);
  const found = await whatToRead(producer, {
    form,
    seed,
    blocksOnPage: 1,
    spread: { blocks: 0, transactions: anywhere[form] },
  });
  const receipt = (transaction) => transaction.replace('/transactions/', '/receipts/');
  const [paths, spread] = [found['one transaction'].paths, found['one transaction'].spread].map((list) =>
    list.map(receipt),
  );
  await learn(bare, producer, paths);
  const measured = await readInTurns({ producer, ceiling: bare, paths, rounds, secondsPerRound });
  const { perSecond, p99Ms } = await fireReads({
    url: producer.url,
    paths: spread,
    connections,
    amount: spread.length,
  });
  const { ceiling } = measured.at(-1);
  await producer.stop();
  await bare.stop();
  const of = `of a chain of ${entries.toLocaleString('en')}, ${connections} connections`;
  return [
    figure({ name: `receipts ${of}`, unit: 'requests/s', aim: { ratioMin: 0.4 }, rounds: measured }),
    figure({
      name: `receipts ${of}, each for the first time`,
      unit: 'requests/s',
      rounds: [{ ours: perSecond, ceiling }],
    }),
    figure({
      name: `receipts ${of}, each for the first time, p99`,
      unit: 'ms',
      aim: { oursMax: 10 },
      rounds: [{ ours: p99Ms }],
    }),
    figure({
      name: 'disk: the tree beside the entries',
      unit: 'bytes per entry',
      aim: { oursMax: 40 },
      rounds: [{ ours: treeBytes(path.join(chain, 'producer.db')) / entries }],
    }),
  ];
}

/** Pages of the stored subtrees, as they lie on the disk. */
function treeBytes(database) {
  const db = new Database(database, { readonly: true });
  const { bytes } = db.prepare(`SELECT sum(pgsize) AS bytes FROM dbstat WHERE name = 'subtree'`).get();
  db.close();
  return bytes;
}
