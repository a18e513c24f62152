/** The balances of an address on every token chain of this node. */
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { isWalletName } from '../../chain/contract/wallet-policy.js';
import { isTokenStore } from '../../ledger/chain-store.js';
import { CurrentBooks } from '../../ledger/current-books.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { ChainReader } from '../chains/chain-reader.js';
import { AddressDto } from '../dto/address.dto.js';
import { WalletQueryDto } from '../dto/wallet.dto.js';
import { AddressPipe } from '../requests/validation.js';
import { WalletReader } from './wallet-reader.js';

@ApiTags('wallets')
@Controller('addresses')
export class AddressesController {
  constructor(
    private readonly reader: ChainReader,
    private readonly wallets: WalletReader,
    private readonly books: CurrentBooks,
  ) {}

  @ApiOperation({ summary: 'The wallets of an address on every token chain of this node' })
  @ApiParam({ name: 'address', description: 'A sender or a recipient', example: 'alice' })
  @ApiOkResponse({ type: AddressDto })
  @ApiProblems(400, 503)
  @Get(':address')
  address(@Param('address', AddressPipe) address: string): AddressDto {
    return this.read(address);
  }

  @ApiOperation({
    summary: 'The same for any name',
    description: 'Including names that cannot be part of a path, such as `..`',
  })
  @ApiOkResponse({ type: AddressDto })
  @ApiProblems(400, 503)
  @Get()
  addressNamed(@Query() { address }: WalletQueryDto): AddressDto {
    return this.read(address);
  }

  /** Chains on which the wallet was never used are left out: there may be dozens. */
  private read(address: string): AddressDto {
    const stores = this.reader.all().filter(isTokenStore);
    const suiting = stores.filter(({ chain }) => isWalletName(address, chain.contract.wallets.policy));
    const [first] = stores;
    if (suiting.length === 0 && first !== undefined) this.reader.assertAddress(address, first);
    const touched = suiting.filter((store) => this.books.of(store).wallet(address) !== undefined);
    return {
      address,
      wallets: touched.map((store) => {
        const { id, name, contract } = store.chain;
        return { chain: name, id, symbol: contract.symbol, ...this.wallets.read(store, address) };
      }),
    };
  }
}
