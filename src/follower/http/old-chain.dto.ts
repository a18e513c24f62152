/** A follower's answer if it could not pull. */
import { ApiProperty } from '@nestjs/swagger';
import { TransactionBlockDto } from '../../http/dto/block.dto.js';

export class OldChainDto {
  @ApiProperty({ example: 'Unsuccessful: Please try again' })
  readonly message!: string;

  @ApiProperty({
    description: 'Why this node could not confirm that the chain is up to date',
    example:
      'the upstream http://127.0.0.1:5000 is unreachable: GET /chains: connect ECONNREFUSED 127.0.0.1:5000',
  })
  readonly reason!: string;

  @ApiProperty({ name: 'old chain', type: [TransactionBlockDto] })
  readonly 'old chain'!: readonly TransactionBlockDto[];

  @ApiProperty({
    type: 'integer',
    description: 'Number of blocks in the whole chain; 0 before the first contact',
    example: 7,
  })
  readonly length!: number;
}
