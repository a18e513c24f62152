/** The canonical routes for reading chains. */
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../openapi/api-problems.js';
import { ChainReader } from './chain-reader.js';
import { ChainsService } from './chains.service.js';
import { FrontierDto, HeaderDto, InformationBlockDto, TransactionBlockDto } from '../dto/block.dto.js';
import { BlockPageDto, ChainDto, ChainsDto, HeaderPageDto } from '../dto/chain.dto.js';
import { PageDto } from '../dto/page.dto.js';
import { headerDto } from '../openapi/header-dto.js';
import { NDJSON_TYPE } from '../requests/request.js';
import { IMMUTABLE, isCurrent, sendBlock, sendBlockPage } from './send.js';
import { IndexPipe } from '../requests/validation.js';

const NAME = { name: 'name', description: 'Name or id of a chain', example: 'aka' };
const INDEX = { name: 'index', type: 'integer', description: 'Starts at 1', example: 1 };
const NOT_MODIFIED = {
  status: 304,
  description: 'The client already has it: `If-None-Match` contains its `ETag`',
};
const ANY_BLOCK = {
  oneOf: [{ $ref: getSchemaPath(TransactionBlockDto) }, { $ref: getSchemaPath(InformationBlockDto) }],
};

@ApiTags('chains')
@ApiExtraModels(TransactionBlockDto, InformationBlockDto, BlockPageDto)
@Controller('chains')
export class ChainsController {
  constructor(
    private readonly chains: ChainsService,
    private readonly reader: ChainReader,
  ) {}

  @ApiOperation({ summary: 'The chains of this node, with their contracts and heads' })
  @ApiOkResponse({ type: ChainsDto })
  @Get()
  all(): ChainsDto {
    return this.chains.all();
  }

  @ApiOperation({ summary: 'One chain' })
  @ApiParam(NAME)
  @ApiOkResponse({ type: ChainDto })
  @ApiProblems(404, 503)
  @Get(':name')
  one(@Param('name') name: string): ChainDto {
    return this.chains.one(name);
  }

  @ApiOperation({
    summary: 'A page of blocks',
    description: `With \`Accept: ${NDJSON_TYPE}\`, one block per line (the schema describes one line); such a page also ends after about 8 MiB.`,
  })
  @ApiParam(NAME)
  @ApiOkResponse({
    description: 'The blocks in ascending order, up to the head at most',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(BlockPageDto) } },
      [NDJSON_TYPE]: { schema: ANY_BLOCK },
    },
  })
  @ApiProblems(400, 404, 503)
  @Get(':name/blocks')
  blocks(@Param('name') name: string, @Query() page: PageDto, @Res() reply: FastifyReply): void {
    const store = this.reader.named(name);
    sendBlockPage(reply, this.reader.view(store), page, store.chain.name);
  }

  @ApiOperation({
    summary: 'A page of headers',
    description: 'Blocks without their entries, for lists of blocks.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: HeaderPageDto })
  @ApiProblems(400, 404, 503)
  @Get(':name/headers')
  headers(@Param('name') name: string, @Query() page: PageDto): HeaderPageDto {
    return this.chains.headers(name, page);
  }

  @ApiOperation({
    summary: 'One block',
    description:
      'A sealed block never changes. Under the id of its chain, a block of transactions may be cached forever; under the name, it is revalidated by its `ETag`. Information may be erased, so a block of information has no `ETag`.',
  })
  @ApiParam(NAME)
  @ApiParam(INDEX)
  @ApiOkResponse({ schema: ANY_BLOCK })
  @ApiResponse(NOT_MODIFIED)
  @ApiProblems(400, 404, 503)
  @Get(':name/blocks/:index')
  block(
    @Param('name') name: string,
    @Param('index', IndexPipe) index: number,
    @Res() reply: FastifyReply,
  ): void {
    const store = this.reader.named(name);
    sendBlock(reply, this.reader.view(store), this.reader.header(store, index), name === store.chain.id);
  }

  @ApiOperation({
    summary: 'The tree at a block',
    description: 'The state that is needed to verify the next block on its own.',
  })
  @ApiParam(NAME)
  @ApiParam(INDEX)
  @ApiOkResponse({ type: FrontierDto })
  @ApiProblems(400, 404, 503)
  @Get(':name/blocks/:index/frontier')
  frontier(
    @Param('name') name: string,
    @Param('index', IndexPipe) index: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): FrontierDto {
    const frontier = this.chains.frontier(name, index);
    if (name === frontier.chain) reply.header('cache-control', IMMUTABLE);
    return frontier;
  }

  @ApiOperation({ summary: 'The header of the last sealed block' })
  @ApiParam(NAME)
  @ApiOkResponse({ type: HeaderDto })
  @ApiResponse(NOT_MODIFIED)
  @ApiProblems(404, 503)
  @Get(':name/head')
  head(@Param('name') name: string, @Res() reply: FastifyReply): void {
    const { header: head } = this.reader.named(name).head();
    if (isCurrent(reply, head)) void reply.code(304).send();
    else void reply.send(headerDto(head));
  }
}
