/** Requests that can be sent as they stand: each works on a new node, and again, and in any order. */

const signed = 'Under the policy `signed` also `nonce`, `public_key` and `signature`.';

const simple = { sender: 'alice', recipient: 'bob', amount: '1000000' };
const repeatable = { ...simple, amount: '2.5', nonce: 'order-2041', memo: 'invoice 7' };

export const TRANSFERS = {
  simple: { summary: 'A transfer', description: signed, value: simple },
  repeatable: {
    summary: 'A transfer that can be sent again, and counts once',
    description: signed,
    value: repeatable,
  },
};

export const ISSUES = {
  issue: {
    summary: 'By the issuer of the contract (WALLET_ISSUER=treasury)',
    description: signed,
    value: { sender: 'treasury', recipient: 'alice', amount: '1000000' },
  },
};

export const ANSWERS = {
  answer: { summary: 'By the recipient of the transfer', description: signed, value: { sender: 'bob' } },
};

export const BATCHES = {
  batch: { summary: 'Two transfers', description: signed, value: { transactions: [simple, repeatable] } },
};

export const RECORDS = {
  object: { summary: 'An object', value: { information: { event: 'door opened', room: 7 } } },
  text: { summary: 'A text', value: { information: 'door opened' } },
  repeatable: {
    summary: 'A record that can be sent again and is stored once',
    value: { information: { sensor: 'A7', celsius: 21.5 }, nonce: 'sensor-7-1760000000' },
  },
};

export const ERASURES = {
  reason: { summary: 'With a reason', value: { reason: 'asked for by the person concerned' } },
  plain: { summary: 'Without one', value: {} },
};
