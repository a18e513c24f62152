/** Serves the listeners of GET /events: sends each one the blocks that it missed, then live events. */
import { Inject, Injectable, type MessageEvent, type OnModuleDestroy } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { AnyChainStore, Chain } from '../../ledger/chain-store.js';
import { NodeEvents, type EntryEvent, type NodeEvent } from '../../ledger/node-events.js';
import { every, type Clock } from '../../ledger/clock.js';
import { Unavailable } from '../../ledger/errors.js';
import { LedgerStore } from '../../ledger/store.js';
import { CLOCK } from '../server/core.module.js';
import type { GapEventDto } from '../dto/events.dto.js';
import { eventId, type EventFilter, type EventType, type Position } from './event-filter.js';
import { EventTexts } from './event-texts.js';
import { StatusReports } from './status-reports.js';

/**
 * Most missed blocks of a chain that are sent to a reconnecting client; beyond that,
 * it receives a gap and has to page through them.
 */
export const REPLAY_BLOCKS_MAX = 500;
const STREAMS_MAX = 2000;
const RETRY_SECONDS = 30;
const HEADERS_PER_READ = 100;
const KEEP_ALIVE_MS = 15_000;
/**
 * Limits on entries per second, for all unfiltered listeners together and for each one: a
 * flood would cost the node more than it is worth.
 */
const ENTRIES_PER_SECOND = { all: 5000, each: 200 } as const;

@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly open = new Set<Subscriber<MessageEvent>>();
  private isStopping = false;

  constructor(
    private readonly store: LedgerStore,
    private readonly events: NodeEvents,
    private readonly texts: EventTexts,
    private readonly reports: StatusReports,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param position the listener's last position; undefined: start now
   * @throws Unavailable if there are too many listeners already, or the node is stopping
   */
  stream(filter: EventFilter, position: Position | undefined): Observable<MessageEvent> {
    if (this.isStopping) throw new Unavailable('STOPPING', 'the node is stopping', 5);
    if (this.open.size >= STREAMS_MAX) {
      throw new Unavailable(
        'TOO_MANY_LISTENERS',
        `there are already ${STREAMS_MAX} listeners`,
        RETRY_SECONDS,
      );
    }
    return new Observable((subscriber) => {
      // If anything below fails, everything started before it is cleaned up.
      this.open.add(subscriber);
      subscriber.add(() => this.open.delete(subscriber));
      const send = (message: MessageEvent): void => subscriber.next(message);
      const listener = new Listener(filter, this.store, this.texts, send, this.clock, () =>
        this.entriesPerSecond(),
      );
      // From here on nothing is missed: no block can be stored between this line and the end of the replay.
      subscriber.add(this.events.subscribe((event) => listener.take(event)));
      listener.begin(position);
      subscriber.add(every(this.clock, KEEP_ALIVE_MS, () => send({ comment: 'keep-alive' })));
      if (filter.types.has('status')) {
        subscriber.add(this.reports.watch((data) => listener.emit('status', data)));
      }
    });
  }

  /** Disconnects all listeners: they reconnect with the id of the last block that they received. */
  onModuleDestroy(): void {
    this.isStopping = true;
    for (const subscriber of [...this.open]) subscriber.complete();
  }

  private entriesPerSecond(): number {
    const { all, each } = ENTRIES_PER_SECOND;
    return Math.min(each, Math.max(1, Math.floor(all / this.open.size)));
  }
}

class Listener {
  /** index of the last block that was sent, keyed by the chain's id */
  private readonly sent = new Map<Hash, number>();
  private second = 0;
  private entriesInSecond = 0;
  private omitted = 0;

  constructor(
    private readonly filter: EventFilter,
    private readonly store: LedgerStore,
    private readonly texts: EventTexts,
    private readonly send: (message: MessageEvent) => void,
    private readonly clock: Clock,
    private readonly entriesPerSecond: () => number,
  ) {}

  begin(position: Position | undefined): void {
    for (const store of this.stores()) {
      const head = store.head().header.index;
      // An index beyond the head is not a block of this chain, or not yet.
      this.sent.set(store.chain.id, Math.min(position?.get(store.chain.id) ?? head, head));
    }
    // Makes a browser reconnect soon after a restart of this node.
    this.send({ type: 'hello', id: this.place(), retry: 1000, data: '' });
    if (this.filter.types.has('block')) for (const store of this.stores()) this.catchUp(store);
  }

  take(event: NodeEvent): void {
    switch (event.type) {
      case 'block':
        if (this.wants('block', event.chain)) this.catchUp(this.store.store(event.chain.id));
        return;
      case 'entry':
        if (this.wants('entry', event.chain)) this.takeEntry(event);
        return;
      case 'witnessed':
        if (this.wants('witnessed', event.chain)) this.emit('witnessed', this.texts.witnessed(event));
        return;
      case 'fault':
        if (this.filter.types.has('fault')) this.emit('fault', this.texts.fault(event));
    }
  }

  /**
   * An event other than a block carries the position of the last
   * block, from which a reconnecting listener resumes.
   */
  emit(type: EventType, data: string): void {
    this.send({ type, id: this.place(), data });
  }

  private wants(type: 'block' | 'entry' | 'witnessed', { id }: Chain): boolean {
    return this.filter.types.has(type) && (this.filter.chain === undefined || this.filter.chain === id);
  }

  private stores(): readonly AnyChainStore[] {
    return this.store
      .stores()
      .filter(({ chain }) => this.filter.chain === undefined || this.filter.chain === chain.id);
  }

  /** Sends all blocks after the last one sent. They are read from the store, so none can be missed. */
  private catchUp(store: AnyChainStore | undefined): void {
    if (store === undefined) return;
    const { id, name } = store.chain;
    const head = store.head().header.index;
    const last = this.sent.get(id) ?? 0;
    if (head - last > REPLAY_BLOCKS_MAX) {
      const gap: GapEventDto = { chain: name, from: last + 1, to: head };
      this.sent.set(id, head);
      this.send({ type: 'gap', id: this.place(id), data: JSON.stringify(gap) });
      return;
    }
    for (let next = last + 1; next <= head;) {
      for (const header of store.headers(next, Math.min(HEADERS_PER_READ, head - next + 1))) {
        this.sent.set(id, header.index);
        this.send({ type: 'block', id: this.place(id), data: this.texts.block(store, header) });
        next = header.index + 1;
      }
    }
  }

  /** The id of an event. @param own the chain that comes first */
  private place(own?: Hash): string {
    const chains = this.stores().map(({ chain }) => chain);
    const inOrder = chains.toSorted((a, b) => Number(b.id === own) - Number(a.id === own));
    return eventId(inOrder.map(({ id, name }) => [name, this.sent.get(id) ?? 0] as const));
  }

  private takeEntry(event: EntryEvent): void {
    const { address } = this.filter;
    if (address !== undefined) {
      if (event.addresses.includes(address)) this.emit('entry', this.texts.entry(event));
      return;
    }
    const second = Math.floor(this.clock.elapsed() / 1000);
    if (second !== this.second) [this.second, this.entriesInSecond] = [second, 0];
    if (this.entriesInSecond >= this.entriesPerSecond()) {
      this.omitted++;
      return;
    }
    this.entriesInSecond++;
    const text = this.texts.entry(event);
    this.emit('entry', this.omitted === 0 ? text : withOmitted(text, this.omitted));
    this.omitted = 0;
  }
}

function withOmitted(text: string, omitted: number): string {
  return `${text.slice(0, -1)},"omitted":${omitted}}`;
}
