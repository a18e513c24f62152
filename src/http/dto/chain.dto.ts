/** Chains, their contracts and their blocks, in the envelopes that both roles send (protocol, section 2). */
import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  getSchemaPath,
  type ApiPropertyOptions,
} from '@nestjs/swagger';
import type { ChainKind } from '../../chain/contract/kinds.js';
import type { Role } from '../../ledger/node-info.js';
import {
  HeaderDto,
  InformationBlockDto,
  PaperInformationBlockDto,
  TransactionBlockDto,
} from './block.dto.js';
import { ID } from './examples.js';

class ScheduleDto {
  @ApiProperty({ type: 'integer', nullable: true, example: 10000 })
  readonly interval_ms!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 1000 })
  readonly max_entries!: number | null;

  @ApiProperty({ example: false })
  readonly seal_empty!: boolean;
}

class TokenDto {
  @ApiProperty({ example: 'AKA' })
  readonly symbol!: string;

  @ApiProperty({ type: 'integer', example: 18 })
  readonly decimals!: number;
}

class FeeDto {
  @ApiProperty({ example: '0.00005' })
  readonly rate!: string;

  @ApiProperty({ example: 'bpsc_wallet_address' })
  readonly wallet!: string;

  @ApiProperty({ enum: ['collect', 'burn'], example: 'collect' })
  readonly disposition!: string;
}

class AllocationDto {
  @ApiProperty({ example: 'alice' })
  readonly address!: string;

  @ApiProperty({ description: 'Decimal string', example: '1000' })
  readonly amount!: string;
}

class WalletPolicyDto {
  @ApiProperty({ enum: ['open', 'signed'], example: 'open' })
  readonly policy!: string;

  @ApiProperty({ type: [AllocationDto], description: 'Initial balances of wallets', example: [] })
  readonly allocations!: readonly AllocationDto[];

  @ApiPropertyOptional({
    description: 'The wallet that may issue tokens; absent if nobody may',
    example: 'treasury',
  })
  readonly issuer?: string;
}

class ContractDto {
  @ApiProperty({ type: 'integer', example: 1 })
  readonly version!: number;

  @ApiProperty({ description: 'Name of the chain', example: 'information' })
  readonly name!: string;

  @ApiProperty({ description: 'The producer’s Ed25519 public key', example: ID })
  readonly producer!: string;

  @ApiProperty({ type: 'integer', example: 1760000000000 })
  readonly created_at!: number;

  @ApiProperty({ type: ScheduleDto })
  readonly schedule!: ScheduleDto;
}

class InformationContractDto extends ContractDto {
  @ApiProperty({ enum: ['information'], example: 'information' })
  readonly kind!: string;
}

class TokenContractDto extends ContractDto {
  @ApiProperty({ enum: ['token'], example: 'token' })
  readonly kind!: string;

  @ApiProperty({ type: TokenDto })
  readonly token!: TokenDto;

  @ApiProperty({ type: FeeDto })
  readonly fee!: FeeDto;

  @ApiProperty({ type: WalletPolicyDto })
  readonly wallets!: WalletPolicyDto;
}

export class FrozenDto {
  @ApiProperty({
    type: 'integer',
    description: 'When this node met the evidence, in milliseconds since 1970',
    example: 1760000000000,
  })
  readonly since!: number;

  @ApiProperty({
    description: 'What the producer signed',
    example: 'its producer signed two blocks 8: b8c3… and 0f41…',
  })
  readonly finding!: string;

  @ApiProperty({
    description: 'Where this node met the second story: a URL, or a route of this node',
    example: 'http://127.0.0.1:5002',
  })
  readonly source!: string;

  @ApiProperty({
    description: 'The path of the file that convicts the producer',
    example: `/chains/${ID}/evidence`,
  })
  readonly evidence!: string;
}

@ApiExtraModels(TokenContractDto, InformationContractDto)
export class ChainDto {
  @ApiProperty({ example: 'aka' })
  readonly name!: string;

  @ApiProperty({ enum: ['token', 'information'], example: 'token' })
  readonly kind!: ChainKind;

  @ApiProperty({ description: 'SHA-256 of the canonical contract', example: ID })
  readonly id!: string;

  @ApiProperty({
    description: 'The chain’s permanent definition: its fee, its schedule, its producer',
    oneOf: [{ $ref: getSchemaPath(TokenContractDto) }, { $ref: getSchemaPath(InformationContractDto) }],
    discriminator: {
      propertyName: 'kind',
      mapping: {
        token: getSchemaPath(TokenContractDto),
        information: getSchemaPath(InformationContractDto),
      },
    },
  })
  readonly contract!: TokenContractDto | InformationContractDto;

  @ApiProperty({
    type: 'integer',
    description: 'Number of sealed blocks, which is the index of the head',
    example: 7,
  })
  readonly length!: number;

  @ApiProperty({ type: HeaderDto })
  readonly head!: HeaderDto;

  @ApiProperty({
    description:
      'The key that verifies the chain’s checkpoints and receipts, in C2SP signed-note format: its name is `bpsc/` followed by the chain’s id',
    example: `bpsc/${ID}+8177083c+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c`,
  })
  readonly verifier_key!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The checkpoint of the head’s tree (C2SP tlog-checkpoint), signed by the producer; null if this node doesn’t have it yet',
    example: null,
  })
  readonly checkpoint!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'The newest checkpoint with cosignatures of witnesses that this node knows, if it is older than the head’s; null otherwise. Followers take them from here and from `checkpoint`',
    example: null,
  })
  readonly cosigned_checkpoint!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'The size of the newest tree whose checkpoint the quorum of this node’s policy cosigned: entries with a smaller sequence are witnessed. null if none is',
    example: null,
  })
  readonly witnessed_size!: number | null;

  @ApiProperty({
    type: FrozenDto,
    nullable: true,
    description:
      'Set if the producer told two stories: this node takes no more blocks of the chain, for good, and goes on serving those that it verified. null otherwise',
    example: null,
  })
  readonly frozen!: FrozenDto | null;
}

export const DETAILS = {
  type: 'object',
  description: 'Additional details about the node; on a follower, how far behind it is',
  additionalProperties: {
    oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'null' }],
  },
  example: {},
} satisfies ApiPropertyOptions;

export class WitnessDto {
  @ApiProperty({ description: 'The name of its key', example: 'witness.example.org/w1' })
  readonly name!: string;

  @ApiProperty({
    description: 'Its key in C2SP signed-note format, for the line `witness` of a policy',
    example: 'bpsc.example/follower-1+e8cb9a92+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU',
  })
  readonly verifier_key!: string;
}

export class ChainsDto {
  @ApiProperty({ enum: ['producer', 'follower'], example: 'producer' })
  readonly role!: Role;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The node that this one follows (the first, if there are several); null on the producer',
    example: null,
  })
  readonly upstream!: string | null;

  @ApiProperty({ type: [String], description: 'All nodes that this one follows', example: [] })
  readonly upstreams!: readonly string[];

  @ApiProperty(DETAILS)
  readonly details!: Readonly<Record<string, string | number | boolean | null>>;

  @ApiProperty({
    type: WitnessDto,
    nullable: true,
    description: 'This node as a witness; null if it is none',
  })
  readonly witness!: WitnessDto | null;

  @ApiProperty({ type: [ChainDto] })
  readonly chains!: readonly ChainDto[];
}

const LENGTH = { type: 'integer', description: 'Number of blocks in the whole chain', example: 7 } as const;

export class PaperChainDto {
  @ApiProperty({ type: [TransactionBlockDto] })
  readonly chain!: readonly TransactionBlockDto[];

  @ApiProperty(LENGTH)
  readonly length!: number;
}

export class PaperChain2Dto {
  @ApiProperty({ type: [PaperInformationBlockDto] })
  readonly chain2!: readonly PaperInformationBlockDto[];

  @ApiProperty(LENGTH)
  readonly length!: number;
}

@ApiExtraModels(TransactionBlockDto, InformationBlockDto)
export class BlockPageDto {
  @ApiProperty({ description: 'Name of the chain', example: 'aka' })
  readonly chain!: string;

  @ApiProperty({
    type: 'array',
    items: {
      oneOf: [{ $ref: getSchemaPath(TransactionBlockDto) }, { $ref: getSchemaPath(InformationBlockDto) }],
    },
  })
  readonly blocks!: readonly HeaderDto[];

  @ApiProperty(LENGTH)
  readonly length!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: '`from` for the next page; null on the last page',
    example: null,
  })
  readonly next_from!: number | null;
}

export class HeaderPageDto {
  @ApiProperty({ description: 'Name of the chain', example: 'aka' })
  readonly chain!: string;

  @ApiProperty({ type: [HeaderDto], description: 'In ascending order, up to the head at most' })
  readonly headers!: readonly HeaderDto[];

  @ApiProperty(LENGTH)
  readonly length!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: '`from` for the next page; null on the last page',
    example: null,
  })
  readonly next_from!: number | null;
}

/** A role’s answer on `/smart/chain`, in the format of the papers. */
export class SmartChainDto {
  @ApiProperty({ example: 'Smart chain update by bpsc' })
  readonly message!: string;

  @ApiProperty({ name: 'smart chain', type: [TransactionBlockDto] })
  readonly 'smart chain'!: readonly TransactionBlockDto[];

  @ApiProperty(LENGTH)
  readonly length!: number;
}
