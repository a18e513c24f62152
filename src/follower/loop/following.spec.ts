import { firstOf } from '../../../test/support/first-of.js';
import { createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { Logger } from '@nestjs/common';
import { ChainBuilder, OTHER_PRODUCER, PRODUCER, type Wire } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { judgeEvidence } from '../../chain/proof/equivocation.js';
import { fromHex, hashHex, type Hash, type PublicKey } from '../../chain/bytes/bytes.js';
import { Frontier } from '../../chain/tree/tree.js';
import { FatalError, Unavailable } from '../../ledger/errors.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import type { LedgerStore } from '../../ledger/store.js';
import { blocksOf, ndjson, TestUpstream, type Misbehaviour } from '../../../test/support/test-upstream.js';
import {
  startTestFollower,
  type TestFollower,
  type TestFollowerOptions,
} from '../../../test/support/test-follower.js';

let token: ChainBuilder;
let information: ChainBuilder;
let upstream: TestUpstream;
let follower: TestFollower;
let file: string;

beforeEach(async () => {
  token = ChainBuilder.token();
  information = ChainBuilder.information();
  upstream = await TestUpstream.start([token, information]);
  file = path.join(temporaryFolder(), 'follower.db');
  follower = await startTestFollower(file, upstream.url);
});
afterEach(async () => {
  await follower.close();
  await upstream.close();
});
afterAll(removeTemporary);

/** Restarts the follower, as a kill and a start would. */
async function restart(options: TestFollowerOptions = {}): Promise<void> {
  await follower.close();
  follower = await startTestFollower(file, upstream.url, options);
}

function sealTransfers(count: number): void {
  token.seal(Array.from({ length: count }, (_, i) => token.transfer({ recipient: `r${i}` })));
}

describe('following', () => {
  it('begins both chains at first contact and pulls everything', async () => {
    sealTransfers(3);
    information.seal([information.information()]);
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.heads()).toEqual([2, 2]);
    expect(firstOf(follower.store, 'token').books.wallet('alice')).toMatchObject({ sentCount: 3 });
    expect(follower.status.troubles()).toEqual([]);
  });

  it('leaves nothing in its write-ahead log for a later commit to move, once it is level', async () => {
    sealTransfers(3);
    await follower.round();
    const alone = `${file}-alone`;
    copyFileSync(file, alone);
    const db = new Database(alone);
    const found = db.prepare('SELECT count(*) FROM "transaction"').pluck().get();
    db.close();
    expect(found).toBe(3);
  });

  it('pulls only new blocks', async () => {
    await follower.round();
    sealTransfers(1);
    upstream.requests.length = 0;
    await follower.round();
    expect(upstream.requests).toEqual(['/chains', `${blocksOf(token)}?from=2&limit=1`]);
  });

  it('pulls page after page until it is level', async () => {
    for (let i = 0; i < 1500; i++) token.seal();
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.heads()).toEqual([1501, 1]);
    expect(upstream.requests.filter((url) => url.startsWith(blocksOf(token))).slice(1)).toEqual([
      `${blocksOf(token)}?from=2&limit=1000`,
      `${blocksOf(token)}?from=1002&limit=500`,
    ]);
    expect(follower.status.lagOf(follower.id('token'))).toBe(0);
  });

  it('continues where it was stopped, in the middle of a page', async () => {
    const stop = new AbortController();
    await follower.round();
    const [store] = follower.store.stores() as [AnyChainStore];
    const append = store.append.bind(store);
    for (let i = 0; i < 20; i++) sealTransfers(1);
    store.append = (head, blocks, changes) => {
      append(head, blocks, changes);
      if (blocks.at(-1)?.header.index === 7) stop.abort();
    };
    upstream.misbehave = ({ path: asked, from }, response) => {
      if (asked !== blocksOf(token) || from === 1) return false;
      response.write(ndjson(token.blocks.slice(1, 7)));
      // The rest arrives only once the follower has stored what it has.
      stop.signal.addEventListener('abort', () => response.end(ndjson(token.blocks.slice(7))));
      return true;
    };
    expect(await follower.round({ stop: stop.signal })).not.toContain('token');
    expect(follower.heads()).toEqual([7, 1]);
    upstream.misbehave = undefined;
    await restart();
    upstream.requests.length = 0;
    await follower.round();
    expect(upstream.requests[1]).toBe(`${blocksOf(token)}?from=8&limit=14`);
    expect(follower.heads()).toEqual([21, 1]);
    expect(await follower.faults()).toEqual([]);
  });

  it('keeps what arrived of a page that was cut off', async () => {
    for (let i = 0; i < 5; i++) sealTransfers(1);
    upstream.misbehave = ({ path: asked, from }, response) => {
      if (asked !== blocksOf(token) || from === 1) return false;
      const text = ndjson(token.blocks.slice(1));
      response.setHeader('content-length', text.length);
      response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
      return true;
    };
    expect(await follower.round()).toEqual(['information']);
    const [reached] = follower.heads();
    expect(reached).toBeGreaterThan(1);
    upstream.misbehave = undefined;
    await follower.round();
    expect(follower.heads()).toEqual([6, 1]);
  });

  it('stores a wallet only once for many transfers, and adds to its amounts', async () => {
    sealTransfers(2);
    await follower.round();
    sealTransfers(2);
    await follower.round();
    const { books } = firstOf(follower.store, 'token');
    expect(books.wallet('alice')).toMatchObject({ sentCount: 4, sent: 4_000_000n * 10n ** 18n });
    expect(books.wallet('r0')).toMatchObject({ receivedCount: 2, received: 1_999_900n * 10n ** 18n });
    expect(books.wallet('bpsc_wallet_address')).toMatchObject({ feesCollected: 200n * 10n ** 18n });
  });
});

describe('an upstream that is merely unreachable', () => {
  it('is no trouble, and is followed again when it is back', async () => {
    await follower.round();
    await upstream.close();
    expect(await follower.round()).toEqual([]);
    expect(follower.status.troubles()).toEqual([]);
    expect(follower.status.details()).toMatchObject({
      last_error: expect.stringContaining('GET /chains: ') as string,
    });
    sealTransfers(1);
    upstream = await TestUpstream.start([token, information], upstream.port);
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.status.details()).toMatchObject({ last_error: null, lag_blocks_aka: 0 });
  });

  it('is a trouble as long as nothing has ever been pulled from it', async () => {
    await upstream.close();
    await follower.round();
    expect(follower.status.troubles()).toEqual([`nothing has been pulled from ${upstream.url} yet`]);
    upstream = await TestUpstream.start([token, information], upstream.port);
  });

  it('is retried with growing pauses, but not forever', async () => {
    upstream.misbehave = (_, response) => (response.writeHead(503).end(), true);
    expect(await follower.round({ retriesMax: 3 })).toEqual([]);
    expect(follower.clock.slept).toEqual([100, 200, 400]);
    expect(upstream.requests).toHaveLength(4);
  });

  it('is retried within the round', async () => {
    upstream.misbehave = (_, response) => (response.writeHead(503).end(), true);
    follower.clock.onSleep = () => (upstream.misbehave = undefined);
    expect(await follower.round({ retriesMax: 3 })).toEqual(['token', 'information']);
  });

  it('is not retried when a caller is waiting', async () => {
    upstream.misbehave = (_, response) => (response.writeHead(503).end(), true);
    await follower.round({ retriesMax: 3, hurry: AbortSignal.abort() });
    expect(follower.clock.slept).toEqual([]);
  });

  it('may advertise more than it delivers: that proves nothing, and does not cause a loop', async () => {
    await follower.round();
    sealTransfers(1);
    upstream.misbehave = ({ path: asked }, response) => {
      if (asked === '/chains') return false;
      response.end();
      return true;
    };
    upstream.requests.length = 0;
    expect(await follower.round({ retriesMax: 2 })).toEqual(['information']);
    expect(upstream.requests).toHaveLength(6);
    expect(follower.status.details()).toMatchObject({
      lag_blocks_aka: 1,
      last_error: 'it advertises block 2 of aka, but delivers none after 1',
    });
    expect(await follower.faults()).toEqual([]);
  });

  it('is a follower that has no chains yet', async () => {
    upstream.role = 'follower';
    upstream.chains = [];
    await follower.round();
    expect(follower.status.details()).toMatchObject({
      last_error: 'it is a follower that has no chains yet',
    });
    upstream.chains = [token, information];
    expect(await follower.round()).toEqual(['token', 'information']);
    upstream.chains = [];
    expect(await follower.round()).toEqual([]);
    expect(await follower.faults()).toEqual([]);
  });

  it('is a follower that lags behind', async () => {
    sealTransfers(1);
    await follower.round();
    const behind = ChainBuilder.token();
    upstream.role = 'follower';
    upstream.chains = [behind, information];
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.heads()).toEqual([2, 1]);
    expect(await follower.faults()).toEqual([]);
  });
});

describe('something that answers, but is not a node', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => (warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation()));
  afterEach(() => warn.mockRestore());
  const logged = (): string => warn.mock.calls.map(([text]) => String(text)).join('\n');

  const rows: [string, Misbehaviour][] = [
    ['404', (_, response) => (response.writeHead(404).end('no such page'), true)],
    ['a redirection', (_, response) => (response.writeHead(302, { location: '/login' }).end(), true)],
    ['401', (_, response) => (response.writeHead(401).end(), true)],
    ['no HTTP', ({ request }) => (request.socket.end('SSH-2.0-OpenSSH_9.6\r\n'), true)],
  ];
  const firstOnly: [string, Misbehaviour][] = [
    ['a page', (_, response) => (response.end('<html>welcome</html>'), true)],
    ['other JSON', (_, response) => (response.end('{"status":"ok"}'), true)],
    ['no gzip', (_, response) => (response.setHeader('content-encoding', 'gzip').end('plain'), true)],
  ];

  it.each([...rows, ...firstOnly])('at first contact: %s', async (_, misbehave) => {
    upstream.misbehave = misbehave;
    await follower.round();
    expect(follower.status.details()).toMatchObject({ upstream_state: 'not_a_node' });
    expect(follower.status.troubles().join()).toMatch(
      /^nothing has been pulled from http:\S+ yet: it answers, but is not a bpsc node: /,
    );
    expect(follower.status.reason(follower.id('token'))).toMatch(
      /^http:\S+ answers, but is not a bpsc node: .*GET \/chains/,
    );
    expect(logged()).toMatch(
      /answers, but is not a bpsc node: .*; nothing has been pulled yet, so there is nothing to serve/,
    );
    expect(logged()).not.toMatch(/unreachable|last good state/);
    expect(await follower.faults()).toEqual([]);
    upstream.misbehave = undefined;
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.status.details()).toMatchObject({ upstream_state: 'answers', unreachable_since: null });
  });

  it.each(rows)('later: %s', async (_, misbehave) => {
    await follower.round();
    upstream.misbehave = misbehave;
    await follower.round();
    expect(follower.status.details()).toMatchObject({ upstream_state: 'not_a_node', lag_blocks_aka: null });
    expect(follower.status.troubles()).toEqual([]);
    expect(logged()).toMatch(/answers, but is not a bpsc node: .*; the last good state is still served/);
  });

  it.each([429, 500, 502, 503])(
    'is not assumed for status %s: that is a node that can’t be reached',
    async (status) => {
      upstream.misbehave = (_, response) => (response.writeHead(status).end(), true);
      await follower.round();
      expect(follower.status.details()).toMatchObject({ upstream_state: 'unreachable' });
      expect(logged()).toMatch(/is unreachable: .*; nothing has been pulled yet/);
    },
  );
});

describe('the state of the upstream', () => {
  const lagLine = /bpsc_sync_lag_blocks\{chain="aka"\}/;

  it('is unknown while it is unreachable, and the time since then is reported', async () => {
    await follower.round();
    expect(await follower.metrics.metrics()).toMatch(lagLine);
    await upstream.close();
    follower.clock.time += 1000;
    const since = follower.clock.time;
    await follower.round();
    follower.clock.time += 5000;
    await follower.round();
    expect(follower.status.details()).toMatchObject({
      upstream_state: 'unreachable',
      unreachable_since: since,
      lag_blocks_aka: null,
      lag_blocks_information: null,
    });
    const text = await follower.metrics.metrics();
    expect(text).toContain('bpsc_upstream_unreachable_seconds 5');
    expect(text).not.toMatch(lagLine);
    expect(follower.status.reason(follower.id('token'))).toMatch(/is unreachable: GET \/chains/);
    upstream = await TestUpstream.start([token, information], upstream.port);
    await follower.round();
    expect(follower.status.details()).toMatchObject({ unreachable_since: null, lag_blocks_aka: 0 });
    expect(await follower.metrics.metrics()).toContain('bpsc_upstream_unreachable_seconds 0');
  });

  it('is at fault, whatever it says afterwards: nothing else is reported of that chain', async () => {
    await follower.round();
    serve(token.forge([], { signer: OTHER_PRODUCER }));
    await follower.round();
    upstream.chains = [token, information];
    await follower.round();
    expect(follower.status.details()).toMatchObject({
      upstream_state: 'at_fault',
      fault_aka: 'BAD_SIGNATURE',
      fault_information: null,
      lag_blocks_aka: null,
      lag_blocks_information: 0,
    });
    expect(follower.status.reason(follower.id('token'))).toMatch(/is at fault: BAD_SIGNATURE: block 2 /);
    expect(await follower.metrics.metrics()).not.toMatch(lagLine);
  });

  it('is distinguished from unreachable if it advertises blocks but does not deliver them', async () => {
    await follower.round();
    sealTransfers(1);
    upstream.misbehave = ({ path: asked }, response) => asked !== '/chains' && (response.end(), true);
    await follower.round();
    expect(follower.status.details()).toMatchObject({ upstream_state: 'answers', lag_blocks_aka: 1 });
    expect(follower.status.reason(follower.id('token'))).toMatch(
      /cannot pull from the upstream http\S+: it advertises block 2 of aka, but delivers none/,
    );
  });
});

/** The fault with which the next round ends: stored once, reported, counted, and no faulty block stored. */
async function expectFault(code: string, chain = 'aka', evidence?: string): Promise<void> {
  const before = follower.heads();
  const level = await follower.round();
  expect(level).not.toContain('token');
  expect(follower.heads()[0]).toBe(before[0]);
  const [fault, ...others] = await follower.faults();
  expect(others).toEqual([]);
  expect(fault).toMatchObject({ fault: code, chain, upstream: upstream.url, times: 1 });
  if (evidence !== undefined) expect(fault?.evidence).toBe(evidence);
  expect(follower.status.troubles().join()).toContain(code);
  expect(await follower.metrics.metrics()).toContain(`bpsc_faults_total{chain="${chain}",code="${code}"} 1`);

  upstream.requests.length = 0;
  await follower.round();
  expect(upstream.requests.filter((url) => url.startsWith(blocksOf(token)))).toEqual([]);
  expect(await follower.faults()).toEqual([fault]);
}

/** Serves `block` as the next one, as if it were the head. */
function serve(block: unknown): void {
  upstream.chains = [
    { contract: token.contract, chain: token.chain, blocks: [...token.blocks, block as Wire] },
    information,
  ];
}

describe('an upstream that tampers', () => {
  beforeEach(async () => {
    sealTransfers(2);
    await follower.round();
  });

  /** Blocks that are forged on the head, each with the code of its refusal. */
  const header: [string, string, unknown][] = [
    ['chain', 'CHAIN_MISMATCH', 'a'.repeat(64)],
    ['index', 'INDEX_MISMATCH', 4],
    ['previous_hash', 'PREVIOUS_HASH_MISMATCH', 'a'.repeat(64)],
    ['timestamp', 'HASH_MISMATCH', 1_999_999_999_999],
    ['tree_root', 'HASH_MISMATCH', 'a'.repeat(64)],
    ['tree_size', 'TREE_SIZE_MISMATCH', 9],
    ['version', 'VERSION_MISMATCH', 2],
    ['hash', 'HASH_MISMATCH', 'a'.repeat(64)],
    ['signature', 'BAD_SIGNATURE', 'a'.repeat(128)],
    ['transactions', 'MALFORMED', {}],
    ['index2', 'MALFORMED', 3],
  ];
  it.each(header)('with the field %s of a block: %s', async (field, code, value) => {
    const block = token.forge([token.transfer()]);
    serve(block); // the correct head
    const tampered = JSON.stringify({ ...block, [field]: value });
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(token) && (response.end(`${tampered}\n`), true);
    await expectFault(code, 'aka', tampered);
  });

  it.each(
    header.filter(([field]) =>
      ['timestamp', 'hash', 'signature', 'tree_root', 'previous_hash', 'tree_size'].includes(field),
    ),
  )('with the field %s of a head', async (field, _, value) => {
    serve(token.forge([], { tamper: (block) => (block[field] = value) }));
    await expectFault(field === 'signature' ? 'BAD_SIGNATURE' : 'HASH_MISMATCH');
  });

  const entry: [string, string, unknown][] = [
    ['amount_bpsc', 'ENTRY_ID_MISMATCH', '49'],
    ['amount_receive', 'ENTRY_ID_MISMATCH', '999951'],
    ['amount_send', 'ENTRY_ID_MISMATCH', '1000001'],
    ['bpsc', 'ENTRY_ID_MISMATCH', 'mine'],
    ['id', 'ENTRY_ID_MISMATCH', 'a'.repeat(64)],
    ['memo', 'ENTRY_ID_MISMATCH', 'hello'],
    ['nonce', 'ENTRY_ID_MISMATCH', 'other'],
    ['recipient', 'ENTRY_ID_MISMATCH', 'mallory'],
    ['sender', 'ENTRY_ID_MISMATCH', 'mallory'],
    ['timestamp', 'ENTRY_ID_MISMATCH', 1_760_000_009_999],
    ['type', 'ENTRY_MALFORMED', 'gift'],
    ['extra', 'ENTRY_MALFORMED', 1],
  ];
  it.each(entry)('with the field %s of an entry: %s', async (field, code, value) => {
    const forge = (block: Wire): void => {
      ((block.transactions as Wire[])[1] as Wire)[field] = value;
    };
    serve(token.forge([token.transfer(), token.transfer()], { tamper: forge }));
    await expectFault(code);
  });

  it.each([
    ['amount_bpsc', '49'],
    ['amount_receive', '999951'],
    ['amount_send', '1000001'],
    ['bpsc', 'mine'],
  ])('with %s, and seals the result', async (field, value) => {
    serve(token.forge([token.transfer({}, (leaf) => (leaf[field] = value))]));
    await expectFault('FEE_MISMATCH');
  });

  it('with the root, and seals the result', async () => {
    serve(token.forge([token.transfer()], { cheat: (draft) => (draft.tree_root = 'a'.repeat(64)) }));
    await expectFault('TREE_ROOT_MISMATCH');
  });

  it('with the order of entries', async () => {
    serve(
      token.forge([token.transfer(), token.transfer()], {
        tamper: (block) => (block.transactions as Wire[]).reverse(),
      }),
    );
    await expectFault('TREE_ROOT_MISMATCH');
  });

  it('with one entry too few', async () => {
    serve(
      token.forge([token.transfer(), token.transfer()], {
        tamper: (block) => (block.transactions as Wire[]).pop(),
      }),
    );
    await expectFault('TREE_SIZE_MISMATCH');
  });

  it('with an entry that was sealed earlier', async () => {
    const before = token.transfer({ nonce: 'nonce-1' });
    serve(token.forge([before]));
    await expectFault('NONCE_REUSED');
  });

  it('with the order of blocks', async () => {
    sealTransfers(1);
    sealTransfers(1);
    const [, , third, fourth] = token.blocks;
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(token) && (response.end(ndjson([fourth, third])), true);
    await expectFault('INDEX_MISMATCH', 'aka', JSON.stringify(fourth));
  });

  it('with a duplicate key, which most parsers would not notice', async () => {
    const text = JSON.stringify(token.seal([token.transfer()])).replace('"index":3,', '"index":3,"index":3,');
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(token) && (response.end(`${text}\n`), true);
    await expectFault('MALFORMED', 'aka', text);
  });

  it.each([
    ['rubbish', 'hello'],
    ['a number', '12'],
    ['null', 'null'],
    ['an empty line', ''],
    ['brackets without end', '['.repeat(5_000)],
    ['a deep index', `{"index":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  ])('by sending %s for a block', async (_, line) => {
    sealTransfers(1);
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(token) && (response.end(`${line}\n`), true);
    await expectFault('MALFORMED');
  });

  it('is accepted if it sends a block in a different but equivalent form', async () => {
    const block = token.seal([token.transfer({ memo: 'ü' })]);
    const text = JSON.stringify(Object.fromEntries(Object.entries(block).reverse())).replace('ü', '\\u00fc');
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(token) && (response.end(` ${text} \n`), true);
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.heads()).toEqual([3, 1]);
  });

  it('stops the one chain, and follows the other', async () => {
    serve(token.forge([], { signer: OTHER_PRODUCER }));
    await follower.round();
    information.seal([information.information()]);
    expect(await follower.round()).toEqual(['information']);
    expect(follower.heads()).toEqual([2, 2]);
    expect(follower.following.isOver).toBe(false);
  });

  it('is retried after a restart, and the evidence stays', async () => {
    serve(token.forge([], { signer: OTHER_PRODUCER }));
    await follower.round();
    await restart();
    await follower.round();
    expect(await follower.faults()).toMatchObject([{ fault: 'BAD_SIGNATURE', times: 2 }]);
    await restart();
    token.seal();
    upstream.chains = [token, information];
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.status.troubles()).toEqual([]);
    expect(await follower.faults()).toHaveLength(1);
  });
});

describe('an upstream with a diverging chain', () => {
  beforeEach(async () => {
    sealTransfers(1);
    await follower.round();
  });

  it('was started from scratch', async () => {
    const fresh = ChainBuilder.token({ created_at: 1_760_000_000_001 });
    upstream.chains = [fresh, information];
    await expectFault('CHAIN_MISMATCH');
    const [fault] = await follower.faults();
    expect(fault?.found).toContain('started from scratch');
    expect(fault?.evidence).toContain(fresh.chain);
  });

  it('may drop a chain: no fault, the others are followed, and it is pulled again once it is listed', async () => {
    upstream.chains = [information];
    information.seal([information.information()]);
    sealTransfers(1);
    expect(await follower.round()).toEqual(['information']);
    expect(await follower.faults()).toEqual([]);
    expect(follower.status.troubles()).toEqual([
      `aka is not served by any upstream now: ${upstream.url} no longer lists it`,
    ]);
    expect(follower.status.reason(follower.id('token'))).toBe(
      `the upstream ${upstream.url} no longer lists the chain`,
    );
    expect(follower.status.details()).toMatchObject({
      fault_aka: null,
      lag_blocks_aka: null,
      no_longer_listed: `aka by ${upstream.url}`,
      upstream_state: 'answers',
    });
    upstream.chains = [token, information];
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.heads()).toEqual([3, 2]);
    expect(follower.status.troubles()).toEqual([]);
    expect(follower.status.details()).not.toHaveProperty('no_longer_listed');
  });

  it('is a producer without the chains that it had: none of its new ones begin, and the old ones are waited for', async () => {
    upstream.chains = [];
    await follower.round();
    upstream.chains = [ChainBuilder.token({ name: 'gold' })];
    await follower.round();
    expect(await follower.faults()).toEqual([]);
    expect(follower.status.troubles()).toEqual(
      ['aka', 'information'].map(
        (name) => `${name} is not served by any upstream now: ${upstream.url} no longer lists it`,
      ),
    );
    expect(Object.keys(follower.named())).toEqual(['aka', 'information']);
    expect(follower.following.isOver).toBe(false);
    upstream.chains = [token, information];
    expect(await follower.round()).toEqual(['token', 'information']);
    expect(follower.status.troubles()).toEqual([]);
  });

  it.each(['producer', 'follower'] as const)('has a different block at our head, as a %s', async (role) => {
    const fork = ChainBuilder.token();
    fork.seal([fork.transfer({ recipient: 'mallory' })]);
    upstream.role = role;
    upstream.chains = [fork, information];
    await expectFault('FORKED');
  });

  it('has a different block before our head', async () => {
    sealTransfers(1);
    await follower.round();
    const fork = ChainBuilder.token();
    fork.seal([]);
    upstream.role = 'follower';
    upstream.chains = [fork, information];
    await expectFault('FORKED');
  });

  it('has a different and longer history than ours', async () => {
    const fork = ChainBuilder.token();
    fork.seal([]);
    fork.seal([fork.transfer()]);
    upstream.chains = [fork, information];
    await expectFault('FORKED');
    const [fault] = await follower.faults();
    expect(judgeEvidence(fault?.evidence ?? '')).toMatchObject({
      finding: `signed two blocks 2: ${String(token.head.hash)} and ${String(fork.blocks[1]?.hash)}`,
    });
  });

  it.each<[string, (fork: ChainBuilder) => unknown]>([
    ['no block', () => ''],
    ['another index', (fork) => fork.head],
    ['a block that nobody signed', (fork) => ({ ...fork.blocks[1], signature: 'ab'.repeat(64) })],
  ])(
    'has a different and longer history, and shows %s at our head: its block is kept',
    async (_name, shown) => {
      const fork = ChainBuilder.token();
      fork.seal([]);
      fork.seal([fork.transfer()]);
      upstream.chains = [fork, information];
      upstream.misbehave = ({ path: asked, from, limit }, response) => {
        if (asked !== blocksOf(token) || from !== 2 || limit !== 1) return false;
        const block = shown(fork);
        return (response.end(block === '' ? '' : ndjson([block])), true);
      };
      await expectFault('PREVIOUS_HASH_MISMATCH', 'aka', JSON.stringify(fork.head));
    },
  );

  it('advertises one head and delivers a different block for it: both are kept, and neither counts as verified', async () => {
    const other = token.forge([token.transfer()]);
    sealTransfers(1);
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(token) && (response.end(ndjson([other])), true);
    await expectFault('FORKED');
    const [fault] = await follower.faults();
    expect(judgeEvidence(fault?.evidence ?? '')).toMatchObject({
      finding: `signed two blocks ${String(token.head.index)}: ${String(token.head.hash)} and ${String(other.hash)}`,
    });
    expect(fault?.message).toContain(
      `${String(token.head.hash)}, which the same upstream advertised as its head`,
    );
    expect(fault?.message).not.toContain('verified');
  });

  it('advertises one head and delivers another signed block with a fault in it: it does not get away with that', async () => {
    const other = token.forge([token.transfer()], {
      tamper: (block) => ((block.transactions as Wire[])[0]!.memo = 'a lie'),
    });
    sealTransfers(1);
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(token) && (response.end(ndjson([other])), true);
    await expectFault('FORKED');
  });

  it('has a different block at our head: both headers are kept, each with its signature', async () => {
    const fork = ChainBuilder.token();
    fork.seal([fork.transfer({ recipient: 'mallory' })]);
    upstream.chains = [fork, information];
    await expectFault('FORKED');
    const [fault] = await follower.faults();
    expect(judgeEvidence(fault?.evidence ?? '')).toMatchObject({
      finding: `signed two blocks ${String(token.head.index)}: ${String(token.head.hash)} and ${String(fork.head.hash)}`,
    });
    expect(fault?.message).toContain(`${String(token.head.hash)}, which was verified earlier`);
  });

  it('is a producer that was reset to an earlier block', async () => {
    upstream.chains = [ChainBuilder.token(), information];
    await expectFault('TRUNCATED');
  });

  it('sends garbage for its chains: both are stopped', async () => {
    upstream.misbehave = (_, response) => (response.end('<html>welcome</html>'), true);
    await expectFault('MALFORMED', '', '<html>welcome</html>');
    expect(follower.following.isOver).toBe(true);
    expect(follower.heads()).toEqual([2, 1]);
  });
});

describe('the evidence', () => {
  const LONG = 'x'.repeat(240);

  /** A block of `count` transfers, the last of which is not split as the contract requires. */
  function withBadFee(count: number): Wire {
    const entries = Array.from({ length: count }, () => token.transfer({ memo: LONG }));
    entries[count - 1] = token.transfer({ memo: LONG }, (leaf) => (leaf.amount_bpsc = '49'));
    return token.forge(entries);
  }

  it('of a block of a thousand transactions is the whole block, as received', async () => {
    await follower.round();
    const block = withBadFee(1000);
    serve(block);
    await expectFault('FEE_MISMATCH', 'aka', JSON.stringify(block));
    const [fault] = await follower.faults();
    expect(fault?.digest).toBe(
      createHash('sha256')
        .update(fault?.evidence ?? '')
        .digest('hex'),
    );
  });

  it('of a longer block has everything needed to judge it: header, entry, and the signed root', async () => {
    token = ChainBuilder.token({ schedule: { interval_ms: null, max_entries: null, seal_empty: false } });
    upstream.chains = [token, information];
    sealTransfers(5);
    await follower.round();
    const block = withBadFee(2500);
    const text = JSON.stringify(block);
    serve(block);
    await follower.round();
    const [fault] = await follower.faults();
    expect(fault).toMatchObject({ fault: 'FEE_MISMATCH', sequence: 2504 });
    expect(fault?.evidence.length).toBeLessThan(text.length / 4);
    expect(fault?.digest).toBe(createHash('sha256').update(text).digest('hex'));

    const kept = JSON.parse(fault?.evidence ?? '') as {
      block: Wire & { transactions: (string | Wire)[] };
      parent: Wire;
      frontier: string[];
    };
    const { transactions, ...header } = block;
    expect(kept.block).toMatchObject(header);
    expect(kept.block.transactions.at(-1)).toEqual((transactions as Wire[]).at(-1));
    expect(kept.parent.hash).toBe(token.head.hash);
    const tree = Frontier.of(kept.frontier.map(fromHex), 5) as Frontier;
    expect(hashHex(tree.root())).toBe(kept.parent.tree_root);
    for (const entry of kept.block.transactions)
      tree.append(fromHex(typeof entry === 'string' ? entry : String(entry.id)));
    expect(hashHex(tree.root())).toBe(header.tree_root);
  });

  it('of an entry that is too long to be parsed has the beginning of its text, however long the block is', async () => {
    token = ChainBuilder.token({ schedule: { interval_ms: null, max_entries: null, seal_empty: false } });
    upstream.chains = [token, information];
    await follower.round();
    const entries = Array.from({ length: 2500 }, (_, i) =>
      token.transfer({ memo: i === 1200 ? `too long ${'x'.repeat(100_000)}` : LONG }),
    );
    serve(token.forge(entries));
    await follower.round();
    const [fault] = await follower.faults();
    const kept = JSON.parse(fault?.evidence ?? '') as { block: { transactions: string[] } };
    expect(fault).toMatchObject({ fault: 'ENTRY_MALFORMED', sequence: 1200 });
    expect(kept.block.transactions).toHaveLength(1201);
    expect(kept.block.transactions[1200]).toMatch(/^\{"amount_bpsc".*"memo":"too long x{1000}/);
    expect(kept.block.transactions.slice(0, 1199)).toEqual(entries.slice(0, 1199).map(({ id }) => id));
  });

  it('of a nonce used twice has both entries, however far apart in a long block', async () => {
    token = ChainBuilder.token({ schedule: { interval_ms: null, max_entries: null, seal_empty: false } });
    upstream.chains = [token, information];
    await follower.round();
    const entries = Array.from({ length: 2500 }, (_, i) =>
      token.transfer({ memo: LONG, ...(i % 2000 === 100 ? { nonce: 'twice' } : {}) }),
    );
    serve(token.forge(entries));
    await follower.round();
    const [fault] = await follower.faults();
    const kept = JSON.parse(fault?.evidence ?? '') as { block: { transactions: (string | Wire)[] } };
    expect(fault).toMatchObject({ fault: 'NONCE_REUSED', sequence: 2100 });
    expect(
      kept.block.transactions.map((entry) => typeof entry === 'object' && entry.nonce).filter(Boolean),
    ).toEqual(['twice', expect.any(String), 'twice']);
  });

  const restarts: [string, () => void, string][] = [
    [
      'a head that advances',
      () => {
        const fork = ChainBuilder.token({ created_at: 1_760_000_000_001 });
        for (let i = 0; i < upstream.requests.length; i++) fork.seal();
        upstream.chains = [fork, information];
      },
      'CHAIN_MISMATCH',
    ],
    [
      'a producer that was reset and continues',
      () => {
        const short = {
          contract: token.contract,
          chain: token.chain,
          blocks: token.blocks.slice(0, 1 + restartsSoFar++),
        };
        upstream.chains = [short, information];
      },
      'TRUNCATED',
    ],
    [
      'a page that is never the same',
      () => {
        upstream.misbehave = (_, response) => (
          response.end(`<html>it is ${upstream.requests.length}</html>`),
          true
        );
      },
      'MALFORMED',
    ],
    [
      'a block that is written differently each time',
      () => {
        serve(token.forge([], { signer: OTHER_PRODUCER }));
        upstream.misbehave = ({ path: asked }, response) => {
          if (asked !== blocksOf(token)) return false;
          const block = { ...token.forge([token.transfer()]), tree_root: 'a'.repeat(64) };
          response.end(`${' '.repeat(upstream.requests.length)}${JSON.stringify(block)}\n`);
          return true;
        };
        upstream.chains = [
          {
            ...token,
            contract: token.contract,
            chain: token.chain,
            blocks: [...token.blocks, token.forge()],
          },
          information,
        ];
      },
      'HASH_MISMATCH',
    ],
  ];
  let restartsSoFar = 0;
  it.each(restarts)('of %s is counted across restarts, and makes no new row', async (_, misbehave, code) => {
    for (let i = 0; i < 4; i++) sealTransfers(1);
    await follower.round();
    for (let start = 1; start <= 3; start++) {
      misbehave();
      await follower.round();
      expect(await follower.faults()).toMatchObject([{ fault: code, times: start }]);
      await restart();
    }
  });
});

describe('the first contact', () => {
  const pinned = (changes: object): Promise<void> => restart({ config: changes });

  it.each([
    ['only a token chain', () => [token], ['aka']],
    ['only an information chain', () => [information], ['information']],
    [
      'several of one kind',
      () => [token, ChainBuilder.token({ name: 'gold' }), information],
      ['aka', 'gold', 'information'],
    ],
    [
      'chains of two producers, as a follower lists them',
      () => [
        token,
        new ChainBuilder(
          { ...information.contract, producer: OTHER_PRODUCER.publicKey },
          OTHER_PRODUCER,
        ).begin(),
      ],
      ['aka', 'information'],
    ],
  ] as [string, () => ChainBuilder[], string[]][])('takes %s', async (_, chains, names) => {
    upstream.chains = chains();
    await follower.round();
    expect(Object.keys(follower.named())).toEqual(names);
    expect(follower.status.troubles()).toEqual([]);
  });

  it("is refused with a genesis block that is not the contract's", async () => {
    const [genesis] = token.blocks;
    const tampered = { ...genesis, timestamp: 1 };
    upstream.misbehave = ({ path: asked }, response) =>
      asked === blocksOf(token) && (response.end(ndjson([tampered])), true);
    expect(await follower.round()).toEqual(['information']);
    expect(await follower.faults()).toMatchObject([
      { fault: 'TIMESTAMP_MISMATCH', chain: 'aka', evidence: JSON.stringify(tampered) },
    ]);
    expect(follower.status.troubles().join()).toContain('TIMESTAMP_MISMATCH');
    expect(Object.keys(follower.named())).toEqual(['information']);
  });

  it('logs as a warning what it pinned, and how to pin it', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await follower.round();
    const logged = warn.mock.calls.map(([text]) => String(text)).join();
    warn.mockRestore();
    expect(logged).toContain(information.chain);
    expect(logged).toContain(
      `CHAIN_ID=${token.chain},${information.chain} PRODUCER_PUBLIC_KEY=${PRODUCER.publicKey}`,
    );
  });

  it('is repeated if it was cut off', async () => {
    upstream.misbehave = ({ path: asked }, response) =>
      asked.startsWith('/chains/') && (response.writeHead(503).end(), true);
    expect(await follower.round()).toEqual([]);
    expect(follower.store.chains()).toEqual([]);
    upstream.misbehave = undefined;
    expect(await follower.round()).toEqual(['token', 'information']);
  });

  it('accepts the pinned chain', async () => {
    await pinned({
      chainIds: [token.chain as Hash],
      producerPublicKeys: [PRODUCER.publicKey as PublicKey],
    });
    expect(await follower.round()).toEqual(['token', 'information']);
  });

  it('refuses a chain that is not the pinned one', async () => {
    await pinned({ chainIds: ['a'.repeat(64) as Hash] });
    await expectFault('CHAIN_MISMATCH', '');
  });

  it('refuses a producer that is not the pinned one', async () => {
    await pinned({ producerPublicKeys: [OTHER_PRODUCER.publicKey as PublicKey] });
    await expectFault('PRODUCER_MISMATCH', '');
  });
});

describe("this node's own disk", () => {
  const failing = (error: Error): TestFollowerOptions => ({
    wrap: (ledger: LedgerStore) => {
      for (const store of ledger.stores()) {
        store.append = () => {
          throw error;
        };
      }
      return ledger;
    },
  });

  it('is full: nothing is lost, readiness reports it, and the upstream is not at fault', async () => {
    await follower.round();
    sealTransfers(1);
    await restart(failing(new Unavailable('DISK_FULL', 'the disk is full', 10)));
    expect(await follower.round({ retriesMax: 3 })).toEqual(['information']);
    expect(follower.status.troubles()).toEqual(['blocks cannot be stored: the disk is full']);
    expect(await follower.faults()).toEqual([]);
    await restart();
    expect(await follower.round()).toEqual(['token', 'information']);
  });

  it('is in an unknown state: the round fails', async () => {
    await follower.round();
    sealTransfers(1);
    await restart(failing(new FatalError('outcome unknown')));
    await expect(follower.round({ retriesMax: 3 })).rejects.toThrow('outcome unknown');
  });
});

describe('metrics', () => {
  it('count verified blocks and entries, and how far behind this node is', async () => {
    sealTransfers(3);
    information.seal([information.information()]);
    await follower.round();
    follower.clock.time += 2_500;
    const text = await follower.metrics.metrics();
    for (const line of [
      'bpsc_sync_lag_blocks{chain="aka"} 0',
      'bpsc_sync_staleness_seconds 2.5',
      'bpsc_blocks_verified_total{chain="aka"} 1',
      'bpsc_entries_verified_total{chain="aka"} 3',
      'bpsc_entries_verified_total{chain="information"} 1',
      'bpsc_verify_seconds_count 2',
    ]) {
      expect(text).toContain(line);
    }
    expect(follower.status.details()).toEqual({
      upstream_state: 'answers',
      unreachable_since: null,
      last_sync_at: 1_760_000_000_000,
      staleness_ms: 2_500,
      lag_blocks_aka: 0,
      fault_aka: null,
      lag_blocks_information: 0,
      fault_information: null,
      last_error: null,
      last_error_at: null,
    });
  });
});
