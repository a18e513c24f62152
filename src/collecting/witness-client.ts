/** Asks a witness for a cosignature (C2SP tlog-witness), and believes nothing: its answer is bounded in size and in time. */
import { HttpService } from '@nestjs/axios';
import { parseConflict, readCosignatures } from '../chain/note/add-checkpoint.js';
import { cosignatureOf } from '../chain/note/cosignature.js';
import type { NoteSignature } from '../chain/note/signed-note.js';
import type { VerifierKey } from '../chain/note/verifier-key.js';
import type { Clock } from '../ledger/clock.js';
import { ADD_CHECKPOINT, WITNESS_ANSWER_BYTES_MAX, WITNESS_ANSWER_MS_MAX } from '../ledger/witness-limits.js';
import { PeerFailure, readAll, receive } from '../peer/receive.js';

/** How far a witness's clock may be ahead of this node's. */
const AHEAD_SECONDS_MAX = 600;

export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly cosignatures: readonly NoteSignature[] }
  /** the size that it cosigned last is another */
  | { readonly kind: 'conflict'; readonly size: number }
  /** No cosignature, and why. A log that is misconfigured fails in the same way until somebody corrects it. */
  | { readonly kind: 'failed'; readonly reason: WitnessFailure; readonly message: string };

export type WitnessFailure = 'unreachable' | 'busy' | 'refused' | 'invalid';

export interface WitnessClientOptions {
  /** without a slash at the end */
  readonly url: string;
  readonly key: VerifierKey;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** how requests are sent; by default as usual */
  readonly http?: HttpService | undefined;
}

const HTTP = new HttpService();

class TooLong extends Error {}

export class WitnessClient {
  constructor(private readonly options: WitnessClientOptions) {}

  /** @param checkpointText what is to be cosigned, without signatures. Never throws. */
  async ask(body: string, checkpointText: string): Promise<WitnessAnswer> {
    const { clock, stop } = this.options;
    const late = new AbortController();
    // Bytes that come slowly extend what one wait may take, but not this.
    const cancel = clock.after(WITNESS_ANSWER_MS_MAX, () => late.abort());
    try {
      const { status, text } = await this.post(body, AbortSignal.any([late.signal, stop]));
      return this.read(status, text, checkpointText);
    } catch (error) {
      if (error instanceof TooLong) return failed('invalid', error.message);
      if (!(error instanceof PeerFailure)) throw error;
      const message = late.signal.aborted ? `no answer within ${WITNESS_ANSWER_MS_MAX} ms` : error.message;
      return failed('unreachable', message);
    } finally {
      cancel();
    }
  }

  private async post(body: string, stop: AbortSignal): Promise<{ status: number; text: string }> {
    let status = 0;
    const pieces = receive(this.options.http ?? HTTP, {
      url: this.options.url,
      path: ADD_CHECKPOINT,
      headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Accept-Encoding': 'identity' },
      post: body,
      limits: { totalMs: WITNESS_ANSWER_MS_MAX, silenceMs: WITNESS_ANSWER_MS_MAX, bytesPerSecondMin: 0 },
      stop,
      clock: this.options.clock,
      begin: (answer) => (status = answer.status),
    });
    const tooLong = (): Error =>
      new TooLong(`the answer is longer than ${WITNESS_ANSWER_BYTES_MAX} bytes (status ${status})`);
    const bytes = await readAll(pieces, WITNESS_ANSWER_BYTES_MAX, tooLong);
    return { status, text: Buffer.from(bytes).toString('utf8') };
  }

  private read(status: number, text: string, checkpointText: string): WitnessAnswer {
    if (status === 200) return this.readCosignatures(text, checkpointText);
    const size = status === 409 ? parseConflict(text) : undefined;
    if (size !== undefined) return { kind: 'conflict', size };
    const isBusy = status === 429 || status >= 500;
    return failed(isBusy ? 'busy' : 'refused', `status ${status}: ${shortened(text)}`);
  }

  private readCosignatures(text: string, checkpointText: string): WitnessAnswer {
    const { key, clock } = this.options;
    const cosignatures = readCosignatures(text, [key], checkpointText);
    if (typeof cosignatures === 'string') return failed('invalid', cosignatures);
    const latest = clock.now() / 1000 + AHEAD_SECONDS_MAX;
    const isAhead = cosignatures.some(({ signature }) => (cosignatureOf(signature)?.time ?? 0) > latest);
    return isAhead
      ? failed('invalid', 'the cosignature is dated later than now')
      : { kind: 'cosigned', cosignatures };
  }
}

function failed(reason: WitnessFailure, message: string): WitnessAnswer {
  return { kind: 'failed', reason, message };
}

const SHOWN_MAX = 200;

/** Of an answer from outside, for the log: one line, and what is not printed is written as an escape. */
function shortened(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_MAX).toWellFormed().trim());
}
