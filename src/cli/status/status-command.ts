/** `bpsc status`: the state of several nodes, and whether they agree. */
import { Command } from 'commander';
import { assert } from '../../ledger/errors.js';
import { EXIT, type ExitCode, type Io } from '../shell/io.js';
import { compareNodes, type HashAt, type Standings } from './node-comparison.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import { readHashAt, readState, type NodeState, type UnreachableNode } from './node-state.js';
import { nodeClient, nodeInUse, timeoutOption } from '../shell/options.js';
import { paintOf } from '../shell/paint.js';
import { CHAINS_IN_ROWS_MAX, isHealthy, statusJson, statusText, type NodeStatus } from './status-report.js';

interface StatusOptions {
  /** a name or an id */
  readonly chain?: string;
  readonly json?: true;
  /** seconds */
  readonly timeout: number;
}

const TIMEOUT_SECONDS = 5;

const DESCRIPTION = `Shows role, heads, lag and readiness of each node, and whether they have the same chains.

Chains are identified by their ids. Each node's blocks are compared with those of a producer
of the chain (or, without one, of the node that is furthest) at the last block that both
have. Nodes with more than ${CHAINS_IN_ROWS_MAX} chains are shown in two tables, one of nodes and one of
chains. What nodes say is compared, not checked: bpsc verify does that.`;

const EXAMPLES = `
Examples:
  bpsc status http://127.0.0.1:5000 http://127.0.0.1:5001 http://127.0.0.1:5002
  bpsc status 127.0.0.1:5000 --chain gold

Exit status:
  0  all nodes answer with chains and are ready, and none contradicts another
  1  a node is unreachable or not ready, shows no chain or one that is wrong, or disagrees
  2  wrong usage
`;

/** @param end is called with the exit status */
export function statusCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('status')
    .summary('show how nodes stand and whether they agree')
    .description(DESCRIPTION)
    .argument('[url...]', 'nodes, as URLs or host:port (default: BPSC_NODE, or the profile’s)')
    .option('--chain <name | id>', 'of this chain alone')
    .option('--json', 'print one JSON document')
    .addOption(timeoutOption(TIMEOUT_SECONDS))
    .addHelpText('after', EXAMPLES)
    .action(async (urls: string[], options: StatusOptions) =>
      end(await status(urls.length === 0 ? [nodeInUse(io)] : urls, options, io)),
    );
}

async function status(urls: readonly string[], options: StatusOptions, io: Io): Promise<ExitCode> {
  const clients = new Map(
    urls.map((url) => nodeClient(url, options.timeout, io)).map((client) => [client.url, client]),
  );
  const all = await Promise.all([...clients.values()].map(readState));
  const { chain } = options;
  const states = chain === undefined ? all : all.map((state) => only(state, chain));
  const nodes = states.flatMap((state) => ('unreachable' in state ? [] : [state]));
  const hashAt: HashAt = async (node, head, index) => {
    const client = clients.get(node.url);
    assert(client !== undefined, 'every node was asked through a client');
    return readHashAt(client, head, index);
  };
  const standings = await compareNodes(nodes, hashAt);
  const statuses = states.map((node) => ({ node, chains: chainsOf(node, standings) }));
  io.stdout.write(options.json === true ? statusJson(statuses) : statusText(statuses, paintOf(io)));
  return isHealthy(statuses) ? EXIT.ok : EXIT.fault;
}

function chainsOf(
  node: NodeState | UnreachableNode,
  standings: ReadonlyMap<Hash, Standings>,
): NodeStatus['chains'] {
  if ('unreachable' in node) return [];
  return node.chains.flatMap((chain) => ('id' in chain ? (standings.get(chain.id)?.get(node) ?? []) : chain));
}

/** A node with one chain of those that it shows. */
function only(state: NodeState | UnreachableNode, chain: string): NodeState | UnreachableNode {
  if ('unreachable' in state) return state;
  const chains = state.chains.filter((one) => one.name === chain || ('id' in one && one.id === chain));
  const missing = { name: chain, fault: 'it shows no such chain' };
  return { ...state, chains: chains.length > 0 ? chains : [missing] };
}
