/** Sealing by hand, under the papers' name for it: nothing is mined. */
import { Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../http/api-problems.js';
import type { ChainKind } from '../chain/contract.js';
import { NewInformationBlockDto, NewTransactionBlockDto } from '../http/dto/block.dto.js';
import { sendNewBlock } from '../http/send.js';
import { LedgerStore } from '../ledger/store.js';
import { Producer } from './producer.js';

const SUMMARY = {
  summary: 'Seal the next block now',
  description: 'Works under every schedule; the block is empty where nothing waits.',
};

@ApiTags('sealing')
@Controller()
export class MiningController {
  constructor(
    private readonly producer: Producer,
    private readonly store: LedgerStore,
  ) {}

  @Get('mine')
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewTransactionBlockDto })
  @ApiProblems(401, 429, 503)
  mine(@Res() reply: FastifyReply): Promise<void> {
    return this.seal('token', reply);
  }

  @Post('mine')
  @HttpCode(200)
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewTransactionBlockDto })
  @ApiProblems(401, 429, 503)
  minePosted(@Res() reply: FastifyReply): Promise<void> {
    return this.seal('token', reply);
  }

  @Post('information/mine')
  @HttpCode(200)
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewInformationBlockDto })
  @ApiProblems(401, 429, 503)
  mineInformation(@Res() reply: FastifyReply): Promise<void> {
    return this.seal('information', reply);
  }

  private async seal(kind: ChainKind, reply: FastifyReply): Promise<void> {
    const header = await this.producer.seal(kind);
    sendNewBlock(reply, { store: this.store, kind }, header, 'New Block Forged');
  }
}
