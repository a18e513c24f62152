/** The evidence that a chain's producer told two stories, for anyone to judge offline. */
import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Convictions } from '../../ledger/convictions.js';
import { NotFound } from '../../ledger/errors.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { ChainReader } from './chain-reader.js';

@ApiTags('proofs')
@Controller('chains')
export class EvidenceController {
  constructor(
    private readonly reader: ChainReader,
    private readonly convictions: Convictions,
  ) {}

  @ApiOperation({
    summary: 'Evidence that the producer told two stories',
    description:
      'Two blocks with the same index, or two contradicting checkpoints, signed by the producer: `bpsc verify-evidence` ' +
      'judges the file offline. A follower that has it never follows the chain again.',
  })
  @ApiParam({ name: 'name', description: 'Name or id of a chain', example: 'aka' })
  @ApiOkResponse({
    description: 'The file (protocol, section 12)',
    content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
  })
  @ApiProblems(404, 503)
  @Get(':name/evidence')
  evidence(@Param('name') name: string, @Res() reply: FastifyReply): void {
    const { chain } = this.reader.named(name);
    const frozen = this.convictions.of(chain.id);
    if (frozen === undefined)
      throw new NotFound(`there is no evidence against the producer of ${chain.name} here`);
    void reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="${chain.name}-evidence.json"`)
      .send(frozen.evidence);
  }
}
