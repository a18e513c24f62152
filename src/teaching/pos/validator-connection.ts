/** One connection: the prompts of pos.py, word for word. */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.js';
import { parseInt10 } from './blocks.js';
import { INPUT_BYTES_MAX, LineInput } from './line-input.js';
import type { PosGame, Validator } from './pos-game.js';

const ASK_BALANCE = 'Enter token balance:';
const ASK_BPM = '\nEnter a new BPM:';
const BALANCE_EXPECTED = `The token balance must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}.`;
/** The time to wait for the balance. */
const SILENCE_MS = 60_000;
/** The maximum unread data of a client, in addition to one chain of any length. */
const UNREAD_BYTES_MAX = 1024 * 1024;
const KEEP_ALIVE_MS = 60_000;
/** The time for a last text to be read, while data from the client is dropped. */
const LINGER_MS = 2000;

export class ValidatorConnection {
  private validator: Validator | undefined;
  /** the length of the texts that were sent; the chain's are ASCII */
  private longest = 0;
  private readonly input: LineInput;
  private readonly cancelSilence: () => void;

  /** @param gone is notified of the end, once */
  constructor(
    private readonly socket: Socket,
    private readonly game: PosGame,
    private readonly clock: Clock,
    gone: () => void,
  ) {
    this.input = new LineInput(
      clock,
      (input) => this.take(input),
      () => this.finish(`\nAn input has at most ${INPUT_BYTES_MAX} bytes.\n`),
    );
    this.cancelSilence = clock.after(SILENCE_MS, () =>
      this.finish(`\nNo token balance came within ${SILENCE_MS / 1000} s.\n`),
    );
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (data: Buffer) => {
      if (this.isOpen) this.input.add(data);
    });
    socket.on('end', () => {
      if (this.isOpen) this.input.end();
      this.finish('');
    });
    // Every error is followed by 'close', which is all that matters here.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.leave();
      gone();
    });
    this.send(ASK_BALANCE);
  }

  get isValidator(): boolean {
    return this.validator !== undefined;
  }

  /** A client that doesn't read loses its connection, and is not awaited. */
  send(text: string): void {
    if (!this.isOpen) return;
    this.longest = Math.max(this.longest, text.length);
    this.socket.write(text);
    if (this.socket.writableLength > this.longest + UNREAD_BYTES_MAX) this.socket.destroy();
  }

  /** Sends a last text, then ends the connection. */
  finish(text: string): void {
    this.leave();
    if (!this.isOpen) return;
    this.socket.end(text);
    const cancel = this.clock.after(LINGER_MS, () => this.socket.destroy());
    this.socket.once('close', cancel);
  }

  /** The same for a client without unread data: there is no wait. */
  finishAtOnce(text: string): void {
    this.leave();
    if (this.isOpen) this.socket.write(text);
    this.socket.destroySoon();
  }

  private get isOpen(): boolean {
    return this.socket.writable && !this.socket.writableEnded;
  }

  private take(input: string): void {
    if (!this.isOpen) return;
    if (this.validator === undefined) this.takeBalance(input);
    else this.takeBpm(this.validator, input);
  }

  private takeBalance(input: string): void {
    const balance = Number(parseInt10(input) ?? NaN);
    if (!Number.isSafeInteger(balance) || balance < 1) {
      this.send(`\n${BALANCE_EXPECTED}\n${ASK_BALANCE}`);
      return;
    }
    this.cancelSilence();
    this.validator = this.game.join(balance);
    this.send(ASK_BPM);
  }

  private takeBpm(validator: Validator, input: string): void {
    const bpm = parseInt10(input);
    if (bpm === undefined) {
      this.finish('\nA BPM must be a whole number: good bye.\n');
      return;
    }
    this.game.propose(validator, bpm);
    this.send(`${ASK_BPM}\n`);
    this.send(ASK_BPM);
  }

  private leave(): void {
    this.cancelSilence();
    this.input.drop();
    if (this.validator !== undefined) this.game.leave(this.validator);
    this.validator = undefined;
  }
}
