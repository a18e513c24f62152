/** The books of a chain under audit: in the scratch, with what changed of late in memory. */
import { Book, type BookChanges, type BookSource } from '../chain/book.js';
import type { TokenContract } from '../chain/contract.js';
import type { AuditScratch } from './audit.js';

/** Wallets and holds in memory, besides those of one block: some 40 MB of them. */
const RECENT_MAX = 65_536;

export class AuditBooks {
  private recent: Book;
  /** at least as many as there are wallets and holds in `recent` */
  private recentCount = 0;

  /** @param genesis what the contract begins with */
  constructor(
    private readonly scratch: AuditScratch,
    private readonly contract: TokenContract,
    genesis: BookChanges,
    private readonly recentMax = RECENT_MAX,
  ) {
    scratch.putBooks(genesis);
    this.recent = new Book(scratch, contract);
  }

  /** At the last block that was taken. Not to be kept over {@link take} or {@link flush}. */
  get current(): BookSource {
    return this.recent;
  }

  /** @param layer over `current` */
  take(layer: Book): void {
    this.recent.absorb(layer);
    this.recentCount += countOf(layer.changes());
    if (this.recentCount <= this.recentMax) return;
    // What several blocks touched was counted as often: before anything is written, the count is made exact.
    const changes = this.recent.changes();
    this.recentCount = countOf(changes);
    if (this.recentCount > this.recentMax / 2) this.write(changes);
  }

  /** An address that an entry names has a row, even where nothing ever touches its wallet. */
  name(address: string): void {
    if (this.recent.wallet(address) === undefined) this.scratch.nameWallet(address);
  }

  /** Brings everything into the scratch. */
  flush(): void {
    this.write(this.recent.changes());
  }

  private write(changes: BookChanges): void {
    this.scratch.putBooks(changes);
    this.recent = new Book(this.scratch, this.contract);
    this.recentCount = 0;
  }
}

function countOf({ wallets, holds }: BookChanges): number {
  return wallets.length + holds.length;
}
