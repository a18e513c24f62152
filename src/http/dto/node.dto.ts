/** Nodes that were registered with this one, and faults that it detected. */
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional } from 'class-validator';
import { FAULT_CODES } from '../../chain/faults.js';
import { NODES_MAX } from '../../peer/node-url.js';
import { IsWholeParam } from '../requests/validation.js';

export class NodesRequestDto {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: NODES_MAX,
    description: 'URLs (http or https), or host:port',
    example: ['http://127.0.0.1:5001', '127.0.0.1:5002'],
  })
  @ArrayMaxSize(NODES_MAX, { message: `must have at most ${NODES_MAX} entries` })
  @ArrayMinSize(1, { message: 'must have at least one entry' })
  @IsArray({ message: 'must be a list of URLs' })
  readonly nodes!: readonly unknown[];
}

export class RegisteredNodesDto {
  @ApiProperty({ example: 'New nodes have been added' })
  readonly message!: string;

  @ApiProperty({
    type: [String],
    description: 'All nodes that this one knows, oldest first',
    example: ['http://127.0.0.1:5001', 'http://127.0.0.1:5002'],
  })
  readonly total_nodes!: readonly string[];
}

export class RemovedNodesDto {
  @ApiProperty({ example: 'Nodes have been removed' })
  readonly message!: string;

  @ApiProperty({
    type: [String],
    description: 'The nodes in the request that this node knew',
    example: ['http://127.0.0.1:5001'],
  })
  readonly removed!: readonly string[];

  @ApiProperty({
    type: [String],
    description: 'All nodes that this one still knows, oldest first',
    example: ['http://127.0.0.1:5002'],
  })
  readonly total_nodes!: readonly string[];
}

class NodeDto {
  @ApiProperty({ example: 'http://127.0.0.1:5001' })
  readonly url!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000000000 })
  readonly registered_at!: number;
}

export class NodesDto {
  @ApiProperty({ type: [NodeDto], description: 'Oldest first' })
  readonly nodes!: readonly NodeDto[];
}

/** A fault as sent by GET /events: without the evidence, which may be long. */
export class FaultEventDto {
  @ApiProperty({ enum: Object.keys(FAULT_CODES), example: 'PREVIOUS_HASH_MISMATCH' })
  readonly fault!: string;

  @ApiProperty({ example: 'block 8 does not build on the verified block before it' })
  readonly message!: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Index of the block', example: 8 })
  readonly index?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Sequence of the entry', example: 41 })
  readonly sequence?: number;

  @ApiPropertyOptional({ example: 'previous_hash' })
  readonly field?: string;

  @ApiPropertyOptional({ example: 'b8c3…' })
  readonly expected?: string;

  @ApiPropertyOptional({ example: '0000…' })
  readonly found?: string;

  @ApiProperty({
    description:
      'Its URL; `POST /add-checkpoint` if it was found in a request to this node as a witness. Of two stories: where the second one was met',
    example: 'http://127.0.0.1:5000',
  })
  readonly upstream!: string;

  @ApiProperty({
    description: 'Name of the chain; empty if the fault does not concern a chain',
    example: 'aka',
  })
  readonly chain!: string;

  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000000000 })
  readonly detected_at!: number;

  @ApiProperty({ description: 'SHA-256 of everything that the upstream sent', example: 'b8c3…' })
  readonly digest!: string;

  @ApiPropertyOptional({
    description:
      'true if this froze the chain: its producer told two stories, and `upstream` is only where the second one was met. Absent otherwise',
    example: true,
  })
  readonly frozen?: boolean;
}

class FaultDto extends FaultEventDto {
  @ApiProperty({ type: 'integer', description: 'Milliseconds since 1970', example: 1760000060000 })
  readonly last_seen_at!: number;

  @ApiProperty({ type: 'integer', description: 'How many times it was detected', example: 60 })
  readonly times!: number;

  @ApiProperty({
    description:
      'The proof of the fault: what the upstream sent, verbatim. For a block of more than 1,048,576 characters: its header, ' +
      'the entries needed to verify the fault and the ids of all others, with the parent’s header and tree. For two ' +
      'signed headers with the same index (`FORKED`): the file that convicts the producer (protocol, section 12). Anything else is truncated to that length',
    example: '{"index":8}',
  })
  readonly evidence!: string;
}

export class FaultsDto {
  @ApiProperty({
    type: [FaultDto],
    description: 'Newest first: at most a hundred faults and 8 MiB of evidence, but at least one fault',
  })
  readonly faults!: readonly FaultDto[];

  @ApiPropertyOptional({ description: '`cursor` for the next page; absent on the last page', example: '41' })
  readonly next_cursor?: string;
}

export class FaultQueryDto {
  @ApiPropertyOptional({ type: 'integer', description: '`next_cursor` of the previous page', example: 41 })
  @IsOptional()
  @IsWholeParam(1, Number.MAX_SAFE_INTEGER)
  readonly cursor?: number;
}
