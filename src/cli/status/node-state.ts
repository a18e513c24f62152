/** A node's own claims, for `bpsc status`; nothing is verified. */
import { parseHash, type Hash } from '../../chain/bytes/bytes.js';
import { blockTextMax } from '../../chain/block/block-text-max.js';
import { BlockText } from '../../chain/block/block-text.js';
import type { Contract } from '../../chain/contract/contract.js';
import { shown } from '../../chain/faults.js';
import { asFields, type Fields } from '../../chain/bytes/fields.js';
import { modestJson } from '../../chain/bytes/json-size.js';
import type { NodeChain } from '../../client/node-chains.js';
import type { Role } from '../../ledger/node-info.js';
import { NodeUnreachable, NotANode, type NodeClient } from '../../peer/node-client.js';
import { readShown } from '../../audit/node/shown-chains.js';

const ANSWER_BYTES_MAX = 1_048_576;
const ANSWER_VALUES_MAX = 10_000;

export interface HeadState {
  readonly id: Hash;
  /** the chain's name on the node */
  readonly name: string;
  readonly contract: Contract;
  readonly index: number;
  readonly hash: Hash;
  readonly entries: number;
  /** whether the node says that the chain's producer told two stories */
  readonly isFrozen: boolean;
  /** the code of the fault because of which the node no longer follows this chain from its upstream */
  readonly upstreamFault: string | undefined;
}

/** A chain that the node shows wrongly, so that it can't be compared. */
export interface UnreadableChain {
  readonly name: string;
  /** the problem, for people */
  readonly fault: string;
}

/** A chain of an unknown kind or version, which is not a fault. */
export interface UnsupportedChain {
  readonly name: string;
  /** the unknown part, for people */
  readonly unsupported: string;
}

/** A chain that can't be compared. */
export type UncomparedChain = UnreadableChain | UnsupportedChain;

export interface NodeState {
  readonly url: string;
  readonly role: Role;
  /** in the order in which the node shows them */
  readonly chains: readonly (HeadState | UncomparedChain)[];
  /** why it is not ready; empty if it is */
  readonly troubles: readonly string[];
}

export interface UnreachableNode {
  readonly url: string;
  readonly unreachable: string;
  /** true: nothing answers; false: something answers, but not a node */
  readonly isSilent: boolean;
}

export async function readState(client: NodeClient): Promise<NodeState | UnreachableNode> {
  try {
    const [{ role, chains: items }, { troubles, faults }] = await Promise.all([
      readShown(client),
      readHealth(client),
    ]);
    const chains = items.map((chain) => {
      if ('reason' in chain) return { name: chain.name, unsupported: chain.reason };
      return 'fault' in chain ? { name: chain.name, fault: chain.fault.message } : headState(chain, faults);
    });
    return { url: client.url, role, chains, troubles };
  } catch (error) {
    if (error instanceof NodeUnreachable)
      return { url: client.url, unreachable: error.reason, isSilent: !(error instanceof NotANode) };
    throw error;
  }
}

/** @throws NodeUnreachable, also if the answer is not a block */
export async function readHashAt(
  client: NodeClient,
  { name, contract }: HeadState,
  index: number,
): Promise<Hash> {
  const path = `/chains/${name}/blocks/${index}`;
  const { status, text } = await client.text(path, blockTextMax(contract));
  // The block may be very long: only its header is parsed.
  const block = status === 200 ? inOneGo(BlockText.read(text, contract)) : undefined;
  const hash = block instanceof BlockText ? parseHash(block.fields.hash) : undefined;
  if (hash === undefined)
    throw new NodeUnreachable(client.url, path, `answers with no block (status ${status})`);
  return hash;
}

/** The result of the steps. */
function inOneGo<T>(steps: Generator<void, T, void>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

function headState({ id, name, contract, head, isFrozen }: NodeChain, faults: Fields): HeadState {
  const fault = faults[`fault_${name}`];
  return {
    id,
    name,
    contract,
    index: head.index,
    hash: head.hash,
    entries: head.treeSize,
    isFrozen,
    upstreamFault: typeof fault === 'string' ? fault : undefined,
  };
}

interface Health {
  readonly troubles: readonly string[];
  /** facts of the node, among them `fault_<chain>` */
  readonly faults: Fields;
}

/** The parts of Terminus' answer, as src/http/health/health.controller.ts gives it. */
async function readHealth(client: NodeClient): Promise<Health> {
  const { status, text } = await client.text('/health/ready', ANSWER_BYTES_MAX);
  if (status === 200) return { troubles: [], faults: {} };
  const health = asFields(modestJson(text, ANSWER_VALUES_MAX));
  const faults = asFields(asFields(health?.details)?.node) ?? {};
  const { troubles } = faults;
  if (Array.isArray(troubles) && troubles.length > 0) {
    const texts = troubles.map((trouble) => (typeof trouble === 'string' ? trouble : shown(trouble)));
    return { troubles: texts, faults };
  }
  return { troubles: [`GET /health/ready answers with status ${status}`], faults };
}
