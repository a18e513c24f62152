/** The chain of "Learn Blockchains by Building One". */
import { PyInt, pyObject } from '../python-json/values.js';
import { pyStr } from '../python-json/write.js';
import type { ProofRules } from './rules.js';

export const powRules: ProofRules = {
  proofField: 'proof',
  genesis: { proof: 100, previousHash: '1' },
  provesTransactions: false,
  reward: (nodeId) => pyObject({ sender: '0', recipient: nodeId, amount: PyInt.of(1) }),
  challenges: ({ block, hash }) => [{ before: pyStr(block.get('proof') ?? null), after: hash }],
};
