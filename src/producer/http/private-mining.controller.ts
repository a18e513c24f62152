/** Seals a node's private chain on request: on the papers' nodes, `/mine` belongs to that chain. */
import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { ChainReader } from '../../http/chains/chain-reader.js';
import { NewInformationBlockDto } from '../../http/dto/block.dto.js';
import { noteAct } from '../../http/server/acts.js';
import { sendNewBlock } from '../../http/chains/send.js';
import { Producer } from '../chain/producer.js';

const SUMMARY = {
  summary: "Seal the next block of the node's private chain now",
  description: 'Works under every schedule; the block is empty where nothing waits.',
};

@ApiTags('sealing')
@Controller()
export class PrivateMiningController {
  constructor(
    private readonly producer: Producer,
    private readonly reader: ChainReader,
  ) {}

  @Get('mine')
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewInformationBlockDto })
  @ApiProblems(401, 429, 503)
  mine(@Res() reply: FastifyReply): Promise<void> {
    return this.seal(undefined, reply);
  }

  @Post(['mine', 'information/mine'])
  @HttpCode(200)
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewInformationBlockDto })
  @ApiProblems(401, 429, 503)
  minePosted(@Res() reply: FastifyReply): Promise<void> {
    return this.seal(undefined, reply);
  }

  @Post('chains/:chain/mine')
  @HttpCode(200)
  @ApiOperation(SUMMARY)
  @ApiOkResponse({ type: NewInformationBlockDto })
  @ApiProblems(401, 404, 429, 503)
  mineChain(@Param('chain') chain: string, @Res() reply: FastifyReply): Promise<void> {
    return this.seal(chain, reply);
  }

  private async seal(chain: string | undefined, reply: FastifyReply): Promise<void> {
    const store = this.reader.information(chain);
    const header = await this.producer.chain(store.chain.id).seal();
    noteAct(reply.request, store.chain, () => ({ block: header.index }));
    sendNewBlock(reply, { store }, header, 'New Block Forged');
  }
}
