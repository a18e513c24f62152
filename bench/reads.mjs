// Figure 7: a block, a transaction, a wallet and a page of blocks, against a bare Fastify route that answers with the
// same bytes from memory.
import path from 'node:path';
import { getJson } from './kept.mjs';
import { fireReads } from './load.mjs';
import { startProducer, startProgram } from './processes.mjs';
import { randomFrom } from './random.mjs';
import { figure } from './rounds.mjs';

export const connections = 64;
/** Different blocks that are asked for in turn: the newest. */
const differentBlocks = 10;
/** Different transactions, and as many wallets. */
const differentEntries = { full: 500, smoke: 50 };
const blocksOnPage = 10;
/** Blocks, and other transactions, from anywhere in the chain. */
const anywhere = { full: { blocks: 2000, transactions: 20_000 }, smoke: { blocks: 100, transactions: 100 } };
/** Taken from one block. */
const perBlock = 100;
/** The code of both is compiled by then. */
const warmUpSeconds = 1;

export async function run({ fixtures, directory, rounds, form, secondsPerRound, seed }) {
  const entries = form === 'smoke' ? 20_000 : 200_000;
  const producer = await startProducer(await fixtures.copy(entries));
  const ceiling = await startProgram(path.join(import.meta.dirname, 'bare-reads.mjs'), directory);
  const kinds = await whatToRead(producer, { form, seed, blocksOnPage, spread: anywhere[form] });
  const lines = [];
  for (const [name, { paths, spread }] of Object.entries(kinds)) {
    await learn(ceiling, producer, paths);
    const measured = await readInTurns({ producer, ceiling, paths, rounds, secondsPerRound });
    const line = { name: `read ${name}, ${connections} connections`, unit: 'requests/s' };
    lines.push(figure({ ...line, aim: { ratioMin: 0.4 }, rounds: measured }));
    if (spread === undefined) continue;
    // What isn't in anybody's memory: no aim, but part of the truth.
    const ours = await readsPerSecond(producer, spread, { amount: spread.length });
    const { ceiling: theirs } = measured.at(-1);
    const spreadLine = { ...line, name: `read ${name}, anywhere in the chain` };
    lines.push(figure({ ...spreadLine, rounds: [{ ours, ceiling: theirs }] }));
  }
  await producer.stop();
  await ceiling.stop();
  return lines;
}

/**
 * What can be read of a node's token chain.
 * @param spread how many blocks and transactions from anywhere in the chain to find in addition
 * @returns by name, paths to be read in turn and, of blocks and transactions, those others
 */
export async function whatToRead(
  server,
  { form, seed, blocksOnPage: limit, spread = { blocks: 0, transactions: 0 } },
) {
  const random = randomFrom(seed);
  const { index: head } = await getJson(`${server.url}/chains/aka/head`);
  const anyBlock = () => 2 + Math.floor(random() * (head - 1));
  const block = (index) => `/chains/aka/blocks/${index}`;
  const transaction = ({ id }) => `/transactions/${id}`;
  const page = (from) => `/chains/aka/blocks?from=${from}&limit=${limit}`;
  const newest = Array.from({ length: Math.min(differentBlocks, head - 1) }, (_, i) => head - i);
  const found = [];
  while (found.length < differentEntries[form] + spread.transactions) {
    const { transactions } = await getJson(`${server.url}${block(anyBlock())}`);
    // A block may be empty.
    for (let i = 0; i < perBlock && transactions.length > 0; i++) {
      found.push(transactions[Math.floor(random() * transactions.length)]);
    }
  }
  const often = found.splice(0, differentEntries[form]);
  return {
    'one block': {
      paths: newest.map(block),
      spread: Array.from({ length: spread.blocks }, () => block(anyBlock())),
    },
    'one transaction': { paths: often.map(transaction), spread: found.map(transaction) },
    'a wallet': { paths: often.map(({ sender }) => `/wallets/${sender}`) },
    'a page of blocks': { paths: [page(Math.max(1, head - limit + 1))] },
  };
}

/** GETs a second, all of them answered with 200. */
export async function readsPerSecond(server, paths, { amount }) {
  const result = await fireReads({ url: server.url, paths, connections, amount });
  if (result.read === amount) return result.perSecond;
  throw new Error(
    `${server.name}: ${amount} requests, but the answers were ${JSON.stringify(result.answers)}`,
  );
}

export async function readInTurns({ producer, ceiling, paths, rounds, secondsPerRound }) {
  const speed = new Map();
  const read = async (server, seconds) => {
    const amount = Math.max(connections, Math.round(speed.get(server) * seconds));
    speed.set(server, await readsPerSecond(server, paths, { amount }));
    return speed.get(server);
  };
  for (const server of [producer, ceiling]) {
    speed.set(server, await readsPerSecond(server, paths, { amount: connections }));
    await read(server, Math.min(warmUpSeconds, secondsPerRound));
  }
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    // Whatever slows the machine down for a while meets both, and neither always goes first.
    const order = round % 2 === 1 ? [producer, ceiling] : [ceiling, producer];
    for (const server of order) await read(server, secondsPerRound);
    measured.push({ ours: speed.get(producer), ceiling: speed.get(ceiling) });
  }
  return measured;
}

/** Lets the ceiling fetch what it is to answer with, and compares what both then say. */
export async function learn(ceiling, producer, paths) {
  const learnt = new Promise((resolve) => ceiling.child.once('message', resolve));
  ceiling.child.send({ from: producer.url, paths });
  await ceiling.orEnd(learnt);
  for (const at of paths.slice(0, 20)) {
    const [ours, theirs] = await Promise.all([fetch(producer.url + at), fetch(ceiling.url + at)]);
    const same =
      ours.headers.get('content-type') === theirs.headers.get('content-type') &&
      (await ours.text()) === (await theirs.text());
    if (!same) throw new Error(`${at}: the ceiling answers something else`);
  }
}
