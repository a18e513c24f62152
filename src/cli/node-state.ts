/** What a node says of itself, for `bpsc status`: claims, nothing is proven here. */
import { parseHash, type Hash } from '../chain/bytes.js';
import type { ChainKind, Contract } from '../chain/contract.js';
import { isFault } from '../chain/faults.js';
import { asFields } from '../chain/fields.js';
import type { AdvertisedChain } from '../ledger/advertisement.js';
import { blockTextMax } from '../chain/block-text-max.js';
import type { Role } from '../ledger/node-info.js';
import { readAdvertisement } from './node-target.js';
import { NodeUnreachable, type NodeClient } from './node-client.js';

const HEALTH_BYTES_MAX = 1_048_576;

export interface HeadState {
  readonly id: Hash;
  readonly contract: Contract;
  readonly index: number;
  readonly hash: Hash;
  readonly entries: number;
}

export interface NodeState {
  readonly url: string;
  readonly role: Role;
  /** by kind; a text is what is wrong with the chain */
  readonly chains: ReadonlyMap<ChainKind, HeadState | string>;
  /** why it isn't fit to be asked; empty when it is */
  readonly troubles: readonly string[];
}

export interface UnreachableNode {
  readonly url: string;
  readonly unreachable: string;
}

export async function readState(client: NodeClient): Promise<NodeState | UnreachableNode> {
  try {
    const [{ role, chains }, troubles] = await Promise.all([readAdvertisement(client), readTroubles(client)]);
    const states = new Map<ChainKind, HeadState | string>();
    for (const [kind, chain] of chains) {
      states.set(kind, isFault(chain) ? chain.message : headState(chain));
    }
    return { url: client.url, role, chains: states, troubles };
  } catch (error) {
    if (error instanceof NodeUnreachable) return { url: client.url, unreachable: error.reason };
    throw error;
  }
}

/** @throws NodeUnreachable also where the answer is no block */
export async function readHashAt(client: NodeClient, { contract }: HeadState, index: number): Promise<Hash> {
  const path = `/chains/${contract.name}/blocks/${index}`;
  const { status, text } = await client.text(path, blockTextMax(contract));
  const hash = status === 200 ? parseHash(asFields(json(text))?.hash) : undefined;
  if (hash === undefined)
    throw new NodeUnreachable(client.url, path, `answers with no block (status ${status})`);
  return hash;
}

function headState({ id, contract, head }: AdvertisedChain): HeadState {
  return { id, contract, index: head.index, hash: head.hash, entries: head.treeSize };
}

/** The troubles in Terminus' answer, as src/http/health.controller.ts gives it. */
async function readTroubles(client: NodeClient): Promise<readonly string[]> {
  const { status, text } = await client.text('/health/ready', HEALTH_BYTES_MAX);
  if (status === 200) return [];
  const details = asFields(asFields(asFields(json(text))?.details)?.node);
  const troubles: unknown = details?.troubles;
  if (Array.isArray(troubles) && troubles.length > 0) return troubles.map(String);
  return [`GET /health/ready answers with status ${status}`];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
