/** Seals blocks on request, under the papers' name for it: nothing is mined. */
import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { ChainReader } from '../../http/chains/chain-reader.js';
import { NewInformationBlockDto, NewTransactionBlockDto } from '../../http/dto/block.dto.js';
import { noteAct } from '../../http/server/acts.js';
import { sendNewBlock } from '../../http/chains/send.js';
import type { AnyChainStore } from '../../ledger/chain-store.js';
import { Producer } from '../chain/producer.js';

const SUMMARY = {
  summary: 'Seal the next block now',
  description: 'Works under every schedule; the block is empty where nothing waits.',
};

@ApiTags('sealing')
@Controller()
export class MiningController {
  constructor(
    private readonly producer: Producer,
    private readonly reader: ChainReader,
  ) {}

  @Get('mine')
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewTransactionBlockDto })
  @ApiProblems(401, 429, 503)
  mine(@Res() reply: FastifyReply): Promise<void> {
    return this.seal(this.reader.token(), reply);
  }

  @Post('mine')
  @HttpCode(200)
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewTransactionBlockDto })
  @ApiProblems(401, 429, 503)
  minePosted(@Res() reply: FastifyReply): Promise<void> {
    return this.seal(this.reader.token(), reply);
  }

  @Post('information/mine')
  @HttpCode(200)
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewInformationBlockDto })
  @ApiProblems(401, 429, 503)
  mineInformation(@Res() reply: FastifyReply): Promise<void> {
    return this.seal(this.reader.information(), reply);
  }

  @Post('chains/:chain/mine')
  @HttpCode(200)
  @ApiOperation(SUMMARY)
  @ApiExtraModels(NewTransactionBlockDto, NewInformationBlockDto)
  @ApiOkResponse({
    schema: {
      oneOf: [
        { $ref: getSchemaPath(NewTransactionBlockDto) },
        { $ref: getSchemaPath(NewInformationBlockDto) },
      ],
    },
  })
  @ApiProblems(401, 404, 429, 503)
  mineChain(@Param('chain') chain: string, @Res() reply: FastifyReply): Promise<void> {
    return this.seal(this.reader.named(chain), reply);
  }

  private async seal(store: AnyChainStore, reply: FastifyReply): Promise<void> {
    const header = await this.producer.chain(store.chain.id).seal();
    noteAct(reply.request, store.chain, () => ({ block: header.index }));
    sendNewBlock(reply, { store }, header, 'New Block Forged');
  }
}
