/** Describes the chains of this node and their heads. */
import { Injectable } from '@nestjs/common';
import { toHex } from '../../chain/bytes/bytes.js';
import { contractJson } from '../../chain/contract/contract.js';
import { NodeInfo } from '../../ledger/node-info.js';
import { checkpointKey } from '../../chain/note/checkpoint.js';
import { formatVerifierKey } from '../../chain/note/verifier-key.js';
import { Convictions } from '../../ledger/convictions.js';
import { Cosignatures } from '../../ledger/cosignatures.js';
import { headCheckpoint, olderCosigned } from '../../ledger/checkpoints.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { LedgerStore } from '../../ledger/store.js';
import { pageOf } from './block-text.js';
import { ChainReader } from './chain-reader.js';
import type { FrontierDto } from '../dto/block.dto.js';
import type { ChainDto, ChainsDto, FrozenDto, HeaderPageDto } from '../dto/chain.dto.js';
import type { PageDto } from '../dto/page.dto.js';
import { headerDto } from '../openapi/header-dto.js';

@Injectable()
export class ChainsService {
  constructor(
    private readonly store: LedgerStore,
    private readonly reader: ChainReader,
    private readonly info: NodeInfo,
    private readonly cosignatures: Cosignatures,
    private readonly convictions: Convictions,
  ) {}

  /**
   * The node's own chain comes first, so that readers of the list can take the first of each kind as the
   * default.
   */
  all(): ChainsDto {
    const { witness } = this.info;
    const stores = this.store.stores().toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
    return {
      role: this.info.role,
      upstream: this.info.upstream ?? null,
      upstreams: this.info.upstreams,
      details: this.info.details(),
      witness: witness === undefined ? null : { name: witness.name, verifier_key: witness.verifierKey },
      chains: stores.map((store) => this.describe(store)),
    };
  }

  one(name: string): ChainDto {
    return this.describe(this.reader.named(name));
  }

  headers(name: string, page: PageDto): HeaderPageDto {
    const store = this.reader.named(name);
    const { header: head } = store.head();
    const { from, to } = pageOf(page, head.index);
    return {
      chain: store.chain.name,
      headers: store.headers(from, Math.max(0, to - from + 1)).map(headerDto),
      length: head.index,
      next_from: to < head.index ? to + 1 : null,
    };
  }

  frontier(name: string, index: number): FrontierDto {
    const store = this.reader.named(name);
    const header = this.reader.header(store, index);
    const frontier = this.reader.frontier(store, index);
    return {
      chain: store.chain.id,
      index,
      tree_size: header.treeSize,
      tree_root: header.treeRoot,
      frontier: frontier.subtrees().map(toHex),
    };
  }

  describe(store: AnyChainStore): ChainDto {
    const { id, name, contract } = store.chain;
    const { header: head } = store.head();
    return {
      name,
      kind: contract.kind,
      id,
      // The types end here: tests check the answers against the OpenAPI document.
      contract: contractJson(contract) as unknown as ChainDto['contract'],
      length: head.index,
      head: headerDto(head),
      verifier_key: formatVerifierKey(checkpointKey(id, contract.producer)),
      checkpoint: headCheckpoint(store) ?? null,
      cosigned_checkpoint: olderCosigned(store) ?? null,
      witnessed_size: this.cosignatures.witnessedSize(store) ?? null,
      frozen: this.frozen(store),
    };
  }

  private frozen({ chain: { id } }: AnyChainStore): FrozenDto | null {
    const frozen = this.convictions.of(id);
    if (frozen === undefined) return null;
    const { since, finding, source } = frozen;
    return { since, finding: `its producer ${finding}`, source, evidence: `/chains/${id}/evidence` };
  }
}

function isOwn({ chain }: AnyChainStore): boolean {
  return chain.origin === 'private';
}
