/** The filter of a listener to GET /events, and the position where it stopped listening. */
import type { Hash } from '../../chain/bytes/bytes.js';
import { InvalidInput } from '../../ledger/errors.js';
import type { Chain } from '../../ledger/chain-store.js';

export const EVENT_TYPES = ['entry', 'block', 'fault', 'status'] as const;
export type EventType = (typeof EVENT_TYPES)[number];
/** `gap` is sent in the place of blocks. */
export type SentEventType = EventType | 'gap';

export interface EventFilter {
  readonly types: ReadonlySet<EventType>;
  /** the id of the one chain that is listened to; undefined: all */
  readonly chain: Hash | undefined;
  /** entries of this wallet alone; undefined: all */
  readonly address: string | undefined;
}

/** The last block that a listener knows, of each chain that it heard of, by the chain's id. */
export type Position = ReadonlyMap<Hash, number>;

/** `aka:12;information:3`: the last block of each chain; a block's own place comes first. */
export function eventId(places: readonly (readonly [chain: string, index: number])[]): string {
  return places.map(([chain, index]) => `${chain}:${index}`).join(';');
}

const PLACE = /^([a-z][a-z0-9-]{0,31}):(0|[1-9][0-9]{0,14})$/;

/**
 * The position in a `Last-Event-ID`. A chain that isn't here is left out: a browser that comes back to a node that was
 * set up again would take an error for the end.
 * @throws InvalidInput for what is none of ours
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
