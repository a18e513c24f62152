import fc from 'fast-check';
import { ALICE, BOB, signedContract, tokenContract, type Wire } from '../../../test/support/chain-builder.js';
import { jsonValue } from '../../../test/support/arbitraries.js';
import { parseContract, type TokenContract } from '../../chain/contract/contract.js';
import { parseLeaf } from '../../chain/entry/transaction.js';
import { parseBody } from '../../http/requests/json-body.js';
import { readDto } from '../../http/requests/dto-reader.js';
import { FieldErrors, InvalidInput } from '../../ledger/errors.js';
import { NewTransactionDto } from '../http/dto/new-transaction.dto.js';
import { draftTransfer, entryOfDraft } from './drafts.js';

const OPEN = parseContract(tokenContract()) as TokenContract;
const SIGNED = parseContract(signedContract()) as TokenContract;
const STAMP = { nonce: 'n1', timestamp: 1_760_000_000_000, salt: '' };

/** Validates a request and applies the contract's rules, as for a real one. @returns the leaf's text */
function leafOf(body: string, contract: TokenContract): string {
  const wrong = new FieldErrors();
  const request = readDto(NewTransactionDto, parseBody(Buffer.from(body)), wrong);
  return entryOfDraft(draftTransfer(request, contract, wrong), STAMP, contract).leafText;
}

function refusalOf(body: string, contract: TokenContract): readonly string[] {
  try {
    return [`accepted: ${leafOf(body, contract)}`];
  } catch (error) {
    if (error instanceof InvalidInput) return error.errors.map(({ field, message }) => `${field} ${message}`);
    throw error;
  }
}

const good: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  sender: fc.constantFrom('alice', ALICE.address, ALICE.address, '..'),
  recipient: fc.constantFrom('bob', BOB.address, BOB.address, ALICE.address),
  amount: fc.constantFrom('1', '0.05', '1000000', 12.5, '0'),
  nonce: fc.constantFrom('n', 'order:7', 'a.b_c-d', 'ä'),
  public_key: fc.constantFrom(ALICE.publicKey, ALICE.publicKey, 'AB'.repeat(32)),
  signature: fc.constantFrom('ab'.repeat(64), 'cd'.repeat(64), 'ab'),
  memo: fc.constantFrom('rent', '', 'x'.repeat(256), 'x'.repeat(257)),
  metadata: fc.constantFrom({ a: 1 }, {}, [], 'x', { a: 'x'.repeat(4096) }),
  hold_until: fc.constantFrom(1_760_000_600_000, -1, 0.5),
};
/** Mostly valid, so that every rule is reached; now and then any JSON value, or an unknown field. */
const bodyFor = (fields: readonly string[], optional: readonly string[]): fc.Arbitrary<Wire> =>
  fc.record(
    Object.fromEntries(
      Object.entries(good).map(([field, value]) => [
        field,
        fields.includes(field) || optional.includes(field)
          ? fc.oneof({ weight: 20, arbitrary: value }, { weight: 1, arbitrary: jsonValue })
          : fc.oneof({ weight: 20, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value }),
      ]),
    ),
    { requiredKeys: [...fields] },
  );
const request = fc.oneof(
  fc.record({
    contract: fc.constant(OPEN),
    body: bodyFor(['sender', 'recipient', 'amount'], ['nonce', 'memo', 'metadata', 'hold_until']),
  }),
  fc.record({
    contract: fc.constant(SIGNED),
    body: bodyFor(
      ['sender', 'recipient', 'amount', 'nonce', 'public_key', 'signature'],
      ['memo', 'metadata', 'hold_until'],
    ),
  }),
);

test('whatever a body holds, it becomes a leaf that a follower takes, or a refusal', () => {
  let accepted = 0;
  fc.assert(
    fc.property(request, ({ contract, body }) => {
      try {
        const text = leafOf(JSON.stringify(body), contract);
        accepted++;
        expect(parseLeaf(text, contract)).toBeDefined();
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        expect(error.errors.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 2000 },
  );
  expect(accepted).toBeGreaterThan(20);
});

test('a refusal names each wrong field once, by its form first, then by the contract', () => {
  const request = {
    sender: 'alice',
    recipient: 5,
    amount: '0',
    memo: 7,
    metadata: [],
    hold_until: -1,
    signature: 'x',
  };
  expect(refusalOf(JSON.stringify(request), OPEN)).toEqual([
    'signature must be 128 lower-case hex digits',
    expect.stringMatching(/^recipient must be 1 to 128 characters/),
    'memo must be a string of at most 256 bytes in UTF-8',
    'metadata must be a JSON object of at most 4096 bytes as canonical JSON',
    expect.stringMatching(/^hold_until must be a time/),
    'amount must be above zero',
  ]);
});

test('a field whose parts are refused already is not judged again', () => {
  const nested =
    '{"sender":{"a":123456789012345678901},"recipient":"bob","amount":{"b":123456789012345678901}}';
  const refused = refusalOf(nested, SIGNED);
  expect(refused.filter((text) => text.startsWith('sender'))).toHaveLength(1);
  expect(refused.filter((text) => text.startsWith('amount'))).toHaveLength(1);
});

test('more wrong parts than a refusal names leave the other fields unjudged, and do no harm', () => {
  const memo = Array.from({ length: 150 }, () => '123456789012345678901').join(',');
  const refused = refusalOf(`{"memo":[${memo}],"sender":5,"recipient":{},"amount":[]}`, OPEN);
  expect(refused).toHaveLength(100);
});
