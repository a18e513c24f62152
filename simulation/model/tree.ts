/** RFC 6962, section 2.1: the root of a list of leaves that only grows. */
import { sha256 } from './bytes.js';

export class Tree {
  /** roots of perfect subtrees, largest first */
  private peaks: { readonly size: number; readonly root: Uint8Array }[] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  append(leafHash: Uint8Array): void {
    let peak = { size: 1, root: leafHash };
    while (this.peaks.at(-1)?.size === peak.size) {
      const left = this.peaks.pop();
      if (left === undefined) break;
      peak = { size: 2 * peak.size, root: sha256('\x01', left.root, peak.root) };
    }
    this.peaks.push(peak);
    this.count += 1;
  }

  root(): string {
    const [last, ...before] = this.peaks.map(({ root }) => root).reverse();
    if (last === undefined) return sha256().toString('hex');
    return Buffer.from(before.reduce((right, left) => sha256('\x01', left, right), last)).toString('hex');
  }

  copy(): Tree {
    const copy = new Tree();
    copy.peaks = [...this.peaks];
    copy.count = this.count;
    return copy;
  }
}
