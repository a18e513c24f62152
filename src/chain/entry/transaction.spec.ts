import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { jsonValue, nastyString, walletName } from '../../../test/support/arbitraries.js';
import {
  ALICE,
  BOB,
  ChainBuilder,
  holderText as independentText,
  ISSUER,
  leafHash,
  signedContract,
  splitAmount,
  tokenContract,
  type Holder,
  type Wire,
} from '../../../test/support/chain-builder.js';
import { formatAmount } from './amount.js';
import type { Hash, PublicKey, Signature } from '../bytes/bytes.js';
import { chainId, parseContract, type TokenContract } from '../contract/contract.js';
import { verifySignature } from '../bytes/ed25519.js';
import { isFault } from '../faults.js';
import { METADATA_EXPECTED } from './metadata.js';
import {
  holderText,
  leafText,
  parseLeaf,
  parseTransaction,
  type Answer,
  type HolderTransaction,
  type Issue,
  type Proof,
  type Return,
  type Transaction,
  type Transfer,
} from './transaction.js';

const open = parseContract(tokenContract()) as TokenContract;
const signed = parseContract(signedContract()) as TokenContract;
const openChain = ChainBuilder.token({ wallets: { policy: 'open', allocations: [], issuer: 'mint' } });
const signedChain = ChainBuilder.signed();
const AKA = 10n ** 18n;
const T = 1_760_000_000_123;
const ID = 'ab'.repeat(32) as Hash;

const jcs = (value: unknown): string => canonicalize(value) as string;

/** The fault's code, place, expected and found. */
function faultOf(value: Wire, contract: TokenContract): string {
  const result = parseTransaction(value, contract, {});
  const found = isFault(result) ? result : result.wrong;
  if (found === undefined) return 'no fault';
  return [found.fault, found.field, found.expected, found.found]
    .filter((part) => part !== undefined)
    .join(' | ');
}

/** A copy with a field replaced; undefined removes it. */
function changed(entry: Wire, field: string, value: unknown): Wire {
  const copy = { ...entry, [field]: value };
  if (value === undefined) delete copy[field];
  return copy;
}

/** A proof with the golden signature's form. */
const proof: Proof = {
  publicKey: ALICE.publicKey as PublicKey,
  signature: '5a'.repeat(64) as Signature,
};
const base = { nonce: 'n-1', timestamp: T };
const split = { send: 1_000_000n * AKA, receive: 999_950n * AKA, fee: 50n * AKA };
const transfer: Transfer = { type: 'transfer', ...base, sender: 'alice', recipient: 'bob', ...split };
const issue: Issue = { type: 'issue', ...base, sender: 'mint', recipient: 'bob', send: 5n };
const accept: Answer = { type: 'accept', ...base, sender: 'bob', transfer: ID };
const returned: Return = { type: 'return', ...base, sender: 'bpsc_wallet_address', transfer: ID };

const A = 'bp1qpes5hku9rp03khjm8ww8gqatus9ud0925cxqdtr';
const B = 'bp1qzegh24n8c0etfuv0625w42v86269cuqxqvsramn';
const FEE = 'bp1qq682ruch4vlely5dkj94247jva7z49yk58tv65h';
const KEY = 'bc7cbcb5636375fa1d82434d466724d92377f53b980695dd49d26d0ce12205a5';
const S = '5a'.repeat(64);
const byAlice = { sender: A, proof };

describe("a transaction's leaf has the bytes that it had in the first version, forever:", () => {
  it.each<[string, Transaction, TokenContract, string]>([
    [
      'a transfer',
      transfer,
      open,
      '{"amount_bpsc":"50","amount_receive":"999950","amount_send":"1000000","bpsc":"bpsc_wallet_address",' +
        '"nonce":"n-1","recipient":"bob","sender":"alice","timestamp":1760000000123,"type":"transfer"}',
    ],
    [
      'a hold with a memo',
      { ...transfer, memo: 'a "gift"', holdUntil: T + 1 },
      open,
      '{"amount_bpsc":"50","amount_receive":"999950","amount_send":"1000000","bpsc":"bpsc_wallet_address",' +
        '"hold_until":1760000000124,"memo":"a \\"gift\\"","nonce":"n-1","recipient":"bob","sender":"alice",' +
        '"timestamp":1760000000123,"type":"transfer"}',
    ],
    [
      'a transfer with a memo and metadata',
      { ...transfer, memo: 'm', metadata: '{"a":[1,{}],"b":"\u00e9"}' },
      open,
      '{"amount_bpsc":"50","amount_receive":"999950","amount_send":"1000000","bpsc":"bpsc_wallet_address",' +
        '"memo":"m","metadata":{"a":[1,{}],"b":"\u00e9"},"nonce":"n-1","recipient":"bob","sender":"alice",' +
        '"timestamp":1760000000123,"type":"transfer"}',
    ],
    [
      'an issue',
      issue,
      open,
      '{"amount_send":"0.000000000000000005","nonce":"n-1","recipient":"bob","sender":"mint",' +
        '"timestamp":1760000000123,"type":"issue"}',
    ],
    [
      'an accept',
      accept,
      open,
      `{"nonce":"n-1","sender":"bob","timestamp":1760000000123,"transfer":"${ID}","type":"accept"}`,
    ],
    [
      'a decline',
      { ...accept, type: 'decline' },
      open,
      `{"nonce":"n-1","sender":"bob","timestamp":1760000000123,"transfer":"${ID}","type":"decline"}`,
    ],
    [
      'a return',
      returned,
      open,
      '{"nonce":"n-1","reason":"expired","sender":"bpsc_wallet_address","timestamp":1760000000123,' +
        `"transfer":"${ID}","type":"return"}`,
    ],
    [
      'a signed transfer',
      { ...transfer, ...byAlice, recipient: B },
      signed,
      `{"amount_bpsc":"50","amount_receive":"999950","amount_send":"1000000","bpsc":"${FEE}","nonce":"n-1",` +
        `"public_key":"${KEY}","recipient":"${B}","sender":"${A}","signature":"${S}",` +
        '"timestamp":1760000000123,"type":"transfer"}',
    ],
    [
      'a signed hold with a memo',
      { ...transfer, ...byAlice, recipient: B, memo: '', holdUntil: T + 1 },
      signed,
      `{"amount_bpsc":"50","amount_receive":"999950","amount_send":"1000000","bpsc":"${FEE}",` +
        `"hold_until":1760000000124,"memo":"","nonce":"n-1","public_key":"${KEY}","recipient":"${B}",` +
        `"sender":"${A}","signature":"${S}","timestamp":1760000000123,"type":"transfer"}`,
    ],
    [
      'a signed issue',
      { ...issue, ...byAlice, recipient: B },
      signed,
      `{"amount_send":"0.000000000000000005","nonce":"n-1","public_key":"${KEY}","recipient":"${B}",` +
        `"sender":"${A}","signature":"${S}","timestamp":1760000000123,"type":"issue"}`,
    ],
    [
      'a signed accept',
      { ...accept, ...byAlice },
      signed,
      `{"nonce":"n-1","public_key":"${KEY}","sender":"${A}","signature":"${S}","timestamp":1760000000123,` +
        `"transfer":"${ID}","type":"accept"}`,
    ],
    [
      'a signed decline',
      { ...accept, ...byAlice, type: 'decline' },
      signed,
      `{"nonce":"n-1","public_key":"${KEY}","sender":"${A}","signature":"${S}","timestamp":1760000000123,` +
        `"transfer":"${ID}","type":"decline"}`,
    ],
    [
      'a return under the policy signed, which nobody signs',
      { ...returned, sender: FEE },
      signed,
      `{"nonce":"n-1","reason":"expired","sender":"${FEE}","timestamp":1760000000123,"transfer":"${ID}",` +
        '"type":"return"}',
    ],
  ])('%s', (_what, transaction, contract, text) => {
    expect(leafText(transaction, contract)).toBe(text);
    expect(jcs(JSON.parse(text))).toBe(text);
  });
});

describe("a holder's signed text has the bytes that it had in the first version, forever:", () => {
  const chain = '26df010d643e442c38af6e6dff0692390e56d0964cd83b8be68b142a164d1a9c' as Hash;
  const context = 'bpsc/transaction/v1\n';
  const by = `"chain":"${chain}",`;

  it('is for the chain of these tests', () => {
    expect(chainId(signed)).toBe(chain);
  });

  it.each<[string, HolderTransaction, string, string]>([
    [
      'a transfer',
      { ...transfer, sender: A, recipient: B },
      `{"amount_send":"1000000",${by}"nonce":"n-1","recipient":"${B}","sender":"${A}","type":"transfer"}`,
      '4f9ee6e6c2b1ff468a516f1b156b8e3378b636f62f6298df2c045daf49111eaf' +
        'f581a6906abe67e2da5a3c6129a935deeee3430d4caea9d7edca6430187b4a08',
    ],
    [
      'a hold with a memo',
      { ...transfer, sender: A, recipient: B, memo: 'a "gift"', holdUntil: T + 1 },
      `{"amount_send":"1000000",${by}"hold_until":1760000000124,"memo":"a \\"gift\\"","nonce":"n-1",` +
        `"recipient":"${B}","sender":"${A}","type":"transfer"}`,
      '31c0b4fcd597433a041afd3adfe2334921e541106921ff4b130711cd322a8368' +
        'f7c364b8c6d7d407d436cb434a40b4adc1f3992e92dc69c2c8734405b90b1903',
    ],
    [
      'an issue',
      { ...issue, sender: A, recipient: B },
      `{"amount_send":"0.000000000000000005",${by}"nonce":"n-1","recipient":"${B}","sender":"${A}","type":"issue"}`,
      '89f3b3546243728b71f6119c54679ec4dbb2f45302b833b85fd6f8cc49cf3a0e' +
        'f08c8a39b35f6c8995ce0a3825544a614ea419d562739785e0ff889ecdfd5505',
    ],
    [
      'an accept',
      { ...accept, sender: A },
      `{${by}"nonce":"n-1","sender":"${A}","transfer":"${ID}","type":"accept"}`,
      'd8204b6cbf1c96c6970282ca458bcac8f82f0b5de4f04167fe2c003b973fb7ba' +
        'afa962dc4e13f02e8b94881dabd36fb25ede7e0adffd0f52f11a3a9d982bfd08',
    ],
    [
      'a decline',
      { ...accept, type: 'decline', sender: A },
      `{${by}"nonce":"n-1","sender":"${A}","transfer":"${ID}","type":"decline"}`,
      '6f49fda8afcd7c085a6c102b39bdae22547e4267784ec55a94e69f391157bbb9' +
        'e462eefc5367c6c860768fe5ec59fee360f1818b8af1ddc299e5f4cbc1135402',
    ],
  ])('%s', (_what, transaction, json, signature) => {
    const text = holderText(transaction, signed, chain);
    expect(text).toBe(context + json);
    expect(jcs(JSON.parse(json))).toBe(json);
    expect(ALICE.sign(text)).toBe(signature);
    expect(verifySignature(ALICE.publicKey as PublicKey, text, signature as Signature)).toBe(true);
  });

  it('contains nothing that the producer decides, nor the proof', () => {
    const text = holderText({ ...transfer, ...byAlice }, signed, chain);
    expect(holderText({ ...transfer, sender: A, timestamp: 0, fee: 0n, receive: 0n }, signed, chain)).toBe(
      text,
    );
    const otherFee = { ...signed, feeWallet: B, feeRate: open.feeRate };
    expect(holderText({ ...transfer, ...byAlice }, otherFee, chain)).toBe(text);
  });

  it('differs if anything else differs', () => {
    const hold = { ...transfer, memo: '', holdUntil: 1 };
    const texts: string[] = [
      hold,
      { ...hold, sender: A },
      { ...hold, recipient: A },
      { ...hold, send: 1n },
      { ...hold, nonce: 'n-2' },
      { ...hold, memo: ' ' },
      { ...hold, memo: undefined },
      { ...hold, metadata: '{}' },
      { ...hold, metadata: '{"a":1}' },
      { ...hold, holdUntil: 2 },
      { ...hold, holdUntil: undefined },
      issue,
      accept,
      { ...accept, type: 'decline' as const },
      { ...accept, transfer: 'cd'.repeat(32) as Hash },
    ].map((transaction) => holderText(transaction, signed, chain));
    texts.push(holderText(hold, signed, ID));
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('a transaction of any type', () => {
  const nonce = fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/);
  const units = fc.bigInt({ min: 0n, max: 10n ** 48n - 1n });
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((b) => Buffer.from(b).toString('hex'));
  // Canonical JSON has no -0.
  const metadata = fc
    .dictionary(
      nastyString.filter((key) => key !== '__proto__'),
      jsonValue,
      { maxKeys: 3 },
    )
    .map((value) => JSON.parse(jcs(value)) as Wire);
  const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(arbitrary, { nil: undefined });
  const proofs = optional(
    fc.tuple(hash, hash, hash).map(([publicKey, r, s]) => ({
      publicKey: publicKey as PublicKey,
      signature: (r + s) as Signature,
    })),
  );
  const common = { sender: nastyString, nonce, timestamp: fc.maxSafeNat() };
  const holders = { ...common, proof: proofs };
  const ends = { transfer: hash as fc.Arbitrary<Hash> };
  const transaction: fc.Arbitrary<Transaction> = fc.oneof(
    fc.record({
      type: fc.constant('transfer' as const),
      ...holders,
      recipient: nastyString,
      send: units,
      receive: units,
      fee: units,
      memo: optional(nastyString),
      metadata: optional(metadata.map(jcs)),
      holdUntil: optional(fc.maxSafeNat()),
    }),
    fc.record({ type: fc.constant('issue' as const), ...holders, recipient: nastyString, send: units }),
    fc.record({ type: fc.constantFrom('accept' as const, 'decline' as const), ...holders, ...ends }),
    fc.record({ type: fc.constant('return' as const), ...common, ...ends }),
  );
  const contract = fc
    .record({ feeWallet: nastyString, decimals: fc.integer({ min: 0, max: 18 }) })
    .map((parts): TokenContract => ({ ...signed, ...parts }));

  /** The leaf as an object, with its keys in no particular order. */
  function leafOf(of: Transaction, { decimals, feeWallet }: TokenContract): Wire {
    const amount = (value: bigint): string => formatAmount(value, decimals);
    const leaf: Wire = { type: of.type, timestamp: of.timestamp, sender: of.sender, nonce: of.nonce };
    if (of.type === 'return') return { ...leaf, transfer: of.transfer, reason: 'expired' };
    if (of.proof !== undefined) {
      leaf.signature = of.proof.signature;
      leaf.public_key = of.proof.publicKey;
    }
    if ('transfer' in of) return { ...leaf, transfer: of.transfer };
    leaf.recipient = of.recipient;
    leaf.amount_send = amount(of.send);
    if (of.type === 'issue') return leaf;
    if (of.memo !== undefined) leaf.memo = of.memo;
    if (of.metadata !== undefined) leaf.metadata = JSON.parse(of.metadata);
    if (of.holdUntil !== undefined) leaf.hold_until = of.holdUntil;
    return { ...leaf, bpsc: feeWallet, amount_receive: amount(of.receive), amount_bpsc: amount(of.fee) };
  }

  it('has the RFC 8785 form of its fields as its leaf, whatever texts are in it', () => {
    fc.assert(
      fc.property(transaction, contract, (of, by) => {
        expect(leafText(of, by)).toBe(jcs(leafOf(of, by)));
      }),
      { numRuns: 500 },
    );
  });

  it("is signed as the RFC 8785 form of its holder's part", () => {
    fc.assert(
      fc.property(transaction, contract, hash, (of, by, chain) => {
        fc.pre(of.type !== 'return');
        expect(holderText(of, by, chain as Hash)).toBe(independentText(leafOf(of, by), chain));
      }),
      { numRuns: 500 },
    );
  });

  it('comes back from the wire with the same bytes, whatever is sent', () => {
    const money = fc.record({
      rate: fc.constantFrom('0', '0.00005', '0.3'),
      decimals: fc.constantFrom(0, 2, 18),
    });
    const optionalParts = fc.record(
      { memo: nastyString, metadata, holdUntil: fc.maxSafeNat() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        money,
        walletName,
        walletName,
        units,
        optionalParts,
        nonce,
        (of, sender, recipient, send, parts, id) => {
          fc.pre(sender !== recipient);
          const chain = new ChainBuilder({
            ...openChain.contract,
            token: { symbol: 'X', decimals: of.decimals },
            fee: { rate: of.rate, wallet: 'w', disposition: 'burn' },
          });
          const amount = formatAmount(send % 10n ** BigInt(30 + of.decimals), of.decimals);
          fc.pre(splitAmount(amount, of.rate, of.decimals).receive !== '0');
          const wire = chain.transfer({ sender, recipient, amount, nonce: id, ...parts });
          const by = parseContract(chain.contract) as TokenContract;
          const result = parseTransaction(wire, by, {});
          if (isFault(result)) throw new Error(result.message);
          const { transaction: read, leafText: text, wrong } = result;
          expect(wrong).toBeUndefined();
          if (read.type !== 'transfer') throw new Error(read.type);
          expect({ ...(JSON.parse(text) as Wire), id: wire.id }).toEqual(wire);
          expect(leafText(read, by)).toBe(text);
          expect(read.fee + read.receive).toBe(read.send);
          expect([read.memo, read.holdUntil]).toEqual([parts.memo, parts.holdUntil]);
          expect(read.metadata).toBe(parts.metadata && jcs(parts.metadata));
        },
      ),
    );
  });

  it('is read, field by field', () => {
    const read = (wire: Wire): unknown => {
      const result = parseTransaction(wire, signed, {});
      return isFault(result) ? result : result.transaction;
    };
    const by = { nonce: 'n', timestamp: T };
    const proofOf = (wire: Wire, holder: Holder): unknown => ({
      publicKey: holder.publicKey,
      signature: wire.signature,
    });
    const hold = signedChain.transfer({ ...by, memo: 'm', holdUntil: T + 5 });
    const from = { ...by, sender: A };
    expect(read(hold)).toEqual({
      type: 'transfer',
      ...from,
      recipient: B,
      ...split,
      memo: 'm',
      holdUntil: T + 5,
      proof: proofOf(hold, ALICE),
    });
    const made = signedChain.issue({ ...by, amount: '2', recipient: A });
    expect(read(made)).toEqual({
      type: 'issue',
      ...by,
      sender: ISSUER.address,
      recipient: A,
      send: 2n * AKA,
      proof: proofOf(made, ISSUER),
    });
    const answer = signedChain.answer('accept', hold, by);
    expect(read(answer)).toEqual({
      type: 'accept',
      ...by,
      sender: B,
      transfer: hold.id,
      proof: proofOf(answer, BOB),
    });
    expect(read(signedChain.returned(hold, by))).toEqual({
      type: 'return',
      ...by,
      sender: FEE,
      transfer: hold.id,
    });
  });
});

describe('a leaf that was verified earlier', () => {
  it('is parsed to its transaction, whatever its type', () => {
    for (const [chain, contract] of [
      [openChain, open],
      [signedChain, signed],
    ] as const) {
      const hold = chain.transfer({ memo: 'm', holdUntil: T + 5 });
      const all = [hold, chain.issue(), chain.answer('decline', hold), chain.returned(hold)];
      for (const { id: _id, ...leaf } of all) {
        const text = jcs(leaf);
        expect(leafText(parseLeaf(text, contract) as Transaction, contract)).toBe(text);
      }
    }
  });

  it('yields undefined if it is not a transaction', () => {
    expect(parseLeaf('{"type":"information"}', open)).toBeUndefined();
  });
});

const NAME = 'must be 1 to 128 characters, without control characters and without white space at either end';
const ADDRESS = "must be a wallet's address: bp1 followed by 40 characters, with a valid checksum";
const AMOUNT = 'a decimal string in shortest form';
const NONCE = 'must be 1 to 64 characters of A-Z a-z 0-9 . _ : -';
const TYPE = '"transfer", "issue", "accept", "decline", "return"';
const HEX_32 = '64 lower-case hex digits';
const HEX_64 = '128 lower-case hex digits';

describe('a transaction from outside', () => {
  const good = openChain.transfer({ memo: 'thanks' });

  it('is accepted if everything is valid', () => {
    for (const wire of [
      good,
      openChain.transfer({ recipient: 'bpsc_wallet_address' }),
      openChain.transfer({ memo: '' }),
      openChain.transfer({ holdUntil: 0 }),
      openChain.issue(),
      openChain.answer('accept', good),
      openChain.answer('decline', good),
      openChain.returned(good),
    ]) {
      expect(faultOf(wire, open)).toBe('no fault');
    }
  });

  describe('is refused for', () => {
    it.each<[string, unknown, string]>([
      ['type', 'information', `ENTRY_MALFORMED | type | ${TYPE} | "information"`],
      ['type', undefined, `ENTRY_MALFORMED | type | ${TYPE} | nothing`],
      ['type', 'issue', 'ENTRY_MALFORMED | amount_bpsc | no such field | "50"'],
      ['type', 'accept', 'ENTRY_MALFORMED | amount_bpsc | no such field | "50"'],
      ['type', 'return', 'ENTRY_MALFORMED | amount_bpsc | no such field | "50"'],
      ['extra', 1, 'ENTRY_MALFORMED | extra | no such field | 1'],
      ['hold_until', null, 'ENTRY_MALFORMED | hold_until | milliseconds since 1970 | null'],
      ['hold_until', '1', 'ENTRY_MALFORMED | hold_until | milliseconds since 1970 | "1"'],
      ['hold_until', 1.5, 'ENTRY_MALFORMED | hold_until | milliseconds since 1970 | 1.5'],
      ['hold_until', -1, 'ENTRY_MALFORMED | hold_until | milliseconds since 1970 | -1'],
      ['hold_until', 2 ** 53, 'ENTRY_MALFORMED | hold_until | milliseconds since 1970 | 9007199254740992'],
      ['transfer', '00', 'ENTRY_MALFORMED | transfer | no such field | "00"'],
      ['reason', 'expired', 'ENTRY_MALFORMED | reason | no such field | "expired"'],
      ['public_key', '00', 'ENTRY_MALFORMED | public_key | no such field | "00"'],
      ['sender', '', `ENTRY_MALFORMED | sender | ${NAME} | ""`],
      ['sender', 'bob', 'ENTRY_MALFORMED | recipient | a wallet other than the sender | "bob"'],
      ['sender', undefined, `ENTRY_MALFORMED | sender | ${NAME} | nothing`],
      ['recipient', ' bob', `ENTRY_MALFORMED | recipient | ${NAME} | " bob"`],
      ['recipient', 7, `ENTRY_MALFORMED | recipient | ${NAME} | 7`],
      ['nonce', 'a b', 'ENTRY_MALFORMED | nonce | must be 1 to 64 characters of A-Z a-z 0-9 . _ : - | "a b"'],
      [
        'nonce',
        undefined,
        'ENTRY_MALFORMED | nonce | must be 1 to 64 characters of A-Z a-z 0-9 . _ : - | nothing',
      ],
      ['timestamp', -1, 'ENTRY_MALFORMED | timestamp | milliseconds since 1970 | -1'],
      ['timestamp', 1.5, 'ENTRY_MALFORMED | timestamp | milliseconds since 1970 | 1.5'],
      ['timestamp', 1e300, 'ENTRY_MALFORMED | timestamp | milliseconds since 1970 | 1e+300'],
      ['timestamp', '1', 'ENTRY_MALFORMED | timestamp | milliseconds since 1970 | "1"'],
      ['memo', null, 'ENTRY_MALFORMED | memo | must be a string of at most 256 bytes in UTF-8 | null'],
      [
        'memo',
        '\u00e9'.repeat(129),
        `ENTRY_MALFORMED | memo | must be a string of at most 256 bytes in UTF-8 | "${'\u00e9'.repeat(129)}"`,
      ],
      ['metadata', null, `ENTRY_MALFORMED | metadata | ${METADATA_EXPECTED} | null`],
      ['metadata', [], `ENTRY_MALFORMED | metadata | ${METADATA_EXPECTED} | []`],
      ['metadata', '{}', `ENTRY_MALFORMED | metadata | ${METADATA_EXPECTED} | "{}"`],
      ['amount_send', '1.0', `ENTRY_MALFORMED | amount_send | ${AMOUNT} | "1.0"`],
      ['amount_send', '-1', `ENTRY_MALFORMED | amount_send | ${AMOUNT} | "-1"`],
      ['amount_send', 1_000_000, `ENTRY_MALFORMED | amount_send | ${AMOUNT} | 1000000`],
      [
        'amount_send',
        `1${'0'.repeat(30)}`,
        `ENTRY_MALFORMED | amount_send | ${AMOUNT} | "1${'0'.repeat(30)}"`,
      ],
      ['amount_send', undefined, `ENTRY_MALFORMED | amount_send | ${AMOUNT} | nothing`],
      ['amount_bpsc', 50, `ENTRY_MALFORMED | amount_bpsc | ${AMOUNT} | 50`],
      ['amount_bpsc', '50.0', `ENTRY_MALFORMED | amount_bpsc | ${AMOUNT} | "50.0"`],
      ['amount_bpsc', undefined, `ENTRY_MALFORMED | amount_bpsc | ${AMOUNT} | nothing`],
      ['amount_receive', '0999950', `ENTRY_MALFORMED | amount_receive | ${AMOUNT} | "0999950"`],
      ['bpsc', { wallet: 'x' }, `ENTRY_MALFORMED | bpsc | ${NAME} | {"wallet":"x"}`],
      ['bpsc', 'x ', `ENTRY_MALFORMED | bpsc | ${NAME} | "x "`],
      ['amount_bpsc', '49', 'FEE_MISMATCH | amount_bpsc | 50 | 49'],
      ['amount_bpsc', '0', 'FEE_MISMATCH | amount_bpsc | 50 | 0'],
      ['amount_receive', '999951', 'FEE_MISMATCH | amount_receive | 999950 | 999951'],
      ['amount_send', '1000001', 'FEE_MISMATCH | amount_bpsc | 50.00005 | 50'],
      ['bpsc', 'mallory', 'FEE_MISMATCH | bpsc | bpsc_wallet_address | mallory'],
    ])('%s %p', (field, value, expected) => {
      expect(faultOf(changed(good, field, value), open)).toBe(expected);
    });

    it('an amount of which nothing would arrive', () => {
      for (const amount of ['0', '0.000000000000000001']) {
        const wire = openChain.transfer({ amount });
        expect(faultOf(wire, open)).toBe('FEE_MISMATCH | amount_receive | more than zero | 0');
      }
    });

    it('a fee that is rounded down', () => {
      const wire = openChain.transfer({ amount: '0.000000000000030001' }, (leaf) => {
        leaf.amount_bpsc = '0.000000000000000001';
        leaf.amount_receive = '0.00000000000003';
      });
      expect(faultOf(wire, open)).toBe(
        'FEE_MISMATCH | amount_bpsc | 0.000000000000000002 | 0.000000000000000001',
      );
    });
  });

  it.each<[string, Wire, string, unknown, string]>([
    ['an issue', openChain.issue(), 'amount_send', '0', 'amount_send | more than zero | "0"'],
    ['an issue', openChain.issue(), 'amount_send', '1.0', `amount_send | ${AMOUNT} | "1.0"`],
    ['an issue', openChain.issue(), 'amount_send', 1, `amount_send | ${AMOUNT} | 1`],
    ['an issue', openChain.issue(), 'amount_send', undefined, `amount_send | ${AMOUNT} | nothing`],
    [
      'an issue',
      openChain.issue(),
      'recipient',
      'mint',
      'recipient | a wallet other than the sender | "mint"',
    ],
    ['an issue', openChain.issue(), 'recipient', undefined, `recipient | ${NAME} | nothing`],
    ['an issue', openChain.issue(), 'sender', undefined, `sender | ${NAME} | nothing`],
    ['an issue', openChain.issue(), 'memo', 'x', 'memo | no such field | "x"'],
    ['an issue', openChain.issue(), 'hold_until', T, `hold_until | no such field | ${T}`],
    ['an issue', openChain.issue(), 'bpsc', 'x', 'bpsc | no such field | "x"'],
    ['an issue', openChain.issue(), 'amount_bpsc', '0', 'amount_bpsc | no such field | "0"'],
    ['an issue', openChain.issue(), 'nonce', '', `nonce | ${NONCE} | ""`],
    ['an issue', openChain.issue(), 'timestamp', '1', 'timestamp | milliseconds since 1970 | "1"'],
    ['an accept', openChain.answer('accept', good), 'transfer', undefined, `transfer | ${HEX_32} | nothing`],
    ['an accept', openChain.answer('accept', good), 'transfer', 'AB', `transfer | ${HEX_32} | "AB"`],
    ['an accept', openChain.answer('accept', good), 'sender', '', `sender | ${NAME} | ""`],
    ['an accept', openChain.answer('accept', good), 'nonce', 1, `nonce | ${NONCE} | 1`],
    [
      'an accept',
      openChain.answer('accept', good),
      'timestamp',
      -1,
      'timestamp | milliseconds since 1970 | -1',
    ],
    [
      'an accept',
      openChain.answer('accept', good),
      'reason',
      'expired',
      'reason | no such field | "expired"',
    ],
    ['an accept', openChain.answer('accept', good), 'memo', 'x', 'memo | no such field | "x"'],
    ['an accept', openChain.answer('accept', good), 'recipient', 'x', 'recipient | no such field | "x"'],
    ['a decline', openChain.answer('decline', good), 'transfer', null, `transfer | ${HEX_32} | null`],
    ['a decline', openChain.answer('decline', good), 'reason', '', 'reason | no such field | ""'],
    ['a return', openChain.returned(good), 'reason', undefined, 'reason | "expired" | nothing'],
    ['a return', openChain.returned(good), 'reason', 'declined', 'reason | "expired" | "declined"'],
    ['a return', openChain.returned(good), 'transfer', [ID], `transfer | ${HEX_32} | ["${ID}"]`],
    ['a return', openChain.returned(good), 'sender', ' x', `sender | ${NAME} | " x"`],
    ['a return', openChain.returned(good), 'nonce', undefined, `nonce | ${NONCE} | nothing`],
    ['a return', openChain.returned(good), 'timestamp', 1.5, 'timestamp | milliseconds since 1970 | 1.5'],
    ['a return', openChain.returned(good), 'amount_send', '1', 'amount_send | no such field | "1"'],
    // Under the policy `open` nothing is signed.
    ['an issue', openChain.issue(), 'public_key', ID, `public_key | no such field | "${ID}"`],
    ['an accept', openChain.answer('accept', good), 'signature', '', 'signature | no such field | ""'],
    ['a return', openChain.returned(good), 'signature', '', 'signature | no such field | ""'],
  ])('%s is refused with %j: %s %p', (_what, wire, field, value, expected) => {
    expect(faultOf(changed(wire, field, value), open)).toBe(`ENTRY_MALFORMED | ${expected}`);
  });

  it('is refused if its type is the name of an inherited property', () => {
    for (const type of ['toString', 'constructor', '__proto__', ['transfer']]) {
      expect(faultOf({ ...good, type }, open)).toBe(
        `ENTRY_MALFORMED | type | ${TYPE} | ${JSON.stringify(type)}`,
      );
    }
  });

  it('keeps the split as received, so that its id is that of its own leaf', () => {
    const wire = openChain.transfer({}, (leaf) => Object.assign(leaf, { amount_bpsc: '49', bpsc: 'x' }));
    const result = parseTransaction(wire, open, { index: 3, sequence: 9 });
    if (isFault(result)) throw new Error(result.message);
    const { id, ...leaf } = wire;
    expect(result.leafText).toBe(jcs(leaf));
    expect(leafHash(JSON.parse(result.leafText) as Wire).toString('hex')).toBe(id);
    expect(result.wrong).toMatchObject({ fault: 'FEE_MISMATCH', index: 3, sequence: 9 });
  });
});

describe('a transaction from outside, under the policy signed,', () => {
  const hold = signedChain.transfer({ memo: 'thanks', holdUntil: T });
  const made = signedChain.issue();
  const answer = signedChain.answer('accept', hold);
  const end = signedChain.returned(hold);

  it('is accepted if everything is valid', () => {
    for (const wire of [hold, made, answer, signedChain.answer('decline', hold), end]) {
      expect(faultOf(wire, signed)).toBe('no fault');
    }
  });

  it.each<[string, Wire, string, unknown, string]>([
    ['a transfer', hold, 'public_key', undefined, `public_key | ${HEX_32} | nothing`],
    ['a transfer', hold, 'public_key', 'AB'.repeat(32), `public_key | ${HEX_32} | "${'AB'.repeat(32)}"`],
    ['a transfer', hold, 'public_key', [ID], `public_key | ${HEX_32} | ["${ID}"]`],
    ['a transfer', hold, 'signature', undefined, `signature | ${HEX_64} | nothing`],
    ['a transfer', hold, 'signature', ID, `signature | ${HEX_64} | "${ID}"`],
    ['a transfer', hold, 'signature', 'AB'.repeat(64), `signature | ${HEX_64} | "${'AB'.repeat(64)}"`],
    ['a transfer', hold, 'sender', 'alice', `sender | ${ADDRESS} | "alice"`],
    ['a transfer', hold, 'sender', A.toUpperCase(), `sender | ${ADDRESS} | "${A.toUpperCase()}"`],
    ['a transfer', hold, 'recipient', 'bob', `recipient | ${ADDRESS} | "bob"`],
    ['a transfer', hold, 'recipient', A, `recipient | a wallet other than the sender | "${A}"`],
    ['a transfer', hold, 'bpsc', 'bpsc_wallet_address', `bpsc | ${ADDRESS} | "bpsc_wallet_address"`],
    ['a transfer', hold, 'hold_until', null, 'hold_until | milliseconds since 1970 | null'],
    ['an issue', made, 'public_key', undefined, `public_key | ${HEX_32} | nothing`],
    ['an issue', made, 'signature', 1, `signature | ${HEX_64} | 1`],
    ['an issue', made, 'sender', 'mint', `sender | ${ADDRESS} | "mint"`],
    ['an issue', made, 'recipient', 'bob', `recipient | ${ADDRESS} | "bob"`],
    ['an accept', answer, 'public_key', null, `public_key | ${HEX_32} | null`],
    ['an accept', answer, 'signature', '', `signature | ${HEX_64} | ""`],
    ['an accept', answer, 'sender', 'bob', `sender | ${ADDRESS} | "bob"`],
    ['a return', end, 'sender', 'bpsc_wallet_address', `sender | ${ADDRESS} | "bpsc_wallet_address"`],
    ['a return', end, 'public_key', ID, `public_key | no such field | "${ID}"`],
    ['a return', end, 'signature', S, `signature | no such field | "${S}"`],
  ])('%s is refused with %j: %s %p', (_what, wire, field, value, expected) => {
    expect(faultOf(changed(wire, field, value), signed)).toBe(`ENTRY_MALFORMED | ${expected}`);
  });

  it('must name the fee wallet of its contract', () => {
    expect(faultOf(changed(hold, 'bpsc', A), signed)).toBe(`FEE_MISMATCH | bpsc | ${FEE} | ${A}`);
  });

  it('is parsed without checking its signature or its key', () => {
    const wire = signedChain.transfer({ sender: A, holder: BOB });
    expect(faultOf({ ...wire, signature: S }, signed)).toBe('no fault');
  });
});
