import { removeTemporary } from '../../../test/support/temporary.js';
import { startTestHttp, type TestHttp } from '../../../test/support/test-http.js';
import { equalBytes, fromHex, toHex } from '../../chain/bytes/bytes.js';
import { sha256 } from '../../chain/bytes/sha256.js';
import { entryId } from '../../chain/entry/entry.js';
import { parseCheckpoint, type Checkpoint } from '../../chain/note/checkpoint.js';
import { formatVerifierKey, parseVerifierKey, type VerifierKey } from '../../chain/note/verifier-key.js';
import { parseSealedHeader } from '../../chain/block/sealed-header-text.js';
import { parseContentText } from '../../chain/entry/content-text.js';
import { verifyReceipt, type ProvenEntry } from '../../chain/proof/receipt.js';
import { verifyConsistency, verifyInclusion } from '../../chain/tree/proofs.js';
import { decodeBundle } from '../../chain/tree/tiles.js';
import { perfectRoot } from '../../chain/tree/subtrees.js';

const COUNT = 600;

let http: TestHttp;
let keys: VerifierKey[];
const ids: string[] = [];
const chains: Record<string, { id: string; verifier_key: string; checkpoint: string }> = {};

const get = async (url: string) => http.app.inject({ url });
const json = async <T>(url: string): Promise<T> => JSON.parse((await get(url)).body) as T;
const file = (chain: string, path: string) => get(`/tlog/${chains[chain]?.id}/${path}`);

beforeAll(async () => {
  http = await startTestHttp();
  const { producer } = http;
  for (const count of [1, 299, 300]) {
    const outcomes = await Promise.all(Array.from({ length: count }, () => producer.transfer({})));
    for (const outcome of outcomes) if ('entry' in outcome) ids.push(outcome.entry.id);
    await producer.token.seal();
  }
  await producer.inform({ degree: 'BSc', note: 'ä "quoted"' }, 'r-1');
  await producer.information.seal();
  const list = await json<{
    chains: { name: string; id: string; verifier_key: string; checkpoint: string }[];
  }>('/chains');
  for (const chain of list.chains) chains[chain.name] = chain;
  keys = list.chains.map(({ verifier_key: key }) => parseVerifierKey(key) as VerifierKey);
});
afterAll(async () => {
  await http.close();
  removeTemporary();
});

const checkpointOf = (text: string): Checkpoint => {
  const checkpoint = parseCheckpoint(text);
  if (typeof checkpoint === 'string') throw new Error(checkpoint);
  return checkpoint;
};
const proven = (text: string): ProvenEntry => {
  const result = verifyReceipt(text, { logs: keys });
  if ('problem' in result) throw new Error(result.problem);
  return result;
};

describe('a receipt', () => {
  it('proves each entry, and comes as a file', async () => {
    for (const sequence of [0, 1, 255, 256, 300, COUNT - 1]) {
      const { statusCode, headers, body } = await get(`/chains/aka/receipts/${ids[sequence]}`);
      expect(statusCode).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `attachment; filename="aka-${sequence}.tlog-proof"`,
        'cache-control': 'no-cache',
      });
      expect(proven(body)).toMatchObject({ sequence, id: ids[sequence], size: COUNT, chain: chains.aka?.id });
    }
  });

  it('is found on the default pair without a chain, and contains a record’s information unless it is omitted', async () => {
    expect((await get(`/receipts/${ids[7]}`)).body).toBe((await get(`/chains/aka/receipts/${ids[7]}`)).body);
    const [record] = (await json<{ information: { id: string }[] }>('/information')).information;
    expect(proven((await get(`/receipts/${record?.id}`)).body).content?.text).toBe(
      '{"degree":"BSc","note":"ä \\"quoted\\""}',
    );
    expect(proven((await get(`/receipts/${record?.id}?content=false`)).body).content).toBeUndefined();
  });

  it('uses an older checkpoint on request', async () => {
    expect(proven((await get(`/receipts/${ids[7]}?size=300`)).body).size).toBe(300);
    for (const [size, status, detail] of [
      [1, 400, 'size must be above 7, the sequence of the entry'],
      [299, 404, 'aka has no checkpoint for 299 entries here'],
      ['x', 400, 'size must be a whole number from 0'],
    ] as const) {
      const { statusCode, body } = await get(`/receipts/${ids[7]}?size=${size}`);
      expect([statusCode, (JSON.parse(body) as { detail: string }).detail]).toEqual([status, detail]);
    }
  });

  it('is refused for an unknown entry, and for a pending one', async () => {
    expect((await get(`/receipts/${'ab'.repeat(32)}`)).statusCode).toBe(404);
    expect((await get('/receipts/nonsense')).statusCode).toBe(400);
    const outcome = await http.producer.transfer({ memo: 'waits' });
    if (!('entry' in outcome)) throw outcome;
    const { statusCode, headers, body } = await get(`/receipts/${outcome.entry.id}`);
    expect([statusCode, headers['retry-after']]).toEqual([409, '1']);
    expect(JSON.parse(body)).toMatchObject({ code: 'NOT_SEALED' });
    expect((await get(`/chains/aka/proofs/inclusion?id=${outcome.entry.id}`)).statusCode).toBe(409);
  });
});

describe('proofs as JSON', () => {
  interface Inclusion {
    readonly sequence: number;
    readonly size: number;
    readonly root: string;
    readonly proof: readonly string[];
  }
  it('show that an entry is in a tree', async () => {
    for (const [sequence, size] of [
      [0, 1],
      [0, 600],
      [299, 300],
      [256, 257],
      [599, 600],
    ] as const) {
      const answer = await json<Inclusion>(`/chains/aka/proofs/inclusion?id=${ids[sequence]}&size=${size}`);
      const proof = answer.proof.map(fromHex);
      const leaf = fromHex(ids[sequence] as string);
      expect([answer.sequence, answer.size]).toEqual([sequence, size]);
      expect(verifyInclusion(leaf, sequence, size, proof, fromHex(answer.root))).toBe(true);
    }
  });

  it('show that a tree is a prefix of another', async () => {
    for (const [from, to] of [
      [0, 600],
      [1, 300],
      [300, 600],
      [256, 511],
      [600, 600],
    ] as const) {
      const answer = await json<{ from_root: string; to_root: string; proof: string[] }>(
        `/chains/${chains.aka?.id}/proofs/consistency?from=${from}&to=${to}`,
      );
      const [old, now] = [
        { size: from, root: fromHex(answer.from_root) },
        { size: to, root: fromHex(answer.to_root) },
      ];
      expect(verifyConsistency(old, now, answer.proof.map(fromHex))).toBe(true);
    }
  });

  it.each([
    ['consistency?from=5&to=601', 'to must be at most 600, the number of sealed entries of aka'],
    ['consistency?from=5&to=4', 'from must be at most 4, the newer size'],
    ['consistency', 'from is missing'],
    ['inclusion?id=x', 'id must be 64 lower-case hex digits'],
    ['inclusion', 'id is missing'],
  ])('refuse %s', async (path, detail) => {
    const { statusCode, body } = await get(`/chains/aka/proofs/${path}`);
    expect([statusCode, (JSON.parse(body) as { detail: string }).detail]).toEqual([400, detail]);
  });
});

describe('the tiled log', () => {
  it('lists the chains, and serves the checkpoint that /chains shows', async () => {
    expect(await json('/tlog/chains.json')).toEqual({
      chains: Object.entries(chains).map(([name, { id }]) => ({ id, name })),
    });
    const { headers, body } = await file('aka', 'checkpoint');
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
    });
    expect(body).toBe(chains.aka?.checkpoint);
    expect(keys.map(formatVerifierKey)).toContain(chains.aka?.verifier_key);
  });

  it('has tiles whose hashes lead to the checkpoint’s root', async () => {
    const { size, root } = checkpointOf((await file('aka', 'checkpoint')).body);
    expect(size).toBe(COUNT);
    const tiles = await Promise.all(['000', '001', '002.p/88'].map((name) => file('aka', `tile/0/${name}`)));
    for (const { headers } of tiles) {
      expect(headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'cache-control': 'public, max-age=31536000, immutable',
      });
    }
    const [first, second, last] = tiles.map(({ rawPayload }) => rawPayload);
    const level1 = (await file('aka', 'tile/1/000.p/2')).rawPayload;
    const whole = [perfectRoot(first!, 0, 256), perfectRoot(second!, 0, 256)];
    expect(level1.equals(Buffer.concat(whole))).toBe(true);
    // 600 = 512 + 64 + 16 + 8
    const rest = [perfectRoot(last!, 0, 64), perfectRoot(last!, 64, 16), perfectRoot(last!, 80, 8)];
    const join = (a: Uint8Array, b: Uint8Array): Uint8Array => sha256(Buffer.concat([Buffer.of(1), a, b]));
    const found = join(join(whole[0]!, whole[1]!), join(rest[0]!, join(rest[1]!, rest[2]!)));
    expect(equalBytes(found, root)).toBe(true);
    // The tile of an earlier head still exists, and is a prefix of the later one.
    const partial = (await file('aka', 'tile/0/001.p/44')).rawPayload;
    expect(partial.equals(second!.subarray(0, 44 * 32))).toBe(true);
  });

  it('has bundles whose entries hash to the tiles', async () => {
    const bundle = (await file('aka', 'tile/entries/002.p/88')).rawPayload;
    const leaves = decodeBundle(bundle, 88);
    expect(leaves?.map((leaf) => toHex(entryId(new TextDecoder().decode(leaf))))).toEqual(
      ids.slice(512, 600),
    );
  });

  it('has the blocks, the head and the contract', async () => {
    const lines = (await file('aka', 'block/000.p/4')).body.trimEnd().split('\n');
    const blocks = lines.map((line) => parseSealedHeader(JSON.parse(line)));
    expect(blocks).toMatchObject([1, 2, 3, 4].map((index) => ({ index })));
    expect(await json(`/tlog/${chains.aka?.id}/head.json`)).toEqual(JSON.parse(lines[3] as string));
    const contract = (await file('aka', 'contract.json')).body;
    expect(toHex(sha256(contract))).toBe(chains.aka?.id);
  });

  it('has the content of an information chain, which may be erased', async () => {
    const { headers, body } = await file('information', 'content/000');
    expect(headers['cache-control']).toBe('public, max-age=60');
    expect(parseContentText(body.trimEnd())?.text).toBe('{"degree":"BSc","note":"ä \\"quoted\\""}');
    expect((await file('aka', 'content/000')).statusCode).toBe(404);
  });

  it.each([
    'tile/0/003',
    'tile/0/002',
    'tile/0/002.p/89',
    'tile/2/000.p/1',
    'tile/0/0',
    'tile/0/000.p/256',
    'tile/entries/002.p/89',
    'block/000.p/5',
    'content/001',
    'nothing',
    '',
  ])('has no %j, and its answer is not cached', async (path) => {
    const { statusCode, headers } = await file('information', path);
    expect([statusCode, headers['cache-control']]).toEqual([404, 'no-store']);
    expect((await file('aka', path)).statusCode).toBe(404);
  });

  it('is only found under the chain’s id', async () => {
    expect((await get('/tlog/aka/checkpoint')).statusCode).toBe(404);
    expect((await get(`/tlog/${'ab'.repeat(32)}/checkpoint`)).statusCode).toBe(404);
  });
});
