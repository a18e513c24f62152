/** Reads server-sent events, as a program that has no library for them would. */

export interface ServerEvent {
  readonly type: string;
  readonly id: string | undefined;
  readonly data: Record<string, unknown>;
}

export class EventReader {
  readonly events: ServerEvent[] = [];
  comments = 0;
  ended = false;
  private constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {
    void this.read().catch(() => undefined);
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return new EventReader(response, abort);
  }

  of(type: string): ServerEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const piece of this.response.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(piece, { stream: true });
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) this.take(part);
      }
    } finally {
      this.ended = true;
    }
  }

  private take(part: string): void {
    const fields = new Map<string, string>();
    for (const line of part.split('\n').filter((one) => one !== '')) {
      if (line.startsWith(':')) this.comments++;
      const [, name = '', value = ''] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
      fields.set(name, value);
    }
    const data = fields.get('data') ?? '';
    const type = fields.get('event');
    if (type === undefined || data === '') return;
    this.events.push({ type, id: fields.get('id'), data: JSON.parse(data) as Record<string, unknown> });
  }
}
