/** The papers' route for the chain on a follower: it pulls first, and reports whether that succeeded. */
import { Controller, Get, HttpStatus, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { ChainReader } from '../../http/chains/chain-reader.js';
import { TransactionBlockDto } from '../../http/dto/block.dto.js';
import { SmartChainDto } from '../../http/dto/chain.dto.js';
import { SmartChainPageDto } from '../../http/dto/page.dto.js';
import { NDJSON_TYPE, wantsNdjson } from '../../http/requests/request.js';
import { sendChainOrLines, type BlocksEnvelope } from '../../http/chains/send.js';
import { FollowLoops } from '../loop/follow-loops.js';
import { FollowerStatus } from './follower-status.js';
import { OldChainDto } from './old-chain.dto.js';

const UPDATED = { before: { message: 'Smart chain update by bpsc' }, field: 'smart chain' };
const UNSUCCESSFUL = 'Unsuccessful: Please try again';
const OLD_CHAIN = 'old chain';

@ApiTags('papers')
@ApiExtraModels(SmartChainDto, OldChainDto, TransactionBlockDto)
@Controller('smart')
export class FollowerController {
  constructor(
    private readonly loops: FollowLoops,
    private readonly reader: ChainReader,
    private readonly status: FollowerStatus,
  ) {}

  @ApiOperation({
    summary: 'A token chain, after pulling new blocks from the upstreams',
    description:
      `The whole chain, or the requested page. With \`Accept: ${NDJSON_TYPE}\`, one verified block per line (the schema ` +
      'is that of one line), without pulling first: other followers read it like that, and this node pulls continuously anyway.',
  })
  @ApiResponse({
    status: 200,
    description: 'The chain, with everything that an upstream has',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(SmartChainDto) } },
      [NDJSON_TYPE]: { schema: { $ref: getSchemaPath(TransactionBlockDto) } },
    },
  })
  @ApiResponse({
    status: 502,
    description:
      'The upstream is unreachable, not a node, too slow or at fault (see GET /faults), as given in `reason`: the last good state',
    type: OldChainDto,
  })
  @ApiProblems(400, 404, 503)
  @Get('chain')
  async smartChain(
    @Query() { chain, ...page }: SmartChainPageDto,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const send = (envelope: BlocksEnvelope): void =>
      sendChainOrLines(reply, this.reader.view(this.reader.token(chain)), page, envelope);
    if (wantsNdjson(reply.request)) {
      send(UPDATED);
      return;
    }
    const level = await this.loops.syncNow();
    // Before the first contact there is no chain.
    const id = this.status.hasChains ? this.reader.token(chain).chain.id : undefined;
    if (id !== undefined && level.has(id)) {
      send(UPDATED);
      return;
    }
    reply.code(HttpStatus.BAD_GATEWAY);
    const before = { message: UNSUCCESSFUL, reason: this.status.reason(id) };
    if (id === undefined) reply.send({ ...before, [OLD_CHAIN]: [], length: 0 });
    else send({ before, field: OLD_CHAIN });
  }
}
