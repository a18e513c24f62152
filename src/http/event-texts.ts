/** Events as JSON text, each made once however many listen. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { SealedHeader } from '../chain/block.js';
import type { ChainKind } from '../chain/contract.js';
import { LedgerStore } from '../ledger/store.js';
import type { EntryEvent, FaultEvent } from '../ledger/node-events.js';
import { ChainReader, placedEntryText } from './chain-reader.js';
import { headerDto } from './header-dto.js';
import { TransactionStates } from './transaction-states.js';

/** Blocks whose text is kept: who comes back has most often missed the last few. */
const BLOCKS_KEPT_MAX = 64;

@Injectable()
export class EventTexts {
  private readonly blocks = new LRUCache<string, string>({ max: BLOCKS_KEPT_MAX });
  private readonly entries = new WeakMap<EntryEvent, string>();
  private readonly faults = new WeakMap<FaultEvent, string>();

  constructor(
    private readonly store: LedgerStore,
    private readonly reader: ChainReader,
    private readonly states: TransactionStates,
  ) {}

  block(kind: ChainKind, header: SealedHeader): string {
    const key = `${kind}:${header.index}`;
    let text = this.blocks.get(key);
    if (text === undefined) {
      const before = header.index === 1 ? 0 : (this.store.header(kind, header.index - 1)?.treeSize ?? 0);
      const entries = header.treeSize - before;
      text = JSON.stringify({ chain: this.name(kind), kind, block: headerDto(header), entries });
      this.blocks.set(key, text);
    }
    return text;
  }

  /** As GET /transactions/:id and /information/:id give it, at the moment at which it is first asked for. */
  entry(event: EntryEvent): string {
    let text = this.entries.get(event);
    if (text === undefined) {
      const { kind, entry } = event;
      const { treeSize } = this.reader.view(kind).head;
      const shown =
        kind === 'token' ? this.states.text(entry, treeSize) : placedEntryText(entry, kind, treeSize);
      text = `{"chain":${JSON.stringify(this.name(kind))},"kind":"${kind}","entry":${shown}}`;
      this.entries.set(event, text);
    }
    return text;
  }

  /** Without the evidence, which may be long: GET /faults has it. */
  fault(event: FaultEvent): string {
    let text = this.faults.get(event);
    if (text === undefined) {
      const { detectedAt, evidence: _evidence, ...rest } = event.fault;
      text = JSON.stringify({ ...rest, detected_at: detectedAt });
      this.faults.set(event, text);
    }
    return text;
  }

  name(kind: ChainKind): string {
    return this.reader.chain(kind).contract.name;
  }
}
