// The cost sketch: what one transaction costs at least, part by part, by nothing but the part itself. Figures without
// an aim; docs/performance.md adds them up.
import { generateKeyPairSync, hash, sign, verify } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseRate, splitFee } from '../dist/chain/amount.js';
import { parseStrictJson } from '../dist/chain/json.js';
import { leafText } from '../dist/chain/transaction.js';
import { someTransfers } from './bodies.mjs';
import { openRawTable } from './raw-table.mjs';
import { alternate, figure } from './rounds.mjs';

const contract = {
  decimals: 18,
  feeRate: parseRate('0.00005'),
  feeWallet: 'bpsc_wallet_address',
};

export async function run({ directory, rounds, form, seed }) {
  const count = form === 'smoke' ? 2000 : 50_000;
  const own = path.join(directory, 'costs');
  mkdirSync(own);
  const bodies = someTransfers(seed, count).map((transfer) => JSON.stringify(transfer));
  const leaves = bodies.map((body, i) => leafOf(JSON.parse(body), i));
  const node = Buffer.alloc(65, 1);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const text = Buffer.alloc(300, 1);
  const signature = sign(null, text, privateKey);
  const table = openRawTable(path.join(own, 'raw.db'));
  let sequence = 0;
  const few = count / 20;
  const insert = (amount, perCommit) => () => {
    const rows = leaves.slice(0, amount).map((leaf) => rowOf(leaf, sequence++));
    return microsEach(amount, () => {
      for (let at = 0; at < amount; at += perCommit) table.insert(rows.slice(at, at + perCommit));
    });
  };
  const each = (items, act) => () =>
    microsEach(items.length, () => {
      for (const item of items) act(item);
    });
  const measured = await alternate(rounds, {
    'JSON.parse of a request': each(bodies, JSON.parse),
    'strict parse of a request': each(bodies, (body) => parseStrictJson(body)),
    'JSON.parse of a leaf': each(leaves, JSON.parse),
    'SHA-256 of a leaf': each(leaves, (leaf) => hash('sha256', leaf, 'buffer')),
    'SHA-256 of a tree node': each(leaves, () => hash('sha256', node, 'buffer')),
    'insert, all indexes, 1000 a commit': insert(count, 1000),
    'insert, all indexes, 64 a commit': insert(count, 64),
    'insert, all indexes, 1 a commit': insert(few, 1),
    'Ed25519 signature': each(leaves.slice(0, few), () => sign(null, text, privateKey)),
    'Ed25519 verification': each(leaves.slice(0, few), () => verify(null, text, publicKey, signature)),
  });
  table.close();
  return Object.keys(measured[0]).map((name) =>
    figure({ name: `cost: ${name}`, unit: 'µs', rounds: measured.map((round) => ({ ours: round[name] })) }),
  );
}

function microsEach(count, act) {
  const start = performance.now();
  act();
  return ((performance.now() - start) / count) * 1000;
}

function leafOf({ sender, recipient, amount }, i) {
  const send = BigInt(amount) * 10n ** 18n;
  const nonce = `n${String(i).padStart(21, '0')}`;
  const transfer = {
    type: 'transfer',
    sender,
    recipient,
    send,
    ...splitFee(send, contract.feeRate),
    nonce,
    timestamp: 1_760_000_000_000 + i,
  };
  return leafText(transfer, contract);
}

function rowOf(leaf, sequence) {
  const { sender, recipient, nonce } = JSON.parse(leaf);
  const id = hash('sha256', `\0${leaf}${sequence}`, 'buffer');
  return { sequence, id, block: 2, sender, recipient, nonce: `${nonce}${sequence}`, leaf };
}
