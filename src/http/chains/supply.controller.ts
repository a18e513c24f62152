/** GET /supply: the supply of the token and its parts. */
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../openapi/api-problems.js';
import { ChainReader } from './chain-reader.js';
import { ChainParam, onChain } from './chain-routes.js';
import { SupplyDto } from '../dto/supply.dto.js';
import { SupplyReader } from './supply-reader.js';

@ApiTags('wallets')
@Controller()
export class SupplyController {
  constructor(
    private readonly supply: SupplyReader,
    private readonly reader: ChainReader,
  ) {}

  @Get(onChain('supply'))
  @ApiOperation({ summary: 'The supply of the token: allocated, issued, burnt, held, circulating' })
  @ApiOkResponse({ type: SupplyDto })
  @ApiProblems(404, 503)
  read(@ChainParam() chain: string | undefined): SupplyDto {
    return this.supply.read(this.reader.token(chain));
  }
}
