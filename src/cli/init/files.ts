/** The files that `bpsc init` writes. */
import { ISSUER_WALLET, type Plan } from './purposes.js';

export interface NewFile {
  readonly name: string;
  readonly text: string;
  /** permissions: what holds a secret is for its owner alone */
  readonly mode: number;
}

/** @param apiToken for everything that writes */
export function ledgerFiles(plan: Plan, apiToken: string): readonly NewFile[] {
  const chains = plan.purposes.map((purpose) => purpose.chain(plan));
  return [
    { name: '.env', text: producerEnv(plan, apiToken), mode: 0o600 },
    { name: 'follower.env', text: followerEnv(plan), mode: 0o644 },
    { name: 'chains.json', text: `${JSON.stringify(chains, undefined, 2)}\n`, mode: 0o644 },
    { name: 'README.md', text: readme(plan), mode: 0o644 },
    { name: '.gitignore', text: gitignore(plan), mode: 0o644 },
  ];
}

function producerEnv({ port }: Plan, apiToken: string): string {
  return `# The producer: npx bpsc start. All variables: .env.example of the package bpsc.
ROLE=producer
PORT=${port}
DATABASE_URL=file:./data/producer.db
PRODUCER_KEY_FILE=./data/producer-key.pem
CHAINS=./chains.json
# Everything that writes needs it. Keep it secret.
API_TOKEN=${apiToken}
LOG_FORMAT=pretty
# A copy of the last headers, on another disk: a producer refuses to go on from a backup that is older.
# CHECKPOINT_FILE=/mnt/other-disk/bpsc-checkpoint.json
`;
}

function followerEnv({ port, followerPort }: Plan): string {
  return `# A follower: npx bpsc start follower.env, best on another machine and by other people.
ROLE=follower
PORT=${followerPort}
PRODUCER_URL=http://127.0.0.1:${port}
DATABASE_URL=file:./data/follower.db
LOG_FORMAT=pretty
`;
}

function gitignore({ policy }: Plan): string {
  return ['.env', 'data/', ...(policy === 'signed' ? ['wallets/'] : []), ''].join('\n');
}

function readme(plan: Plan): string {
  const { port, followerPort, policy, purposes } = plan;
  const names = purposes.map(({ name }) => name);
  const hasRecords = names.includes('certificates');
  const isSigned = policy === 'signed' && purposes.some(({ isToken }) => isToken);
  const wallets = isSigned
    ? `address() { npx bpsc wallet show "wallets/$1.json" --json | sed -n 's/.*"address": "\\(.*\\)",/\\1/p'; }
`
    : '';
  const newest = hasRecords
    ? `newest() { curl -s "http://127.0.0.1:${port}/chains/$1/information?limit=1" | sed 's/.*"id":"\\([0-9a-f]*\\)".*/\\1/'; }
`
    : '';
  return `# Our ledger

A ledger that one authority writes and anyone can check, kept by bpsc.
${names.length === 1 ? 'Its chain is' : 'Its chains are'} ${names.map((name) => `\`${name}\``).join(', ')}.

| file | |
|---|---|
| \`.env\` | the producer's settings, with the API token that everything that writes needs: keep it secret |
| \`chains.json\` | the chains that the producer begins. You can add some later; what is in it stays |
| \`follower.env\` | the settings of a follower, which checks everything and serves it |
${isSigned ? `| \`${ISSUER_WALLET}\` | the issuer's key, encrypted with your passphrase: keep a copy of both |\n` : ''}| \`data/\` | made at the first start: the database, and the producer's key. Keep a copy of the key |

## Start

\`\`\`
npx bpsc start                  # the producer
npx bpsc start follower.env     # in another terminal: a follower
\`\`\`

Then open http://127.0.0.1:${port}, the producer's explorer, or http://127.0.0.1:${followerPort}, the follower's. The API is
described at http://127.0.0.1:${port}/api.

For the commands below, in a third terminal:

\`\`\`sh
export BPSC_API_TOKEN="$(sed -n 's/^API_TOKEN=//p' .env)"
${newest}${wallets}\`\`\`

${purposes.map((purpose) => purpose.section(plan)).join('\n')}
## Check

Both nodes should agree, and every rule should be kept, from the first block on:

\`\`\`sh
npx bpsc status http://127.0.0.1:${port} http://127.0.0.1:${followerPort}
npx bpsc verify http://127.0.0.1:${followerPort}
npx bpsc verify data/producer.db
\`\`\`

## Before others use it

- Put a reverse proxy with TLS in front of the nodes: they speak plain HTTP, on this machine only.
- Copy \`data/producer-key.pem\` to a safe place. Whoever has it can sign in your name.
- Give your users the chain ids (\`curl http://127.0.0.1:${port}/chains\`) in another way than through the nodes, such as on
  your web site, so that nobody can show them another chain.
- Let somebody else run a follower, or a witness.

The package's docs/operations.md describes running it, and docs/security.md what it protects from.
`;
}
