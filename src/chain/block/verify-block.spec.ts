import canonicalize from 'canonicalize';
import fc from 'fast-check';
import {
  ALICE,
  BOB,
  CAROL,
  ChainBuilder,
  CREATED_AT,
  FEE_HOLDER,
  holderText,
  ISSUER,
  MALLORY,
  merkleRoot,
  OTHER_PRODUCER,
  tokenContract,
  walletAddress,
  type BlockParts,
  type Wire,
} from '../../../test/support/chain-builder.js';
import { goldenChain, makeGoldenChain, type GoldenName } from '../../../test/support/golden-chains.js';
import { formatAmount } from '../entry/amount.js';
import type { Book } from '../books/book.js';
import { toHex, type Hash } from '../bytes/bytes.js';
import { chainId, parseContract, type Contract } from '../contract/contract.js';
import { leafOf, senderOf, type Entry } from '../entry/entry.js';
import { isFault, type Fault, type FaultCode } from '../faults.js';
import { parseStrictJson } from '../bytes/json.js';
import { Frontier } from '../tree/tree.js';
import {
  parseHeader,
  verifyBlock,
  verifyBlockSteps,
  verifySeal,
  type ParentState,
  type VerifiedBlock,
  type VerifyInput,
} from './verify-block.js';
import type { SealedHeader } from './block.js';
import type { SignatureCheck } from '../books/wallet-rules.js';
import { available, emptyWallet } from '../books/wallet.js';

/** Follows a chain as a follower does and keeps the verified blocks. */
class Follower {
  parent: ParentState | undefined;
  books: Book | undefined;
  readonly entries: Entry[] = [];
  private readonly nonces = new Set<string>();

  constructor(readonly contract: Contract) {}

  /** The input for verifying a block after those taken so far. */
  input(block: unknown): VerifyInput {
    const { contract, parent, books } = this;
    const nonceUsed = (sender: string, nonce: string): boolean => this.nonces.has(`${sender}|${nonce}`);
    return { contract, parent, books, block, nonceUsed };
  }

  /** The verdict on a block after those taken so far. */
  check(block: unknown, checkSignature?: SignatureCheck): VerifiedBlock | Fault {
    return verifyBlock({ ...this.input(block), ...(checkSignature && { checkSignature }) });
  }

  take(block: unknown): VerifiedBlock {
    const verified = this.check(block);
    if (isFault(verified)) throw new Error(verified.message);
    const { header, frontier, entries, book } = verified;
    if (this.books === undefined || book === undefined) this.books = book;
    else this.books.absorb(book);
    for (const entry of entries) {
      this.nonces.add(`${senderOf(entry)}|${leafOf(entry).nonce}`);
    }
    const last = entries.at(-1);
    const lastTime = last && leafOf(last).timestamp;
    this.parent = { header, frontier, lastEntryTimestamp: lastTime ?? this.parent?.lastEntryTimestamp };
    this.entries.push(...entries);
    return verified;
  }
}

/** A follower that has taken all blocks so far. */
function followerOf(chain: { contract: Wire; blocks: readonly Wire[] }): Follower {
  const contract = parseContract(chain.contract);
  if (isFault(contract)) throw new Error(contract.message);
  const follower = new Follower(contract);
  for (const block of chain.blocks) follower.take(block);
  return follower;
}

/** The verdict as text: code, place, expected and found. */
function verdictText(verdict: VerifiedBlock | Fault): string {
  if (!isFault(verdict)) return 'verified';
  const { fault, index, sequence, field, expected, found } = verdict;
  return [fault, index, sequence, field, expected, found].filter((part) => part !== undefined).join(' | ');
}

const NONCE = 'used-before';

/** A token chain with two blocks and a follower of it. */
function tokenSetting(changes: Wire = {}): { chain: ChainBuilder; follower: Follower; judge: Judge } {
  const chain = ChainBuilder.token(changes);
  chain.seal([chain.transfer({ nonce: NONCE, timestamp: CREATED_AT + 500 })], {
    timestamp: CREATED_AT + 1000,
  });
  const follower = followerOf(chain);
  return {
    chain,
    follower,
    judge: (entries, parts) => verdictText(follower.check(chain.forge(entries, parts))),
  };
}
type Judge = (entries: readonly Wire[], parts?: BlockParts) => string;

describe('the golden chains of the first version', () => {
  describe.each<[GoldenName, number]>([
    ['token', 4],
    ['information', 4],
    ['signed-token', 11],
    ['metadata', 4],
  ])('%s', (name, entries) => {
    const golden = goldenChain(name);

    it('verify, forever', () => {
      const follower = followerOf(golden);
      expect(chainId(follower.contract)).toBe(golden.chain_id);
      expect(follower.parent?.header.hash).toBe(golden.blocks.at(-1)?.hash);
      expect(follower.entries).toHaveLength(entries);
      expect(follower.books?.isBalanced() ?? true).toBe(true);
    });

    it('equal those that an independent builder makes from the same entries', () => {
      expect(makeGoldenChain(name)).toEqual(golden);
    });

    it('are refused after any change of one byte that changes their meaning', () => {
      const follower = followerOf({ ...golden, blocks: [] });
      const bits = [1, 2, 4, 8, 16, 32, 64];
      for (const block of golden.blocks) {
        const text = Buffer.from(JSON.stringify(block), 'utf8');
        const before = meaning(block);
        for (let at = 0; at < text.length; at++) {
          const tampered = Buffer.from(text);
          tampered[at] = (tampered[at] as number) ^ (bits[at % 7] as number);
          let value: unknown;
          try {
            ({ value } = parseStrictJson(tampered.toString('utf8'), 3));
          } catch {
            continue; // not JSON: refused earlier
          }
          if (meaning(value) === before) continue;
          const verdict = follower.check(value);
          if (!isFault(verdict)) throw new Error(`took ${tampered.toString('utf8')}`);
        }
        follower.take(block);
      }
    });

    it('are refused after any change of one field', () => {
      const hostile = fc.oneof(
        fc.constantFrom<unknown>(
          null,
          true,
          '',
          0,
          1,
          -1,
          2 ** 53,
          [],
          {},
          '0'.repeat(64),
          'f'.repeat(64),
          '1',
          'alice',
        ),
        fc.jsonValue({ maxDepth: 2 }),
      );
      const states = golden.blocks.map((block, i) => ({
        block,
        follower: followerOf({ ...golden, blocks: golden.blocks.slice(0, i) }),
      }));
      fc.assert(
        fc.property(
          fc.constantFrom(...states),
          fc.infiniteStream(fc.nat()),
          hostile,
          (state, choices, value) => {
            const tampered = structuredClone(state.block);
            change(tampered, () => choices.next().value, value);
            fc.pre(meaning(tampered) !== meaning(state.block));
            expect(isFault(state.follower.check(tampered))).toBe(true);
          },
        ),
        { numRuns: 800 },
      );
    });
  });
});

/** A value's meaning, however it is written: its canonical form or, if it has none, the fact that it has none. */
function meaning(value: unknown): string {
  try {
    return canonicalize(value) as string;
  } catch {
    return 'no canonical form';
  }
}

/** Replaces, removes, duplicates or moves something somewhere in `value`. */
function change(value: Wire | unknown[], choose: () => number, replacement: unknown): void {
  const keys = Object.keys(value);
  const key = keys[choose() % (keys.length + 1)];
  const fields = value as Wire;
  const inner = key === undefined ? undefined : fields[key];
  if (typeof inner === 'object' && inner !== null && choose() % 4 !== 0) {
    change(inner as Wire, choose, replacement);
    return;
  }
  if (Array.isArray(value)) {
    const at = Number(key ?? 0);
    const moves = [
      () => value.splice(at, 1),
      () => value.splice(at, 0, value[at] ?? replacement),
      () => value.reverse(),
      () => value.push(replacement),
    ];
    moves[choose() % moves.length]?.();
  } else if (key === undefined) fields[`more${choose() % 3}`] = replacement;
  else if (choose() % 5 === 0) delete fields[key];
  else if (typeof inner === 'number' && choose() % 2 === 0) fields[key] = inner + 1 - 2 * (choose() % 2);
  else if (typeof inner === 'string' && inner !== '' && choose() % 2 === 0) {
    const at = choose() % inner.length;
    fields[key] = inner.slice(0, at) + inner.slice(at + 1) + 'a'.repeat(choose() % 2);
  } else fields[key] = replacement;
}

describe('the books at the end of the golden chain of signed wallets', () => {
  it('are the same as in the first version, forever', () => {
    const { books, entries } = followerOf(goldenChain('signed-token'));
    const has = [ALICE, BOB, CAROL, FEE_HOLDER, ISSUER].map(({ address }) => {
      const wallet = books?.wallet(address) ?? emptyWallet(address);
      return formatAmount(available(wallet), 18);
    });
    expect(has).toEqual(['9999900.499975', '50', '49.997500000000000001', '0', '6.99965']);
    const states = entries.map(({ id }) => books?.hold(toHex(id) as Hash)?.state);
    expect(states.slice(2, 5)).toEqual(['delivered', 'declined', 'returned']);
    expect(books?.supply()).toEqual({
      issued: 7n * 10n ** 18n + 1n,
      burnt: 100_002_875n * 10n ** 12n,
      held: 0n,
      circulating: 10_000_007_497_125n * 10n ** 12n + 1n,
    });
  });
});

describe('a block', () => {
  it('is verified with its entries, and yields the tree for the next one', () => {
    const { chain, follower } = tokenSetting();
    const entries = [chain.transfer(), chain.transfer({ memo: 'second' })];
    const verified = follower.take(chain.seal(entries));
    expect(verified.entries.map((entry) => toHex(entry.id))).toEqual(entries.map((entry) => entry.id));
    expect(verified.frontier.subtrees().map(toHex)).toEqual(
      chain.frontier().map((node) => node.toString('hex')),
    );
    expect(verified.frontier.size).toBe(3);
    expect(verified.header).toEqual(parseHeader(chain.head));
  });

  it('is verified with a parent that is only a header and a frontier', () => {
    const { chain, follower } = tokenSetting();
    follower.take(chain.seal([chain.transfer(), chain.transfer()]));
    const parent: ParentState = {
      header: parseHeader(chain.head) as SealedHeader,
      frontier: Frontier.of(chain.frontier(), 3) as Frontier,
      lastEntryTimestamp: undefined,
    };
    expect(toHex(parent.frontier.root())).toBe(chain.head.tree_root);
    const block = chain.forge([chain.transfer()]);
    const input = { ...follower.input(block), parent };
    expect(verdictText(verifyBlock(input))).toBe('verified');
  });

  it('may be empty, may have the same time as its parent, and may have the time of its last entry', () => {
    const { chain, judge } = tokenSetting();
    expect(judge([])).toBe('verified');
    expect(judge([], { timestamp: CREATED_AT + 1000 })).toBe('verified');
    const timestamp = CREATED_AT + 2000;
    expect(judge([chain.transfer({ timestamp }), chain.transfer({ timestamp })], { timestamp })).toBe(
      'verified',
    );
    // An entry may also have been accepted before the parent was sealed, but not before the last sealed entry.
    expect(judge([chain.transfer({ timestamp: CREATED_AT + 500 })])).toBe('verified');
  });

  it('does not change its parent, whether it is verified or at fault', () => {
    const { chain, follower } = tokenSetting();
    const before = follower.parent?.frontier.subtrees().map(toHex);
    follower.check(chain.forge([chain.transfer(), chain.transfer()]));
    follower.check(
      chain.forge([chain.transfer(), chain.transfer()], {
        cheat: (draft) => (draft.tree_root = '00'.repeat(32)),
      }),
    );
    expect(follower.parent?.frontier.subtrees().map(toHex)).toEqual(before);
    expect(follower.parent?.frontier.size).toBe(1);
  });

  it('may hold 10,000 entries under a contract without a count, but not one more', () => {
    const schedule = { interval_ms: null, max_entries: null, seal_empty: false };
    const { chain, judge } = tokenSetting({ schedule });
    const transactions = Array.from({ length: 10_001 }, () => chain.transfer());
    expect(judge(transactions.slice(1))).toBe('verified');
    const tamper = (block: Wire): unknown => Object.assign(block, { tree_size: 10_002, transactions });
    expect(judge([], { tamper })).toBe('TOO_MANY_ENTRIES | 3 | at most 10000 | 10001');
  });

  it('of any chain that an independent builder makes is verified', () => {
    const entry = fc.record({
      sender: fc.constantFrom('alice', 'bob', '\u{1f600}'),
      amount: fc.constantFrom('2', '10', '1000000', '123456789012345678901234567890'),
      memo: fc.constantFrom('', '\u2028', '"\\'),
      wait: fc.nat(3),
    });
    const contract = fc.record({
      fee: fc.record({
        rate: fc.constantFrom('0', '0.00005', '0.499999999999999999'),
        wallet: fc.constantFrom('w', 'bob'),
        disposition: fc.constantFrom('collect', 'burn'),
      }),
      token: fc.record({ symbol: fc.constant('X'), decimals: fc.constantFrom(0, 1, 18) }),
    });
    fc.assert(
      fc.property(
        contract,
        fc.array(fc.array(entry, { maxLength: 5 }), { maxLength: 6 }),
        (changes, blocks) => {
          const chain = ChainBuilder.token(changes);
          let timestamp = CREATED_AT;
          for (const block of blocks) {
            const entries = block.map(({ wait, ...parts }) => {
              timestamp += wait;
              return chain.transfer({ ...parts, recipient: 'carol', timestamp });
            });
            chain.seal(entries, { timestamp });
          }
          const follower = followerOf(chain);
          expect(follower.entries).toHaveLength(blocks.flat().length);
          expect(follower.parent?.header.hash).toBe(chain.head.hash);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a genesis block that is perfectly sealed except for', () => {
  const contract = tokenContract();
  const judge = (parts: BlockParts, entries: readonly Wire[] = []): string =>
    verdictText(
      new Follower(parseContract(contract) as Contract).check(
        new ChainBuilder(contract).forge(entries, { timestamp: CREATED_AT, ...parts }),
      ),
    );
  const chain = new ChainBuilder(contract).chain;

  it('nothing, is verified', () => {
    expect(judge({})).toBe('verified');
  });

  it.each<[string, BlockParts, string]>([
    ['its index', { cheat: (draft) => (draft.index = 2) }, 'INDEX_MISMATCH | 2 | index | 1 | 2'],
    [
      'its previous hash',
      { cheat: (draft) => (draft.previous_hash = '1'.repeat(64)) },
      `PREVIOUS_HASH_MISMATCH | 1 | previous_hash | ${'0'.repeat(64)} | ${'1'.repeat(64)}`,
    ],
    [
      'its chain',
      { cheat: (draft) => (draft.chain = '1'.repeat(64)) },
      `CHAIN_MISMATCH | 1 | chain | ${chain} | ${'1'.repeat(64)}`,
    ],
    [
      'its time, later than the contract',
      { timestamp: CREATED_AT + 1 },
      `TIMESTAMP_MISMATCH | 1 | timestamp | ${CREATED_AT} | ${CREATED_AT + 1}`,
    ],
    [
      'its time, earlier than the contract',
      { timestamp: CREATED_AT - 1 },
      `TIMESTAMP_MISMATCH | 1 | timestamp | ${CREATED_AT} | ${CREATED_AT - 1}`,
    ],
    [
      'its tree size',
      { cheat: (draft) => (draft.tree_size = 1) },
      'TREE_SIZE_MISMATCH | 1 | tree_size | 0 | 1 with 0 entries',
    ],
    [
      'its tree root',
      { cheat: (draft) => (draft.tree_root = '0'.repeat(64)) },
      `TREE_ROOT_MISMATCH | 1 | tree_root | e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 | ${'0'.repeat(64)}`,
    ],
  ])('%s', (_what, parts, expected) => {
    expect(judge(parts)).toBe(expected);
  });

  it('an entry in it', () => {
    const entry = new ChainBuilder(contract).transfer();
    expect(judge({}, [entry])).toBe('TREE_SIZE_MISMATCH | 1 | tree_size | 0 | 1 with 1 entries');
    expect(judge({ cheat: (draft) => (draft.tree_size = 0) }, [entry])).toBe(
      'TREE_SIZE_MISMATCH | 1 | tree_size | 0 | 0 with 1 entries',
    );
  });

  it('its signer', () => {
    expect(judge({ signer: OTHER_PRODUCER })).toMatch(
      /^BAD_SIGNATURE \| 1 \| signature \| a signature by 8a88e3dd/,
    );
  });
});

describe('a token block that is perfectly sealed except for', () => {
  const { chain, follower, judge } = tokenSetting({
    schedule: { interval_ms: null, max_entries: 3, seal_empty: false },
  });
  const head = chain.head;
  const T = CREATED_AT + 1000;
  const cheat = (field: string, value: unknown): BlockParts => ({
    cheat: (draft) => {
      if (value === undefined) delete draft[field];
      else draft[field] = value;
    },
  });

  it('nothing, is verified', () => {
    expect(judge([chain.transfer(), chain.transfer()])).toBe('verified');
  });

  it.each<[string, BlockParts, string]>([
    ['its version', cheat('version', 2), 'VERSION_MISMATCH | 3 | version | 1 | 2'],
    [
      'its chain',
      cheat('chain', 'ab'.repeat(32)),
      `CHAIN_MISMATCH | 3 | chain | ${chain.chain} | ${'ab'.repeat(32)}`,
    ],
    ['its index, too large', cheat('index', 4), 'INDEX_MISMATCH | 4 | index | 3 | 4'],
    ['its index, that of its parent', cheat('index', 2), 'INDEX_MISMATCH | 2 | index | 3 | 2'],
    [
      'its previous hash',
      cheat('previous_hash', 'ab'.repeat(32)),
      `PREVIOUS_HASH_MISMATCH | 3 | previous_hash | ${String(head.hash)} | ${'ab'.repeat(32)}`,
    ],
    [
      "its time, before its parent's",
      { timestamp: T - 1 },
      `TIMESTAMP_BACKWARDS | 3 | timestamp | at least ${T} | ${T - 1}`,
    ],
    [
      'its tree size, too large',
      cheat('tree_size', 3),
      'TREE_SIZE_MISMATCH | 3 | tree_size | 2 | 3 with 1 entries',
    ],
    [
      'its tree size, too small',
      cheat('tree_size', 1),
      'TREE_SIZE_MISMATCH | 3 | tree_size | 2 | 1 with 1 entries',
    ],
    ['an index below 1', cheat('index', 0), 'MALFORMED | index | a whole number from 1 | 0'],
    [
      'a time that is not a number',
      cheat('timestamp', '1'),
      'MALFORMED | 3 | timestamp | milliseconds since 1970 | "1"',
    ],
    [
      'a tree size that is not a size',
      cheat('tree_size', -1),
      'MALFORMED | 3 | tree_size | a whole number from 0 | -1',
    ],
    [
      'a tree root that is not a hash',
      cheat('tree_root', 'AB'),
      'MALFORMED | 3 | tree_root | 64 lower-case hex digits | "AB"',
    ],
    ['an unknown field', cheat('extra', [1]), 'MALFORMED | 3 | extra | no such field | [1]'],
    ['index2 as on the old route', cheat('index2', 3), 'MALFORMED | 3 | index2 | no such field | 3'],
    [
      'the entries of the other kind',
      cheat('information', []),
      'MALFORMED | 3 | information | no such field | []',
    ],
    [
      'entries that are not an array',
      cheat('transactions', { length: 1 }),
      'MALFORMED | 3 | transactions | an array | {"length":1}',
    ],
    [
      'no list of entries',
      cheat('transactions', undefined),
      'MALFORMED | 3 | transactions | an array | nothing',
    ],
    [
      'an entry that is not an object',
      cheat('transactions', [7]),
      'ENTRY_MALFORMED | 3 | 1 | entry | an object | 7',
    ],
  ])('%s', (_what, parts, expected) => {
    expect(judge([chain.transfer()], parts)).toBe(expected);
  });

  it('its tree root', () => {
    const entries = [chain.transfer()];
    const right = chain.forge(entries).tree_root as string;
    expect(judge(entries, cheat('tree_root', head.tree_root))).toBe(
      `TREE_ROOT_MISMATCH | 3 | tree_root | ${right} | ${String(head.tree_root)}`,
    );
  });

  it('the order of its entries', () => {
    const [a, b] = [chain.transfer({ nonce: 'a' }), chain.transfer({ nonce: 'b' })];
    const swapped = judge([a, b], { tamper: (block) => (block.transactions as unknown[]).reverse() });
    expect(swapped).toMatch(/^TREE_ROOT_MISMATCH \| 3 \| tree_root \| /);
  });

  it('a tree without an entry that was sealed earlier', () => {
    const entry = chain.transfer();
    const root = merkleRoot([Buffer.from(entry.id as string, 'hex')]).toString('hex');
    expect(judge([entry], cheat('tree_root', root))).toMatch(/^TREE_ROOT_MISMATCH /);
  });

  it('its hash', () => {
    const right = chain.forge([]).hash as string;
    expect(judge([], { tamper: (block) => (block.hash = 'ab'.repeat(32)) })).toBe(
      `HASH_MISMATCH | 3 | hash | ${right} | ${'ab'.repeat(32)}`,
    );
  });

  it('its signature', () => {
    const by = `a signature by ${String(chain.contract.producer)}`;
    const other = chain.forge([], { signer: OTHER_PRODUCER });
    expect(verdictText(follower.check(other))).toBe(
      `BAD_SIGNATURE | 3 | signature | ${by} | ${String(other.signature)}`,
    );
    const old = judge([], { tamper: (block) => (block.signature = head.signature) });
    expect(old).toBe(`BAD_SIGNATURE | 3 | signature | ${by} | ${String(head.signature)}`);
    // Signed, but not as a block: the signed text includes the context.
    const { hash, signature, transactions, ...header } = chain.forge([]);
    const bare = { ...header, hash, transactions, signature: signature ?? '' };
    bare.signature = OTHER_PRODUCER.sign(canonicalize(header) as string);
    expect(verdictText(follower.check(bare))).toMatch(/^BAD_SIGNATURE /);
  });

  it('more entries than its contract allows', () => {
    const entries = [1, 2, 3, 4].map(() => chain.transfer());
    expect(judge(entries.slice(1))).toBe('verified');
    expect(judge(entries)).toBe('TOO_MANY_ENTRIES | 3 | at most 3 | 4');
  });

  it('an entry that is malformed, misnamed or wrongly split', () => {
    const good = chain.transfer();
    const bad = (change: (leaf: Wire) => void): string => judge([good, chain.transfer({}, change)]);
    expect(bad((leaf) => (leaf.sender = leaf.recipient))).toBe(
      'ENTRY_MALFORMED | 3 | 2 | recipient | a wallet other than the sender | "bob"',
    );
    expect(bad((leaf) => (leaf.note = 1))).toBe('ENTRY_MALFORMED | 3 | 2 | note | no such field | 1');
    expect(bad((leaf) => (leaf.amount_bpsc = '0'))).toBe('FEE_MISMATCH | 3 | 2 | amount_bpsc | 50 | 0');
    expect(bad((leaf) => (leaf.bpsc = 'mallory'))).toBe(
      'FEE_MISMATCH | 3 | 2 | bpsc | bpsc_wallet_address | mallory',
    );
    const misnamed = { ...chain.transfer(), id: '00'.repeat(32) };
    expect(judge([good, misnamed])).toMatch(/^ENTRY_ID_MISMATCH \| 3 \| 2 \| id \| [0-9a-f]{64} \| 0{64}$/);
  });

  it('a nonce that its sender has already used, in an earlier block or in this one', () => {
    const again = chain.transfer({ nonce: NONCE, amount: '7' });
    const fault = (sequence: number, nonce: string): string =>
      `NONCE_REUSED | 3 | ${sequence} | nonce | a new nonce | ${nonce}`;
    expect(judge([again])).toBe(fault(1, NONCE));
    const twice = [
      chain.transfer({ nonce: 'n' }),
      chain.transfer(),
      chain.transfer({ nonce: 'n', recipient: 'carol' }),
    ];
    expect(judge(twice)).toBe(fault(3, 'n'));
    // Another sender may use it: a nonce belongs to its sender.
    const another = [
      chain.transfer({ nonce: NONCE, sender: 'carol' }),
      chain.transfer({ nonce: 'n', sender: 'dave' }),
    ];
    expect(judge([...another, chain.transfer({ nonce: 'n', sender: 'erin' })])).toBe('verified');
  });

  it('an entry earlier than its predecessor, in an earlier block or in this one', () => {
    const last = CREATED_AT + 500;
    expect(judge([chain.transfer({ timestamp: last - 1 })])).toBe(
      `ENTRY_TIMESTAMP_BACKWARDS | 3 | 1 | timestamp | at least ${last} | ${last - 1}`,
    );
    expect(judge([chain.transfer({ timestamp: T + 2 }), chain.transfer({ timestamp: T + 1 })])).toBe(
      `ENTRY_TIMESTAMP_BACKWARDS | 3 | 2 | timestamp | at least ${T + 2} | ${T + 1}`,
    );
  });

  it('an entry later than the block itself', () => {
    const timestamp = T + 10;
    expect(judge([chain.transfer({ timestamp })], { timestamp: timestamp - 1 })).toBe(
      `TIMESTAMP_BACKWARDS | 3 | timestamp | at least ${timestamp} | ${timestamp - 1}`,
    );
  });
});

const EARLIER = 'an earlier record of the chain that is not erased';

describe('an information block that is perfectly sealed except for', () => {
  const chain = ChainBuilder.information();
  chain.seal([chain.information({ nonce: NONCE })]);
  const follower = followerOf(chain);
  const judge: Judge = (entries, parts) => verdictText(follower.check(chain.forge(entries, parts)));

  it('nothing, is verified, erased records included', () => {
    expect(judge([chain.information(), chain.information({ erased: true })])).toBe('verified');
  });

  it('information that does not match its leaf', () => {
    const entry = { ...chain.information(), information: 'another' };
    expect(judge([chain.information(), entry])).toMatch(
      /^INFORMATION_HASH_MISMATCH \| 3 \| 2 \| information_hash \| [0-9a-f]{64} \| [0-9a-f]{64}$/,
    );
    const deep = JSON.parse('['.repeat(33) + ']'.repeat(33)) as unknown;
    expect(judge([chain.information({ information: deep })])).toMatch(
      /^ENTRY_MALFORMED \| 3 \| 1 \| information \| is nested deeper than 32 levels$/,
    );
    expect(judge([chain.information({ information: 'x'.repeat(70_000) })])).toMatch(
      /^ENTRY_MALFORMED \| 3 \| 1 \| information \| must be at most 65536 bytes as canonical JSON$/,
    );
  });

  it('a nonce already used by any sender', () => {
    expect(judge([chain.information({ nonce: NONCE, information: 1 })])).toBe(
      `NONCE_REUSED | 3 | 1 | nonce | a new nonce | ${NONCE}`,
    );
    expect(
      judge([
        chain.information({ nonce: 'n', information: 1 }),
        chain.information({ nonce: 'n', information: 2 }),
      ]),
    ).toBe('NONCE_REUSED | 3 | 2 | nonce | a new nonce | n');
  });

  it('erasures of records of its own, each once, is verified', () => {
    const [one, two] = [chain.information(), chain.information()];
    const erasures = [chain.erasure(one), chain.erasure(two, { reason: 'asked for' })];
    expect(judge([one, two, ...erasures])).toBe('verified');
    expect(judge([{ ...one, id: one.id }, chain.erasure(one), chain.erasure(one)])).toBe(
      `ERASURE_REPEATED | 3 | 3 | erases | ${EARLIER} | ${String(one.id)}`,
    );
  });

  it('an erasure that erases nothing it may erase', () => {
    const one = chain.information();
    const erasure = chain.erasure(one);
    expect(judge([one, erasure, chain.erasure(erasure)])).toBe(
      `ERASURE_OF_ERASURE | 3 | 3 | erases | ${EARLIER} | ${String(erasure.id)}`,
    );
    const input = {
      contract: parseContract(chain.contract) as Contract,
      parent: follower.parent,
      books: undefined,
    };
    const before = { [String(one.id)]: 'erased' } as Partial<Record<string, 'erased'>>;
    const verdict = (erased: Wire): string =>
      verdictText(
        verifyBlock({
          ...input,
          block: chain.forge([chain.erasure(erased)]),
          nonceUsed: () => false,
          erasureTarget: (id) => before[id] ?? 'unknown',
        }),
      );
    expect(verdict(one)).toMatch(/^ERASURE_REPEATED/);
    expect(verdict(chain.information())).toMatch(/^ERASURE_UNKNOWN/);
  });

  it('an erasure with content, or a flag, beside its leaf', () => {
    const one = chain.information();
    expect(judge([one, { ...chain.erasure(one), erased: true }])).toMatch(
      /^ENTRY_MALFORMED \| 3 \| 2 \| erased \| no such field/,
    );
    expect(judge([one, { ...chain.erasure(one), reason: 'x'.repeat(257) }])).toMatch(
      /^ENTRY_MALFORMED \| 3 \| 2 \| reason/,
    );
  });

  it('a transaction in it', () => {
    const entry = ChainBuilder.token().transfer();
    expect(judge([entry])).toBe('ENTRY_MALFORMED | 3 | 1 | type | "information" or "erasure" | "transfer"');
  });
});

describe('a block with everything wrong is refused for', () => {
  // In the order of the checks. The version comes before the shape, since another version has another shape.
  const WRONGS = [
    'VERSION_MISMATCH',
    'MALFORMED',
    'CHAIN_MISMATCH',
    'INDEX_MISMATCH',
    'PREVIOUS_HASH_MISMATCH',
    'TIMESTAMP_BACKWARDS',
    'TREE_SIZE_MISMATCH',
    'TOO_MANY_ENTRIES',
    'ENTRY_MALFORMED',
    'ENTRY_ID_MISMATCH',
    'FEE_MISMATCH',
    'NONCE_REUSED',
    'ENTRY_TIMESTAMP_BACKWARDS',
    'TREE_ROOT_MISMATCH',
    'HASH_MISMATCH',
    'BAD_SIGNATURE',
  ] as const satisfies readonly FaultCode[];

  const { chain, judge } = tokenSetting({
    schedule: { interval_ms: 1000, max_entries: 1, seal_empty: true },
  });

  /** The block with exactly these errors. */
  function verdictOn(wrongs: readonly string[]): string {
    const is = (code: (typeof WRONGS)[number]): boolean => wrongs.includes(code);
    const entry = chain.transfer(
      {
        nonce: is('NONCE_REUSED') ? NONCE : 'new',
        timestamp: CREATED_AT + (is('ENTRY_TIMESTAMP_BACKWARDS') ? 1 : 900),
      },
      (leaf) => {
        if (is('ENTRY_MALFORMED')) leaf.recipient = '';
        if (is('FEE_MISMATCH')) leaf.amount_bpsc = '49';
      },
    );
    if (is('ENTRY_ID_MISMATCH')) entry.id = '00'.repeat(32);
    const entries = is('TOO_MANY_ENTRIES') ? [entry, chain.transfer()] : [entry];
    return judge(entries, {
      timestamp: is('TIMESTAMP_BACKWARDS') ? CREATED_AT : CREATED_AT + 2000,
      ...(is('BAD_SIGNATURE') ? { signer: OTHER_PRODUCER } : {}),
      cheat: (draft) => {
        if (is('VERSION_MISMATCH')) draft.version = 7;
        if (is('MALFORMED')) draft.extra = 1;
        if (is('CHAIN_MISMATCH')) draft.chain = '00'.repeat(32);
        if (is('INDEX_MISMATCH')) draft.index = 9;
        if (is('PREVIOUS_HASH_MISMATCH')) draft.previous_hash = '00'.repeat(32);
        if (is('TREE_SIZE_MISMATCH')) draft.tree_size = 77;
        if (is('TREE_ROOT_MISMATCH')) draft.tree_root = '00'.repeat(32);
      },
      tamper: (block) => {
        if (is('HASH_MISMATCH')) block.hash = '00'.repeat(32);
      },
    });
  }

  it.each(WRONGS.map((code, i) => [code, WRONGS.slice(i)] as const))(
    '%s when that comes first',
    (code, wrongs) => {
      expect(verdictOn(wrongs)).toMatch(new RegExp(`^${code} \\| `));
      expect(verdictOn([code])).toMatch(new RegExp(`^${code} \\| `));
    },
  );

  it('nothing once nothing is wrong', () => {
    expect(verdictOn([])).toBe('verified');
  });

  it("the first entry's error before the second's, whatever they are", () => {
    const { chain: other, judge: judgeOther } = tokenSetting();
    const stale = other.transfer({ timestamp: 1 });
    const malformed = other.transfer({}, (leaf) => (leaf.memo = 5));
    expect(judgeOther([stale, malformed])).toMatch(/^ENTRY_TIMESTAMP_BACKWARDS \| 3 \| 1 /);
    expect(judgeOther([malformed, stale])).toMatch(/^ENTRY_MALFORMED \| 3 \| 1 /);
  });
});

describe('a block under the policy signed', () => {
  const T = CREATED_AT + 1000;
  const END = T + 50_000;
  const DAYS_366 = 366 * 86_400_000;

  interface SignedSetting {
    readonly chain: ChainBuilder;
    readonly sent: Wire;
    readonly hold: Wire;
    readonly declined: Wire;
    readonly follower: Follower;
    readonly judge: Judge;
  }

  /**
   * A chain with two blocks and a follower of it. ALICE has 8,999,850 left and 50 in a hold for BOB until END; he has
   * 1,000,050.5 and declined another hold. FEE_HOLDER has the fee of one transfer: 50.
   */
  function signedSetting(chain = ChainBuilder.signed()): SignedSetting {
    const sent = chain.transfer({ nonce: NONCE });
    const hold = chain.transfer({ amount: '50', holdUntil: END });
    const declined = chain.transfer({ amount: '50', holdUntil: T });
    chain.seal([sent, hold, declined, chain.answer('decline', declined)], { timestamp: T });
    const follower = followerOf(chain);
    const judge: Judge = (entries, parts) =>
      verdictText(follower.check(chain.forge(entries, { timestamp: T + 500_000, ...parts })));
    return { chain, sent, hold, declined, follower, judge };
  }
  const { chain, sent, hold, declined, follower, judge } = signedSetting();
  const late = { timestamp: END + 100_000 };

  it('is verified with everything that section 7 defines', () => {
    const soon = chain.transfer({ amount: '7', holdUntil: T + 1 });
    const now = chain.transfer({ amount: '8', holdUntil: T + DAYS_366 });
    const entries = [
      chain.answer('accept', hold),
      chain.issue({ recipient: CAROL.address }),
      soon,
      now,
      chain.answer('accept', now),
      chain.transfer({ sender: CAROL.address, amount: '1000000', memo: 'all of it' }),
      chain.transfer({ sender: FEE_HOLDER.address, amount: '0.00000000000000002' }),
      chain.returned(soon, { timestamp: T + 2 }),
    ];
    const verdict = follower.check(chain.forge(entries));
    if (isFault(verdict)) throw new Error(verdict.message);
    const has = (address: string): bigint => available(verdict.book?.wallet(address) ?? emptyWallet(address));
    expect(has(CAROL.address)).toBe(0n);
    expect(has(ALICE.address)).toBe((10_000_000n - 1_000_000n - 50n - 8n) * 10n ** 18n);
    expect(verdict.book?.hold(entries[2]?.id as Hash)?.state).toBe('returned');
    expect(verdict.book?.hold(entries[3]?.id as Hash)?.state).toBe('delivered');
    expect(verdict.book?.isBalanced()).toBe(true);
    expect(verdict.book?.supply()).toMatchObject({ issued: 10n ** 24n, burnt: 0n, held: 0n });
  });

  it('is verified when a return is late because the producer was down, and everything else comes after it', () => {
    expect(judge([chain.returned(hold, late), chain.transfer(late)])).toBe('verified');
    expect(judge([])).toBe('verified');
    expect(judge([], late)).toBe('verified');
  });

  it('does not change the books at its parent, whether it is verified or at fault', () => {
    const before = follower.books?.changes();
    const good = [chain.answer('accept', hold), chain.transfer()];
    expect(judge(good)).toBe('verified');
    expect(judge([...good, chain.transfer({ amount: '99999999' })])).toMatch(/^OVERDRAWN /);
    expect(judge(good, { cheat: (draft) => (draft.tree_root = '0'.repeat(64)) })).toMatch(
      /^TREE_ROOT_MISMATCH /,
    );
    expect(follower.books?.changes()).toEqual(before);
  });

  it('is never verified without the books at its parent', () => {
    const input = { ...follower.input(chain.forge([])), books: undefined };
    expect(() => verifyBlock(input)).toThrow(TypeError);
  });

  it('by itself, without the books, is checked for everything that needs no books: key and signature', () => {
    const alone = (...entries: Wire[]): VerifiedBlock | Fault =>
      verifyBlock({ ...follower.input(chain.forge(entries)), books: 'unchecked' });
    const verdict = alone(
      chain.transfer({ amount: '99999999' }),
      chain.transfer({ holdUntil: T }),
      chain.issue({ sender: MALLORY.address }),
      chain.answer('accept', declined),
      chain.returned(hold),
    );
    expect(verdictText(verdict)).toBe('verified');
    expect(isFault(verdict) ? verdict : verdict.book).toBeUndefined();
    expect(verdictText(alone(chain.transfer({ sender: ALICE.address, holder: MALLORY })))).toMatch(
      /^ADDRESS_MISMATCH \| 3 \| 4 \| sender \| /,
    );
    const forged = chain.transfer({ cheatAfterSigning: true }, (leaf) => (leaf.memo = 'x'));
    expect(verdictText(alone(chain.returned(hold), forged))).toMatch(
      /^BAD_SIGNATURE \| 3 \| 5 \| signature \| /,
    );
    expect(verdictText(alone(chain.transfer({ nonce: NONCE })))).toMatch(/^NONCE_REUSED /);
    expect(verdictText(alone(chain.transfer({}, (leaf) => (leaf.amount_bpsc = '1'))))).toMatch(
      /^FEE_MISMATCH /,
    );
  });

  describe('that is perfectly sealed except for an entry', () => {
    const to = BOB.address;

    it.each<[string, () => Wire, string]>([
      [
        'that was not signed by its sender',
        () => chain.transfer({ sender: ALICE.address, holder: MALLORY }),
        `ADDRESS_MISMATCH | 3 | 5 | sender | ${MALLORY.address}, the address of its public key | ${ALICE.address}`,
      ],
      [
        'that sends one unit more than is available',
        () => chain.transfer({ amount: '8999950.000000000000000001' }),
        `OVERDRAWN | 3 | 5 | amount_send | at most 8999950, the amount available in the wallet ${ALICE.address}` +
          ' | 8999950.000000000000000001',
      ],
      [
        'that holds one unit more than is available',
        () => chain.transfer({ amount: '8999950.000000000000000001', holdUntil: T + 1 }),
        `OVERDRAWN | 3 | 5 | amount_send | at most 8999950, the amount available in the wallet ${ALICE.address}` +
          ' | 8999950.000000000000000001',
      ],
      [
        'that sends from an empty wallet',
        () => chain.transfer({ sender: CAROL.address, amount: '1' }),
        `OVERDRAWN | 3 | 5 | amount_send | at most 0, the amount available in the wallet ${CAROL.address} | 1`,
      ],
      [
        'that issues tokens, by a wallet other than the issuer',
        () => chain.issue({ sender: FEE_HOLDER.address }),
        `NOT_ISSUER | 3 | 5 | sender | ${ISSUER.address}, the issuer | ${FEE_HOLDER.address}`,
      ],
      [
        'that accepts a hold, by its sender',
        () => chain.answer('accept', hold, { sender: ALICE.address }),
        `NOT_RECIPIENT | 3 | 5 | sender | ${to}, the hold's recipient | ${ALICE.address}`,
      ],
      [
        'that declines a hold, by a stranger',
        () => chain.answer('decline', hold, { sender: MALLORY.address }),
        `NOT_RECIPIENT | 3 | 5 | sender | ${to}, the hold's recipient | ${MALLORY.address}`,
      ],
      [
        'that returns a hold in the name of its sender',
        () => chain.returned(hold, { sender: ALICE.address, timestamp: END + 1 }),
        `NOT_PRODUCER | 3 | 5 | sender | ${FEE_HOLDER.address}, the fee wallet | ${ALICE.address}`,
      ],
      [
        'that is a hold ending at its own time',
        () => chain.transfer({ holdUntil: T }),
        `HOLD_TIME | 3 | 5 | hold_until | later than ${T} and at most ${T + DAYS_366}, which is 366 days later | ${T}`,
      ],
      [
        'that is a hold of more than 366 days',
        () => chain.transfer({ holdUntil: T + DAYS_366 + 1 }),
        `HOLD_TIME | 3 | 5 | hold_until | later than ${T} and at most ${T + DAYS_366}, which is 366 days later` +
          ` | ${T + DAYS_366 + 1}`,
      ],
      [
        'that accepts a transfer that is not a hold',
        () => chain.answer('accept', sent),
        `HOLD_UNKNOWN | 3 | 5 | transfer | the id of a transfer that is held | ${String(sent.id)}`,
      ],
      [
        'that returns a hold of another chain',
        () => chain.returned({ id: 'ab'.repeat(32) }, { timestamp: T + 1 }),
        `HOLD_UNKNOWN | 3 | 5 | transfer | the id of a transfer that is held | ${'ab'.repeat(32)}`,
      ],
      [
        'that accepts a hold that was declined',
        () => chain.answer('accept', declined),
        `HOLD_ENDED | 3 | 5 | transfer | an open hold | ${String(declined.id)}, which was declined by entry 3`,
      ],
      [
        'that returns a hold that was declined',
        () => chain.returned(declined, { timestamp: T + 1 }),
        `HOLD_ENDED | 3 | 5 | transfer | an open hold | ${String(declined.id)}, which was declined by entry 3`,
      ],
      [
        'that accepts a hold a millisecond after its end',
        () => chain.answer('accept', hold, { timestamp: END + 1 }),
        `HOLD_EXPIRED | 3 | 5 | timestamp | at most ${END}, the end of the hold | ${END + 1}`,
      ],
      [
        'that declines a hold a millisecond after its end',
        () => chain.answer('decline', hold, { timestamp: END + 1 }),
        `HOLD_EXPIRED | 3 | 5 | timestamp | at most ${END}, the end of the hold | ${END + 1}`,
      ],
      [
        'that returns a hold at its end, when it may still be accepted',
        () => chain.returned(hold, { timestamp: END }),
        `HOLD_NOT_EXPIRED | 3 | 5 | timestamp | later than ${END}, the end of the hold | ${END}`,
      ],
      [
        'that comes 60,001 ms after the end of a hold',
        () => chain.transfer({ timestamp: END + 60_001 }),
        `HOLD_OVERDUE | 3 | 5 | timestamp | at most ${END + 60_000} while the hold ${String(hold.id)}` +
          ` has not been returned | ${END + 60_001}`,
      ],
      [
        'that issues tokens 60,001 ms after the end of a hold',
        () => chain.issue({ timestamp: END + 60_001 }),
        `HOLD_OVERDUE | 3 | 5 | timestamp | at most ${END + 60_000} while the hold ${String(hold.id)}` +
          ` has not been returned | ${END + 60_001}`,
      ],
      [
        'with a nonce that its sender used for another type',
        () => chain.transfer({ nonce: NONCE }),
        `NONCE_REUSED | 3 | 5 | nonce | a new nonce | ${NONCE}`,
      ],
      [
        'that pays its fee to another wallet',
        () => chain.transfer({}, (leaf) => (leaf.bpsc = ALICE.address)),
        `FEE_MISMATCH | 3 | 5 | bpsc | ${FEE_HOLDER.address} | ${ALICE.address}`,
      ],
      [
        'from a name',
        () => chain.transfer({ holder: ALICE, sender: 'alice' }),
        'ENTRY_MALFORMED | 3 | 5 | sender | must be a wallet\'s address: bp1 followed by 40 characters, with a valid checksum | "alice"',
      ],
    ])('%s', (_what, make, expected) => {
      const good = chain.transfer({ sender: BOB.address, recipient: ISSUER.address, amount: '1' });
      expect(judge([good, make()])).toBe(expected);
    });
  });

  describe('tracks available amounts entry by entry: it', () => {
    const all = '8999950';
    const half = { amount: '4499975', recipient: CAROL.address };

    it('may spend everything in two entries, but not one unit more', () => {
      expect(judge([chain.transfer(half), chain.transfer(half)])).toBe('verified');
      const more = { ...half, amount: '4499975.000000000000000001' };
      expect(judge([chain.transfer(more)])).toBe('verified');
      expect(judge([chain.transfer(half), chain.transfer(more)])).toMatch(/^OVERDRAWN \| 3 \| 5 /);
      expect(judge([chain.transfer(more), chain.transfer(half)])).toMatch(
        /^OVERDRAWN \| 3 \| 5 \| amount_send \| at most 4499974.999999999999999999, /,
      );
    });

    it('may not spend the same tokens twice, in this block or in the next', () => {
      const other = signedSetting();
      const twice = [CAROL, MALLORY].map(({ address }) =>
        other.chain.transfer({ amount: all, recipient: address }),
      );
      expect(other.judge(twice)).toMatch(/^OVERDRAWN \| 3 \| 5 \| amount_send \| at most 0, /);
      other.follower.take(other.chain.seal(twice.slice(0, 1)));
      expect(other.judge(twice.slice(1))).toMatch(/^OVERDRAWN \| 4 \| 5 \| amount_send \| at most 0, /);
    });

    it('may spend what the previous entry brought, but not what the next one brings', () => {
      const issue = chain.issue({ recipient: CAROL.address, amount: '3' });
      const spent = chain.transfer({ sender: CAROL.address, amount: '3' });
      expect(judge([issue, spent])).toBe('verified');
      expect(judge([spent, issue])).toMatch(/^OVERDRAWN \| 3 \| 4 /);
    });

    it('may end a hold of an earlier block or of its own once', () => {
      const own = chain.transfer({ amount: '5', holdUntil: T + 1 });
      for (const each of [own, hold]) {
        const before = each === own ? [own] : [];
        const [accept, decline, returned] = [
          () => chain.answer('accept', each),
          () => chain.answer('decline', each),
          () => chain.returned(each, { timestamp: END + 1 }),
        ] as const;
        for (const end of [accept, decline, returned]) {
          expect(judge([...before, end()])).toBe('verified');
        }
        for (const end of [accept, decline]) {
          for (const again of [accept, decline, returned]) {
            expect(judge([...before, end(), again()])).toMatch(
              new RegExp(`^HOLD_ENDED \\| 3 \\| ${5 + before.length} `),
            );
          }
        }
        expect(judge([...before, returned(), returned()])).toMatch(/^HOLD_ENDED /);
        expect(judge([accept(), ...before])).toMatch(each === own ? /^HOLD_UNKNOWN / : /^verified$/);
      }
    });
  });

  describe("is refused for a holder's signature", () => {
    const by = `a signature by ${ALICE.publicKey}`;
    const full = { memo: 'thanks', holdUntil: T + 9 };

    it.each<[string, unknown]>([
      ['amount_send', '2000000'],
      ['recipient', CAROL.address],
      ['nonce', 'another'],
      ['memo', 'other'],
      ['memo', undefined],
      ['hold_until', T + 10],
      ['hold_until', undefined],
    ])('when the producer changes %s of a transfer to %p', (field, value) => {
      const entry = chain.transfer({ ...full, cheatAfterSigning: true }, (leaf) => {
        if (value === undefined) delete leaf[field];
        else leaf[field] = value;
        if (field === 'amount_send') Object.assign(leaf, { amount_bpsc: '100', amount_receive: '1999900' });
      });
      expect(judge([entry])).toBe(`BAD_SIGNATURE | 3 | 4 | signature | ${by} | ${String(entry.signature)}`);
    });

    it('when the producer turns one answer into the other, or into an answer to another hold', () => {
      const own = chain.transfer({ amount: '5', holdUntil: T + 1 });
      const changed = (cheat: (leaf: Wire) => unknown): string =>
        judge([own, chain.answer('accept', hold, { cheatAfterSigning: true }, cheat)]);
      const bad = new RegExp(`^BAD_SIGNATURE \\| 3 \\| 5 \\| signature \\| a signature by ${BOB.publicKey} `);
      expect(changed((leaf) => (leaf.type = 'decline'))).toMatch(bad);
      expect(changed((leaf) => (leaf.transfer = own.id))).toMatch(bad);
      expect(changed(() => undefined)).toBe('verified');
    });

    it('when the producer makes an issue larger, or gives it to another wallet', () => {
      for (const [field, value] of [
        ['amount_send', '1000001'],
        ['recipient', CAROL.address],
      ] as const) {
        const entry = chain.issue({ cheatAfterSigning: true }, (leaf) => (leaf[field] = value));
        expect(judge([entry])).toMatch(/^BAD_SIGNATURE \| 3 \| 4 /);
      }
    });

    it('that was made for another chain, for another text, or by another key', () => {
      const elsewhere = ChainBuilder.signed({ name: 'elsewhere' }).transfer({ nonce: 'x', timestamp: T });
      const here = chain.transfer({ nonce: 'x', timestamp: T });
      expect(judge([here])).toBe('verified');
      expect(judge([elsewhere])).toMatch(/^BAD_SIGNATURE \| 3 \| 4 /);
      const text = holderText(here, chain.chain);
      for (const signature of [
        '00'.repeat(64),
        String(sent.signature),
        BOB.sign(text),
        ALICE.sign(text.slice(text.indexOf('{'))),
        ALICE.sign(text.replace('transaction', 'block')),
      ]) {
        const entry = chain.transfer(
          { nonce: 'x', timestamp: T, cheatAfterSigning: true },
          (leaf) => (leaf.signature = signature),
        );
        expect(judge([entry])).toBe(`BAD_SIGNATURE | 3 | 4 | signature | ${by} | ${signature}`);
      }
    });

    it('that anybody can make, by a key of small order, although the wallet of that key has tokens', () => {
      const publicKey = `01${'00'.repeat(31)}`;
      const address = walletAddress(publicKey);
      const allocations = [
        { address: ALICE.address, amount: '10000000' },
        { address, amount: '10' },
      ];
      const { chain: other, judge: judgeOther } = signedSetting(
        ChainBuilder.signed({ wallets: { policy: 'signed', allocations } }),
      );
      const cheat = (leaf: Wire): unknown =>
        Object.assign(leaf, { public_key: publicKey, signature: publicKey + '00'.repeat(32) });
      const parts = { sender: address, holder: ALICE, amount: '5', cheatAfterSigning: true };
      expect(judgeOther([other.transfer(parts, cheat)])).toMatch(/^BAD_SIGNATURE \| 3 \| 4 /);
    });

    it('but not for fields that the producer decides', () => {
      const moved = chain.transfer({ cheatAfterSigning: true }, (leaf) => (leaf.timestamp = T + 5));
      expect(judge([moved])).toBe('verified');
    });

    it('before the next entry is checked, and after all other rules', () => {
      const forged = chain.transfer({ cheatAfterSigning: true }, (leaf) => (leaf.memo = 'x'));
      const poor = chain.transfer(
        { amount: '99999999', cheatAfterSigning: true },
        (leaf) => (leaf.memo = 'x'),
      );
      expect(judge([forged, poor])).toMatch(/^BAD_SIGNATURE \| 3 \| 4 /);
      expect(judge([poor, forged])).toMatch(/^OVERDRAWN \| 3 \| 4 /);
    });
  });

  describe('has its signatures checked by', () => {
    const entries = [
      chain.transfer(),
      chain.issue(),
      chain.answer('accept', hold),
      chain.transfer({ amount: '1', holdUntil: T + 1 }),
    ];
    const expired = chain.returned(entries[3] as Wire, { timestamp: T + 2 });
    const block = chain.forge([...entries, expired]);

    it("the caller's function, once for each entry that has one, in order", () => {
      const asked: string[][] = [];
      const verdict = follower.check(block, (...parts) => asked.push(parts) > 0);
      expect(verdictText(verdict)).toBe('verified');
      expect(asked).toEqual(
        entries.map((entry) => [entry.public_key, holderText(entry, chain.chain), entry.signature]),
      );
    });

    it('nothing else then: its verdict is final, whatever it is', () => {
      const forged = chain.transfer({ cheatAfterSigning: true }, (leaf) => (leaf.memo = 'x'));
      expect(verdictText(follower.check(chain.forge([forged]), () => true))).toBe('verified');
      expect(verdictText(follower.check(block, (_key, text) => !text.includes('"issue"')))).toMatch(
        /^BAD_SIGNATURE \| 3 \| 5 \| signature \| /,
      );
      // It does not check the producer's own signature.
      const unsealed = chain.forge([], { signer: OTHER_PRODUCER });
      expect(verdictText(follower.check(unsealed, () => true))).toMatch(/^BAD_SIGNATURE \| 3 \| signature /);
    });

    it('nothing where a rule is broken first, or where nobody signs', () => {
      const never: SignatureCheck = () => {
        throw new Error('asked');
      };
      const poor = chain.transfer({ amount: '99999999' });
      expect(verdictText(follower.check(chain.forge([poor]), never))).toMatch(/^OVERDRAWN /);
      const { chain: open, follower: openFollower } = tokenSetting();
      expect(verdictText(openFollower.check(open.forge([open.transfer()]), never))).toBe('verified');
    });
  });

  describe('with an entry in which everything is wrong is refused for', () => {
    // In the order of the checks.
    const WRONGS = [
      'ENTRY_MALFORMED',
      'ENTRY_ID_MISMATCH',
      'FEE_MISMATCH',
      'NONCE_REUSED',
      'ENTRY_TIMESTAMP_BACKWARDS',
      'ADDRESS_MISMATCH',
      'HOLD_TIME',
      'OVERDRAWN',
      'HOLD_OVERDUE',
      'BAD_SIGNATURE',
      'TREE_ROOT_MISMATCH',
    ] as const satisfies readonly FaultCode[];

    function verdictOn(wrongs: readonly string[]): string {
      const is = (code: (typeof WRONGS)[number]): boolean => wrongs.includes(code);
      let timestamp = T;
      if (is('HOLD_OVERDUE')) timestamp = END + 60_001;
      if (is('ENTRY_TIMESTAMP_BACKWARDS')) timestamp = CREATED_AT - 1;
      const entry = chain.transfer(
        {
          nonce: is('NONCE_REUSED') ? NONCE : 'new',
          amount: is('OVERDRAWN') ? '99999999' : '1',
          timestamp,
          ...(is('HOLD_TIME') ? { holdUntil: timestamp } : {}),
          ...(is('ADDRESS_MISMATCH') ? { sender: ALICE.address, holder: BOB } : {}),
          cheatAfterSigning: true,
        },
        (leaf) => {
          if (is('BAD_SIGNATURE')) leaf.memo = 'forged';
          if (is('FEE_MISMATCH')) leaf.amount_bpsc = '0.5';
          if (is('ENTRY_MALFORMED')) leaf.reason = 'expired';
        },
      );
      if (is('ENTRY_ID_MISMATCH')) entry.id = '00'.repeat(32);
      return judge([entry], {
        cheat: (draft) => {
          if (is('TREE_ROOT_MISMATCH')) draft.tree_root = '00'.repeat(32);
        },
      });
    }

    it.each(WRONGS.map((code, i) => [code, WRONGS.slice(i)] as const))(
      '%s when that comes first',
      (code, wrongs) => {
        expect(verdictOn(wrongs)).toMatch(new RegExp(`^${code} \\| 3 `));
        expect(verdictOn([code])).toMatch(new RegExp(`^${code} \\| 3 `));
      },
    );

    it('nothing once nothing is wrong', () => {
      expect(verdictOn([])).toBe('verified');
    });
  });
});

describe('a block under the policy open', () => {
  const wallets = { policy: 'open', allocations: [{ address: 'alice', amount: '10' }], issuer: 'mint' };
  const { chain, judge } = tokenSetting({ wallets });
  const hold = chain.transfer({ amount: '50', holdUntil: CREATED_AT + 5000 });

  it('is verified with issues and holds by names, and with wallets below zero', () => {
    const declined = chain.transfer({ sender: 'dave', recipient: 'erin', holdUntil: CREATED_AT + 5000 });
    const expired = chain.transfer({ sender: 'dave', recipient: 'erin', holdUntil: CREATED_AT + 1001 });
    expect(
      judge([
        chain.transfer({ sender: 'zoe', amount: '1000000000' }),
        chain.issue({ recipient: 'carol' }),
        hold,
        declined,
        expired,
        chain.answer('accept', hold),
        chain.answer('decline', declined),
        chain.returned(expired, { timestamp: CREATED_AT + 1002 }),
      ]),
    ).toBe('verified');
  });

  it.each<[string, () => Wire, string]>([
    [
      'an issue',
      () => chain.issue({ sender: 'mallory' }),
      'NOT_ISSUER | 3 | 2 | sender | mint, the issuer | mallory',
    ],
    [
      'an answer',
      () => chain.answer('accept', hold, { sender: 'mallory' }),
      "NOT_RECIPIENT | 3 | 2 | sender | bob, the hold's recipient | mallory",
    ],
    [
      'a return',
      () => chain.returned(hold, { sender: 'mallory', timestamp: CREATED_AT + 5001 }),
      'NOT_PRODUCER | 3 | 2 | sender | bpsc_wallet_address, the fee wallet | mallory',
    ],
    [
      'a transfer long after the end of a hold',
      () => chain.transfer({ timestamp: CREATED_AT + 65_001 }),
      `HOLD_OVERDUE | 3 | 2 | timestamp | at most ${CREATED_AT + 65_000} while the hold ${String(hold.id)}` +
        ` has not been returned | ${CREATED_AT + 65_001}`,
    ],
  ])('is refused for %s because its sender may not make it, or not now', (_what, make, expected) => {
    expect(judge([hold, make()], { timestamp: CREATED_AT + 100_000 })).toBe(expected);
  });

  it('has no issues if its contract names no issuer', () => {
    const other = tokenSetting();
    expect(other.judge([other.chain.issue({ sender: 'mint' })])).toBe(
      'NOT_ISSUER | 3 | 1 | sender | the issuer, but the contract names none | mint',
    );
  });
});

describe('a block from a hostile upstream', () => {
  const { chain, follower } = tokenSetting();
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
  const HOSTILE = [
    ...[null, true, '', 'x', 0, -0, -1, 1.5, 1e300, Infinity, NaN, 2 ** 53, [], [[]], {}, deep],
    { toString: 1, valueOf: 1, toJSON: 1, length: -1, then: 1 },
    JSON.parse('{"__proto__":{"index":3},"constructor":1}'),
  ] as unknown[];

  it('is a fault, never an error, whatever it is', () => {
    for (const value of HOSTILE) expect(verdictText(follower.check(value))).toMatch(/^MALFORMED \| /);
  });

  it('is a fault, never an error, whatever replaces any field', () => {
    const block = chain.forge([chain.transfer()]);
    for (const field of Object.keys(block)) {
      for (const value of HOSTILE) {
        expect([field, isFault(follower.check({ ...block, [field]: value }))]).toEqual([field, true]);
      }
    }
  });

  it('is a fault, never an error, whatever replaces any field of an entry', () => {
    const entry = chain.transfer({ memo: 'thanks' });
    for (const field of Object.keys(entry)) {
      for (const value of HOSTILE) {
        const transactions = [{ ...entry, [field]: value }];
        const block = chain.forge([], {
          tamper: (wire) => Object.assign(wire, { tree_size: 2, transactions }),
        });
        expect(verdictText(follower.check(block))).toMatch(/^ENTRY_(MALFORMED|ID_MISMATCH) \| 3 \| 1 \| /);
      }
    }
  });

  it('is refused for a __proto__ in it, which is a field like any other', () => {
    const text = JSON.stringify(chain.forge([]));
    const block = JSON.parse(`{"__proto__":{"more":1},${text.slice(1)}`) as unknown;
    expect(verdictText(follower.check(block))).toBe('MALFORMED | 3 | __proto__ | no such field | {"more":1}');
  });

  it('is refused for its number of entries before any of them is checked', () => {
    const block = chain.forge([], {
      tamper: (wire) =>
        Object.assign(wire, { tree_size: 1_000_001, transactions: new Array(1_000_000).fill(deep) }),
    });
    expect(verdictText(follower.check(block))).toBe('TOO_MANY_ENTRIES | 3 | at most 1000 | 1000000');
  });
});

describe('the verification in steps', () => {
  const schedule = { interval_ms: null, max_entries: null, seal_empty: false };
  const { chain, follower } = tokenSetting({ schedule });
  const stepsOf = (block: unknown): { steps: number; verdict: VerifiedBlock | Fault } => {
    const generator = verifyBlockSteps({ ...follower.input(block), nonceUsed: () => false });
    for (let steps = 0; ; steps++) {
      const { done, value } = generator.next();
      if (done === true) return { steps, verdict: value };
    }
  };

  it.each([
    [0, 1],
    [1, 1],
    [255, 1],
    [256, 2],
    [511, 2],
    [700, 3],
  ])(
    'pauses during a block of %i entries %i times: after the header, and at every 256 entries',
    (count, pauses) => {
      const block = chain.forge(Array.from({ length: count }, () => chain.transfer()));
      const { steps, verdict } = stepsOf(block);
      expect(steps).toBe(pauses);
      expect(verdict).toEqual(follower.check(block));
      expect(verdictText(verdict)).toBe('verified');
    },
  );

  it('ends at the first fault', () => {
    expect(stepsOf({}).steps).toBe(0);
    const entries = Array.from({ length: 600 }, (_, i) =>
      i === 300 ? { ...chain.transfer(), id: '00'.repeat(32) } : chain.transfer(),
    );
    const { steps, verdict } = stepsOf(chain.forge(entries));
    expect(steps).toBe(2);
    expect(verdictText(verdict)).toMatch(/^ENTRY_ID_MISMATCH \| 3 \| 301 \| /);
  });

  it('looks up a nonce once for each entry that is otherwise valid, in order', () => {
    const asked: string[] = [];
    const nonceUsed = (sender: string, nonce: string): boolean => asked.push(`${sender} ${nonce}`) < 0;
    const block = chain.forge([
      chain.transfer({ nonce: 'x' }),
      chain.transfer({ nonce: 'y', sender: 'carol' }),
    ]);
    verifyBlock({ ...follower.input(block), nonceUsed });
    expect(asked).toEqual(['alice x', 'carol y']);
  });
});

describe('a head by itself', () => {
  const golden = goldenChain('token');
  const contract = parseContract(golden.contract) as Contract;
  const header = parseHeader(golden.blocks[2] as Wire) as SealedHeader;

  it('shows its hash and the signature of its producer', () => {
    expect(verifySeal(header, contract)).toBeUndefined();
    expect(verifySeal({ ...header, treeSize: 5 }, contract)?.fault).toBe('HASH_MISMATCH');
    const other = parseContract(tokenContract({ producer: OTHER_PRODUCER.publicKey })) as Contract;
    expect(verifySeal(header, other)?.fault).toBe('BAD_SIGNATURE');
  });
});
