/** Takes the cosignatures that an upstream shows: of checkpoints of blocks that this node verified and stored. */
import { Logger } from '@nestjs/common';
import type { Hash } from '../../chain/bytes/bytes.js';
import { parseCheckpoint, signatureOfHead } from '../../chain/note/checkpoint.js';
import type { AdvertisedChain } from '../../ledger/advertisement.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import type { Cosignatures } from '../../ledger/cosignatures.js';

export class ShownCosignatures {
  private readonly logger = new Logger('Follower');
  /** the checkpoints of each chain that were looked at last */
  private readonly seen = new Map<Hash, readonly string[]>();

  constructor(
    /** of the upstream, for the log */
    private readonly url: string,
    private readonly cosignatures: Cosignatures,
  ) {}

  /** An upstream signs nothing by this: what can't be used is ignored. @throws Unavailable, FatalError */
  take(store: AnyChainStore, { cosigned, checkpoint }: AdvertisedChain): void {
    if (!this.cosignatures.hasKeys) return;
    const texts = [cosigned, checkpoint].filter((text) => text !== undefined);
    const seen = this.seen.get(store.chain.id) ?? [];
    const taken = texts.filter((text) => seen.includes(text) || this.takeFrom(store, text));
    this.seen.set(store.chain.id, taken);
  }

  /** @returns false if the block is not here yet */
  private takeFrom(store: AnyChainStore, text: string): boolean {
    const checkpoint = parseCheckpoint(text);
    if (typeof checkpoint === 'string') return true;
    const offered = checkpoint.note.signatures.filter((each) => this.cosignatures.isKnown(each));
    if (offered.length === 0) return true;
    const header = store.headerOfSize(checkpoint.size);
    if (header === undefined) return checkpoint.size <= store.head().header.treeSize;
    const signature = signatureOfHead(text, header, store.chain.contract.producer);
    if (typeof signature !== 'string') return true;
    // A crash after this leaves the checkpoint without cosignatures, as if none had been shown.
    if (store.signedHead(header.treeSize) === undefined) store.keepCheckpoint(header.index, signature);
    const problem = this.cosignatures.take(store, checkpoint, offered);
    if (problem !== undefined) {
      this.logger.warn(`${this.url} shows cosignatures of ${store.chain.name} that are not kept: ${problem}`);
    }
    return true;
  }
}
