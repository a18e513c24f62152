/** Accepts transactions: transfers, batches, issues, answers to holds; and lists the pending ones. */
import { Body, Controller, Get, Header, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOkResponse,
  ApiCreatedResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Hash } from '../../chain/bytes/bytes.js';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { ChainReader } from '../../http/chains/chain-reader.js';
import { ChainParam, onChain } from '../../http/chains/chain-routes.js';
import { JSON_TYPE } from '../../http/requests/request.js';
import type { TokenChainStore } from '../../ledger/chain-store.js';
import { noteAct } from '../../http/server/acts.js';
import { IdPipe } from '../../http/requests/validation.js';
import { acceptedText, batchText } from '../accept/accepted-text.js';
import { AcceptingService } from '../accept/accepting.service.js';
import {
  AcceptedTransactionDto,
  AcceptedTransactionsDto,
  AnswerDto,
  NewIssueDto,
  NewTransactionDto,
  NewTransactionsDto,
  PendingTransactionsDto,
} from './dto/new-transaction.dto.js';
import { ANSWERS, BATCHES, ISSUES, TRANSFERS } from './dto/request-examples.js';
import { PendingPageDto } from './dto/pending-page.dto.js';
import { answerRepeated, IDEMPOTENCY_HEADER } from '../accept/idempotency.js';
import type { Accepted } from '../accept/intake.js';
import { PendingService } from './pending.service.js';

const REPEATED = {
  type: AcceptedTransactionDto,
  description: 'It was accepted before, under the same nonce.',
};
const HOLD_PARAM = { name: 'id', description: 'The id of the transfer that is held' };

function answer({ chain }: TokenChainStore, accepted: Accepted, reply: FastifyReply): void {
  const { entry, repeated } = accepted;
  if (repeated) answerRepeated(reply);
  else noteAct(reply.request, chain, () => ({ id: entry.id, block: entry.block }));
  sendText(reply, acceptedText(accepted));
}

function sendText(reply: FastifyReply, text: string): void {
  void reply.type(JSON_TYPE).send(text);
}

/** Bodies are read by the service, which also knows the contract, so that a refusal names everything that is wrong. */
@ApiTags('transactions')
@Controller()
export class TransactionsController {
  constructor(
    private readonly accepting: AcceptingService,
    private readonly pendingTransactions: PendingService,
    private readonly reader: ChainReader,
  ) {}

  @Post(onChain('transactions', 'transactions/new'))
  @HttpCode(201)
  @ApiOperation({ summary: 'Send tokens', description: 'Answered when the transaction is on disk.' })
  @ApiBody({ type: NewTransactionDto, examples: TRANSFERS })
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiCreatedResponse({ type: AcceptedTransactionDto })
  @ApiOkResponse(REPEATED)
  @ApiProblems(400, 401, 404, 413, 415, 422, 429, 503)
  async send(
    @ChainParam() chain: string | undefined,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const store = this.reader.token(chain);
    answer(store, await this.accepting.transaction(store, body, key), reply);
  }

  @Post(onChain('transactions/issue'))
  @HttpCode(201)
  @ApiOperation({
    summary: 'Issue new tokens',
    description: 'Only by the contract’s issuer; without a fee.',
  })
  @ApiBody({ type: NewIssueDto, examples: ISSUES })
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiCreatedResponse({ type: AcceptedTransactionDto })
  @ApiOkResponse(REPEATED)
  @ApiProblems(400, 401, 404, 413, 415, 422, 429, 503)
  async issue(
    @ChainParam() chain: string | undefined,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const store = this.reader.token(chain);
    answer(store, await this.accepting.issue(store, body, key), reply);
  }

  @Post(onChain('transactions/:id/accept'))
  @HttpCode(201)
  @ApiOperation({
    summary: 'Accept a hold, as its recipient',
    description: 'The recipient gets the tokens and the fee is taken; not later than `hold_until`.',
  })
  @ApiParam(HOLD_PARAM)
  @ApiBody({ type: AnswerDto, examples: ANSWERS })
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiCreatedResponse({ type: AcceptedTransactionDto })
  @ApiOkResponse(REPEATED)
  @ApiProblems(400, 401, 404, 413, 415, 422, 429, 503)
  async accept(
    @ChainParam() chain: string | undefined,
    @Param('id', IdPipe) id: Hash,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const store = this.reader.token(chain);
    answer(store, await this.accepting.answer(store, 'accept', id, body, key), reply);
  }

  @Post(onChain('transactions/:id/decline'))
  @HttpCode(201)
  @ApiOperation({
    summary: 'Decline a hold, as its recipient',
    description: 'The sender gets everything back, fee included; not later than `hold_until`.',
  })
  @ApiParam(HOLD_PARAM)
  @ApiBody({ type: AnswerDto, examples: ANSWERS })
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiCreatedResponse({ type: AcceptedTransactionDto })
  @ApiOkResponse(REPEATED)
  @ApiProblems(400, 401, 404, 413, 415, 422, 429, 503)
  async decline(
    @ChainParam() chain: string | undefined,
    @Param('id', IdPipe) id: Hash,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const store = this.reader.token(chain);
    answer(store, await this.accepting.answer(store, 'decline', id, body, key), reply);
  }

  @Post(onChain('transactions/batch'))
  @HttpCode(201)
  @ApiOperation({
    summary: 'Send many',
    description: 'Each is accepted or refused on its own. Answered when all that were accepted are on disk.',
  })
  @ApiBody({ type: NewTransactionsDto, examples: BATCHES })
  @ApiCreatedResponse({ type: AcceptedTransactionsDto })
  @ApiProblems(400, 401, 404, 413, 415, 429, 503)
  async sendMany(
    @ChainParam() chain: string | undefined,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const store = this.reader.token(chain);
    const results = await this.accepting.transactions(store, body, key);
    const accepted = results.filter((result) => 'entry' in result && !result.repeated).length;
    if (accepted > 0) noteAct(reply.request, store.chain, () => ({ accepted, of: results.length }));
    sendText(reply, batchText(results));
  }

  @Get(onChain('transactions/pending'))
  @ApiOperation({ summary: 'Transactions that wait for a block, oldest first' })
  @ApiOkResponse({ type: PendingTransactionsDto })
  @ApiProblems(400, 429)
  @Header('content-type', JSON_TYPE)
  pending(@ChainParam() chain: string | undefined, @Query() page: PendingPageDto): string {
    return this.pendingTransactions.page(this.reader.token(chain), page);
  }
}
