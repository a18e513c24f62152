/** Follows a chain like a follower: every block is verified against its parent before it is yielded. */
import { blockTextMax, UNSIGNED_BLOCK_TEXT_MAX } from '../chain/block/block-text-max.js';
import type { SealedHeader } from '../chain/block/block.js';
import { hashHex, type Hash } from '../chain/bytes/bytes.js';
import type { Contract } from '../chain/contract/contract.js';
import type { ChainKind } from '../chain/contract/kinds.js';
import { fault } from '../chain/faults.js';
import { isCount, type Fields } from '../chain/bytes/fields.js';
import { signedTextMax } from '../chain/block/signed-text-max.js';
import type { VerifiedBlock } from '../chain/block/verify-block.js';
import type { Clock } from '../ledger/clock.js';
import { ChainVerifier } from './chain-verifier.js';
import { entryRecord, type EntryRecord } from './entry-record.js';
import { FaultError, invalid } from './errors.js';
import { readHead } from './node-chains.js';
import { sleep, Stopped } from './patience.js';
import { refusalOf } from './problem.js';
import { isBusy, retryAfterMs } from './retry-policy.js';
import { BadStatus, LineTooLong, NoAnswer, type Transport } from './transport.js';
import { readFrontier } from './verify-entry.js';

export interface FollowOptions {
  /** ends the iteration without an error */
  readonly signal?: AbortSignal | undefined;
  /** The hash of the block before the first one, as the caller knows it; without it, the node's answer is trusted. */
  readonly parentHash?: string | undefined;
  /** the wait after a poll without new blocks, in milliseconds; it doubles each time. 250 by default */
  readonly pollMs?: number | undefined;
  /** the longest such wait; 5000 by default */
  readonly pollMsMax?: number | undefined;
}

export interface FollowedBlock<K extends ChainKind = ChainKind> {
  readonly header: SealedHeader;
  readonly entries: readonly EntryRecord<K>[];
  /**
   * Whether the rules that need the whole history were checked (overdrawn wallets, open holds, nonces used before):
   * true when the chain is followed from block 1.
   */
  readonly historyChecked: boolean;
}

/** The requests that following sends. */
export interface BlockSource {
  readonly transport: Transport;
  /** @returns `path`: before the chain's blocks */
  chain(
    kind: ChainKind,
    signal: AbortSignal | undefined,
  ): Promise<{ id: Hash; contract: Contract; path: string }>;
  block(kind: ChainKind, index: number, signal: AbortSignal | undefined): Promise<Fields>;
  frontier(kind: ChainKind, index: number, signal: AbortSignal | undefined): Promise<readonly string[]>;
}

const POLL_MS = 250;
const POLL_MS_MAX = 5000;
const PAGE_BLOCKS = 100;

/** @throws FaultError, and what the first contact throws; a node that becomes unreachable later is retried */
export async function* follow<K extends ChainKind>(
  source: BlockSource,
  kind: K,
  from: number,
  options: FollowOptions,
): AsyncGenerator<FollowedBlock<K>, void, void> {
  const { signal, pollMs = POLL_MS, pollMsMax = POLL_MS_MAX } = options;
  if (!isCount(from) || from < 1) throw invalid('from', 'must be a whole number from 1');
  try {
    const { verifier, path } = await startAt(source, kind, from, options);
    for (let idle = 0; ; idle++) {
      let waitMs = 0;
      try {
        for await (const text of nextPage(source.transport, path, verifier, signal)) {
          const verified = await verifier.take(text, signal);
          idle = -1;
          yield followed<K>(verified, verifier.contract, from === 1);
        }
      } catch (error) {
        waitMs = waitAfter(error, source.transport.clock);
      }
      // A page may end before the head: then the next one is requested at once.
      if (idle === -1 && waitMs === 0) continue;
      const { clock } = source.transport;
      await sleep(clock, Math.max(waitMs, Math.min(pollMsMax, pollMs * 2 ** Math.min(idle, 30))), signal);
    }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
}

async function startAt(
  source: BlockSource,
  kind: ChainKind,
  from: number,
  { signal, parentHash }: FollowOptions,
): Promise<{ readonly verifier: ChainVerifier; readonly path: string }> {
  const { id, contract, path } = await source.chain(kind, signal);
  if (from === 1) return { verifier: ChainVerifier.fromGenesis(contract), path };
  const before = from - 1;
  const header = readHead(await source.block(kind, before, signal), id, contract);
  differs('INDEX_MISMATCH', before, 'index', String(before), String(header.index));
  if (parentHash !== undefined) differs('FORKED', before, 'hash', parentHash, header.hash);
  const frontier = readFrontier(await source.frontier(kind, before, signal), header.treeSize);
  differs('TREE_ROOT_MISMATCH', before, 'tree_root', header.treeRoot, hashHex(frontier.root()));
  return { verifier: ChainVerifier.after(contract, header, frontier), path };
}

/** @throws FaultError */
function differs(
  code: 'INDEX_MISMATCH' | 'FORKED' | 'TREE_ROOT_MISMATCH',
  index: number,
  field: string,
  expected: string,
  found: string,
): void {
  if (expected !== found) throw new FaultError(fault(code, { index, field, expected, found }));
}

function nextPage(
  transport: Transport,
  chainPath: string,
  verifier: ChainVerifier,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, void> {
  const { contract, next } = verifier;
  const path = `${chainPath}/blocks?from=${next}&limit=${PAGE_BLOCKS}`;
  const limit = {
    charactersMax: Math.min(blockTextMax(contract), UNSIGNED_BLOCK_TEXT_MAX),
    longer: (beginning: string) => signedTextMax(beginning, contract, verifier.size),
  };
  return transport.lines(path, limit, signal);
}

function followed<K extends ChainKind>(
  { header, entries }: VerifiedBlock,
  contract: Contract,
  historyChecked: boolean,
): FollowedBlock<K> {
  return { header, entries: entries.map((entry) => entryRecord<K>(entry, contract)), historyChecked };
}

/** The minimum wait after an error from which a node can recover by itself. @throws any other error */
function waitAfter(error: unknown, clock: Clock): number {
  if (error instanceof NoAnswer) return 1;
  if (error instanceof LineTooLong) {
    const expected = `at most ${error.charactersMax} characters`;
    throw new FaultError(fault('TOO_LARGE', { field: 'block', expected }));
  }
  if (!(error instanceof BadStatus)) throw error;
  if (!isBusy(error.answer)) throw refusalOf(error.answer, error.path);
  return Math.max(1, retryAfterMs(error.answer.headers.get('retry-after'), clock.now()));
}
