/** POST /information/new and sealing the information chain by hand. */
import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { ChainReader } from '../../http/chains/chain-reader.js';
import { ChainParam, onChain } from '../../http/chains/chain-routes.js';
import { AcceptingService } from '../accept/accepting.service.js';
import { AcceptedInformationDto, NewInformationDto } from './dto/new-information.dto.js';
import { RECORDS } from './dto/request-examples.js';
import { answerRepeated, IDEMPOTENCY_HEADER } from '../accept/idempotency.js';

@ApiTags('information')
@Controller()
export class InformationController {
  constructor(
    private readonly accepting: AcceptingService,
    private readonly reader: ChainReader,
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
    const { entry, repeated } = await this.accepting.information(this.reader.information(chain), body, key);
    if (repeated) answerRepeated(reply);
    return { message: `information will be added to Block ${entry.block}`, index: entry.block, id: entry.id };
  }
}
