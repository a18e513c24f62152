/** The filter of a listener to GET /events, and the position from which it resumes. */
import type { Hash } from '../../chain/bytes/bytes.js';
import { InvalidInput } from '../../ledger/errors.js';
import type { Chain } from '../../ledger/chain-store.js';

export const EVENT_TYPES = ['entry', 'block', 'witnessed', 'fault', 'status'] as const;
export type EventType = (typeof EVENT_TYPES)[number];
/** `gap` is sent in place of blocks. */
export type SentEventType = EventType | 'gap';

export interface EventFilter {
  readonly types: ReadonlySet<EventType>;
  /** the id of the only chain whose events are sent; undefined: all */
  readonly chain: Hash | undefined;
  /** the only wallet whose entries are sent; undefined: all */
  readonly address: string | undefined;
}

/** The last block that a listener received of each chain, keyed by the chain's id. */
export type Position = ReadonlyMap<Hash, number>;

/** `aka:12;information:3`: the last block of each chain; for a block event, the block itself comes first. */
export function eventId(places: readonly (readonly [chain: string, index: number])[]): string {
  return places.map(([chain, index]) => `${chain}:${index}`).join(';');
}

const PLACE = /^([a-z][a-z0-9-]{0,31}):(0|[1-9][0-9]{0,14})$/;

/**
 * Parses the position in a `Last-Event-ID`. Unknown chains are ignored: after an error, a browser would not
 * reconnect to a node that has been set up from scratch.
 * @throws InvalidInput if it is not an id that this node sends
 */
export function parsePosition(id: string, chains: readonly Chain[]): Position {
  const position = new Map<Hash, number>();
  for (const part of id.split(';')) {
    const match = PLACE.exec(part);
    if (match === null) {
      const message = `must be the id of an event, such as aka:12;information:3 (found ${JSON.stringify(part)})`;
      throw new InvalidInput([{ field: 'Last-Event-ID', message }]);
    }
    const [, name, index] = match;
    const chain = chains.find((each) => each.name === name);
    if (chain !== undefined) position.set(chain.id, Number(index));
  }
  return position;
}
