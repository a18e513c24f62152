/** Finds chains, blocks and entries for the controllers, or says why there is none. */
import { Injectable } from '@nestjs/common';
import type { SealedHeader } from '../chain/block.js';
import type { Hash } from '../chain/bytes.js';
import type { ChainKind, TokenContract } from '../chain/contract.js';
import { WALLET_EXPECTED } from '../chain/transaction.js';
import type { Frontier } from '../chain/tree.js';
import { isWalletName } from '../chain/wallet-policy.js';
import { InvalidInput, NotFound, Unavailable } from '../ledger/errors.js';
import { NodeInfo } from '../ledger/node-info.js';
import { storedEntryText } from '../ledger/reader.js';
import { LedgerStore, type Chain, type StoredEntry } from '../ledger/store.js';
import type { BlockSource } from './block-text.js';
import { KeptBlocks } from './kept-blocks.js';

const NOT_SYNCED_RETRY_SECONDS = 1;

/** One chain and its head, read once, so that an answer agrees with itself while the chain grows. */
export interface ChainView extends BlockSource {
  readonly head: SealedHeader;
}

@Injectable()
export class ChainReader {
  private readonly keptBlocks: KeptBlocks;

  constructor(
    private readonly store: LedgerStore,
    private readonly info: NodeInfo,
  ) {
    this.keptBlocks = new KeptBlocks(store);
  }

  /** @throws Unavailable before a follower's first contact with its upstream */
  chain(kind: ChainKind): Chain {
    return this.find(({ contract }) => contract.kind === kind) ?? this.notSynced();
  }

  /** @throws Unavailable, NotFound */
  chainNamed(name: string): Chain {
    const chains = this.store.chains();
    if (chains.length === 0) return this.notSynced();
    const names = chains.map(({ contract }) => contract.name).join(' and ');
    return (
      this.find(({ contract }) => contract.name === name) ??
      missing(`there is no chain ${JSON.stringify(name)} here: the chains are ${names}`)
    );
  }

  /** @throws Unavailable */
  view(kind: ChainKind): ChainView {
    this.chain(kind);
    // What an information record says may be erased from a sealed block: it is always read from where it is kept.
    const kept = kind === 'token' ? this.keptBlocks : undefined;
    return { store: this.store, kind, kept, head: this.store.head(kind).header };
  }

  /** @throws NotFound for block 0 and for what is beyond the head */
  header({ contract }: Chain, index: number): SealedHeader {
    return this.store.header(contract.kind, index) ?? this.noBlock(contract.kind, index);
  }

  frontier({ contract }: Chain, index: number): Frontier {
    return this.store.frontier(contract.kind, index) ?? this.noBlock(contract.kind, index);
  }

  tokenContract(): TokenContract {
    const { contract } = this.chain('token');
    return contract as TokenContract;
  }

  /** Whether it may be a wallet of the token chain. @throws InvalidInput, so that a mistyped one isn't just empty */
  assertAddress(address: string): void {
    const { policy } = this.tokenContract().wallets;
    if (isWalletName(address, policy)) return;
    throw new InvalidInput([{ field: 'address', message: WALLET_EXPECTED[policy] }]);
  }

  /** An entry, and the tree size at the head: what comes later waits. @throws NotFound */
  entry(kind: ChainKind, id: Hash): { readonly entry: StoredEntry; readonly sealedSize: number } {
    const { treeSize: sealedSize } = this.view(kind).head;
    const entry = this.store.entryById(kind, id);
    const what = kind === 'token' ? 'transaction' : 'information record';
    return entry === undefined ? missing(`there is no ${what} ${id} on this node`) : { entry, sealedSize };
  }

  private find(fits: (chain: Chain) => boolean): Chain | undefined {
    return this.store.chains().find(fits);
  }

  private noBlock(kind: ChainKind, index: number): never {
    const { name } = this.chain(kind).contract;
    const head = this.view(kind).head.index;
    if (index < 1) return missing(`${name} has no block ${index}: the first is block 1`);
    return missing(`${name} has no block ${index}: the head of ${name} is block ${head}`);
  }

  private notSynced(): never {
    const upstream = this.info.upstream ?? 'its upstream';
    const message = `this node has no chain yet: it has heard nothing from ${upstream}`;
    throw new Unavailable('NOT_SYNCED', message, NOT_SYNCED_RETRY_SECONDS);
  }
}

/**
 * An entry's wire form with `sequence`, `block` and `status`.
 * @param sealedSize the tree size at the head: what comes later waits, and `block` is the one that was promised
 */
export function placedEntryText(entry: StoredEntry, kind: ChainKind, sealedSize: number): string {
  const status = entry.sequence < sealedSize ? 'sealed' : 'pending';
  const place = `"sequence":${entry.sequence},"block":${entry.block},"status":"${status}"`;
  return `${storedEntryText(entry, kind).slice(0, -1)},${place}}`;
}

function missing(message: string): never {
  throw new NotFound(message);
}
