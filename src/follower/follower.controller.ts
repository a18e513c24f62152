/** The papers' way to ask a follower for the chain: it pulls first, and says whether that worked. */
import { Controller, Get, HttpStatus, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../http/api-problems.js';
import { ChainReader } from '../http/chain-reader.js';
import { TransactionBlockDto } from '../http/dto/block.dto.js';
import { SmartChainDto } from '../http/dto/chain.dto.js';
import { PageDto } from '../http/dto/page.dto.js';
import { NDJSON_TYPE, wantsNdjson } from '../http/request.js';
import { sendChainOrLines } from '../http/send.js';
import { LedgerStore } from '../ledger/store.js';
import { FollowLoop } from './follow-loop.js';
import { OldChainDto } from './old-chain.dto.js';

const UPDATED = { before: { message: 'Smart chain update by bpsc' }, field: 'smart chain' };
const NOT_UPDATED = { before: { message: 'Unsuccessful: Please try again' }, field: 'old chain' };
/** Before the first contact there is no chain at all. */
const NOTHING = { ...NOT_UPDATED.before, 'old chain': [], length: 0 };

@ApiTags('papers')
@ApiExtraModels(SmartChainDto, OldChainDto, TransactionBlockDto)
@Controller('smart')
export class FollowerController {
  constructor(
    private readonly loop: FollowLoop,
    private readonly store: LedgerStore,
    private readonly reader: ChainReader,
  ) {}

  @ApiOperation({
    summary: 'The token chain, after pulling what is new from the upstream',
    description:
      `All of it, or the page that is asked for. With \`Accept: ${NDJSON_TYPE}\` one verified block a line (the schema ` +
      'is that of one line), without pulling first: that is how other followers read it, and this node pulls by itself all the time.',
  })
  @ApiResponse({
    status: 200,
    description: 'Everything that the upstream has is in it',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(SmartChainDto) } },
      [NDJSON_TYPE]: { schema: { $ref: getSchemaPath(TransactionBlockDto) } },
    },
  })
  @ApiResponse({
    status: 502,
    description: 'The upstream is out of reach, too slow or at fault (see GET /faults): the last good state',
    type: OldChainDto,
  })
  @ApiProblems(400, 503)
  @Get('chain')
  async smartChain(@Query() page: PageDto, @Res() reply: FastifyReply): Promise<void> {
    const isUpdated = wantsNdjson(reply.request) || (await this.loop.syncNow()).has('token');
    if (!isUpdated) reply.code(HttpStatus.BAD_GATEWAY);
    if (!isUpdated && this.store.chains().length === 0) reply.send(NOTHING);
    else sendChainOrLines(reply, this.reader.view('token'), page, isUpdated ? UPDATED : NOT_UPDATED);
  }
}
