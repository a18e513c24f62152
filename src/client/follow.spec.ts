import {
  ALICE,
  BOB,
  ChainBuilder,
  MALLORY,
  OTHER_PRODUCER,
  type Wire,
} from '../../test/support/chain-builder.js';
import { BpscClient } from './client.js';
import { FaultError } from './errors.js';
import type { FollowedBlock, FollowOptions } from './follow.js';
import { readContract } from './read-contract.js';
import { frontierAt, problem, StubNode } from './testing/stub-node.js';
import { verifyEntry, type EntryProof } from './verify-entry.js';

function makeChain(): ChainBuilder {
  const chain = ChainBuilder.signed();
  const hold = chain.transfer({ amount: '10', holdUntil: 1_760_000_100_000 });
  chain.seal([chain.transfer({ amount: '5', memo: 'hi' }), hold]);
  chain.seal();
  chain.seal([chain.answer('accept', hold), chain.issue({ amount: '7' }), chain.transfer({ amount: '1' })]);
  return chain;
}

const chain = makeChain();
const information = ChainBuilder.information();
information.seal([information.information(), information.information({ erased: true })]);

let node: StubNode;
let client: BpscClient;
beforeEach(async () => {
  node = await StubNode.start(chain, information);
  client = new BpscClient(node.url, { retries: 1, timeoutMs: 500, backoffMs: 2, backoffMsMax: 8 });
});
afterEach(() => node.close());

/** Follows until that many blocks came. */
async function take(
  count: number,
  from = 1,
  options: FollowOptions = {},
): Promise<readonly FollowedBlock<'token'>[]> {
  const blocks: FollowedBlock<'token'>[] = [];
  for await (const block of client.follow('token', from, { pollMs: 5, pollMsMax: 20, ...options })) {
    blocks.push(block);
    if (blocks.length === count) break;
  }
  return blocks;
}

async function faultOf(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'none',
    (error: unknown) => (error instanceof FaultError ? error.code : String(error)),
  );
}

/** The chain with one of its blocks changed. */
function serve(index: number, change: (block: Wire) => unknown): void {
  const blocks = structuredClone<Wire[]>(chain.blocks);
  change(blocks[index - 1]!);
  node.chains = [{ contract: chain.contract, chain: chain.chain, blocks }, information];
}

const transactions = (block: Wire): Wire[] => block.transactions as Wire[];

describe('following a chain', () => {
  it('gives every block from genesis on, verified', async () => {
    const blocks = await take(4);
    expect(blocks.map(({ header }) => header.hash)).toEqual(chain.blocks.map(({ hash }) => hash));
    expect(blocks.map(({ entries }) => entries.map(({ type }) => type))).toEqual([
      [],
      ['transfer', 'transfer'],
      [],
      ['accept', 'issue', 'transfer'],
    ]);
    expect(blocks[1]!.entries[0]).toMatchObject({ sender: ALICE.address, amountSend: '5', memo: 'hi' });
    expect(blocks.every(({ historyChecked }) => historyChecked)).toBe(true);
  });

  it('gives information, or that it was erased', async () => {
    for await (const { header, entries } of client.follow('information')) {
      if (header.index === 1) continue;
      expect(
        entries.map((entry) => (entry.type === 'information' ? entry.content?.information : entry.erases)),
      ).toEqual([{ degree: 'BSc', grade: 1.5 }, undefined]);
      break;
    }
  });

  it('begins at a later block, of which it says that not all was checked', async () => {
    const blocks = await take(2, 3);
    expect(blocks.map(({ header, historyChecked }) => [header.index, historyChecked])).toEqual([
      [3, false],
      [4, false],
    ]);
    const hash = chain.blocks[1]!.hash as string;
    expect(await take(1, 3, { parentHash: hash })).toHaveLength(1);
    expect(await faultOf(take(1, 3, { parentHash: 'ab'.repeat(32) }))).toBe('FORKED');
    await expect(take(1, 0)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(take(1, 9)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('waits for blocks to come, and for a node that is away', async () => {
    const growing = makeChain();
    node.chains = [growing, information];
    const rest = take(6, 4);
    await new Promise((resolve) => setTimeout(resolve, 50));
    let failures = 3;
    node.misbehave = (path, response) => {
      if (!path.includes('/blocks?') || failures-- <= 0) return false;
      if (failures === 2) problem(503, 'STOPPING')(response);
      else response.destroy();
      return true;
    };
    growing.seal([growing.transfer({ amount: '1' })]);
    growing.seal();
    // A truncated line is requested again.
    const all = rest.then((blocks) => blocks.map(({ header }) => header.index));
    setTimeout(() => {
      for (let i = 0; i < 3; i++) growing.seal();
    }, 50);
    expect(await all).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('ends without an error when it is aborted', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const { header } of client.follow('token', 1, { signal: stop.signal, pollMs: 5 })) {
      seen.push(header.index);
      if (header.index === 4) setTimeout(() => stop.abort(), 20);
    }
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, number, (block: Wire) => unknown, string]>([
    [
      'another recipient',
      2,
      (block) => (transactions(block)[0]!.recipient = MALLORY.address),
      'ENTRY_ID_MISMATCH',
    ],
    ['an entry less', 4, (block) => transactions(block).pop(), 'TREE_SIZE_MISMATCH'],
    ['another time', 3, (block) => (block.timestamp = 1_790_000_000_000), 'HASH_MISMATCH'],
    ['another parent', 3, (block) => (block.previous_hash = '00'.repeat(32)), 'PREVIOUS_HASH_MISMATCH'],
    ['another signature', 2, (block) => (block.signature = '00'.repeat(64)), 'BAD_SIGNATURE'],
    ['a field more', 2, (block) => (block.more = 1), 'MALFORMED'],
  ])('stops at a block with %s, after those before it', async (_name, index, change, code) => {
    serve(index, change);
    node.misbehave = headIsWhole;
    expect(await take(index - 1)).toHaveLength(index - 1);
    expect(await faultOf(take(4))).toBe(code);
    expect(await faultOf(take(1, index))).toBe(code);
  });

  it('stops where another signed', async () => {
    const forged = chain.forge([], { signer: OTHER_PRODUCER });
    node.chains = [
      { ...chain, chain: chain.chain, contract: chain.contract, blocks: [...chain.blocks, forged] },
      information,
    ];
    node.misbehave = headIsWhole;
    expect(await faultOf(take(5))).toBe('BAD_SIGNATURE');
  });

  it('sees from genesis on, and only then, that a wallet is overdrawn or a nonce used again', async () => {
    for (const [entry, code] of [
      [chain.transfer({ holder: MALLORY, amount: '1', recipient: BOB.address }), 'OVERDRAWN'],
      [
        chain.transfer({ nonce: transactions(chain.blocks[1]!)[0]!.nonce as string, amount: '1' }),
        'NONCE_REUSED',
      ],
    ] as const) {
      const blocks = [...chain.blocks, chain.forge([entry])];
      node.chains = [{ contract: chain.contract, chain: chain.chain, blocks }, information];
      expect(await faultOf(take(5))).toBe(code);
      expect(await take(1, 5)).toMatchObject([{ header: { index: 5 }, historyChecked: false }]);
    }
  });

  it('finds a frontier that is not the parent’s', async () => {
    node.answers.set('/chains/aka/blocks/2/frontier', { frontier: ['ab'.repeat(32)] });
    expect(await faultOf(take(1, 3))).toBe('TREE_ROOT_MISMATCH');
    node.answers.set('/chains/aka/blocks/2/frontier', { frontier: [] });
    expect(await faultOf(take(1, 3))).toBe('MALFORMED');
  });

  it('takes no JSON that the protocol refuses', async () => {
    node.misbehave = (path, response) => {
      if (!path.includes('/blocks?')) return false;
      response.end(`${JSON.stringify(chain.blocks[0]).replace('{', '{"index":1,')}\n`);
      return true;
    };
    expect(await faultOf(take(1))).toBe('MALFORMED');
  });
});

/** Serves a head that is signed, whatever was done to the blocks. */
function headIsWhole(path: string, response: Parameters<StubNode['misbehave']>[1]): boolean {
  if (path !== '/chains') return false;
  const { transactions: _, ...head } = chain.blocks[0]!;
  const item = { name: 'aka', kind: 'token', id: chain.chain, contract: chain.contract, length: 1, head };
  response.end(JSON.stringify({ role: 'producer', chains: [item] }));
  return true;
}

describe('an entry’s proof', () => {
  const block = chain.blocks[3]!;
  const [accept, , transfer] = transactions(block);
  const contract = readContract(chain.contract);
  const proof: EntryProof = { contract, frontier: frontierAt(chain.blocks.slice(0, 3)) };
  const verify = (changes: Partial<EntryProof> = {}, of: Wire = block): string => {
    try {
      return verifyEntry(transfer!.id as string, of, { ...proof, ...changes }).entry.id;
    } catch (error) {
      return error instanceof FaultError ? error.code : String(error);
    }
  };

  it('holds without a node, by its id or by the entry itself', () => {
    expect(verify()).toBe(transfer!.id);
    expect(verifyEntry(transfer!, block, proof)).toMatchObject({
      entry: { id: transfer!.id, amountSend: '1' },
      sequence: 4,
      header: { index: 4, hash: block.hash },
    });
    expect(verifyEntry(accept!, block, proof).sequence).toBe(2);
    expect(verify({ chainId: chain.chain, producer: contract.producer })).toBe(transfer!.id);
    const record = information.blocks[1]!;
    const [known] = record.information as Wire[];
    const ofInformation = { contract: readContract(information.contract), frontier: [] };
    expect(verifyEntry(known!, record, ofInformation).entry.type).toBe('information');
  });

  it.each<[string, Partial<EntryProof>, string]>([
    ['another chain', { chainId: 'ab'.repeat(32) }, 'CHAIN_MISMATCH'],
    ['another producer', { producer: 'ab'.repeat(32) }, 'PRODUCER_MISMATCH'],
    ['another contract', { contract: { ...contract, name: 'other' } }, 'CHAIN_MISMATCH'],
    ['another frontier', { frontier: ['ab'.repeat(32)] }, 'TREE_ROOT_MISMATCH'],
    ['a frontier of another size', { frontier: [] }, 'MALFORMED'],
    ['a frontier that is none', { frontier: ['x'] }, 'MALFORMED'],
  ])('does not hold for %s', (_name, changes, code) => {
    expect(verify(changes)).toBe(code);
  });

  it('does not hold in a block that is another, or was not signed by the producer', () => {
    expect(verify({}, chain.blocks[1])).toBe('MALFORMED');
    expect(verify({}, { ...block, tree_size: 4 })).toBe('HASH_MISMATCH');
    expect(verify({}, { ...block, signature: '00'.repeat(64) })).toBe('BAD_SIGNATURE');
    expect(verify({}, { ...block, transactions: [...transactions(block)].reverse() })).toBe(
      'TREE_ROOT_MISMATCH',
    );
    expect(() => verifyEntry('ab'.repeat(32), block, proof)).toThrow(FaultError);
    expect(() => verifyEntry({ ...transfer, memo: 'more' }, block, proof)).toThrow(FaultError);
    expect(() => verifyEntry('nonsense', block, proof)).toThrow(FaultError);
  });

  it('does not hold where the holder did not sign it', () => {
    const other = makeChain();
    const unsigned = other.transfer({ amount: '1', cheatAfterSigning: true }, (leaf) => (leaf.memo = 'x'));
    const frontier = frontierAt(other.blocks);
    const sealed = other.seal([unsigned]);
    const its = { contract: readContract(other.contract), frontier };
    expect(() => verifyEntry(unsigned, sealed, its)).toThrow(/signature/);
  });

  it('is fetched and checked in one go', async () => {
    const id = transfer!.id as string;
    node.answers.set(`/transactions/${id}`, { ...transfer, sequence: 4, block: 4, status: 'sealed' });
    expect(await client.verifyTransaction(id)).toMatchObject({ entry: { id }, sequence: 4 });
    node.answers.set(`/transactions/${id}`, { ...transfer, sequence: 4, block: 2, status: 'sealed' });
    expect(await faultOf(client.verifyTransaction(id))).toBe('MALFORMED');
    node.answers.set(`/transactions/${id}`, { ...transfer, sequence: 4, block: 5, status: 'pending' });
    await expect(client.verifyTransaction(id)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

describe('a stream of blocks', () => {
  it('is cut into lines wherever its pieces end', async () => {
    const bytes = Buffer.from(chain.blocks.map((block) => `${JSON.stringify(block)}\n`).join(''));
    const inPieces: typeof fetch = async (input, init) => {
      if (!(input as string).includes('/blocks?')) return fetch(input, init);
      const pieces = Array.from({ length: Math.ceil(bytes.length / 97) }, (_, i) =>
        bytes.subarray(97 * i, 97 * (i + 1)),
      );
      return new Response(ReadableStream.from(pieces));
    };
    client = new BpscClient(node.url, { fetch: inPieces });
    expect((await take(4)).map(({ header }) => header.index)).toEqual([1, 2, 3, 4]);
  });

  it('whose lines never end is a fault', async () => {
    const endless: typeof fetch = async (input, init) =>
      (input as string).includes('/blocks?') ? new Response('x'.repeat(9_000_000)) : fetch(input, init);
    client = new BpscClient(node.url, { fetch: endless });
    expect(await faultOf(take(1))).toBe('TOO_LARGE');
  });
});
