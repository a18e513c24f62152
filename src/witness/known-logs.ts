/** The logs that a witness cosigns: the chains that this node follows, and those that its operator lists. */
import type { PublicKey } from '../chain/bytes/bytes.js';
import { chainOfOrigin, checkpointKey } from '../chain/note/checkpoint.js';
import type { VerifierKey } from '../chain/note/verifier-key.js';
import type { AnyChainStore } from '../ledger/chain-store.js';
import type { LedgerStore } from '../ledger/store.js';

export class KnownLogs {
  constructor(
    private readonly store: Pick<LedgerStore, 'store' | 'stores'>,
    readonly listed: readonly VerifierKey[],
    /** the witness's own: it signs no log that it vouches for */
    private readonly own: PublicKey,
  ) {}

  /** The followed chain with this origin: it is cosigned only where its blocks are verified and stored. */
  chain(origin: string): AnyChainStore | undefined {
    const id = chainOfOrigin(origin);
    const store = id === undefined ? undefined : this.store.store(id);
    return store?.chain.origin === 'followed' ? store : undefined;
  }

  /** The keys that are trusted to sign an origin's checkpoints; none for an unknown log. */
  keys(origin: string): readonly VerifierKey[] {
    const followed = this.chain(origin)?.chain;
    const keys =
      followed === undefined
        ? this.listed.filter(({ name }) => name === origin)
        : [checkpointKey(followed.id, followed.contract.producer)];
    return keys.filter(({ publicKey }) => publicKey !== this.own);
  }

  followed(): readonly AnyChainStore[] {
    return this.store.stores().filter(({ chain }) => chain.origin === 'followed');
  }
}
