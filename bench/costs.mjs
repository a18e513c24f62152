// The cost sketch: what one transaction costs at least, part by part, by nothing but the part itself. Figures without
// an aim; docs/performance.md adds them up.
import { generateKeyPairSync, hash, sign, verify } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseStrictJson } from '../dist/chain/bytes/json.js';
import { someTransfers } from './bodies.mjs';
import { openRawTable, openRows } from './raw-table.mjs';
import { alternate, figure } from './rounds.mjs';

export async function run({ directory, fixtures, rounds, form, seed }) {
  const count = form === 'smoke' ? 2000 : 50_000;
  const own = path.join(directory, 'costs');
  mkdirSync(own);
  const bodies = someTransfers(seed, count).map((transfer) => JSON.stringify(transfer));
  const source = openRows(path.join(await fixtures.chain(count), 'producer.db'));
  const rows = source.read(0, count);
  const leaves = rows.map((row) => row[source.at('leaf')]);
  source.close();
  const node = Buffer.alloc(65, 1);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const text = Buffer.alloc(300, 1);
  const signature = sign(null, text, privateKey);
  const few = count / 20;
  let tables = 0;
  const insert = (amount, perCommit) => () => {
    const table = openRawTable(path.join(own, `raw-${++tables}.db`));
    const cost = microsEach(amount, () => {
      for (let at = 0; at < amount; at += perCommit)
        table.insert(rows.slice(at, Math.min(amount, at + perCommit)));
    });
    table.close();
    return cost;
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
  return Object.keys(measured[0]).map((name) =>
    figure({ name: `cost: ${name}`, unit: 'µs', rounds: measured.map((round) => ({ ours: round[name] })) }),
  );
}

function microsEach(count, act) {
  const start = performance.now();
  act();
  return ((performance.now() - start) / count) * 1000;
}
