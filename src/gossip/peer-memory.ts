/** What this node remembers of its peers between two looks, so that it asks and verifies nothing twice. Bounded in memory. */
import { LRUCache } from 'lru-cache';
import type { Hash } from '../chain/bytes/bytes.js';
import type { ShownHead } from './shown-heads.js';

/** What is known of one chain at one peer. */
export interface ChainMemory {
  /** a head of the peer beyond this node's, and the index of this node's head at which the peer had the same block */
  agreed: { readonly theirHead: Hash; readonly at: number } | undefined;
  /** a head of the peer that was ahead of this node's: it is compared as soon as this node has come so far */
  ahead: ShownHead | undefined;
  /** the last texts that were shown as checkpoints, and need no second look */
  checkpoints: readonly string[];
  /** it sent something else as evidence: it is not asked for that again before this time, on the steady clock */
  notBefore: number;
}

/** Chains of all peers together: each takes about two kilobytes. */
const CHAINS_MAX = 8192;

export class PeerMemory {
  private readonly chains = new LRUCache<string, ChainMemory>({ max: CHAINS_MAX });

  of(url: string, chain: Hash): ChainMemory {
    const key = `${chain} ${url}`;
    const known = this.chains.get(key);
    if (known !== undefined) return known;
    const fresh: ChainMemory = {
      agreed: undefined,
      ahead: undefined,
      checkpoints: [],
      notBefore: Number.NEGATIVE_INFINITY,
    };
    this.chains.set(key, fresh);
    return fresh;
  }
}
