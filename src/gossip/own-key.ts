/** What a node does when it meets a block of its own chain that it did not make: it must sign nothing more. */
import type { SealedHeader } from '../chain/block/block.js';
import type { Convictions } from '../ledger/convictions.js';
import { OperatorError } from '../ledger/errors.js';

const MEANING =
  'Either a second process signs with the same key, or this database is an older copy. Nothing more is signed. Find out which ' +
  'before you start it again: docs/operations.md, “Two producers with one key”';

/** Ends the process once the evidence is stored. @param fail ends the process */
export function stopIfOwnIsConvicted(convictions: Convictions, fail: (error: unknown) => void): void {
  convictions.onKept(({ name, origin }, { finding, source }) => {
    if (origin === 'followed') return;
    fail(new OperatorError(`the key of ${name} ${finding}; the other one is at ${source}. ${MEANING}`));
  });
}

/** Ends the process. */
export function keyInUse(
  fail: (error: unknown) => void,
): (chain: string, header: SealedHeader, url: string) => void {
  return (chain, { index }, url) => {
    fail(
      new OperatorError(
        `${url} has block ${index} of ${chain} with the signature of this node’s key, which is beyond this node’s last ` +
          `block. ${MEANING}`,
      ),
    );
  };
}
