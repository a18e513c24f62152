/** Server-sent events (WHATWG HTML, section 9.2) from lines of a stream. */
import { LineSplitter } from './lines.js';

export interface ServerEvent {
  readonly type: string;
  /** the value for `Last-Event-ID` to continue from here */
  readonly id: string | undefined;
  readonly data: string;
}

/** The longest is that of an information record: 64 KiB of canonical JSON, and its leaf. */
const EVENT_BYTES_MAX = 1_048_576;

/** A line or the data of an event is longer than any event of a node. */
export class EventsTooLong extends Error {
  constructor() {
    super('sends an event that is too long');
  }
}

/** @throws EventsTooLong, and what `pieces` throws */
export async function* serverEvents(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent, void, void> {
  const splitter = new LineSplitter(EVENT_BYTES_MAX);
  const parser = new ServerEventParser();
  for await (const piece of pieces) {
    for (const line of splitter.push(piece)) {
      const event = parser.take(new TextDecoder().decode(line));
      if (event !== undefined) yield event;
      if (parser.size > EVENT_BYTES_MAX) throw new EventsTooLong();
    }
    if (splitter.overflowed) throw new EventsTooLong();
  }
}

/** Parses a stream line by line; an event ends with an empty line. */
class ServerEventParser {
  private type = '';
  private data: string[] = [];
  private length = 0;
  private id: string | undefined;

  /** The number of characters in the current event's data. */
  get size(): number {
    return this.length;
  }

  /** @param line without its line feed. @returns the event that ends with it */
  take(line: string): ServerEvent | undefined {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '') return this.end();
    const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(text) ?? [];
    if (field === 'event') this.type = value;
    else if (field === 'data') this.add(value);
    else if (field === 'id') this.id = value;
    return undefined;
  }

  private add(value: string): void {
    this.data.push(value);
    this.length += value.length + 1;
  }

  private end(): ServerEvent | undefined {
    const event = { type: this.type === '' ? 'message' : this.type, id: this.id, data: this.data.join('\n') };
    const isEvent = this.data.length > 0;
    this.type = '';
    this.data = [];
    this.length = 0;
    return isEvent ? event : undefined;
  }
}
