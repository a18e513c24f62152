/** Transactions, information records and wallets, individually and in lists. */
import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Hash } from '../../chain/bytes/bytes.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { Cosignatures } from '../../ledger/cosignatures.js';
import { ChainReader } from '../chains/chain-reader.js';
import { ChainParam, onChain } from '../chains/chain-routes.js';
import {
  PlacedErasureDto,
  PlacedInformationDto,
  PlacedTransactionDto,
  TransactionListDto,
  TransactionQueryDto,
} from '../dto/transaction.dto.js';
import { InformationListDto, InformationQueryDto } from '../dto/information.dto.js';
import { informationPage, placedInformationText } from './information-list.js';
import { WalletQueryDto, WalletDto } from '../dto/wallet.dto.js';
import { JSON_TYPE } from '../requests/request.js';
import { TransactionLists } from './transaction-lists.js';
import { TransactionStates } from './transaction-states.js';
import { AddressPipe, IdPipe } from '../requests/validation.js';
import { WalletReader } from './wallet-reader.js';

const ID_PARAM = { name: 'id', description: '64 hex digits' };

@ApiExtraModels(PlacedInformationDto, PlacedErasureDto)
@Controller()
export class EntriesController {
  constructor(
    private readonly reader: ChainReader,
    private readonly lists: TransactionLists,
    private readonly states: TransactionStates,
    private readonly wallets: WalletReader,
    private readonly cosignatures: Cosignatures,
  ) {}

  @ApiTags('transactions')
  @ApiOperation({ summary: 'Transactions, newest first, including pending ones' })
  @ApiOkResponse({ type: TransactionListDto })
  @ApiProblems(400, 404, 503)
  @Header('content-type', JSON_TYPE)
  @Get(onChain('transactions'))
  list(@ChainParam() chain: string | undefined, @Query() query: TransactionQueryDto): string {
    return this.lists.page(this.reader.token(chain), query);
  }

  @ApiTags('transactions')
  @ApiOperation({ summary: 'One transaction, with its block, its sequence and its state' })
  @ApiParam(ID_PARAM)
  @ApiOkResponse({ type: PlacedTransactionDto })
  @ApiProblems(400, 404, 503)
  @Header('content-type', JSON_TYPE)
  @Get(onChain('transactions/:id'))
  transaction(@ChainParam() chain: string | undefined, @Param('id', IdPipe) id: Hash): string {
    return this.states.read(this.reader.token(chain), id);
  }

  @ApiTags('information')
  @ApiOperation({
    summary: 'One information record, or an erasure, with its block and sequence',
    description: 'A record may be erased, so it is not to be cached.',
  })
  @ApiParam(ID_PARAM)
  @ApiOkResponse({
    schema: {
      oneOf: [{ $ref: getSchemaPath(PlacedInformationDto) }, { $ref: getSchemaPath(PlacedErasureDto) }],
    },
  })
  @ApiProblems(400, 404, 503)
  @Header('content-type', JSON_TYPE)
  @Get(onChain('information/:id'))
  information(@ChainParam() chain: string | undefined, @Param('id', IdPipe) id: Hash): string {
    const store = this.reader.information(chain);
    const { entry, sealedSize } = this.reader.entry(store, id);
    const reached = { sealed: sealedSize, witnessed: this.cosignatures.witnessedSize(store) };
    return placedInformationText(store, entry, reached);
  }

  @ApiTags('wallets')
  @ApiOperation({
    summary: 'A wallet by any name',
    description:
      'Including `.` and `..`, which cannot be part of a URL path: chains of older versions may have such wallets.',
  })
  @ApiOkResponse({ type: WalletDto })
  @ApiProblems(400, 404, 503)
  @Get(onChain('wallets'))
  namedWallet(@ChainParam() chain: string | undefined, @Query() { address }: WalletQueryDto): WalletDto {
    return this.wallets.read(this.reader.token(chain), address);
  }

  @ApiTags('wallets')
  @ApiOperation({ summary: 'The balance of a wallet, and the amounts that it sent, received and paid' })
  @ApiParam({ name: 'address', description: 'A sender or a recipient', example: 'alice' })
  @ApiOkResponse({ type: WalletDto })
  @ApiProblems(400, 404, 503)
  @Get(onChain('wallets/:address'))
  wallet(@ChainParam() chain: string | undefined, @Param('address', AddressPipe) address: string): WalletDto {
    return this.wallets.read(this.reader.token(chain), address);
  }

  @ApiTags('information')
  @ApiOperation({ summary: 'Information records and erasures, newest first, including pending ones' })
  @ApiOkResponse({ type: InformationListDto })
  @ApiProblems(400, 404, 503)
  @Header('content-type', JSON_TYPE)
  @Get(onChain('information'))
  records(@ChainParam() chain: string | undefined, @Query() query: InformationQueryDto): string {
    const store = this.reader.information(chain);
    return informationPage(store, query, this.cosignatures.witnessedSize(store));
  }
}
