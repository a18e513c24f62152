/** Blocks in wire form (protocol, section 5). */
import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { HASH, ID } from './examples.js';
import { ErasureDto, InformationDto, TransactionDto } from './entry.dto.js';

export class HeaderDto {
  @ApiProperty({ description: 'Id of the chain: the hash of its contract', example: ID })
  readonly chain!: string;

  @ApiProperty({ type: 'integer', description: 'Starts at 1, the genesis block', example: 2 })
  readonly index!: number;

  @ApiProperty({ description: 'Hash of the previous block; zeros in the genesis block', example: HASH })
  readonly previous_hash!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000010000 })
  readonly timestamp!: number;

  @ApiProperty({ description: 'Root of the RFC 6962 tree over all entries so far', example: HASH })
  readonly tree_root!: string;

  @ApiProperty({
    type: 'integer',
    description: 'Number of entries in the chain up to and including this block',
    example: 1,
  })
  readonly tree_size!: number;

  @ApiProperty({ type: 'integer', description: 'Version of the protocol', example: 1 })
  readonly version!: number;

  @ApiProperty({ description: 'SHA-256 of the canonical header', example: HASH })
  readonly hash!: string;

  @ApiProperty({ description: 'The producer’s Ed25519 signature', example: `${HASH}${ID}` })
  readonly signature!: string;
}

export class TransactionBlockDto extends HeaderDto {
  @ApiProperty({ type: [TransactionDto] })
  readonly transactions!: readonly TransactionDto[];
}

@ApiExtraModels(InformationDto, ErasureDto)
export class InformationBlockDto extends HeaderDto {
  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ $ref: getSchemaPath(InformationDto) }, { $ref: getSchemaPath(ErasureDto) }] },
  })
  readonly information!: readonly (InformationDto | ErasureDto)[];
}

const MESSAGE = { example: 'New Block Forged' };

/** A block that was sealed on request. */
export class NewTransactionBlockDto extends TransactionBlockDto {
  @ApiProperty(MESSAGE)
  readonly message!: string;
}

/** The same for the information chain. */
export class NewInformationBlockDto extends InformationBlockDto {
  @ApiProperty(MESSAGE)
  readonly message!: string;
}

/** Used only by `/chain2`, in the format of the papers. */
export class PaperInformationBlockDto extends InformationBlockDto {
  @ApiProperty({ type: 'integer', description: 'The index again', example: 2 })
  readonly index2!: number;
}

export class FrontierDto {
  @ApiProperty({ description: 'Id of the chain', example: ID })
  readonly chain!: string;

  @ApiProperty({ type: 'integer', description: 'Index of the block', example: 2 })
  readonly index!: number;

  @ApiProperty({ type: 'integer', description: 'Number of entries in the tree at that block', example: 1 })
  readonly tree_size!: number;

  @ApiProperty({ description: 'Root of the tree at that block', example: HASH })
  readonly tree_root!: string;

  @ApiProperty({
    type: [String],
    description: 'Roots of the perfect subtrees, largest first: one for each set bit of tree_size',
    example: [HASH],
  })
  readonly frontier!: readonly string[];
}
