/** The state of the nodes that this one knows, as they reported it when queried. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ID } from './examples.js';

export class NetworkChainDto {
  @ApiProperty({ example: 'aka' })
  readonly name!: string;

  @ApiProperty({ enum: ['token', 'information'], example: 'token' })
  readonly kind!: 'token' | 'information';

  @ApiProperty({ type: 'integer', description: 'Index of its head', example: 7 })
  readonly index!: number;

  @ApiProperty({ description: 'Hash of its head', example: ID })
  readonly hash!: string;

  @ApiProperty({ type: 'integer', description: 'Timestamp of its head', example: 1760000000000 })
  readonly timestamp!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Number of blocks that this node has and that node hasn’t; negative if that node is ahead',
    example: 0,
  })
  readonly behind!: number;

  @ApiProperty({
    enum: ['agrees', 'disagrees', 'at_fault', 'other_chain', 'unknown'],
    description:
      '`disagrees`: two different blocks with the same index. `at_fault`: this node no longer follows the chain because it detected ' +
      'a fault of its upstream (see GET /faults), even if the blocks agree now. `other_chain`: a different contract. `unknown`: could not be compared',
    example: 'agrees',
  })
  readonly agreement!: 'agrees' | 'disagrees' | 'at_fault' | 'other_chain' | 'unknown';

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Index of the block that was compared: the last one that both nodes have',
    example: 7,
  })
  readonly compared_at!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Hash of that block on the other node',
    example: ID,
  })
  readonly their_hash!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Hash of that block on this node', example: ID })
  readonly our_hash!: string | null;

  @ApiProperty({
    description:
      'Whether its head is signed by the producer. Two different signed blocks with the same index prove that the producer equivocated',
    example: true,
  })
  readonly signed!: boolean;
}

export class NetworkNodeDto {
  @ApiProperty({ example: 'http://127.0.0.1:5001' })
  readonly url!: string;

  @ApiProperty({ enum: ['upstream', 'registered'], example: 'registered' })
  readonly source!: 'upstream' | 'registered';

  @ApiProperty({
    enum: ['answered', 'unreachable', 'not_a_node', 'not_asked'],
    description: '`not_asked`: more nodes are registered than this one queries',
    example: 'answered',
  })
  readonly state!: 'answered' | 'unreachable' | 'not_a_node' | 'not_asked';

  @ApiPropertyOptional({
    type: 'integer',
    description: 'For an upstream that doesn’t answer like a node: since when, in milliseconds since 1970',
    example: 1760000000000,
  })
  readonly unreachable_since?: number;

  @ApiProperty({ enum: ['producer', 'follower'], type: String, nullable: true, example: 'follower' })
  readonly role!: 'producer' | 'follower' | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'How long it took to answer', example: 3 })
  readonly answered_in_ms!: number | null;

  @ApiProperty({ type: [NetworkChainDto] })
  readonly chains!: readonly NetworkChainDto[];
}

export class NetworkDto {
  @ApiProperty({ type: 'integer', description: 'When the nodes were queried', example: 1760000000000 })
  readonly asked_at!: number;

  @ApiProperty({
    type: [NetworkNodeDto],
    description: 'The upstreams first, then the others in order of registration',
  })
  readonly nodes!: readonly NetworkNodeDto[];
}
