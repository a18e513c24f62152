/** Collects signatures while entries are looked at, and has them checked meanwhile. */
import type { SignatureCheck } from '../chain/books/wallet-rules.js';
import type { SignatureChecker, SignedText } from './signature-checker.js';

/** Handed over together, while the next entries are looked at. */
const SIGNATURES_PER_HANDOVER = 256;

export class SignatureCollector {
  private readonly checks: Promise<readonly boolean[]>[] = [];
  private collected: SignedText[] = [];

  constructor(private readonly checker: SignatureChecker) {}

  /** Takes each signature for good: {@link areGood} says whether all were. */
  readonly take: SignatureCheck = (publicKey, text, signature) => {
    this.collected.push({ publicKey, text, signature });
    if (this.collected.length >= SIGNATURES_PER_HANDOVER) this.handOver();
    return true;
  };

  get hasAny(): boolean {
    return this.checks.length > 0 || this.collected.length > 0;
  }

  /** Whether all that were taken are good; at once where there was none. */
  async areGood(): Promise<boolean> {
    this.handOver();
    return (await Promise.all(this.checks)).every((verdicts) => verdicts.every(Boolean));
  }

  private handOver(): void {
    if (this.collected.length === 0) return;
    const check = this.checker.check(this.collected);
    // A failure is met where all are waited for, and not before.
    check.catch(() => undefined);
    this.checks.push(check);
    this.collected = [];
  }
}
