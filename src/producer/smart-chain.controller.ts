/** GET /smart/chain on the producer: what followers pull. */
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../http/api-problems.js';
import { ChainReader } from '../http/chain-reader.js';
import { PageDto } from '../http/dto/page.dto.js';
import { SmartChainDto } from '../http/dto/chain.dto.js';
import { sendChainOrLines } from '../http/send.js';

@ApiTags('papers')
@Controller('smart')
export class SmartChainController {
  constructor(private readonly reader: ChainReader) {}

  @Get('chain')
  @ApiOperation({
    summary: 'The token chain, for followers',
    description:
      'All of it, or a page; as NDJSON (Accept: application/x-ndjson) a block a line, always a page.',
  })
  @ApiProduces('application/json', 'application/x-ndjson')
  @ApiOkResponse({ type: SmartChainDto })
  @ApiProblems(400)
  chain(@Query() page: PageDto, @Res() reply: FastifyReply): FastifyReply {
    return sendChainOrLines(reply, this.reader.view('token'), page, {
      before: { message: 'Smart chain of the block producer' },
      field: 'smart chain',
    });
  }
}
