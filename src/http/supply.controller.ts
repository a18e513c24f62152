/** GET /supply: how much there is of the token, and where. */
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from './api-problems.js';
import { ChainReader } from './chain-reader.js';
import { SupplyDto } from './dto/supply.dto.js';
import { SupplyReader } from './supply-reader.js';

@ApiTags('wallets')
@Controller('supply')
export class SupplyController {
  constructor(
    private readonly supply: SupplyReader,
    private readonly reader: ChainReader,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How much there is of the token: allocated, issued, burnt, held, circulating' })
  @ApiOkResponse({ type: SupplyDto })
  @ApiProblems(503)
  read(): SupplyDto {
    return this.supply.read(this.reader.token());
  }
}
