/** Signs checkpoints, one for each block, in the block's own commit (protocol, section 8). */
import type { Hash, Signature } from '../../chain/bytes/bytes.js';
import { chainOrigin, checkpointText, treeHead } from '../../chain/note/checkpoint.js';
import type { TreeHead } from '../../chain/tree/proofs.js';
import type { LedgerStore } from '../../ledger/store.js';
import type { Signer } from '../../keys/key-file.js';

export function signCheckpoint(chain: Hash, head: TreeHead, signer: Signer): Signature {
  return signer.sign(checkpointText(chainOrigin(chain), head));
}

/** Called at a start: signs the head's checkpoint of each own chain that an older version began. A crash leaves those already stored. */
export function signMissingCheckpoints(store: LedgerStore, signer: Signer): void {
  for (const each of store.stores()) {
    const { header } = each.head();
    if (each.chain.origin === 'followed' || each.signedHead()?.header.treeSize === header.treeSize) continue;
    each.keepCheckpoint(
      header.index,
      signCheckpoint(each.chain.id, treeHead(header.treeSize, header.treeRoot), signer),
    );
  }
}
