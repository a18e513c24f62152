/** Receipts for sealed entries, and proofs as JSON for clients that cannot read tiles. */
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Hash } from '../../chain/bytes/bytes.js';
import { ChainParam, onChain } from '../chains/chain-routes.js';
import {
  ConsistencyProofDto,
  ConsistencyQueryDto,
  InclusionProofDto,
  InclusionQueryDto,
  ReceiptQueryDto,
} from '../dto/proof.dto.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { TEXT_TYPE } from '../requests/request.js';
import { IdPipe } from '../requests/validation.js';
import { Receipts } from './receipts.js';

@ApiTags('proofs')
@Controller()
export class ReceiptsController {
  constructor(private readonly receipts: Receipts) {}

  @ApiOperation({
    summary: 'The receipt for a sealed entry',
    description:
      'A file that proves offline, and forever, that the entry is on the chain (C2SP tlog-proof): its leaf, its path ' +
      'to the root, and a checkpoint signed by the producer. `bpsc verify-receipt` checks it. Without a chain in ' +
      'the path, the node’s first token chain and its first information chain are searched.',
  })
  @ApiParam({ name: 'id', description: 'The entry’s id' })
  @ApiOkResponse({
    description: 'The receipt',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404, 409, 503)
  @Get(onChain('receipts/:id'))
  receipt(
    @ChainParam() chain: string | undefined,
    @Param('id', IdPipe) id: Hash,
    @Query() { size, content }: ReceiptQueryDto,
    @Res() reply: FastifyReply,
  ): void {
    const { fileName, text } = this.receipts.receipt(chain, id, { size, withContent: content !== 'false' });
    void reply.type(TEXT_TYPE).header('content-disposition', `attachment; filename="${fileName}"`).send(text);
  }

  @ApiOperation({
    summary: 'Proof that an entry is in a tree',
    description: 'An inclusion proof (RFC 6962, section 2.1.1) for any size up to that of the head.',
  })
  @ApiOkResponse({ type: InclusionProofDto })
  @ApiProblems(400, 404, 409, 503)
  @Get('chains/:chain/proofs/inclusion')
  inclusion(@Param('chain') chain: string, @Query() { id, size }: InclusionQueryDto): InclusionProofDto {
    return this.receipts.inclusion(chain, id, size);
  }

  @ApiOperation({
    summary: 'Proof that a tree is a prefix of a larger one',
    description: 'A consistency proof (RFC 6962, section 2.1.2) for any two sizes up to that of the head.',
  })
  @ApiOkResponse({ type: ConsistencyProofDto })
  @ApiProblems(400, 404, 503)
  @Get('chains/:chain/proofs/consistency')
  consistency(
    @Param('chain') chain: string,
    @Query() { from, to }: ConsistencyQueryDto,
  ): ConsistencyProofDto {
    return this.receipts.consistency(chain, from, to);
  }
}
