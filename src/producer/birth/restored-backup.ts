/**
 * A producer that is started on a restored backup would seal blocks a second time, with other content: two stories, which
 * convict it (protocol, section 12). Before it signs anything, it compares its heads with what others have.
 */
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { SealedHeader } from '../../chain/block/block.js';
import { verifySeal } from '../../chain/block/verify-block.js';
import { isFault } from '../../chain/faults.js';
import {
  ADVERTISEMENT_BYTES_MAX,
  parseAdvertisement,
  type AdvertisedChain,
} from '../../ledger/advertisement.js';
import type { Policy } from '../../chain/note/policy.js';
import { formatEquivocation } from '../../chain/proof/equivocation.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import type { Clock } from '../../ledger/clock.js';
import { Convictions } from '../../ledger/convictions.js';
import { OperatorError } from '../../ledger/errors.js';
import { NodeEvents } from '../../ledger/node-events.js';
import type { Chain, FaultLog, LedgerStore, NodeRegistry } from '../../ledger/store.js';
import { NodeProbe } from '../../peer/node-probe.js';
import { logNewChains } from './birth.js';
import type { CheckpointFile } from './checkpoint-file.js';
import { warnOfExposure } from '../../keys/key-file.js';

/** A start waits this long, at most, for all nodes together. */
const ASK_MS = 5000;
/** For one node. */
const NODE_MS = 2000;
/** Nodes asked at a time. */
const NODES_AT_ONCE = 16;

export interface BackupCheckParts {
  readonly databaseFile: string;
  readonly store: LedgerStore;
  readonly nodes: NodeRegistry;
  /** where evidence of two stories is kept */
  readonly faults: FaultLog;
  /** whose witnesses are asked as well */
  readonly policy: Policy | undefined;
  readonly checkpoints: CheckpointFile | undefined;
  readonly clock: Clock;
}

/** How many registered nodes and witnesses there are, and how many of them answered as nodes. */
export interface Asked {
  readonly nodes: number;
  readonly answered: number;
}

/**
 * Nodes that don't answer, and headers that this producer didn't sign, count for nothing.
 * @throws OperatorError if anybody has a block with this producer's signature that the database lacks
 */
export async function refuseRestoredBackup(parts: BackupCheckParts): Promise<Asked> {
  const { databaseFile, store, checkpoints, clock } = parts;
  const own = store.stores().filter(({ chain }) => chain.origin !== 'followed');
  const lacking = checkpoints === undefined ? [] : lackingOf(own, checkpoints, databaseFile);
  const urls = await othersOf(parts);
  const answers = own.length === 0 ? [] : await askAll(urls, clock);
  for (const { url, chains } of answers) {
    for (const { head } of chains) lacking.push(...lackedBy(own, head, url));
  }
  const problems = own.flatMap(({ chain }) => worstOf(lacking.filter((each) => each.chain === chain.name)));
  await keepEvidence(lacking, own, parts);
  if (problems.length === 0) return { nodes: urls.length, answered: answers.length };
  throw new OperatorError(
    `the database ${databaseFile} is an older copy of itself: ${problems.join('; ')}. Nothing was signed. ` +
      'Restore the newest backup, or continue from a follower’s database: docs/operations.md, “An old backup of a producer”',
  );
}

/** The witnesses first: the operator chose them. Of the registered nodes, the newest first. */
async function othersOf({ nodes, policy }: BackupCheckParts): Promise<readonly string[]> {
  const witnesses = policy?.witnesses.flatMap(({ url }) => url ?? []) ?? [];
  const registered = (await nodes.all()).map(({ url }) => url).toReversed();
  return [...new Set([...witnesses, ...registered])];
}

/** A block with this producer's signature that the database lacks. */
interface Lacking {
  readonly chain: string;
  readonly index: number;
  /** the index of the database's last block */
  readonly head: number;
  readonly source: string;
  /** where the database has another block of this index: the file that convicts the producer */
  readonly evidence: string | undefined;
}

function lackingOf(
  own: readonly AnyChainStore[],
  checkpoints: CheckpointFile,
  databaseFile: string,
): Lacking[] {
  const { path } = checkpoints;
  return checkpoints.read().flatMap((sealed) => {
    const store = own.find(({ chain }) => chain.id === sealed.chain);
    if (store === undefined) {
      throw new OperatorError(
        `the checkpoint file ${path} (CHECKPOINT_FILE) has block ${sealed.index} of the chain ${sealed.chain}, which ` +
          `${databaseFile} does not have: restore the newest backup or, if the file belongs to another database, set ` +
          'CHECKPOINT_FILE to another path',
      );
    }
    if (verifySeal(sealed, store.chain.contract) !== undefined) {
      throw new OperatorError(
        `the checkpoint file ${path} (CHECKPOINT_FILE) has a block of ${store.chain.name} that its producer did not ` +
          'sign: restore the file, or delete it to continue without it',
      );
    }
    return lackedBy([store], sealed, path);
  });
}

/** @param sealed from outside */
function lackedBy(own: readonly AnyChainStore[], sealed: SealedHeader, source: string): readonly Lacking[] {
  const store = own.find(({ chain }) => chain.id === sealed.chain);
  if (store === undefined || verifySeal(sealed, store.chain.contract) !== undefined) return [];
  const ours = store.header(sealed.index);
  if (ours?.hash === sealed.hash) return [];
  const { contract, name } = store.chain;
  const evidence = ours && formatEquivocation({ contract, headers: [ours, sealed] });
  return [{ chain: name, index: sealed.index, head: store.head().header.index, source, evidence }];
}

/** The producer has already signed two different blocks: a later start finds the evidence even if no node answers then. */
async function keepEvidence(
  lacking: readonly Lacking[],
  own: readonly AnyChainStore[],
  { store, faults, clock }: BackupCheckParts,
): Promise<void> {
  if (own.length === 0 || lacking.every(({ evidence }) => evidence === undefined)) return;
  // The start is refused, and says why.
  const complain = (): void => undefined;
  const convictions = await Convictions.read({ store, faults, events: new NodeEvents(), clock, complain });
  for (const { evidence, source } of lacking) {
    if (evidence !== undefined) await convictions.add(evidence, source);
  }
}

/** A sentence about the block that is furthest ahead. */
function worstOf(lacking: readonly Lacking[]): readonly string[] {
  const [worst] = lacking.toSorted((a, b) => b.index - a.index);
  if (worst === undefined) return [];
  const { chain, index, head, source } = worst;
  const behind = index - head;
  return [
    behind > 0
      ? `${chain} is ${behind} ${behind === 1 ? 'block' : 'blocks'} behind, at block ${head}, while ${source} has block ` +
        `${index} with this producer’s signature`
      : `${source} has another block ${index} of ${chain} with this producer’s signature`,
  ];
}

interface Answer {
  readonly url: string;
  readonly chains: readonly AdvertisedChain[];
}

/** Asks the nodes, some at a time, until the time is over. @returns the answers of those that answer as a node */
async function askAll(urls: readonly string[], clock: Clock): Promise<readonly Answer[]> {
  const over = new AbortController();
  const cancel = clock.after(ASK_MS, () => over.abort());
  const left = [...urls];
  const answers: Answer[] = [];
  const askSome = async (): Promise<void> => {
    for (let url = left.shift(); url !== undefined && !over.signal.aborted; url = left.shift()) {
      const chains = await ask(url, over.signal, clock);
      if (chains !== undefined) answers.push({ url, chains });
    }
  };
  await Promise.all(Array.from({ length: NODES_AT_ONCE }, askSome)).finally(cancel);
  return answers;
}

async function ask(
  url: string,
  signal: AbortSignal,
  clock: Clock,
): Promise<readonly AdvertisedChain[] | undefined> {
  const options = { signal, clock, bytesMax: ADVERTISEMENT_BYTES_MAX, timeoutMs: NODE_MS };
  try {
    const advertisement = parseAdvertisement(await new NodeProbe(url, options).ask('/chains'));
    return isFault(advertisement) ? undefined : advertisement.chains;
  } catch {
    return undefined;
  }
}

/** Warns if nodes that may know more than the database did not answer. */
export function warnOfSilence({ nodes, answered }: Asked): void {
  if (answered >= nodes) return;
  new Logger('Start').warn(
    `${answered} of ${nodes} registered nodes and witnesses answered when they were asked whether this database is up to date`,
  );
}

/** Warns once the node's logger is in place: before that, the lines would not be JSON. */
export class StartWarnings implements OnApplicationBootstrap {
  constructor(
    private readonly keyFile: string,
    private readonly asked: Asked,
    private readonly born: readonly Chain[],
  ) {}

  onApplicationBootstrap(): void {
    logNewChains(this.born);
    warnOfExposure(this.keyFile);
    warnOfSilence(this.asked);
  }
}
