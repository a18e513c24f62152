import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';
import { Interrupted } from '../../ledger/errors.js';
import { askSecretOn } from './terminal.js';

class FakeInput extends EventEmitter {
  raw = false;
  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }
  setEncoding(): this {
    return this;
  }
  pause(): this {
    return this;
  }
  resume(): this {
    return this;
  }
}

function ask(): { input: FakeInput; output: () => string; answer: Promise<string> } {
  const input = new FakeInput();
  let written = '';
  const output = { write: (text: string) => (written += text) };
  const question = askSecretOn(input as unknown as ReadStream, output as unknown as WriteStream);
  return { input, output: () => written, answer: question('Passphrase: ') };
}

describe('a question on the terminal', () => {
  it('shows nothing of what is typed, and restores the terminal', async () => {
    const { input, output, answer } = ask();
    expect(input.raw).toBe(true);
    for (const data of ['s', 'ex\u007f', 'cr', '\u001b', 'ü\u{1f600}\r', 'more']) input.emit('data', data);
    expect(await answer).toBe('secrü\u{1f600}');
    expect([output(), input.raw, input.listenerCount('data')]).toEqual(['Passphrase: \n', false, 0]);
  });

  it('takes back a line', async () => {
    const { input, answer } = ask();
    input.emit('data', 'wrong\u0015right\n');
    expect(await answer).toBe('right');
  });

  it('ends at Ctrl-C, and when the terminal goes away', async () => {
    for (const [event, data] of [
      ['data', 'abc\u0003'],
      ['end', undefined],
    ] as const) {
      const { input, answer } = ask();
      input.emit(event, data);
      await expect(answer).rejects.toBeInstanceOf(Interrupted);
      expect(input.raw).toBe(false);
    }
  });
});
