/** The answer about one address: its wallets on all token chains of a node. */
import { ApiProperty } from '@nestjs/swagger';
import { ID } from './examples.js';
import { WalletDto } from './wallet.dto.js';

export class ChainWalletDto extends WalletDto {
  @ApiProperty({ description: 'Name of the chain', example: 'aka' })
  readonly chain!: string;

  @ApiProperty({ description: 'Id of the chain', example: ID })
  readonly id!: string;

  @ApiProperty({ description: 'Symbol of its token', example: 'AKA' })
  readonly symbol!: string;
}

export class AddressDto {
  @ApiProperty({ example: 'alice' })
  readonly address!: string;

  @ApiProperty({
    type: [ChainWalletDto],
    description: 'One for each chain on which the address has ever appeared',
  })
  readonly wallets!: readonly ChainWalletDto[];
}
