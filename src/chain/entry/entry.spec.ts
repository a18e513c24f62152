import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { jsonValue } from '../../../test/support/arbitraries.js';
import { ChainBuilder, leafHash, type Wire } from '../../../test/support/chain-builder.js';
import { toHex, type Hash } from '../bytes/bytes.js';
import { parseContract, type Contract, type TokenContract } from '../contract/contract.js';
import { utf8Length } from './entry-fields.js';
import {
  entryId,
  entryWireText,
  informationEntry,
  informationHash,
  informationText,
  parseEntry,
  readInformation,
  transactionEntry,
  type Entry,
  type InformationEntry,
} from './entry.js';
import { isFault } from '../faults.js';
import type { Transfer } from './transaction.js';

const tokenChain = ChainBuilder.token();
const informationChain = ChainBuilder.information();
const token = parseContract(tokenChain.contract) as TokenContract;
const information = parseContract(informationChain.contract) as Contract;
const AKA = 10n ** 18n;

const PAPER_TRANSFER: Transfer = {
  type: 'transfer',
  sender: 'alice',
  recipient: 'bob',
  send: 1_000_000n * AKA,
  receive: 999_950n * AKA,
  fee: 50n * AKA,
  nonce: 'n-1',
  timestamp: 1_760_000_000_123,
};
const PAPER_LEAF =
  '{"amount_bpsc":"50","amount_receive":"999950","amount_send":"1000000","bpsc":"bpsc_wallet_address",' +
  '"nonce":"n-1","recipient":"bob","sender":"alice","timestamp":1760000000123,"type":"transfer"}';
const PAPER_ID = '339eb5ff49a0868d8531082a4d9d6a339842cbbe66e98ce553bd636fbc5de484';

const TYPE = '"transfer", "issue", "accept", "decline", "return"';

const jcs = (value: unknown): string => canonicalize(value) as string;
const nonce = fc.stringMatching(/^[A-Za-z0-9._:-]{1,64}$/);

function parsed(value: unknown, contract: Contract): Entry {
  const entry = parseEntry(value, contract);
  if (isFault(entry)) throw new Error(entry.message);
  return entry;
}

/** The fault's code, place, expected and found. */
function faultOf(value: unknown, contract: Contract): string {
  const result = parseEntry(value, contract);
  if (!isFault(result)) return 'no fault';
  return [result.fault, result.field, result.expected, result.found]
    .filter((part) => part !== undefined)
    .join(' | ');
}

/** A copy with a field replaced; undefined removes it. */
function changed(entry: Wire, field: string, value: unknown): Wire {
  const copy = { ...entry, [field]: value };
  if (value === undefined) delete copy[field];
  return copy;
}

describe("a transaction's leaf", () => {
  it('has the bytes and the id that it had in the first version, forever', () => {
    const entry = transactionEntry(PAPER_TRANSFER, token);
    expect(entry.leafText).toBe(PAPER_LEAF);
    expect(toHex(entry.id)).toBe(PAPER_ID);
    expect(createHash('sha256').update(`\0${PAPER_LEAF}`).digest('hex')).toBe(PAPER_ID);
  });

  it('is the same entry if its fields come in a different order', () => {
    const wire = tokenChain.transfer({ memo: 'x' });
    const reversed = Object.fromEntries(Object.entries(wire).reverse());
    expect(toHex(parsed(reversed, token).id)).toBe(wire.id);
  });
});

describe('a transaction from outside', () => {
  const chains = [tokenChain, ChainBuilder.signed()];

  it('keeps its bytes and its id, whatever its type', () => {
    for (const chain of chains) {
      const contract = parseContract(chain.contract) as TokenContract;
      const hold = chain.transfer({ memo: 'thanks', holdUntil: 1_760_000_000_001 });
      const entries = [
        chain.transfer(),
        hold,
        chain.issue(),
        chain.answer('accept', hold),
        chain.answer('decline', hold),
        chain.returned(hold),
      ];
      for (const wire of entries) {
        const entry = parsed(wire, contract);
        expect(toHex(entry.id)).toBe(wire.id);
        const text = entryWireText(entry.leafText, toHex(entry.id), 'token', undefined);
        expect(JSON.parse(text)).toEqual(wire);
        expect(entry).toEqual(transactionEntry((entry as { transaction: Transfer }).transaction, contract));
      }
    }
  });

  it('is refused for its fields first, then for its id, then for its split', () => {
    const wrong = tokenChain.transfer({}, (leaf) => (leaf.amount_bpsc = '49'));
    const id = '00'.repeat(32);
    expect(faultOf({ ...wrong, id, memo: 1 }, token)).toMatch(/^ENTRY_MALFORMED \| memo /);
    expect(faultOf({ ...wrong, id }, token)).toMatch(/^ENTRY_ID_MISMATCH /);
    expect(faultOf(wrong, token)).toBe('FEE_MISMATCH | amount_bpsc | 50 | 49');
  });

  describe('is refused, with its old id, after a change of', () => {
    const good = tokenChain.transfer({ memo: 'thanks' });

    it.each<[string, unknown]>([
      ['sender', 'mallory'],
      ['recipient', 'mallory'],
      ['nonce', 'another'],
      ['timestamp', 1],
      ['memo', 'other'],
      ['memo', undefined],
      ['hold_until', 1_760_000_000_001],
      ['amount_send', '2000000'],
      ['amount_receive', '999951'],
      ['amount_bpsc', '49'],
      ['bpsc', 'mallory'],
    ])('%s to %p', (field, value) => {
      const tampered = changed(good, field, value);
      const expected = leafHash(tampered).toString('hex');
      expect(faultOf(tampered, token)).toBe(`ENTRY_ID_MISMATCH | id | ${expected} | ${String(good.id)}`);
    });

    it('the id itself', () => {
      const other = '00'.repeat(32);
      expect(faultOf({ ...good, id: other }, token)).toBe(
        `ENTRY_ID_MISMATCH | id | ${String(good.id)} | ${other}`,
      );
      for (const [id, found] of [
        [undefined, 'nothing'],
        [String(good.id).toUpperCase(), `"${String(good.id).toUpperCase()}"`],
        [[good.id], `["${String(good.id)}"]`],
      ]) {
        expect(faultOf(changed(good, 'id', id), token)).toBe(
          `ENTRY_MALFORMED | id | 64 lower-case hex digits | ${String(found)}`,
        );
      }
    });
  });

  it.each<[unknown, string]>([
    [null, 'ENTRY_MALFORMED | entry | an object | null'],
    [undefined, 'ENTRY_MALFORMED | entry | an object | nothing'],
    [[], 'ENTRY_MALFORMED | entry | an object | []'],
    ['x', 'ENTRY_MALFORMED | entry | an object | "x"'],
    [{}, `ENTRY_MALFORMED | type | ${TYPE} | nothing`],
    [
      JSON.parse('{"type":"transfer","__proto__":{"sender":"x"}}'),
      'ENTRY_MALFORMED | __proto__ | no such field | {"sender":"x"}',
    ],
  ])('is refused when it is %p', (value, expected) => {
    expect(faultOf(value, token)).toBe(expected);
  });

  it('is reported with its block and its position in the chain', () => {
    expect(parseEntry({}, token, { index: 4, sequence: 17 })).toMatchObject({ index: 4, sequence: 17 });
  });
});

describe("an information record's leaf", () => {
  const leaf = { informationHash: 'ab'.repeat(32) as Hash, nonce: 'n-1', timestamp: 1_760_000_000_123 };

  it('has the bytes and the id that it had in the first version, forever', () => {
    const text = `{"information_hash":"${'ab'.repeat(32)}","nonce":"n-1","timestamp":1760000000123,"type":"information"}`;
    expect(informationText(leaf)).toBe(text);
    expect(toHex(entryId(text))).toBe('5cf3d01a9fee3cde4ff037cd55b6f3ea7ecfd0c0793ca4f3ef86aed693a37d3e');
    expect(toHex(informationEntry(leaf, undefined).id)).toBe(toHex(entryId(text)));
  });

  it('is the RFC 8785 form of its fields', () => {
    fc.assert(
      fc.property(nonce, fc.maxSafeNat(), (value, timestamp) => {
        const json = { type: 'information', timestamp, nonce: value, information_hash: leaf.informationHash };
        expect(informationText({ ...leaf, nonce: value, timestamp })).toBe(jcs(json));
      }),
    );
  });

  it('identifies the information by SHA-256(salt ‖ JCS(information))', () => {
    const salt = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(jsonValue, salt, (value, bytes) => {
        const hash = createHash('sha256').update(bytes).update(jcs(value)).digest('hex');
        expect(informationHash({ text: jcs(value), salt: toHex(bytes) })).toBe(hash);
      }),
    );
  });

  it('comes back from the wire with the same bytes, for any JSON value', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const wire = informationChain.information({ information: value });
        const entry = parsed(wire, information) as InformationEntry;
        expect(toHex(entry.id)).toBe(wire.id);
        expect(entry.content).toEqual({ text: jcs(value), salt: wire.salt });
        const text = entryWireText(entry.leafText, toHex(entry.id), 'information', entry.content);
        expect(jcs(JSON.parse(text))).toBe(jcs(wire));
      }),
    );
  });

  it('keeps its id when the information is erased', () => {
    const whole = informationChain.information({ nonce: 'n' });
    const { information: _information, salt: _salt, ...rest } = whole;
    const entry = parsed({ ...rest, erased: true }, information) as InformationEntry;
    expect(entry.content).toBeUndefined();
    expect(toHex(entry.id)).toBe(whole.id);
    const text = entryWireText(entry.leafText, toHex(entry.id), 'information', undefined);
    expect(JSON.parse(text)).toEqual({ ...rest, erased: true });
  });
});

describe('an information record from outside', () => {
  const good = informationChain.information();
  const erased = informationChain.information({ erased: true });
  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  it('is accepted if everything is valid', () => {
    expect(faultOf(good, information)).toBe('no fault');
    expect(faultOf(erased, information)).toBe('no fault');
    expect(faultOf(informationChain.information({ information: deep(32) }), information)).toBe('no fault');
  });

  it.each<[string, unknown, string]>([
    ['type', 'transfer', 'ENTRY_MALFORMED | type | "information" or "erasure" | "transfer"'],
    ['extra', 1, 'ENTRY_MALFORMED | extra | no such field | 1'],
    ['information_hash', 'ab', 'ENTRY_MALFORMED | information_hash | 64 lower-case hex digits | "ab"'],
    ['nonce', '', 'ENTRY_MALFORMED | nonce | must be 1 to 64 characters of A-Z a-z 0-9 . _ : - | ""'],
    ['timestamp', null, 'ENTRY_MALFORMED | timestamp | milliseconds since 1970 | null'],
    ['salt', '5a', 'ENTRY_MALFORMED | salt | 32 lower-case hex digits | "5a"'],
    ['salt', '5A'.repeat(16), `ENTRY_MALFORMED | salt | 32 lower-case hex digits | "${'5A'.repeat(16)}"`],
    ['salt', undefined, 'ENTRY_MALFORMED | salt | 32 lower-case hex digits | nothing'],
    ['information', undefined, 'ENTRY_MALFORMED | information | a JSON value | nothing'],
    ['information', '\ud800', 'ENTRY_MALFORMED | information | has a lone surrogate'],
    ['information', [Infinity], 'ENTRY_MALFORMED | information | has a number that is not finite'],
    [
      'information',
      JSON.parse('{"__proto__":1}'),
      'ENTRY_MALFORMED | information | has the key __proto__, which is not allowed',
    ],
    ['information', deep(33), 'ENTRY_MALFORMED | information | is nested deeper than 32 levels'],
    ['information', deep(200_000), 'ENTRY_MALFORMED | information | is nested deeper than 32 levels'],
    [
      'information',
      'x'.repeat(65_535),
      'ENTRY_MALFORMED | information | must be at most 65536 bytes as canonical JSON',
    ],
    ['erased', true, 'ENTRY_MALFORMED | erased | true, without information and salt | true'],
    ['erased', false, 'ENTRY_MALFORMED | erased | true, without information and salt | false'],
  ])('is refused, with the id that its leaf has, for %s %p', (field, value, expected) => {
    const tampered = changed(good, field, value);
    expect(faultOf({ ...tampered, id: leafHash(tampered).toString('hex') }, information)).toBe(expected);
  });

  it('is refused if the information or the salt does not match the leaf', () => {
    const hash = String(good.information_hash);
    for (const tampered of [
      { ...good, information: { degree: 'MSc', grade: 1.5 } },
      { ...good, salt: '5b'.repeat(16) },
      { ...good, information: null },
    ]) {
      expect(faultOf(tampered, information)).toMatch(
        new RegExp(`^INFORMATION_HASH_MISMATCH \\| information_hash \\| [0-9a-f]{64} \\| ${hash}$`),
      );
    }
    const other = informationChain.information({}, (leaf) => (leaf.information_hash = 'ab'.repeat(32)));
    expect(faultOf(other, information)).toMatch(/^INFORMATION_HASH_MISMATCH /);
  });

  it.each<[string, unknown]>([
    ['information_hash', 'ab'.repeat(32)],
    ['nonce', 'another'],
    ['timestamp', 1],
    ['id', '00'.repeat(32)],
  ])('is refused, whole or erased, after a change of only %s', (field, value) => {
    for (const entry of [good, erased]) {
      expect(faultOf(changed(entry, field, value), information)).toMatch(/^ENTRY_ID_MISMATCH \| id /);
    }
  });

  it('is refused if only part of it was erased', () => {
    for (const part of [{ salt: '5a'.repeat(16) }, { information: null }]) {
      expect(faultOf({ ...erased, ...part }, information)).toMatch(/^ENTRY_MALFORMED \| erased /);
    }
    expect(faultOf({ ...erased, erased: 1 }, information)).toMatch(/^ENTRY_MALFORMED \| erased /);
    expect(faultOf(changed(erased, 'erased', undefined), information)).toMatch(/^ENTRY_MALFORMED \| salt /);
  });

  it('is refused on a token chain, as a transaction is on an information chain', () => {
    expect(faultOf(good, token)).toMatch(/^ENTRY_MALFORMED \| type /);
    expect(faultOf(tokenChain.transfer(), information)).toMatch(/^ENTRY_MALFORMED \| type /);
  });
});

describe('information to be recorded', () => {
  it('may have 65,536 bytes as canonical JSON, but no more', () => {
    const text = 'x'.repeat(65_534);
    expect(readInformation(text)).toEqual({ text: JSON.stringify(text) });
    expect(utf8Length(JSON.stringify(text))).toBe(65_536);
    expect(readInformation(`${text}x`)).toBe('must be at most 65536 bytes as canonical JSON');
    expect(readInformation('\u00e9'.repeat(32_768))).toBe('must be at most 65536 bytes as canonical JSON');
  });

  it("is refused with the parser's message if it has no canonical form", () => {
    expect(readInformation({ a: ['\ud800'] })).toBe('has a lone surrogate');
    expect(readInformation(JSON.parse('['.repeat(33) + ']'.repeat(33)))).toBe(
      'is nested deeper than 32 levels',
    );
  });

  it('may be any JSON value', () => {
    for (const value of [null, false, 0, -0, '', [], {}, 1e21]) {
      expect(readInformation(value)).toEqual({ text: jcs(value) });
    }
  });
});
