/** Keeps a folder up to date with the chains of a store, in the layout that any file host can serve (protocol, section 9). */
import type { Hash } from '../../chain/bytes/bytes.js';
import { formatLogList, parseLogList, type LogListItem } from '../../chain/contract/log-list.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { lockFolder, type ProcessLock } from '../../storage/sqlite/process-lock.js';
import { ChainExport, type ExportTurns } from './chain-export.js';
import type { Disk } from './disk.js';
import { FileBatch, FileConflict } from './file-batch.js';

/** The state of a chain's folder after a round. */
export interface ExportedChain {
  readonly name: string;
  readonly blocks: number;
  readonly entries: number;
  /** blocks of the chain; more than {@link blocks} if the newest ones have no checkpoint */
  readonly length: number;
  /** blocks written in this round */
  readonly newBlocks: number;
  readonly newEntries: number;
}

const LIST = 'chains.json';

export class StaticExport {
  private readonly batch: FileBatch;
  private readonly chains = new Map<Hash, ChainExport>();
  private lock: ProcessLock | undefined;
  private isBegun = false;
  /** chains.json as it is in the folder */
  private list: string | undefined;

  /** @param root the folder, absolute; it is created with its parents if it isn't there */
  constructor(
    disk: Disk,
    root: string,
    private readonly turns: ExportTurns,
  ) {
    this.batch = new FileBatch(disk, root);
  }

  /**
   * Writes everything that is missing, chain by chain; one that fails keeps none of the others back. After an error the
   * next call goes on from what is in the folder.
   * @throws the first error, after all chains were tried: FileConflict, OperatorError if another process writes there,
   *   and the disk's own
   */
  async advance(stores: readonly AnyChainStore[]): Promise<readonly ExportedChain[]> {
    if (!this.isBegun) {
      await this.batch.begin();
      // Another folder may be in its place.
      this.lock?.release();
      this.lock = lockFolder(this.batch.root);
      this.isBegun = true;
    }
    const done: ExportedChain[] = [];
    const errors: unknown[] = [];
    for (const store of stores) {
      try {
        done.push(await this.advanceChain(store));
      } catch (error) {
        errors.push(error);
      }
    }
    try {
      await this.writeList(stores);
    } catch (error) {
      errors.push(error);
    }
    if (errors.length === 0) return done;
    // Perhaps the whole folder is gone: the next call looks at everything again, as a start does.
    this.isBegun = false;
    this.chains.clear();
    this.list = undefined;
    throw errors[0];
  }

  /** Gives the folder free for others. Nothing may be under way. */
  close(): void {
    this.lock?.release();
    this.lock = undefined;
    this.isBegun = false;
  }

  private async advanceChain(store: AnyChainStore): Promise<ExportedChain> {
    const { id, name } = store.chain;
    const chain = this.chains.get(id) ?? new ChainExport(this.batch, store.chain, this.turns);
    this.chains.set(id, chain);
    const { before, now } = await chain.advance(store);
    return {
      name,
      blocks: now.index,
      entries: now.size,
      length: store.head().header.index,
      newBlocks: now.index - before.index,
      newEntries: now.size - before.size,
    };
  }

  /** Lists the chains that have a checkpoint in the folder, beside those of earlier exports to it. */
  private async writeList(stores: readonly AnyChainStore[]): Promise<void> {
    this.list ??= await this.batch.readText(LIST);
    const own = stores.map(({ chain }) => chain);
    const before = this.readList();
    const others = before.filter(({ id }) => !own.some((chain) => chain.id === id));
    // One that could not be read now stays.
    const isListed = (id: Hash): boolean =>
      this.chains.get(id)?.hasCheckpoint === true || before.some((chain) => chain.id === id);
    const text = formatLogList([...own.filter(({ id }) => isListed(id)), ...others]);
    if (text === this.list) return;
    await this.batch.write([{ path: LIST, bytes: text, isImmutable: false }]);
    this.list = text;
  }

  private readList(): readonly LogListItem[] {
    if (this.list === undefined) return [];
    const chains = parseLogList(this.list);
    if (typeof chains !== 'string') return chains;
    throw new FileConflict(
      `${this.batch.root}/${LIST} is not a list of chains (${chains}): choose another folder, or remove that file`,
    );
  }
}
