/** A node as the judge sees it: what anybody could read there. */
import type { Hash } from '../../src/chain/bytes/bytes.js';

export interface ShownNode {
  readonly name: string;
  readonly url: string;
  readonly isUp: boolean;
  /** of the last block of a chain */
  head(chain: Hash): { readonly index: number; readonly hash: string } | undefined;
  blockText(chain: Hash, index: number): string;
}
