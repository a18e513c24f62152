/** Collects signatures while entries are verified, and has them checked in the background. */
import type { SignatureCheck } from '../chain/books/wallet-rules.js';
import type { SignatureChecker, SignedText } from './signature-checker.js';

/** Signatures that are handed over together, while the next entries are verified. */
const SIGNATURES_PER_HANDOVER = 256;

export class SignatureCollector {
  private readonly checks: Promise<readonly boolean[]>[] = [];
  private collected: SignedText[] = [];

  constructor(private readonly checker: SignatureChecker) {}

  /** Assumes that each signature is valid: {@link areGood} returns whether all were. */
  readonly take: SignatureCheck = (publicKey, text, signature) => {
    this.collected.push({ publicKey, text, signature });
    if (this.collected.length >= SIGNATURES_PER_HANDOVER) this.handOver();
    return true;
  };

  get hasAny(): boolean {
    return this.checks.length > 0 || this.collected.length > 0;
  }

  /** Whether all collected signatures are valid; resolves at once if there are none. */
  async areGood(): Promise<boolean> {
    this.handOver();
    return (await Promise.all(this.checks)).every((verdicts) => verdicts.every(Boolean));
  }

  private handOver(): void {
    if (this.collected.length === 0) return;
    const check = this.checker.check(this.collected);
    // A failure is handled where all are awaited; until then it must not count as an unhandled rejection.
    check.catch(() => undefined);
    this.checks.push(check);
    this.collected = [];
  }
}
