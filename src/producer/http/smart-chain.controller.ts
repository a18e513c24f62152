/** GET /smart/chain on the producer: the whole chain, which followers pull. */
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { ChainReader } from '../../http/chains/chain-reader.js';
import { TransactionBlockDto } from '../../http/dto/block.dto.js';
import { SmartChainPageDto } from '../../http/dto/page.dto.js';
import { SmartChainDto } from '../../http/dto/chain.dto.js';
import { NDJSON_TYPE } from '../../http/requests/request.js';
import { sendChainOrLines } from '../../http/chains/send.js';

@ApiTags('papers')
@ApiExtraModels(SmartChainDto, TransactionBlockDto)
@Controller('smart')
export class SmartChainController {
  constructor(private readonly reader: ChainReader) {}

  @Get('chain')
  @ApiOperation({
    summary: 'A token chain, for followers',
    description:
      'All of it, or a page; with `Accept: application/x-ndjson` a block a line (the schema is that of one line), always a page.',
  })
  @ApiOkResponse({
    description: 'The chain, or a page; the blocks are in order',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(SmartChainDto) } },
      [NDJSON_TYPE]: { schema: { $ref: getSchemaPath(TransactionBlockDto) } },
    },
  })
  @ApiProblems(400, 404)
  smartChain(@Query() { chain, ...page }: SmartChainPageDto, @Res() reply: FastifyReply): void {
    sendChainOrLines(reply, this.reader.view(this.reader.token(chain)), page, {
      before: { message: 'Smart chain of the block producer' },
      field: 'smart chain',
    });
  }
}
