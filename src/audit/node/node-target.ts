/** Audits a node by its public routes. */
import { isFault, fault, type Fault } from '../../chain/faults.js';
import type { NodeChain } from '../../client/node-chains.js';
import type { AuditBlock, ChainAudit } from '../chain-audit.js';
import { auditText } from '../chain-audit.js';
import { blockTextMax, UNSIGNED_BLOCK_TEXT_MAX } from '../../chain/block/block-text-max.js';
import { signedTextMax } from '../../chain/block/signed-text-max.js';
import type { AuditTarget, TargetChain } from '../target.js';
import { NodeUnreachable, type NodeClient } from '../../peer/node-client.js';
import { readShown } from './shown-chains.js';

/** Blocks in one request; the node may send fewer. */
const BLOCKS_PER_PAGE = 1000;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The heads are recorded now: blocks that are sealed later are not audited.
 * @throws NodeUnreachable
 */
export async function openNodeTarget(client: NodeClient): Promise<AuditTarget> {
  const { role, chains } = await readShown(client);
  return {
    name: client.url,
    role,
    begin: nothing,
    chains: () =>
      chains.flatMap((chain) =>
        'reason' in chain ? [] : 'fault' in chain ? chain : targetChain(client, chain),
      ),
    unsupported: () => chains.filter((chain) => 'reason' in chain),
    finish: nothing,
    close: () => Promise.resolve(),
  };
}

/** A node shows no data outside of its chains. */
function* nothing(): Generator<void, undefined, void> {
  yield;
}

function targetChain(client: NodeClient, chain: NodeChain): TargetChain {
  const { id, name, contract } = chain;
  let { head } = chain;
  return {
    id,
    name,
    contract,
    size: { blocks: head.index, entries: head.treeSize },
    blocks: (sizeBefore) => blocks(client, chain, sizeBefore),
    async *newer(sizeBefore) {
      const shown = (await readShown(client)).chains.find((each) => 'head' in each && each.id === id);
      if (shown === undefined || !('head' in shown) || shown.head.index <= head.index) return;
      const from = head.index + 1;
      ({ head } = shown);
      yield* blocks(client, shown, sizeBefore, from);
    },
    *finish(audit: ChainAudit) {
      yield;
      const found = audit.head;
      if (found?.hash === head.hash) return {};
      return fault('FORKED', {
        index: head.index,
        field: 'hash',
        expected: `${head.hash}, as the node shows its head`,
        found: found?.hash ?? 'nothing',
      });
    },
  };
}

/**
 * A node that no longer has the chain is at fault.
 * @throws NodeUnreachable, also if the node delivers less than it shows: perhaps it can't
 */
async function* blocks(
  client: NodeClient,
  chain: NodeChain,
  sizeBefore: () => number,
  from = 1,
): AsyncGenerator<AuditBlock | Fault, void, void> {
  try {
    yield* pages(client, chain, sizeBefore, from);
  } catch (error) {
    if (!(error instanceof NodeUnreachable && error.status === NOT_FOUND)) throw error;
    const expected = `${chain.head.index} blocks, as the node shows its head`;
    yield fault('CHAIN_MISSING', { field: chain.name, expected, found: error.reason });
  }
}

const NOT_FOUND = 404;

async function* pages(
  client: NodeClient,
  { name, contract, head }: NodeChain,
  sizeBefore: () => number,
  first: number,
): AsyncGenerator<AuditBlock | Fault, void, void> {
  const lineBytesMax = Math.min(blockTextMax(contract), UNSIGNED_BLOCK_TEXT_MAX);
  const longer = (beginning: Uint8Array): number =>
    signedTextMax(new TextDecoder().decode(beginning), contract, sizeBefore());
  for (let next = first; next <= head.index;) {
    const from = next;
    const limit = Math.min(BLOCKS_PER_PAGE, head.index - from + 1);
    const path = `/chains/${name}/blocks?from=${from}&limit=${limit}`;
    for await (const line of client.lines(path, lineBytesMax, longer)) {
      if (line === undefined) {
        const expected = `at most ${lineBytesMax} bytes, or as many as the entries of a signed header can take`;
        return yield fault('TOO_LARGE', { index: next, expected });
      }
      const block = auditLine(line.bytes, contract, next);
      if (isFault(block) && line.cut) {
        throw new NodeUnreachable(client.url, path, `the answer was cut off in block ${next}`);
      }
      yield block;
      if (isFault(block) || ++next === from + limit) break;
    }
    if (next === from) {
      throw new NodeUnreachable(
        client.url,
        path,
        `shows block ${head.index}, but delivers none after ${from - 1}`,
      );
    }
  }
}

function auditLine(bytes: Uint8Array, contract: TargetChain['contract'], index: number): AuditBlock | Fault {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    return fault('MALFORMED', { index, field: 'block', expected: 'UTF-8', found: 'other bytes' });
  }
  return auditText(text, contract, index);
}
