import { HttpException, NotFoundException } from '@nestjs/common';
import {
  FatalError,
  InvalidInput,
  InvariantError,
  NotFound,
  RuleViolation,
  Unavailable,
} from '../../ledger/errors.js';
import { answerTo, MalformedJson, toProblem } from './problem.js';

const aborted = Object.assign(new Error('aborted'), { code: 'ECONNRESET', statusCode: 400 });

test.each<[unknown, number, string]>([
  [new MalformedJson([{ field: '/a', message: 'is a duplicate key' }]), 400, 'MALFORMED_JSON'],
  [new InvalidInput([{ field: 'a', message: 'must be b' }]), 400, 'INVALID_INPUT'],
  [new NotFound('no such thing'), 404, 'NOT_FOUND'],
  [new RuleViolation('NONCE_REUSED', 'nonce', 'was used'), 422, 'NONCE_REUSED'],
  [new Unavailable('QUEUE_FULL', 'too many wait', 2), 503, 'QUEUE_FULL'],
  [new NotFoundException('gone'), 404, 'NOT_FOUND'],
  [new HttpException('large', 413), 413, 'BODY_TOO_LARGE'],
  [new HttpException('type', 415), 415, 'UNSUPPORTED_MEDIA_TYPE'],
  [new HttpException('often', 429), 429, 'RATE_LIMITED'],
  [new HttpException('no', 418), 418, 'I_M_A_TEAPOT'],
  [aborted, 400, 'BAD_REQUEST'],
  [new FatalError('secret'), 500, 'INTERNAL'],
  [new InvariantError('secret'), 500, 'INTERNAL'],
  [new TypeError('secret'), 500, 'INTERNAL'],
  ['secret', 500, 'INTERNAL'],
  [undefined, 500, 'INTERNAL'],
])('%s is answered with %i %s', (error, status, code) => {
  const answer = answerTo(error);
  expect(answer).toMatchObject({ status, code });
  expect(JSON.stringify(answer)).not.toContain('secret');
});

test('a problem has the members of RFC 9457', () => {
  const error = new RuleViolation('NONCE_REUSED', 'nonce', 'alice used it before');
  expect(toProblem(answerTo(error), '/transactions/new')).toEqual({
    type: 'about:blank',
    title: 'Unprocessable Entity',
    status: 422,
    detail: 'nonce alice used it before',
    instance: '/transactions/new',
    code: 'NONCE_REUSED',
    errors: [{ field: 'nonce', message: 'alice used it before' }],
  });
});

test('says when to come back', () => {
  expect(answerTo(new Unavailable('DISK_FULL', 'full', 30)).headers).toEqual({ 'retry-after': '30' });
});

test('the detail names a few fields, however many there are', () => {
  const errors = Array.from({ length: 50 }, (_, i) => ({ field: `f${i}`, message: 'is wrong' }));
  const answer = answerTo(new InvalidInput(errors));
  expect(answer.detail).toBe('f0 is wrong; f1 is wrong; f2 is wrong; and 47 more');
  expect(answer.errors).toHaveLength(50);
});
