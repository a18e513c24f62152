/** Signatures on real worker threads, of the built program. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SignedText } from '../../src/signatures/signature-checker.js';
import { createSignatureChecker, ThreadedSignatureChecker } from '../../src/signatures/threaded-checker.js';
import { InlineSignatureChecker } from '../../src/signatures/inline-checker.js';
import { ALICE, BOB } from '../support/chain-builder.js';

const WORKER = pathToFileURL(path.resolve('dist/signatures/worker.js'));

function signed(count: number, isBad: (place: number) => boolean): SignedText[] {
  return Array.from({ length: count }, (_, i) => {
    const text = `text ${i}`;
    const signer = isBad(i) ? BOB : ALICE;
    return { publicKey: ALICE.publicKey, text, signature: signer.sign(text) } as unknown as SignedText;
  });
}

let checker: ThreadedSignatureChecker;
beforeEach(() => (checker = new ThreadedSignatureChecker(2, WORKER)));
afterEach(() => checker.close());

it.each([0, 1, 4, 5, 32, 33, 500])('checks %i signatures, in order', async (count) => {
  const verdicts = await checker.check(signed(count, (i) => i % 3 === 1));
  expect(verdicts).toEqual(Array.from({ length: count }, (_, i) => i % 3 !== 1));
});

it('keeps the answers of many askers apart', async () => {
  const askers = Array.from({ length: 20 }, (_, asker) => checker.check(signed(50, (i) => i === asker)));
  for (const [asker, verdicts] of (await Promise.all(askers)).entries()) {
    expect(verdicts.indexOf(false)).toBe(asker);
    expect(verdicts.filter((good) => !good)).toHaveLength(1);
  }
});

it('answers what it was asked when it is closed, and what is asked later', async () => {
  const asked = checker.check(signed(200, (i) => i === 150)).then(
    (verdicts) => verdicts.indexOf(false),
    () => 'failed',
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  await checker.close();
  expect(await checker.check(signed(10, (i) => i === 9))).toEqual([...Array<boolean>(9).fill(true), false]);
  expect(await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 5000, 'never'))])).toBe(150);
});

it('has no threads where there is no core to spare', () => {
  expect(createSignatureChecker(0)).toBeInstanceOf(InlineSignatureChecker);
});
