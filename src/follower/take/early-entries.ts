/**
 * Verifies the upstream's pending transactions before its next block, so that little is left to do when the block
 * arrives. They are not trusted: they count only if the block contains them, byte for byte, and are dropped otherwise.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ENTRIES_FIELD } from '../../chain/block/block.js';
import { cutEntries, entryText } from '../../chain/block/block-text.js';
import { blockEntriesMax } from '../../chain/contract/contract.js';
import type { Entry } from '../../chain/entry/entry.js';
import { isFault } from '../../chain/faults.js';
import { asFields } from '../../chain/bytes/fields.js';
import { parsePiece } from '../../chain/bytes/json-list.js';
import {
  checkEntries,
  openHeader,
  type ParentState,
  type VerifiedBlock,
} from '../../chain/block/verify-block.js';
import { blockText } from '../../ledger/block-json.js';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { TokenChainStore } from '../../ledger/chain-store.js';
import { AheadVerifier, type AheadInput } from '../../signatures/ahead-verifier.js';
import type { SignatureChecker } from '../../signatures/signature-checker.js';
import { inTurns } from '../loop/in-turns.js';
import { jsonIn, UpstreamUnreachable } from '../upstream/upstream.js';
import type { Upstream } from '../upstream/upstream-port.js';
import { isAborted, sleep, type Clock } from '../../ledger/clock.js';

/** It is worth the effort if the previous block had at least this many entries: a few milliseconds of work. */
const ENTRIES_MIN = 200;
const POLL_MS = 200;
/** After this many polls without new entries, it stops until the next block. */
const EMPTY_POLLS_MAX = 5;
/** The pause after an answer that is not such a list: the upstream is a follower, or limits the request rate. */
const REST_MS = 60_000;
/** A few milliseconds of work. */
const ENTRIES_PER_TURN = 256;
/** The limit for the entries' texts: as much as our producers put into a block. */
const CHARACTERS_MAX = 16 * 1024 * 1024;

const BEGIN = `,"${ENTRIES_FIELD.token}":[`;
/** A header takes about 600 characters. */
const HEADER_TEXT_MAX = 1024;

export class EarlyEntries {
  private readonly logger = new Logger('Follower');
  private expected: { readonly block: EarlyBlock; readonly over: AbortController } | undefined;
  /** on the steady clock */
  private restUntil = -Infinity;

  constructor(
    private readonly upstream: Pick<Upstream, 'pending'>,
    private readonly store: TokenChainStore,
    private readonly signatures: SignatureChecker,
    private readonly clock: Clock,
  ) {}

  /**
   * Begins to verify the entries of the next block; the chain must be level with the upstream.
   * @param ref the chain's id in requests to the upstream; undefined if it is the upstream's first token chain
   */
  expectBlock(ref: Hash | undefined, stop: AbortSignal): void {
    this.end();
    const { store, signatures } = this;
    const parent = store.head();
    const { index, treeSize } = parent.header;
    const entries = treeSize - (store.header(index - 1)?.treeSize ?? 0);
    if (entries < ENTRIES_MIN || this.clock.elapsed() < this.restUntil) return;
    const block = new EarlyBlock({ chain: store.chain, parent, books: store.books }, signatures);
    const over = new AbortController();
    this.expected = { block, over };
    const abort = (): void => over.abort();
    stop.addEventListener('abort', abort);
    if (stop.aborted) abort();
    void this.poll(block, ref, over.signal).finally(() => stop.removeEventListener('abort', abort));
  }

  /** Returns the verified block of this text; undefined if it must be verified like any other. */
  async take(text: string, parent: ParentState): Promise<VerifiedBlock | undefined> {
    const block = this.end();
    return block?.parent.header.hash === parent.header.hash ? block.finish(text) : undefined;
  }

  /** Stops polling. @returns the block that was expected */
  private end(): EarlyBlock | undefined {
    const { expected } = this;
    this.expected = undefined;
    expected?.over.abort();
    return expected?.block;
  }

  /** Polls until the block arrives, or no new entries do. */
  private async poll(block: EarlyBlock, ref: Hash | undefined, over: AbortSignal): Promise<void> {
    try {
      for (let empty = 0; empty < EMPTY_POLLS_MAX && !block.isFull;) {
        await sleep(this.clock, POLL_MS, `early:${this.store.chain.name}`, over);
        // Checked after each wait, since the store may be closed by then.
        if (isAborted(over)) return;
        const before = block.count;
        const values = await this.upstream.pending(block.index, block.next, over, ref);
        let place = 0;
        for (const value of values) {
          if (place++ % ENTRIES_PER_TURN === 0) await nextTurn();
          if (isAborted(over)) return;
          block.take(value);
        }
        empty = block.count > before ? 0 : empty + 1;
      }
    } catch (error) {
      if (isAborted(over)) return;
      this.restUntil = this.clock.elapsed() + REST_MS;
      const message = `the next block's entries aren't verified early: ${String(error)}`;
      if (error instanceof UpstreamUnreachable) {
        this.logger.debug(message);
      } else {
        // Reading the books failed, perhaps in the middle of an entry: the block must be verified from its beginning.
        this.end();
        this.logger.warn(message);
      }
    }
  }
}

/** A block whose entries arrive before it. */
export class EarlyBlock {
  private readonly ahead: AheadVerifier;
  private readonly entries: Entry[] = [];
  /** their wire forms, with commas in between */
  private text = '';

  constructor(
    private readonly input: AheadInput,
    checker: SignatureChecker,
  ) {
    this.ahead = new AheadVerifier(input, checker);
  }

  get parent(): ParentState {
    return this.input.parent;
  }

  get index(): number {
    return this.parent.header.index + 1;
  }

  get count(): number {
    return this.entries.length;
  }

  /** Whether no more entries are taken: a block can't have more, or one of them is faulty. */
  get isFull(): boolean {
    return (
      this.ahead.isFaulty ||
      this.count >= blockEntriesMax(this.input.chain.contract) ||
      this.text.length >= CHARACTERS_MAX
    );
  }

  /** The sequence of the next entry. */
  get next(): number {
    return this.parent.header.treeSize + this.count;
  }

  /** @param value the next entry's wire form, parsed */
  take(value: unknown): void {
    const entry = this.isFull ? undefined : this.ahead.take(value);
    if (entry === undefined) return;
    const text = entryText(entry);
    this.text += this.count === 0 ? text : `,${text}`;
    this.entries.push(entry);
  }

  /** Returns the verified block of this text; undefined if anything is not as expected. */
  async finish(text: string): Promise<VerifiedBlock | undefined> {
    const { contract } = this.input.chain;
    const at = text.slice(0, HEADER_TEXT_MAX).indexOf(BEGIN);
    const from = at + BEGIN.length;
    if (at === -1 || this.count === 0 || !text.startsWith(this.text, from)) return undefined;
    // The entries that arrived after the last poll, as a block of their own.
    const rest = text.slice(from + this.text.length);
    const late = `{${BEGIN.slice(1)}${rest.startsWith(',') ? rest.slice(1) : rest}`;
    const list = await inTurns(cutEntries(late, contract));
    const fields = asFields(jsonIn(`${text.slice(0, at)}}`));
    if (fields === undefined || list.count === undefined) return undefined;
    // Before any entry is parsed, so that only the producer can make this node do that work.
    const header = openHeader(fields, contract, this.parent, this.count + list.count);
    if (isFault(header)) return undefined;
    for (const piece of list.pieces) {
      await nextTurn();
      for (const value of parsePiece(late, piece) ?? []) this.take(value);
    }
    const end = await this.ahead.end();
    if (isFault(end) || checkEntries(header, end) !== undefined) return undefined;
    // This catches what JSON.parse accepts and the protocol (section 1) does not.
    const isAsSent = text === blockText(header, 'token', this.text);
    return isAsSent ? { header, entries: this.entries, ...end } : undefined;
  }
}
