/** The rules in which the proof-of-work chains differ: the tutorial's and its variant with wallets. */
import type { PyObject, PyValue } from '../python-json/values.js';

/** The search for a number with which the hash of `before` + number + `after` begins with zeros. */
export interface Challenge {
  readonly before: string;
  readonly after: string;
}

export interface ProofRules {
  /** the block's field that contains the number */
  readonly proofField: 'proof' | 'nonce';
  readonly genesis: { readonly proof: number; readonly previousHash: string };
  /** whether the proof is one of the block's transactions too: then transactions that arrive during the search have to wait */
  readonly provesTransactions: boolean;
  /** The miner's reward. */
  reward(nodeId: string): PyObject;
  /**
   * The challenges of the block after `last`. Solving one of them is enough: versions of Python differ in how
   * they write the same transactions.
   * @param transactions the block's, with the reward at the end
   * @returns undefined if the transactions are not valid on this chain
   */
  challenges(
    last: { readonly block: PyObject; readonly hash: string },
    transactions: readonly PyValue[],
  ): readonly Challenge[] | undefined;
}
