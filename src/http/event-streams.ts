/** One listener to GET /events each: what it missed, then what happens, as server-sent events. */
import { Injectable, type MessageEvent, type OnModuleDestroy } from '@nestjs/common';
import { Observable, type Subscriber } from 'rxjs';
import type { ChainKind } from '../chain/contract.js';
import { NodeEvents, type EntryEvent, type NodeEvent } from '../ledger/node-events.js';
import { Unavailable } from '../ledger/errors.js';
import { LedgerStore } from '../ledger/store.js';
import { eventId, type EventFilter, type EventType, type Position } from './event-filter.js';
import { EventTexts } from './event-texts.js';
import { StatusReports } from './status-reports.js';

/** Blocks that are sent again to who comes back; who missed more is told to page. */
export const REPLAY_BLOCKS_MAX = 1000;
/** Some ten kilobytes each. */
const STREAMS_MAX = 10_000;
const RETRY_SECONDS = 30;
const HEADERS_PER_READ = 100;
const KEEP_ALIVE_MS = 15_000;
/** Entries a second for who asks for all of them: a flood would cost the node more than it tells. */
const ENTRIES_PER_SECOND_MAX = 200;

@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly open = new Set<Subscriber<MessageEvent>>();

  constructor(
    private readonly store: LedgerStore,
    private readonly events: NodeEvents,
    private readonly texts: EventTexts,
    private readonly reports: StatusReports,
  ) {}

  get count(): number {
    return this.open.size;
  }

  /**
   * @param position what the listener has; undefined: it begins now
   * @throws Unavailable when there are too many already
   */
  stream(filter: EventFilter, position: Position | undefined): Observable<MessageEvent> {
    if (this.open.size >= STREAMS_MAX) {
      throw new Unavailable('TOO_MANY_LISTENERS', `${STREAMS_MAX} listen already`, RETRY_SECONDS);
    }
    return new Observable((subscriber) => {
      const listener = new Listener(filter, this.store, this.texts, (message) => subscriber.next(message));
      this.open.add(subscriber);
      // From here on nothing is missed: no block can be stored between this line and the end of the replay.
      const endEvents = this.events.subscribe((event) => listener.take(event));
      listener.begin(position);
      const endReports = filter.types.has('status')
        ? this.reports.watch((data) => listener.tell('status', data))
        : () => undefined;
      const beat = setInterval(() => subscriber.next({ comment: 'keep-alive' }), KEEP_ALIVE_MS);
      return () => {
        clearInterval(beat);
        endReports();
        endEvents();
        this.open.delete(subscriber);
      };
    });
  }

  /** A node that stops lets its listeners go: they come back with the id of the last block that they saw. */
  onModuleDestroy(): void {
    for (const subscriber of [...this.open]) subscriber.complete();
  }
}

class Listener {
  /** the last block that was sent, of each chain */
  private readonly sent = new Map<ChainKind, number>();
  private second = 0;
  private entriesInSecond = 0;
  private omitted = 0;

  constructor(
    private readonly filter: EventFilter,
    private readonly store: LedgerStore,
    private readonly texts: EventTexts,
    private readonly send: (message: MessageEvent) => void,
  ) {}

  begin(position: Position | undefined): void {
    for (const kind of this.kinds()) {
      const head = this.store.head(kind).header.index;
      this.sent.set(kind, position?.get(kind) ?? head);
    }
    // What makes a browser come back soon after this node was restarted.
    this.send({ type: 'hello', id: this.place(), retry: 1000, data: '' });
    if (this.filter.types.has('block')) for (const kind of this.kinds()) this.catchUp(kind);
  }

  take(event: NodeEvent): void {
    switch (event.type) {
      case 'block':
        if (this.wants('block', event.kind)) this.catchUp(event.kind);
        return;
      case 'entry':
        if (this.wants('entry', event.kind)) this.takeEntry(event);
        return;
      case 'fault':
        if (this.filter.types.has('fault')) this.tell('fault', this.texts.fault(event));
    }
  }

  /** An event that is no block has the place of the last one: from there on a listener that comes back goes on. */
  tell(type: EventType, data: string): void {
    this.send({ type, id: this.place(), data });
  }

  private wants(type: 'block' | 'entry', kind: ChainKind): boolean {
    return this.filter.types.has(type) && this.filter.kinds.has(kind);
  }

  private kinds(): readonly ChainKind[] {
    const kinds = this.store.chains().map(({ contract }) => contract.kind);
    return kinds.filter((kind) => this.filter.kinds.has(kind));
  }

  /** Sends every block from the last one on: a block is read from the store, so none can be missed. */
  private catchUp(kind: ChainKind): void {
    const head = this.store.head(kind).header.index;
    const last = this.sent.get(kind) ?? 0;
    if (head - last > REPLAY_BLOCKS_MAX) {
      const gap = { chain: this.texts.name(kind), from: last + 1, to: head };
      this.sent.set(kind, head);
      this.send({ type: 'gap', id: this.place(kind), data: JSON.stringify(gap) });
      return;
    }
    for (let next = last + 1; next <= head;) {
      for (const header of this.store.headers(kind, next, Math.min(HEADERS_PER_READ, head - next + 1))) {
        this.sent.set(kind, header.index);
        this.send({ type: 'block', id: this.place(kind), data: this.texts.block(kind, header) });
        next = header.index + 1;
      }
    }
  }

  /** @param own the chain that comes first */
  private place(own?: ChainKind): string {
    const places = [...this.sent].sort(([a], [b]) => Number(b === own) - Number(a === own));
    return eventId(places.map(([kind, index]) => [this.texts.name(kind), index] as const));
  }

  private takeEntry(event: EntryEvent): void {
    const { address } = this.filter;
    if (address !== undefined) {
      if (event.addresses.includes(address)) this.tell('entry', this.texts.entry(event));
      return;
    }
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) [this.second, this.entriesInSecond] = [second, 0];
    if (this.entriesInSecond >= ENTRIES_PER_SECOND_MAX) {
      this.omitted++;
      return;
    }
    this.entriesInSecond++;
    const text = this.texts.entry(event);
    this.tell('entry', this.omitted === 0 ? text : withOmitted(text, this.omitted));
    this.omitted = 0;
  }
}

function withOmitted(text: string, omitted: number): string {
  return `${text.slice(0, -1)},"omitted":${omitted}}`;
}
