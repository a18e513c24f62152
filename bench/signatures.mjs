// Signatures: a full block of signed transfers, verified by all rules with its signatures spread over threads, against
// nothing but the same signature checks in one loop on one thread, with the keys at hand.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { addressOf } from '../dist/chain/entry/address.js';
import { splitFee } from '../dist/chain/entry/amount.js';
import { blockHash, genesisHeader, signedText } from '../dist/chain/block/block.js';
import { hashHex, toHex } from '../dist/chain/bytes/bytes.js';
import { chainId, parseContract } from '../dist/chain/contract/contract.js';
import { entryWireText, transactionEntry } from '../dist/chain/entry/entry.js';
import { holderText } from '../dist/chain/entry/transaction.js';
import { verifyBlock } from '../dist/chain/block/verify-block.js';
import { blockOnWire } from '../dist/producer/seal/wire-block.js';
import { InlineSignatureChecker } from '../dist/signatures/inline-checker.js';
import { ThreadedSignatureChecker } from '../dist/signatures/threaded-checker.js';
import { verifyInTurns } from '../dist/signatures/verify-in-turns.js';
import { availableParallelism } from 'node:os';
import { randomFrom } from './random.mjs';
import { median } from './report.mjs';
import { figure, perSecond } from './rounds.mjs';

const holders = 500;
const timestamp = 1_760_000_000_000;

export async function run({ rounds, form, seed }) {
  const entries = form === 'smoke' ? 1000 : 10_000;
  const chain = makeChain(seed, entries);
  const threads = Math.max(1, availableParallelism() - 1);
  const ways = {
    spread: new ThreadedSignatureChecker(threads),
    inline: new InlineSignatureChecker(),
  };
  const measured = [];
  for (let round = 0; round <= rounds; round++) {
    const ceiling = await perSecond(entries, () => bareLoop(chain.signed));
    const spread = await perSecond(entries, () => verifyOnce(chain, ways.spread));
    const inline = await perSecond(entries, () => verifyOnce(chain, ways.inline));
    // The first round compiles the code and starts the threads.
    if (round > 0) measured.push({ ours: spread, inline, ceiling });
  }
  await ways.spread.close();
  console.log(
    `signatures: ${threads} thread(s) beside the main one; without them ${Math.round(median(measured.map(({ inline }) => inline)))}/s`,
  );
  return figure({
    name: `verify a signed block of ${entries}`,
    unit: 'transactions/s',
    aim: { ratioMin: 0.9 },
    rounds: measured,
  });
}

async function verifyOnce({ input }, checker) {
  const verdict = await verifyInTurns(input, checker);
  if ('fault' in verdict) throw new Error(verdict.message);
}

function bareLoop(signed) {
  for (const { key, text, signature } of signed) {
    if (!verify(null, Buffer.from(text), key, Buffer.from(signature, 'hex')))
      throw new Error('a bad signature');
  }
}

/** A chain whose second block holds as many signed transfers as are asked for. */
function makeChain(seed, count) {
  const random = randomFrom(seed);
  const keys = Array.from({ length: holders + 1 }, () => makeKey(random));
  const producer = keys.pop();
  const contract = parseContract({
    version: 1,
    kind: 'token',
    name: 'aka',
    producer: producer.publicKey,
    created_at: timestamp,
    schedule: { interval_ms: null, max_entries: 10_000, seal_empty: false },
    token: { symbol: 'AKA', decimals: 18 },
    fee: { rate: '0.00005', wallet: addressOf(producer.publicKey), disposition: 'collect' },
    wallets: {
      policy: 'signed',
      allocations: keys.map(({ address }) => ({ address, amount: '1000000' })),
    },
  });
  const id = chainId(contract);
  const seal = (header) => ({
    ...header,
    hash: blockHash(header),
    signature: signBy(producer, signedText(header)),
  });
  const nothing = { contract, nonceUsed: () => false };
  const genesis = verifyBlock({
    ...nothing,
    parent: undefined,
    books: undefined,
    block: blockOnWire(seal(genesisHeader(contract)), 'token', []),
  });

  const signed = [];
  const frontier = genesis.frontier.clone();
  const wire = Array.from({ length: count }, (_, i) => {
    const from = keys[Math.floor(random() * holders)];
    const to = keys[(keys.indexOf(from) + 1) % holders];
    const send = 10n ** 18n;
    const draft = {
      type: 'transfer',
      sender: from.address,
      recipient: to.address,
      send,
      ...splitFee(send, contract.feeRate),
      nonce: `n${i}`,
      timestamp,
    };
    const text = holderText(draft, contract, id);
    const signature = signBy(from, text);
    signed.push({ key: from.key, text, signature });
    const entry = transactionEntry({ ...draft, proof: { publicKey: from.publicKey, signature } }, contract);
    frontier.append(entry.id);
    return JSON.parse(entryWireText(entry.leafText, toHex(entry.id), 'token', undefined));
  });
  const header = seal({
    chain: id,
    index: 2,
    previousHash: genesis.header.hash,
    timestamp,
    treeRoot: hashHex(frontier.root()),
    treeSize: count,
  });
  const parent = { ...genesis, lastEntryTimestamp: undefined };
  const input = { ...nothing, parent, books: genesis.book, block: blockOnWire(header, 'token', wire) };
  return { signed, input };
}

function makeKey(random) {
  const secret = Buffer.from(Array.from({ length: 32 }, () => Math.floor(random() * 256)));
  const head = Buffer.from('302e020100300506032b657004220420', 'hex'); // PKCS#8 (RFC 8410, section 7)
  const privateKey = createPrivateKey({ key: Buffer.concat([head, secret]), format: 'der', type: 'pkcs8' });
  const key = createPublicKey(privateKey);
  const publicKey = key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  return { privateKey, key, publicKey, address: addressOf(publicKey) };
}

function signBy({ privateKey }, text) {
  return sign(null, Buffer.from(text), privateKey).toString('hex');
}
