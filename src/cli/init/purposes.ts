/** The uses that `bpsc init` knows: the chain of each, and how to begin with it. */

export type Policy = 'open' | 'signed';

/** The answers to the questions of `bpsc init`. */
export interface Plan {
  readonly purposes: readonly Purpose[];
  readonly policy: Policy;
  readonly port: number;
  readonly followerPort: number;
  /** the issuer's address; undefined under `open`, where it is a name */
  readonly issuer: string | undefined;
}

export interface Purpose {
  /** as an option and an answer names it; its chain has this name too */
  readonly name: string;
  /** one line, for the question */
  readonly summary: string;
  readonly isToken: boolean;
  chain(plan: Plan): object;
  /** a section of the README that `bpsc init` writes; its commands work as they stand */
  section(plan: Plan): string;
}

/** The issuer's wallet, in the folder of the ledger. */
export const ISSUER_WALLET = 'wallets/issuer.json';
const ISSUER_NAME = 'office';

const TOKENS: Purpose = {
  name: 'tokens',
  summary: 'an amount that people pay each other with, two decimals, a fee for each payment',
  isToken: true,
  chain: (plan) => ({
    kind: 'token',
    name: 'tokens',
    symbol: 'TOK',
    decimals: 2,
    wallets: { policy: plan.policy, issuer: issuer(plan) },
  }),
  section: (plan) => tokenSection(plan, { chain: 'tokens', title: 'Tokens', amount: '250', paid: '12.50' }),
};

const POINTS: Purpose = {
  name: 'points',
  summary: 'whole points that members earn and spend, without fees',
  isToken: true,
  chain: (plan) => ({
    kind: 'token',
    name: 'points',
    symbol: 'PTS',
    decimals: 0,
    fee: { rate: '0' },
    wallets: { policy: plan.policy, issuer: issuer(plan) },
  }),
  section: (plan) => tokenSection(plan, { chain: 'points', title: 'Points', amount: '250', paid: '40' }),
};

const CERTIFICATES: Purpose = {
  name: 'certificates',
  summary: 'certificates, each with a receipt that proves it offline',
  isToken: false,
  chain: () => ({ kind: 'information', name: 'certificates' }),
  section: ({ port }) => `## Certificates

Record one, and seal its block now instead of within 10 seconds:

\`\`\`sh
${post(port, 'certificates/information', '{"information":{"student":{"id":42,"name":"Ada"},"degree":"BSc"},"nonce":"diploma-42"}')}
${post(port, 'certificates/mine')}
\`\`\`

The receipt of a record proves it offline, and forever. Give it to its owner, who can drop it on
http://127.0.0.1:${port}/explorer/receipt, or check it with \`bpsc verify-receipt\`:

\`\`\`sh
npx bpsc receipt http://127.0.0.1:${port} --chain certificates "$(newest certificates)" -o diploma-42.tlog-proof
\`\`\`

Personal data can be erased later (\`npx bpsc erase\`); the chain and all other receipts stay valid.
`,
};

const AUDIT_LOG: Purpose = {
  name: 'audit-log',
  summary: 'events of your systems, sealed every second',
  isToken: false,
  chain: () => ({ kind: 'information', name: 'audit-log', schedule: { interval_ms: 1000 } }),
  section: ({ port }) => `## The audit log

Record an event. Its \`nonce\` makes a repeat safe: the same request is recorded once. The response comes once the
event is on disk; its block is sealed within a second:

\`\`\`sh
${post(port, 'audit-log/information', '{"information":{"actor":"alice","action":"login","from":"10.0.0.7"},"nonce":"event-1"}')}
\`\`\`

List the events, newest first:

\`\`\`sh
curl -s http://127.0.0.1:${port}/chains/audit-log/information
\`\`\`
`,
};

export const PURPOSES: readonly Purpose[] = [TOKENS, POINTS, CERTIFICATES, AUDIT_LOG];

function issuer({ issuer: address }: Plan): string {
  return address ?? ISSUER_NAME;
}

interface TokenExample {
  readonly chain: string;
  readonly title: string;
  readonly amount: string;
  readonly paid: string;
}

function tokenSection(plan: Plan, example: TokenExample): string {
  return plan.policy === 'open' ? openSection(plan, example) : signedSection(plan, example);
}

function openSection({ port }: Plan, { chain, title, amount, paid }: TokenExample): string {
  return `## ${title}

Wallets are names: whoever has the API token may send in any name, so keep your own service in front of it. Issue
${amount} to Alice, let her pay ${paid} to Bob, and look at his wallet:

\`\`\`sh
${post(port, `${chain}/transactions/issue`, `{"sender":"${ISSUER_NAME}","recipient":"alice","amount":"${amount}","nonce":"issue-1"}`)}
${post(port, `${chain}/transactions`, `{"sender":"alice","recipient":"bob","amount":"${paid}","nonce":"order-1"}`)}
curl -s http://127.0.0.1:${port}/chains/${chain}/wallets/bob
\`\`\`
`;
}

function signedSection({ port }: Plan, { chain, title, amount, paid }: TokenExample): string {
  const pay = `npx bpsc send --node http://127.0.0.1:${port} --chain ${chain}`;
  return `## ${title}

A wallet is the address of a key: only its holder can send from it. The issuer's key is in \`${ISSUER_WALLET}\`. Make a
wallet for Alice and one for Bob, issue ${amount} to her, and let her pay ${paid} to him:

\`\`\`sh
test -e wallets/alice.json || npx bpsc wallet new wallets/alice.json
test -e wallets/bob.json || npx bpsc wallet new wallets/bob.json
${pay} --wallet ${ISSUER_WALLET} --issue ${amount} "$(address alice)"
${pay} --wallet wallets/alice.json ${paid} "$(address bob)"
curl -s "http://127.0.0.1:${port}/chains/${chain}/wallets/$(address bob)"
\`\`\`
`;
}

function post(port: number, route: string, body?: string): string {
  const data = body === undefined ? '' : ` \\\n  -H 'Content-Type: application/json' -d '${body}'`;
  const url = `http://127.0.0.1:${port}/chains/${route}`;
  return `curl -s -X POST ${url} -H "Authorization: Bearer $BPSC_API_TOKEN"${data}`;
}
