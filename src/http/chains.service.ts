/** What the chains of this node are, and where their heads stand. */
import { Injectable } from '@nestjs/common';
import { toHex } from '../chain/bytes.js';
import { contractJson } from '../chain/contract.js';
import { NodeInfo } from '../ledger/node-info.js';
import { LedgerStore, type Chain } from '../ledger/store.js';
import { pageOf } from './block-text.js';
import { ChainReader } from './chain-reader.js';
import type { FrontierDto } from './dto/block.dto.js';
import type { ChainDto, ChainsDto, HeaderPageDto } from './dto/chain.dto.js';
import type { PageDto } from './dto/page.dto.js';
import { headerDto } from './header-dto.js';

@Injectable()
export class ChainsService {
  constructor(
    private readonly store: LedgerStore,
    private readonly reader: ChainReader,
    private readonly info: NodeInfo,
  ) {}

  all(): ChainsDto {
    return {
      role: this.info.role,
      upstream: this.info.upstream ?? null,
      details: this.info.details(),
      chains: this.store.chains().map((chain) => this.describe(chain)),
    };
  }

  one(name: string): ChainDto {
    return this.describe(this.reader.chainNamed(name));
  }

  headers(name: string, page: PageDto): HeaderPageDto {
    const { kind } = this.reader.chainNamed(name).contract;
    const { head } = this.reader.view(kind);
    const { from, to } = pageOf(page, head.index);
    return {
      chain: name,
      headers: this.store.headers(kind, from, Math.max(0, to - from + 1)).map(headerDto),
      length: head.index,
      next_from: to < head.index ? to + 1 : null,
    };
  }

  frontier(name: string, index: number): FrontierDto {
    const chain = this.reader.chainNamed(name);
    const header = this.reader.header(chain, index);
    const frontier = this.reader.frontier(chain, index);
    return {
      chain: chain.id,
      index,
      tree_size: header.treeSize,
      tree_root: header.treeRoot,
      frontier: frontier.subtrees().map(toHex),
    };
  }

  private describe({ id, contract }: Chain): ChainDto {
    const { head } = this.reader.view(contract.kind);
    return {
      name: contract.name,
      kind: contract.kind,
      id,
      contract: contractJson(contract),
      length: head.index,
      head: headerDto(head),
    };
  }
}
