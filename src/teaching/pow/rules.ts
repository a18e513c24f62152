/** What tells one proof-of-work chain from another: the tutorial's and its variant with wallets. */
import type { PyObject, PyValue } from '../python-json/values.js';

/** A number is searched for, so that the hash of `before` + number + `after` begins with zeros. */
export interface Challenge {
  readonly before: string;
  readonly after: string;
}

export interface ProofRules {
  /** the block's field that holds the number */
  readonly proofField: 'proof' | 'nonce';
  readonly genesis: { readonly proof: number; readonly previousHash: string };
  /** whether the proof is one of the block's transactions too: then what comes in while it is searched has to wait */
  readonly provesTransactions: boolean;
  /** What the miner is paid with. */
  reward(nodeId: string): PyObject;
  /**
   * What a block that follows `last` has to prove. A proof of one of them is a proof: versions of Python differ in how
   * they write the same transactions.
   * @param transactions the block's, with the reward at the end
   * @returns undefined where the transactions aren't any of this chain's
   */
  challenges(
    last: { readonly block: PyObject; readonly hash: string },
    transactions: readonly PyValue[],
  ): readonly Challenge[] | undefined;
}
