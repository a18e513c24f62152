/** Sealing: the one place that makes blocks. Load, compute, commit, announce; one block of a chain at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { blockHash, signedText, type BlockHeader, type SealedHeader } from '../chain/block.js';
import { fromHex, hashHex } from '../chain/bytes.js';
import type { VerifiedBlock } from '../chain/verify-block.js';
import { assertBalanced } from '../ledger/current-books.js';
import { InvariantError } from '../ledger/errors.js';
import { storedEntryText } from '../ledger/reader.js';
import type { LedgerStore, StoredEntry } from '../ledger/store.js';
import type { SignatureChecker } from '../signatures/signature-checker.js';
import { verifyInTurns } from '../signatures/verify-in-turns.js';
import type { ChainState, Clock } from './chain-state.js';
import type { ProducerMetrics } from './producer-metrics.js';
import type { Signer } from './producer-key.js';
import { blockOnWire } from './wire-block.js';

/** Entries read, hashed or parsed in one turn of the event loop: a few milliseconds. */
const ENTRIES_PER_TURN = 500;

export class Sealer {
  private last: Promise<unknown> = Promise.resolve();

  /** @param onSealed called after each commit */
  constructor(
    private readonly state: ChainState,
    private readonly store: LedgerStore,
    private readonly signer: Signer,
    private readonly clock: Clock,
    private readonly metrics: ProducerMetrics,
    private readonly signatures: SignatureChecker,
    private readonly onSealed: (block: SealedHeader) => void,
  ) {}

  /**
   * Seals the next block: the entries that were promised it, or none.
   * @returns its header, once it is on disk
   * @throws as {@link sealIf}
   */
  async sealNext(): Promise<SealedHeader> {
    return (await this.sealIf(() => true)) as SealedHeader;
  }

  /**
   * Seals the next block if `wanted` still says so when the one under way is sealed.
   * @returns undefined when it doesn't
   * @throws Unavailable when the store can't take it now: nothing has changed, and it may be tried again
   * @throws FatalError, InvariantError: the process must stop
   */
  sealIf(wanted: () => boolean): Promise<SealedHeader | undefined> {
    const sealed = this.last.then(() => (wanted() ? this.seal() : undefined));
    this.last = sealed.catch(() => undefined);
    return sealed;
  }

  /** Resolves when no seal is under way. */
  async idle(): Promise<void> {
    await this.last;
  }

  private async seal(): Promise<SealedHeader> {
    const { state, store, metrics } = this;
    const done = metrics.sealing(state.name);
    // load. From here on, accepted entries are promised a later block. A crash before the commit leaves the
    // entries waiting, each with its promise; the next start seals them as they were promised.
    const planned = state.plan.close();
    const parent = state.head;
    const first = parent.header.treeSize;
    const entries = await this.load(first, first + planned.entries);

    // compute
    const frontier = parent.frontier.clone();
    for (const [i, entry] of entries.entries()) {
      frontier.append(fromHex(entry.id));
      if (i % ENTRIES_PER_TURN === ENTRIES_PER_TURN - 1) await nextTurn();
    }
    const header = this.sign({
      chain: state.chain.id,
      index: planned.index,
      previousHash: parent.header.hash,
      timestamp: Math.max(this.clock.now(), parent.header.timestamp, timestampOf(entries.at(-1))),
      treeRoot: hashHex(frontier.root()),
      treeSize: frontier.size,
    });
    const verified = await this.verify(header, entries);

    // commit. One transaction: the block and the head, which moves only from the parent. A crash before its end
    // leaves the parent as the head; one after leaves a block that nobody was told of yet, and that is the chain's.
    const block = { header, frontier: verified.frontier, entries: [] };
    store.append(state.kind, parent.header.hash, [block], verified.book?.changes());

    // announce
    state.head = {
      header,
      frontier: verified.frontier,
      lastEntryTimestamp: verified.lastEntryTimestamp,
    };
    state.plan.sealed();
    state.book?.forget(header.treeSize);
    done();
    metrics.sealed(state.name, header.index, entries.length, state.waiting);
    this.onSealed(header);
    return header;
  }

  private async load(from: number, to: number): Promise<readonly StoredEntry[]> {
    const entries: StoredEntry[] = [];
    while (from + entries.length < to) {
      if (entries.length > 0) await nextTurn();
      const page = this.store.entries(this.state.kind, from + entries.length, to, ENTRIES_PER_TURN);
      if (page.length === 0)
        throw new InvariantError(`entry ${from + entries.length} is promised but not stored`);
      entries.push(...page);
    }
    return entries;
  }

  private sign(header: BlockHeader): SealedHeader {
    return { ...header, hash: blockHash(header), signature: this.signer.sign(signedText(header)) };
  }

  /** The followers' own verification, on what they would be sent. */
  private async verify(header: SealedHeader, stored: readonly StoredEntry[]): Promise<VerifiedBlock> {
    const { kind, chain, head } = this.state;
    const onWire: unknown[] = [];
    for (const [i, entry] of stored.entries()) {
      onWire.push(JSON.parse(storedEntryText(entry, kind)));
      if (i % ENTRIES_PER_TURN === ENTRIES_PER_TURN - 1) await nextTurn();
    }
    const input = {
      contract: chain.contract,
      parent: head,
      block: blockOnWire(header, kind, onWire),
      books: kind === 'token' ? this.store.books : undefined,
      nonceUsed: (sender: string, nonce: string) => {
        const entry = this.store.entryByNonce(kind, sender, nonce);
        return entry !== undefined && entry.sequence < head.header.treeSize;
      },
    };
    const verdict = await verifyInTurns(input, this.signatures);
    if ('fault' in verdict) throw new InvariantError(`our own block is not valid: ${verdict.message}`);
    if (verdict.book !== undefined) assertBalanced(verdict.book);
    return verdict;
  }
}

function timestampOf(entry: StoredEntry | undefined): number {
  if (entry === undefined) return 0;
  return (JSON.parse(entry.leafText) as { timestamp: number }).timestamp;
}
