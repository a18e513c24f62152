/** PyVerse's chain: the proof is one of the transactions as Python writes them. */
import { isPyObject, PyInt, pyObject, type PyObject, type PyValue } from '../python-json/values.js';
import { orderedDictRepr, type OrderedDictForm } from '../python-json/write.js';
import type { ProofRules } from '../pow/rules.js';

/** The sender of rewards; nobody has its key, so it needs no signature. */
export const REWARD_SENDER = 'THE BLOCKCHAIN';
/** The fields in their written order. */
const FIELDS = ['sender_address', 'recipient_address', 'value'] as const;
/** The first form is the signed one; the other is that of Python 3.12 and later. */
export const FORMS: readonly OrderedDictForm[] = ['pairs', 'dict'];

/** The transaction with its three fields in their order; undefined where one is missing. */
function orderedTransaction(transaction: PyValue): PyObject | undefined {
  if (!isPyObject(transaction)) return undefined;
  const ordered = new Map<string, PyValue>();
  for (const field of FIELDS) {
    const value = transaction.get(field);
    if (value === undefined) return undefined;
    ordered.set(field, value);
  }
  return ordered;
}

export const pyverseRules: ProofRules = {
  proofField: 'nonce',
  genesis: { proof: 0, previousHash: '00' },
  provesTransactions: true,
  reward: (nodeId) =>
    pyObject({ sender_address: REWARD_SENDER, recipient_address: nodeId, value: PyInt.of(1) }),
  challenges({ hash }, transactions) {
    const ordered: PyObject[] = [];
    for (const transaction of transactions.slice(0, -1)) {
      const fields = orderedTransaction(transaction);
      if (fields === undefined) return undefined;
      ordered.push(fields);
    }
    const texts = FORMS.map((form) => `[${ordered.map((item) => orderedDictRepr(item, form)).join(', ')}]`);
    return [...new Set(texts)].map((text) => ({ before: text + hash, after: '' }));
  },
};
