/** `bpsc status`: how several nodes stand, and whether they agree. */
import { Command } from 'commander';
import type { ChainKind } from '../chain/contract.js';
import { assert } from '../ledger/errors.js';
import { EXIT, type ExitCode, type Io } from './io.js';
import { compareNodes, type HashAt, type Standing } from './node-comparison.js';
import { readHashAt, readState, type NodeState, type UnreachableNode } from './node-state.js';
import { KINDS } from './audit-target.js';
import { nodeClient, timeoutOption } from './options.js';
import { isHealthy, statusJson, statusText, type NodeStatus } from './status-report.js';

interface StatusOptions {
  readonly json?: true;
  /** seconds */
  readonly timeout: number;
}

const TIMEOUT_SECONDS = 5;

const DESCRIPTION = `Shows role, heads, lag and readiness of each node, and whether they have the same chains.

Each node's blocks are compared with those of the producer (or, without one, of the node
that is furthest) at the last block that both have. What nodes say is compared, not
checked: bpsc verify does that.`;

const EXAMPLES = `
Examples:
  bpsc status http://127.0.0.1:5000 http://127.0.0.1:5001 http://127.0.0.1:5002
  bpsc status 127.0.0.1:5000

Exit status:
  0  all nodes answer with both chains and are ready, and none contradicts another
  1  a node is unreachable or not ready, lacks a chain, or disagrees
  2  wrong usage
`;

/** @param end is told the exit status */
export function statusCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('status')
    .summary('show how nodes stand and whether they agree')
    .description(DESCRIPTION)
    .argument('<url...>', 'nodes, as URLs or host:port')
    .option('--json', 'print one JSON document')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', EXAMPLES)
    .action(async (urls: string[], options: StatusOptions) => end(await status(urls, options, io)));
}

async function status(urls: readonly string[], options: StatusOptions, io: Io): Promise<ExitCode> {
  const clients = new Map(
    urls.map((url) => nodeClient(url, options.timeout, io)).map((client) => [client.url, client]),
  );
  const states = await Promise.all([...clients.values()].map(readState));
  const nodes = states.flatMap((state) => ('unreachable' in state ? [] : [state]));
  const hashAt: HashAt = async (node, head, index) => {
    const client = clients.get(node.url);
    assert(client !== undefined, 'every node was asked through a client');
    return readHashAt(client, head, index);
  };
  const standings = new Map<ChainKind, ReadonlyMap<NodeState, Standing>>();
  for (const kind of KINDS) standings.set(kind, await compareNodes(nodes, kind, hashAt));

  const statuses = states.map((node) => ({ node, chains: chainsOf(node, standings) }));
  io.stdout.write(options.json === true ? statusJson(statuses) : statusText(statuses));
  return isHealthy(statuses) ? EXIT.ok : EXIT.fault;
}

function chainsOf(
  node: NodeState | UnreachableNode,
  standings: ReadonlyMap<ChainKind, ReadonlyMap<NodeState, Standing>>,
): NodeStatus['chains'] {
  const chains = new Map<ChainKind, Standing | string>();
  // A follower that is new has none, and isn't ready.
  if ('unreachable' in node || node.chains.size === 0) return chains;
  for (const kind of KINDS) {
    const chain = node.chains.get(kind) ?? `it shows no ${kind} chain`;
    const standing = typeof chain === 'string' ? chain : standings.get(kind)?.get(node);
    if (standing !== undefined) chains.set(kind, standing);
  }
  return chains;
}
