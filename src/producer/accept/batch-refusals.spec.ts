import { InvalidInput, RuleViolation } from '../../ledger/errors.js';
import { BatchRefusals } from './batch-refusals.js';

const missing = (...fields: readonly string[]): InvalidInput =>
  new InvalidInput(fields.map((field) => ({ field, message: 'is missing' })));
const reused = new RuleViolation('NONCE_REUSED', 'nonce', 'n was used before');

function refusalOf(act: () => void): InvalidInput | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
}

test('names every field of the first refusals, and one of the others, each with its code', () => {
  const refusals = new BatchRefusals();
  const answers = Array.from({ length: 101 }, (_, i) => refusals.add(missing('a', 'b', 'c'), i));
  const full = { code: 'INVALID_INPUT', detail: 'a is missing; b is missing; c is missing' };
  expect(answers[99]).toEqual({ ...full, errors: missing('a', 'b', 'c').errors });
  expect(answers[100]).toEqual({ code: 'INVALID_INPUT', detail: 'a is missing; and 2 more' });
  expect(refusals.add(reused, 101)).toEqual({ code: 'NONCE_REUSED', detail: 'nonce n was used before' });
});

test('refuses a long batch as a whole where nothing is well-formed, and says how many fields are wrong', () => {
  const refusals = new BatchRefusals();
  for (let place = 0; place < 100; place++) refusals.add(missing('', 'amount'), place);
  expect(refusalOf(() => refusals.throwIfMany())).toBeUndefined();
  refusals.add(new InvalidInput(missing('a').errors, 7), 100);
  const refusal = refusalOf(() => refusals.throwIfMany());
  expect(refusal?.errors.slice(0, 3)).toEqual([
    { field: 'transactions[0]', message: 'is missing' },
    { field: 'transactions[0].amount', message: 'is missing' },
    { field: 'transactions[1]', message: 'is missing' },
  ]);
  expect([refusal?.errors.length, refusal?.omitted]).toEqual([100, 108]);
});

test('refuses no batch for what breaks rules', () => {
  const refusals = new BatchRefusals();
  for (let place = 0; place < 1000; place++) refusals.add(reused, place);
  expect(refusalOf(() => refusals.throwIfMany())).toBeUndefined();
});
