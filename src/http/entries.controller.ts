/** Transactions, information records and wallets, one by one and in lists. */
import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Hash } from '../chain/bytes.js';
import { ApiProblems } from './api-problems.js';
import { ChainReader, placedEntryText } from './chain-reader.js';
import {
  PlacedInformationDto,
  PlacedTransactionDto,
  TransactionListDto,
  TransactionQueryDto,
} from './dto/transaction.dto.js';
import { WalletDto, WalletQueryDto } from './dto/wallet.dto.js';
import { JSON_TYPE } from './request.js';
import { TransactionLists } from './transaction-lists.js';
import { TransactionStates } from './transaction-states.js';
import { AddressPipe, IdPipe } from './validation.js';
import { WalletReader } from './wallet-reader.js';

const ID_PARAM = { name: 'id', description: '64 hex digits' };

@Controller()
export class EntriesController {
  constructor(
    private readonly reader: ChainReader,
    private readonly lists: TransactionLists,
    private readonly states: TransactionStates,
    private readonly wallets: WalletReader,
  ) {}

  @ApiTags('transactions')
  @ApiOperation({ summary: 'Transactions, newest first, pending ones included' })
  @ApiOkResponse({ type: TransactionListDto })
  @ApiProblems(400, 503)
  @Header('content-type', JSON_TYPE)
  @Get('transactions')
  list(@Query() query: TransactionQueryDto): string {
    return this.lists.page(this.reader.token(), query);
  }

  @ApiTags('transactions')
  @ApiOperation({ summary: 'One transaction, with its block, its sequence and what has become of it' })
  @ApiParam(ID_PARAM)
  @ApiOkResponse({ type: PlacedTransactionDto })
  @ApiProblems(400, 404, 503)
  @Header('content-type', JSON_TYPE)
  @Get('transactions/:id')
  transaction(@Param('id', IdPipe) id: Hash): string {
    return this.states.read(this.reader.token(), id);
  }

  @ApiTags('information')
  @ApiOperation({ summary: 'One information record, with its block and sequence' })
  @ApiParam(ID_PARAM)
  @ApiOkResponse({ type: PlacedInformationDto })
  @ApiProblems(400, 404, 503)
  @Header('content-type', JSON_TYPE)
  @Get('information/:id')
  information(@Param('id', IdPipe) id: Hash): string {
    const store = this.reader.information();
    const { entry, sealedSize } = this.reader.entry(store, id);
    return placedEntryText(entry, store.chain.contract.kind, sealedSize);
  }

  @ApiTags('wallets')
  @ApiOperation({
    summary: 'A wallet by any name',
    description:
      'Also by `.` and `..`, which no path of a URL can hold: such wallets are on chains of older versions.',
  })
  @ApiOkResponse({ type: WalletDto })
  @ApiProblems(400, 503)
  @Get('wallets')
  namedWallet(@Query() { address }: WalletQueryDto): WalletDto {
    return this.wallets.read(this.reader.token(), address);
  }

  @ApiTags('wallets')
  @ApiOperation({ summary: 'What a wallet has, sent, received and paid' })
  @ApiParam({ name: 'address', description: 'A sender or a recipient', example: 'alice' })
  @ApiOkResponse({ type: WalletDto })
  @ApiProblems(400, 503)
  @Get('wallets/:address')
  wallet(@Param('address', AddressPipe) address: string): WalletDto {
    return this.wallets.read(this.reader.token(), address);
  }
}
