/** POSTs that can't pay twice: one body and one nonce for all attempts, and "refused" only if that is certain. */
import { OutcomeUnknownError, UnexpectedAnswerError, type BpscError } from './errors.js';
import { sleep, Stopped } from './patience.js';
import type { PreparedRequest } from './prepared-request.js';
import { problemIn, refusalOf, statusText } from './problem.js';
import { unavailable } from './reading.js';
import { isBusy, waitMs, type RetryPolicy } from './retry-policy.js';
import { NoAnswer, type Answer, type Transport } from './transport.js';

export interface SubmitOptions {
  /** Whether it may have been sent before, by an earlier call or by another process: then fewer answers count as a refusal. */
  readonly mayHaveBeenSent?: boolean;
  /** once something was sent, aborting leaves the outcome unknown */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request until it is settled.
 * @param read reads the answer; if it throws, the outcome is unknown
 * @throws RefusedError, UnavailableError: nothing was changed
 * @throws OutcomeUnknownError
 * @throws Stopped when the signal aborted before anything was sent
 */
export async function submit<T>(
  transport: Transport,
  policy: RetryPolicy,
  request: PreparedRequest,
  { mayHaveBeenSent = false, signal }: SubmitOptions,
  read: (answer: Answer) => T,
): Promise<T> {
  const attempts = new Attempts(transport, policy, request, mayHaveBeenSent);
  try {
    const answer = await attempts.untilSettled(signal);
    return read(answer);
  } catch (error) {
    if (error instanceof UnexpectedAnswerError || (error instanceof Stopped && attempts.mayHaveArrived)) {
      throw new OutcomeUnknownError(request, error.message, { cause: error });
    }
    throw error;
  }
}

class Attempts {
  constructor(
    private readonly transport: Transport,
    private readonly policy: RetryPolicy,
    private readonly request: PreparedRequest,
    /** whether an earlier attempt may have been accepted without an answer */
    public mayHaveArrived: boolean,
  ) {}

  /** @returns an answer of status 200 or 201 */
  async untilSettled(signal: AbortSignal | undefined): Promise<Answer> {
    const { path, body } = this.request;
    for (let failures = 0; ; failures++) {
      if (signal?.aborted === true) throw new Stopped('stopped');
      let answer: Answer | undefined;
      let failed: NoAnswer | undefined;
      try {
        answer = await this.transport.post(path, body, signal);
      } catch (error) {
        if (error instanceof Stopped) this.mayHaveArrived = true;
        if (!(error instanceof NoAnswer)) throw error;
        failed = error;
      }
      if (answer !== undefined && !isBusy(answer)) return this.settled(answer);
      // A node refuses before it changes anything; a proxy's 503 says nothing about the node behind it.
      this.mayHaveArrived ||=
        failed?.mayHaveArrived ?? (answer?.status === 503 && problemIn(answer) === undefined);
      if (failures >= this.policy.retries) throw this.exhausted(failed, answer);
      await sleep(this.policy.clock, waitMs(this.policy, failures, answer), signal);
    }
  }

  private settled(answer: Answer): Answer {
    const { status } = answer;
    if (status === 200 || status === 201) return answer;
    const { path, nonce } = this.request;
    const refusal = refusalOf(answer, path, nonce);
    if (this.isRefusal(answer)) throw refusal;
    throw this.unknown(refusal.detail, refusal);
  }

  /**
   * Once an attempt got no answer, only a refusal by the chain's own rules is conclusive: the node looks up the nonce
   * first, and would have repeated its first answer. A wrong token or a proxy's 404 says nothing about that attempt.
   */
  private isRefusal(answer: Answer): boolean {
    const { status } = answer;
    if (this.mayHaveArrived) return status === 422 && problemIn(answer) !== undefined;
    return status < 500 && status !== 408;
  }

  private exhausted(failed: NoAnswer | undefined, answer: Answer | undefined): BpscError {
    const { path, nonce } = this.request;
    const reason = failed?.message ?? (answer === undefined ? 'no answer' : statusText(answer));
    if (this.mayHaveArrived) return this.unknown(reason, failed);
    if (answer !== undefined) return refusalOf(answer, path, nonce);
    return unavailable(this.transport.url, path, failed ?? new NoAnswer(reason, false));
  }

  private unknown(reason: string, cause: unknown): OutcomeUnknownError {
    const where = `${this.transport.url}: ${this.request.path}: ${reason}`;
    return new OutcomeUnknownError(this.request, where, { cause });
  }
}
