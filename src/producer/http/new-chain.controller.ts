/** POST /chains: creates a chain while the node runs. */
import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { ChainsService } from '../../http/chains/chains.service.js';
import { noteAct } from '../../http/server/acts.js';
import { ChainDto } from '../../http/dto/chain.dto.js';
import { ChainBirths } from '../birth/chain-births.service.js';
import { NewChainDto } from './dto/new-chain.dto.js';

@ApiTags('chains')
@Controller('chains')
export class NewChainController {
  constructor(
    private readonly births: ChainBirths,
    private readonly chains: ChainsService,
  ) {}

  @ApiOperation({
    summary: 'Make a chain',
    description:
      'As an item of CHAINS: what it leaves out is as the node’s variables say. Only on a node that has tokens (API_TOKEN, API_TOKENS_FILE). Sent ' +
      'again, it finds the chain that it made. Followers find it by themselves.',
  })
  @ApiBody({ type: NewChainDto })
  @ApiCreatedResponse({ type: ChainDto, description: 'It is on disk, with its first block' })
  @ApiOkResponse({ type: ChainDto, description: 'It was made before, with the same contract' })
  @ApiProblems(400, 401, 403, 409, 413, 415, 429, 503)
  @HttpCode(201)
  @Post()
  create(@Body() body: unknown, @Res({ passthrough: true }) reply: FastifyReply): ChainDto {
    const { store, repeated } = this.births.create(body);
    if (repeated) void reply.code(200);
    else noteAct(reply.request, store.chain, () => ({}));
    return this.chains.describe(store);
  }
}
