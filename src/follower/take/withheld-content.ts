/**
 * Records of a chain whose content an upstream did not deliver, although no sealed erasure erases them (protocol, section
 * 13): asks each upstream that is followed for it, and finds those out that withhold it.
 */
import type { Hash } from '../../chain/bytes/bytes.js';
import { informationHash, type InformationContent } from '../../chain/entry/entry.js';
import { fault } from '../../chain/faults.js';
import type { InformationChainStore } from '../../ledger/chain-store.js';
import { assert } from '../../ledger/errors.js';
import type { AdvertisedChain } from '../../ledger/advertisement.js';
import { refuse, type Refusal } from '../upstream/refusal.js';
import type { Upstream } from '../upstream/upstream-port.js';

/** Records asked for in one round. */
const ASKED_MAX = 64;

/** Of one upstream. */
export class WithheldContent {
  /** by chain, the records that it was asked for and did not deliver */
  private readonly asked = new Map<Hash, ReadonlySet<number>>();

  constructor(private readonly upstream: Pick<Upstream, 'content'>) {}

  /**
   * Called when the chain is level with what the upstream showed at the beginning of this round. Whatever it was asked
   * for in an earlier round was asked before that: an erasure of it would be here by now.
   * @returns the upstream's fault
   * @throws UpstreamUnreachable
   */
  async check(
    store: InformationChainStore,
    theirs: AdvertisedChain,
    stop: AbortSignal,
  ): Promise<Refusal | undefined> {
    const { id } = store.chain;
    // One that is behind this node needn't have the records.
    if (theirs.head.index < store.head().header.index) return undefined;
    const withheld = store.withheld(ASKED_MAX);
    const before = this.asked.get(id);
    const culprit = withheld.find((sequence) => before?.has(sequence));
    if (culprit !== undefined) return withholds(store, culprit);
    const missing = new Set<number>();
    this.asked.set(id, missing);
    for (const sequence of withheld) {
      if (!(await this.fillIn(store, theirs, sequence, stop))) missing.add(sequence);
    }
    return undefined;
  }

  /** @returns whether the record has its content now */
  private async fillIn(
    store: InformationChainStore,
    theirs: AdvertisedChain,
    sequence: number,
    stop: AbortSignal,
  ): Promise<boolean> {
    const [entry] = store.entries(sequence, sequence + 1, 1);
    assert(entry !== undefined, `the record ${sequence} of ${store.chain.name} is not stored`);
    const content = await this.upstream.content(theirs, { id: entry.id, sequence }, stop);
    if (content === undefined || !isOf(entry.leafText, content)) return false;
    store.fillIn(sequence, content);
    return true;
  }
}

function isOf(leafText: string, content: InformationContent): boolean {
  const { information_hash: hash } = JSON.parse(leafText) as { information_hash?: unknown };
  return informationHash(content) === hash;
}

function withholds(store: InformationChainStore, sequence: number): Refusal {
  const [entry] = store.entries(sequence, sequence + 1, 1);
  const place = { sequence, ...(entry === undefined ? {} : { index: entry.block }) };
  const expected = 'its content, or a sealed erasure';
  const found = fault('CONTENT_WITHHELD', { ...place, field: 'information', expected, found: 'neither' });
  return refuse(found, entry?.leafText ?? '');
}
