// The teaching chains: hashing on the worker thread against a bare loop, and checking another node's chain.
import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkChain, keepBlock } from '../dist/teaching/pow/check-chain.js';
import { chainText } from '../dist/teaching/pow/json-answer.js';
import { ThreadMiner } from '../dist/teaching/pow/miner.js';
import { powRules } from '../dist/teaching/pow/pow-rules.js';
import { searcher } from '../dist/teaching/pow/search.js';
import { parsePythonJson } from '../dist/teaching/python-json/parse.js';
import { PyFloat, PyInt, pyObject } from '../dist/teaching/python-json/values.js';
import { alternate, figure } from './rounds.mjs';

const before = '110650';
const after = '9bd58252bbed62b0af795f7c177c9b115bbb161f41df0ac728443cfb2b9e2067';
/** Of the chain that is checked: how many there are makes no difference to that. */
const zeros = 1;

export async function run({ form, rounds, secondsPerRound }) {
  const hashing = await alternate(rounds, {
    ours: () => workerRate(secondsPerRound),
    ceiling: () => bareRate(secondsPerRound),
  });
  const blocks = form === 'smoke' ? 500 : 10_000;
  const text = makeChain(blocks);
  const checking = await alternate(rounds, { ours: () => secondsToCheck(text, blocks) });
  return [
    figure({
      name: 'hashes on the mining thread',
      unit: 'per CPU second',
      aim: { ratioMin: 0.8 },
      rounds: hashing,
    }),
    figure({
      name: `checking a proof-of-work chain of ${blocks.toLocaleString('en')} blocks`,
      unit: 's',
      aim: { oursMax: 1 },
      rounds: checking,
    }),
  ];
}

/** In a second of processor time, so that other programs on the machine take nothing away from either. */
async function rate(act) {
  const before = process.cpuUsage();
  const count = await act();
  const { user, system } = process.cpuUsage(before);
  return (count * 1e6) / (user + system);
}

/** Too many zeros for anything to be found. */
async function workerRate(seconds) {
  const search = new ThreadMiner().start({ challenges: [{ before, after }], zeros: 32 });
  while (search.tries() === 0) await sleep(5);
  const measured = await rate(async () => {
    const first = search.tries();
    await sleep(seconds * 1000);
    return search.tries() - first;
  });
  search.stop();
  await search.proof;
  return measured;
}

function bareRate(seconds) {
  return rate(async () => {
    let count = 0;
    for (const end = performance.now() + seconds * 1000; performance.now() < end; count += 1000) {
      for (let i = 0; i < 1000; i++) hash('sha256', `${before}${count + i}${after}`);
    }
    return count;
  });
}

/** As a node serves it. */
function makeChain(length) {
  const blocks = [];
  for (let index = 1; index <= length; index++) {
    const last = blocks.at(-1);
    const proof = last === undefined ? 100 : proofAfter(last);
    blocks.push(
      keepBlock(
        pyObject({
          index: PyInt.of(index),
          timestamp: new PyFloat(1506057125.5 + index),
          transactions: [
            pyObject({ sender: 'alice', recipient: 'bob', amount: PyInt.of(index) }),
            powRules.reward('0a1b2c3d4e5f60718293a4b5c6d7e8f9'),
          ],
          proof: PyInt.of(proof),
          previous_hash: last?.hash ?? '1',
        }),
      ),
    );
  }
  return chainText(blocks);
}

function proofAfter(last) {
  const search = searcher({ challenges: powRules.challenges(last, []), zeros });
  for (let from = 0; ; from += 1000) {
    const found = search(from, 1000);
    if (found !== undefined) return found;
  }
}

/** From the text that was received to the verdict. */
async function secondsToCheck(text, length) {
  const start = performance.now();
  const checked = await checkChain(parsePythonJson(text).get('chain'), powRules, zeros);
  if (checked.length !== length) throw new Error(`the chain is refused: ${checked}`);
  return (performance.now() - start) / 1000;
}
