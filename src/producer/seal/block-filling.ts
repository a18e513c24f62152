/** Verifies the next block's entries while the block fills, so that little is left to do at its seal. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SealedHeader } from '../../chain/block/block.js';
import { isFault, type Fault } from '../../chain/faults.js';
import type { Fields } from '../../chain/bytes/fields.js';
import { kindOf } from '../../chain/contract/kinds.js';
import { verifyHeader, type EntriesEnd } from '../../chain/block/verify-block.js';
import { assertBalanced } from '../../ledger/current-books.js';
import { InvariantError } from '../../ledger/errors.js';
import { booksOf, erasureTargetsOf } from '../../ledger/chain-store.js';
import { AheadVerifier } from '../../signatures/ahead-verifier.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import type { ChainState } from '../chain/chain-state.js';

/** Uses the followers' own verification on the data that they will receive: entries as they are stored, not as intake had them. */
export class BlockFilling {
  /** A faulty entry is reported at the seal, which stops the process. */
  private ahead!: AheadVerifier;
  private turns: Promise<void> | undefined;

  constructor(
    private readonly state: ChainState,
    private readonly checker: SignatureChecker,
  ) {
    this.begin();
  }

  /** Begins with the block after the head. */
  begin(): void {
    const { state, checker } = this;
    const { chain, head } = state;
    const books = booksOf(state.store);
    const erasureTarget = erasureTargetsOf(state.store, head.header.treeSize);
    this.ahead = new AheadVerifier({ chain, parent: head, books, erasureTarget }, checker);
  }

  /** Entries of the next block may have arrived: verifies them in between other work. */
  wake(): void {
    // Runs after queued work, such as the answers to the clients that sent these entries.
    this.turns ??= nextTurn()
      .then(() => this.fill())
      // The seal will meet the same error, and handles it.
      .catch(() => undefined)
      .finally(() => {
        this.turns = undefined;
      });
  }

  /**
   * Verifies what is left of the closed block's entries.
   * @throws InvariantError if one has a fault, which is our own
   */
  async finish(): Promise<EntriesEnd> {
    await this.turns;
    await this.fill();
    const end = await this.ahead.end();
    if (isFault(end)) throw notValid(end);
    if (end.book !== undefined) assertBalanced(end.book);
    return end;
  }

  /**
   * Verifies the header of a block with the entries of {@link finish}.
   * @param wire as followers receive it, without the entries
   * @throws InvariantError
   */
  verifyHeader(wire: Fields, end: EntriesEnd): SealedHeader {
    const { chain, head } = this.state;
    const header = verifyHeader(wire, chain.contract, head, end);
    if (isFault(header)) throw notValid(header);
    return header;
  }

  private async fill(): Promise<void> {
    const { state } = this;
    // About as many as a group commit has: a block that fills at full speed is verified as fast as it fills.
    const perTurn = kindOf(state.chain.contract).entriesPerTurn;
    for (;;) {
      // Read again in each turn: meanwhile, the block may have been sealed and the next one begun.
      const { ahead } = this;
      const left = (state.plan.first()?.entries ?? 0) - ahead.verified;
      if (left <= 0 || ahead.isFaulty) return;
      const from = state.head.header.treeSize + ahead.verified;
      this.take(state.store.entriesOnWire(from, from + Math.min(left, perTurn)));
      if (left > perTurn) await nextTurn();
    }
  }

  private take(entries: Uint8Array): void {
    const text = new TextDecoder().decode(entries);
    try {
      for (const entry of JSON.parse(`[${text}]`) as readonly unknown[]) this.ahead.take(entry);
    } catch (error) {
      // Reading the books failed, perhaps in the middle of an entry: a retry starts from the beginning.
      this.begin();
      throw error;
    }
  }
}

function notValid({ message }: Fault): InvariantError {
  return new InvariantError(`our own block is not valid: ${message}`);
}
