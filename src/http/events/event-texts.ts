/** Events as JSON text, serialized once for all listeners. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { SealedHeader } from '../../chain/block/block.js';
import { isTokenStore, type AnyChainStore } from '../../ledger/chain-store.js';
import type { EntryEvent, FaultEvent, WitnessedEvent } from '../../ledger/node-events.js';
import { Cosignatures } from '../../ledger/cosignatures.js';
import { ChainReader, placedEntryText } from '../chains/chain-reader.js';
import { headerDto } from '../openapi/header-dto.js';
import { TransactionStates } from '../entries/transaction-states.js';
import type { BlockEventDto, WitnessedEventDto } from '../dto/events.dto.js';
import type { FaultEventDto } from '../dto/node.dto.js';

/** Number of blocks whose text is cached: a reconnecting listener has usually missed only the last few. */
const BLOCKS_KEPT_MAX = 64;

@Injectable()
export class EventTexts {
  private readonly blocks = new LRUCache<string, string>({ max: BLOCKS_KEPT_MAX });
  private readonly entries = new WeakMap<EntryEvent, string>();
  private readonly faults = new WeakMap<FaultEvent, string>();

  constructor(
    private readonly reader: ChainReader,
    private readonly states: TransactionStates,
    private readonly cosignatures: Cosignatures,
  ) {}

  block(store: AnyChainStore, header: SealedHeader): string {
    let text = this.blocks.get(header.hash);
    if (text === undefined) {
      const { name, contract } = store.chain;
      const before = header.index === 1 ? 0 : (store.header(header.index - 1)?.treeSize ?? 0);
      const entries = header.treeSize - before;
      const data: BlockEventDto = { chain: name, kind: contract.kind, block: headerDto(header), entries };
      text = JSON.stringify(data);
      this.blocks.set(header.hash, text);
    }
    return text;
  }

  /** The answer of GET /transactions/:id or /information/:id, as of the first call for this event. */
  entry(event: EntryEvent): string {
    let text = this.entries.get(event);
    if (text === undefined) {
      const { chain, entry } = event;
      const { name, contract } = chain;
      const store = this.reader.named(chain.id);
      const { treeSize } = store.head().header;
      const shown = isTokenStore(store)
        ? this.states.text(store, entry, treeSize)
        : placedEntryText(entry, contract.kind, {
            sealed: treeSize,
            witnessed: this.cosignatures.witnessedSize(store),
          });
      text = `{"chain":${JSON.stringify(name)},"kind":"${contract.kind}","entry":${shown}}`;
      this.entries.set(event, text);
    }
    return text;
  }

  witnessed({ chain, size }: WitnessedEvent): string {
    const { name, contract } = chain;
    const block = this.reader.named(chain.id).headerOfSize(size)?.index ?? 1;
    const data: WitnessedEventDto = { chain: name, kind: contract.kind, block, size };
    return JSON.stringify(data);
  }

  /** Without the evidence, which may be long: GET /faults returns it. */
  fault(event: FaultEvent): string {
    let text = this.faults.get(event);
    if (text === undefined) {
      const { detectedAt, evidence: _evidence, ...rest } = event.fault;
      const data: FaultEventDto = {
        ...rest,
        detected_at: detectedAt,
        ...(event.isConviction ? { frozen: true } : {}),
      };
      text = JSON.stringify(data);
      this.faults.set(event, text);
    }
    return text;
  }
}
