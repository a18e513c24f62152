/** POST /transactions/new and /transactions/batch, GET /transactions/pending. */
import { Body, Controller, Get, Headers, HttpCode, Post, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOkResponse,
  ApiCreatedResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../http/api-problems.js';
import { InvalidInput } from '../ledger/errors.js';
import { AcceptingService, transactionDto } from './accepting.service.js';
import {
  AcceptedTransactionDto,
  AcceptedTransactionsDto,
  NewTransactionDto,
  NewTransactionsDto,
  PendingTransactionsDto,
} from './dto/new-transaction.dto.js';
import { PendingPageDto } from './dto/pending-page.dto.js';
import { answerRepeated, IDEMPOTENCY_HEADER, nonceOf } from './idempotency.js';
import { PendingService } from './pending.service.js';

@ApiTags('transactions')
@Controller('transactions')
export class TransactionsController {
  constructor(
    private readonly accepting: AcceptingService,
    private readonly pendingTransactions: PendingService,
  ) {}

  @Post('new')
  @HttpCode(201)
  @ApiOperation({ summary: 'Send tokens', description: 'Answered when the transaction is on disk.' })
  @ApiHeader(IDEMPOTENCY_HEADER)
  @ApiCreatedResponse({ type: AcceptedTransactionDto })
  @ApiOkResponse({
    type: AcceptedTransactionDto,
    description: 'It was accepted before, under the same nonce.',
  })
  @ApiProblems(400, 401, 413, 415, 422, 429, 503)
  async send(
    @Body() body: NewTransactionDto,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AcceptedTransactionDto> {
    const { entry, repeated } = await this.accepting.transaction(body, nonceOf(body.nonce, key));
    if (repeated) answerRepeated(reply);
    return {
      message: `Transaction will be added to Block ${entry.block}`,
      index: entry.block,
      transaction: transactionDto(entry),
    };
  }

  @Post('batch')
  @HttpCode(201)
  @ApiOperation({
    summary: 'Send many',
    description: 'Each is accepted or refused on its own. Answered when all that were accepted are on disk.',
  })
  @ApiBody({ type: NewTransactionsDto })
  @ApiCreatedResponse({ type: AcceptedTransactionsDto })
  @ApiProblems(400, 401, 413, 415, 429, 503)
  sendMany(
    @Body() body: NewTransactionsDto,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<AcceptedTransactionsDto> {
    if (key !== undefined) {
      throw new InvalidInput([
        { field: 'Idempotency-Key', message: 'is for one transaction: give each of a batch its own nonce' },
      ]);
    }
    return this.accepting.transactions(body.transactions);
  }

  @Get('pending')
  @ApiOperation({ summary: 'Transactions that wait for a block, oldest first' })
  @ApiOkResponse({ type: PendingTransactionsDto })
  @ApiProblems(400, 429)
  pending(@Query() page: PendingPageDto): PendingTransactionsDto {
    return this.pendingTransactions.page(page);
  }
}
