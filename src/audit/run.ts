/** Runs an audit of all chains and returns the result. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SealedHeader } from '../chain/block/block.js';
import type { Contract } from '../chain/contract/contract.js';
import type { Hash } from '../chain/bytes/bytes.js';
import { fault, isFault, type Fault } from '../chain/faults.js';
import { kindOf } from '../chain/contract/kinds.js';
import { ChainAudit } from './chain-audit.js';
import { SqliteAuditScratch } from './scratch.js';
import { damage, isCorruption } from './database/snapshot.js';
import { isSqliteError } from '../storage/sqlite/sqlite-errors.js';
import {
  Expectation,
  isCalled,
  type AuditTarget,
  type BrokenChain,
  type ChainEnd,
  type Pins,
  type TargetChain,
  type UnsupportedChain,
} from './target.js';
import { storedFault } from './database/database-target.js';
import type { Clock } from '../ledger/clock.js';
import { Interrupted, OperatorError } from '../ledger/errors.js';

/** How long the audit may block the event loop, in milliseconds. */
const TURN_MS = 50;

export interface ChainReport extends ChainEnd {
  /** records that sealed erasures erase; undefined where the chain's kind has none */
  readonly erased: number | undefined;
  /** records that lack their content although no erasure erases them, which a follower's database may have */
  readonly withheld: number | undefined;
  readonly name: string;
  /** undefined if the contract can't be read */
  readonly chain: { readonly id: Hash; readonly contract: Contract } | undefined;
  /** the last valid block */
  readonly head: SealedHeader | undefined;
  readonly seconds: number;
  readonly fault: Fault | undefined;
}

export interface AuditReport {
  readonly role: string;
  readonly chains: readonly ChainReport[];
  readonly unsupported: readonly UnsupportedChain[];
  /** the fault that concerns no particular chain */
  readonly fault: Fault | undefined;
}

/** Provides the time and a stop signal. */
export interface AuditIo {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly stop: AbortSignal;
}

/** Notified of every block. */
export interface AuditProgress {
  begin(name: string, size: TargetChain['size']): void;
  /** @param entries of the chain so far */
  block(blocks: number, entries: number): void;
  /** @param what the part after the blocks */
  finishing(what: string): void;
  end(): void;
}

/** @throws Interrupted, NodeUnreachable, OperatorError */
export async function runAudit(
  target: AuditTarget,
  pins: Pins,
  progress: AuditProgress,
  io: AuditIo,
): Promise<AuditReport> {
  const { role } = target;
  const broken = await guarded(() => inSteps(target.begin(), io));
  if (broken !== undefined) return { role, chains: [], unsupported: [], fault: broken };
  const found = target.chains();
  if (found.length === 0 && pins.chainIds.length === 0) {
    const isUnsupported = target.unsupported().length > 0;
    throw new OperatorError(
      `${target.name} has no chains ${isUnsupported ? 'that this version knows' : 'yet'}`,
    );
  }
  const expectation = new Expectation(pins, found);
  const chains: ChainReport[] = [];
  const meant = meantBy(pins.only, found, target.name);
  for (const chain of meant) {
    chains.push('fault' in chain ? brokenReport(chain) : await auditChain(chain, expectation, progress, io));
  }
  // Rows that belong to no chain can only be recognised if all chains are known.
  const isWhole =
    chains.length > 0 && chains.length === found.length && chains.every((chain) => chain.fault === undefined);
  const fault = expectation.absence() ?? (isWhole ? await auditRest(target, progress, io) : undefined);
  return { role, chains, unsupported: target.unsupported(), fault };
}

/** @throws OperatorError if there is no such chain */
function meantBy<C extends TargetChain | BrokenChain>(
  only: readonly string[],
  found: readonly C[],
  target: string,
): readonly C[] {
  const unknown = only.find((reference) => !found.some((chain) => isCalled(chain, reference)));
  if (unknown !== undefined) {
    const names = found.map(({ name }) => name).join(', ');
    throw new OperatorError(`${target} has no chain ${unknown}: it has ${names}`);
  }
  return only.length === 0
    ? found
    : found.filter((chain) => only.some((reference) => isCalled(chain, reference)));
}

async function auditRest(
  target: AuditTarget,
  progress: AuditProgress,
  io: AuditIo,
): Promise<Fault | undefined> {
  progress.finishing('comparing the rest');
  const fault = await guarded(() => inSteps(target.finish(), io));
  progress.end();
  return fault;
}

function brokenReport({ name, fault }: BrokenChain): ChainReport {
  return {
    name,
    chain: undefined,
    head: undefined,
    erased: undefined,
    withheld: undefined,
    seconds: 0,
    fault,
  };
}

async function auditChain(
  chain: TargetChain,
  expectation: Expectation,
  progress: AuditProgress,
  io: AuditIo,
): Promise<ChainReport> {
  const { id, name, contract } = chain;
  const started = io.clock.elapsed();
  const scratch = new SqliteAuditScratch();
  const audit = new ChainAudit(contract, scratch, chain.nonces);
  progress.begin(name, chain.size);
  try {
    const found =
      expectation.mismatch(chain) ??
      (await guarded(() =>
        takeBlocks(
          chain.blocks(() => audit.entries),
          audit,
          progress,
          io,
        ),
      ));
    const withheld = found ?? (await guarded(() => contentWithheld(chain, audit, progress, io)));
    progress.finishing(`${name}: comparing nonces, wallets and holds`);
    const end = withheld ?? (await guarded(() => inSteps(chain.finish(audit), io)));
    const verdict = audit.conclude(isFault(end) ? end : undefined);
    const { mayBeErased } = kindOf(contract);
    return {
      name,
      chain: { id, contract },
      head: audit.head,
      erased: mayBeErased ? audit.erasures.erased(audit.entries) : undefined,
      withheld: mayBeErased ? audit.erasures.withheld().length : undefined,
      seconds: (io.clock.elapsed() - started) / 1000,
      fault: verdict,
      ...(isFault(end) ? {} : end),
    };
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    throw new OperatorError(`the audit's working data can't be stored: ${error.message} (${error.code})`, {
      cause: error,
    });
  } finally {
    progress.end();
    scratch.close();
  }
}

/**
 * A record that is erased already when it comes: its erasure may have been sealed after the head that the target showed at
 * first, but not after the one that it shows now (protocol, section 13).
 */
async function contentWithheld(
  chain: TargetChain,
  audit: ChainAudit,
  progress: AuditProgress,
  io: AuditIo,
): Promise<Fault | undefined> {
  const isLacking = (): boolean =>
    audit.erasures.broken() === undefined && audit.erasures.withheld().length > 0;
  if (chain.newer === undefined || !isLacking()) return undefined;
  const found = await takeBlocks(
    chain.newer(() => audit.entries),
    audit,
    progress,
    io,
  );
  if (found !== undefined) return found;
  const [first] = audit.erasures.withheld();
  if (first === undefined || !isLacking()) return undefined;
  return fault('CONTENT_WITHHELD', {
    ...first,
    field: 'information',
    expected: 'its content, or an erasure',
  });
}

/** @returns the first fault */
async function takeBlocks(
  blocks: ReturnType<TargetChain['blocks']>,
  audit: ChainAudit,
  progress: AuditProgress,
  io: AuditIo,
): Promise<Fault | undefined> {
  const turns = new Turns(io);
  for await (const block of blocks) {
    const found = isFault(block) ? block : audit.take(block);
    if (found !== undefined) return found;
    progress.block(audit.blocks, audit.entries);
    await turns.pause();
  }
  return undefined;
}

async function inSteps<T>(steps: Generator<void, T, void>, io: AuditIo): Promise<T> {
  const turns = new Turns(io);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await turns.pause();
  }
}

/** Yields to the event loop now and then, so that the user can stop the audit. */
class Turns {
  private last: number;

  constructor(private readonly io: AuditIo) {
    this.last = io.clock.elapsed();
  }

  /** @throws Interrupted */
  async pause(): Promise<void> {
    if (this.io.clock.elapsed() - this.last < TURN_MS) return;
    await nextTurn();
    if (this.io.stop.aborted) throw new Interrupted();
    this.last = this.io.clock.elapsed();
  }
}

/** Data that SQLite can't read is a fault of the database, not of the audit. */
async function guarded<T>(read: () => Promise<T>): Promise<T | Fault> {
  try {
    return await read();
  } catch (error) {
    if (isCorruption(error)) return storedFault(damage(error.message));
    throw error;
  }
}
