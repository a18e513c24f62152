/** The two chains in the format of the BPSC papers: in full, or one page. */
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../openapi/api-problems.js';
import { ChainReader } from './chain-reader.js';
import { PaperChain2Dto, PaperChainDto } from '../dto/chain.dto.js';
import { PageDto } from '../dto/page.dto.js';
import { sendChain } from './send.js';

@ApiTags('papers')
@Controller()
export class PapersController {
  constructor(private readonly reader: ChainReader) {}

  @ApiOperation({ summary: 'The token chain: in full, or the requested page' })
  @ApiOkResponse({ type: PaperChainDto })
  @ApiProblems(400, 503)
  @Get('chain')
  chain(@Query() page: PageDto, @Res() reply: FastifyReply): void {
    sendChain(reply, this.reader.view(this.reader.token()), page, { field: 'chain' });
  }

  @ApiOperation({ summary: 'The information chain: in full, or the requested page' })
  @ApiOkResponse({ type: PaperChain2Dto })
  @ApiProblems(400, 503)
  @Get('chain2')
  chain2(@Query() page: PageDto, @Res() reply: FastifyReply): void {
    sendChain(reply, this.reader.view(this.reader.information()), page, {
      field: 'chain2',
      extra: ({ index }) => `"index2":${index},`,
    });
  }
}
