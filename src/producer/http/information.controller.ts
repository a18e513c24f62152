/** Records information, and erases it. */
import { Body, Controller, Headers, HttpCode, Optional, Param, Post, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Hash } from '../../chain/bytes/bytes.js';
import type { ErasureDto } from '../../http/dto/entry.dto.js';
import { IdPipe } from '../../http/requests/validation.js';
import { storedEntryText } from '../../ledger/reader.js';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { ChainReader } from '../../http/chains/chain-reader.js';
import { ChainParam, onChain } from '../../http/chains/chain-routes.js';
import { noteAct } from '../../http/server/acts.js';
import { AcceptingService } from '../accept/accepting.service.js';
import { AuditChain } from '../accept/audit-chain.js';
import { AcceptedErasureDto, NewErasureDto } from './dto/new-erasure.dto.js';
import { AcceptedInformationDto, NewInformationDto } from './dto/new-information.dto.js';
import { ERASURES, RECORDS } from './dto/request-examples.js';
import { answerRepeated, IDEMPOTENCY_HEADER } from '../accept/idempotency.js';

@ApiTags('information')
@Controller()
export class InformationController {
  constructor(
    private readonly accepting: AcceptingService,
    private readonly reader: ChainReader,
    @Optional() private readonly audit?: AuditChain,
  ) {}

  @Post(onChain('information', 'information/new'))
  @HttpCode(201)
  @ApiOperation({ summary: 'Record information', description: 'Answered when the record is on disk.' })
  @ApiBody({ type: NewInformationDto, examples: RECORDS })
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiCreatedResponse({ type: AcceptedInformationDto })
  @ApiOkResponse({
    type: AcceptedInformationDto,
    description: 'It was accepted before, under the same nonce.',
  })
  @ApiProblems(400, 401, 404, 413, 415, 422, 429, 503)
  async record(
    @ChainParam() chain: string | undefined,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedInformationDto> {
    const store = this.reader.information(chain);
    this.audit?.refuseClients(store.chain);
    const { entry, repeated } = await this.accepting.information(store, body, key);
    if (repeated) answerRepeated(reply);
    else noteAct(reply.request, store.chain, () => ({ id: entry.id, block: entry.block }));
    return { message: `information will be added to Block ${entry.block}`, index: entry.block, id: entry.id };
  }

  @Post(onChain('information/:id/erase'))
  @HttpCode(201)
  @ApiOperation({
    summary: 'Erase an information record',
    description:
      'Adds an erasure to the chain. With the block that seals it, `information` and `salt` of the record are gone from ' +
      'this node, and from each follower as soon as it has that block. The record’s place in the chain and all proofs ' +
      'stay. It cannot be undone.',
  })
  @ApiParam({ name: 'id', description: 'The id of the record' })
  @ApiBody({ type: NewErasureDto, required: false, examples: ERASURES })
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiCreatedResponse({ type: AcceptedErasureDto })
  @ApiOkResponse({ type: AcceptedErasureDto, description: 'It was accepted before, under the same nonce.' })
  @ApiProblems(400, 401, 404, 413, 415, 422, 429, 503)
  async erase(
    @ChainParam() chain: string | undefined,
    @Param('id', IdPipe) id: Hash,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedErasureDto> {
    const store = this.reader.information(chain);
    // Answers 404 where there is none.
    this.reader.entry(store, id);
    const { entry, repeated } = await this.accepting.erasure(store, id, body, key);
    if (repeated) answerRepeated(reply);
    else noteAct(reply.request, store.chain, () => ({ erases: id, id: entry.id, block: entry.block }));
    const erasure = JSON.parse(storedEntryText(entry, store.chain.contract.kind)) as ErasureDto;
    const message = `The record will be erased with Block ${entry.block}`;
    return { message, index: entry.block, id: entry.id, erasure };
  }
}
