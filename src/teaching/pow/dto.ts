/** Requests of the tutorial's routes, and examples of answers. */
import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, ValidateBy } from 'class-validator';
import { BodyPipe } from '../http/body.js';
import { isPyArray, PyFloat, PyInt, type PyValue } from '../python-json/values.js';

export const NAME_CHARACTERS_MAX = 10_000;
const NODE_EXPECTED = 'such as 127.0.0.1:5001 or http://127.0.0.1:5001';

export class NewTransactionDto {
  @ApiProperty({ example: 'd4ee26eee15148ee92c6cd394edd974e' })
  @MaxLength(NAME_CHARACTERS_MAX)
  @IsString({ message: 'sender must be a text' })
  readonly sender!: string;

  @ApiProperty({ example: 'someone-other-address' })
  @MaxLength(NAME_CHARACTERS_MAX)
  @IsString({ message: 'recipient must be a text' })
  readonly recipient!: string;

  @ApiProperty({
    type: Number,
    example: 5,
    description: 'Any number: this chain has no balances. 1 and 1.0 are two numbers, as in Python',
  })
  @ValidateBy({
    name: 'isAmount',
    validator: {
      validate: (value) =>
        value instanceof PyInt || (value instanceof PyFloat && Number.isFinite(value.value)),
      defaultMessage: () => 'amount must be a number',
    },
  })
  readonly amount!: PyInt | PyFloat;
}

/** Both originals' message if a field is missing. */
export const MISSING_VALUES = 'Missing values';
export const transactionBody = new BodyPipe(
  NewTransactionDto,
  ['sender', 'recipient', 'amount'],
  MISSING_VALUES,
);

export class RegisterNodesDto {
  @ApiProperty({ type: [String], example: ['http://127.0.0.1:5001'], description: NODE_EXPECTED })
  @ValidateBy({
    name: 'isNodes',
    validator: {
      validate: (value) => typeof value === 'string' || isPyArray(value as PyValue),
      defaultMessage: () => `nodes must be a list of addresses ${NODE_EXPECTED}`,
    },
  })
  readonly nodes!: string | readonly PyValue[];
}

export const NO_NODES = 'Error: Please supply a valid list of nodes';
export const nodesBody = new BodyPipe(RegisterNodesDto, ['nodes'], NO_NODES);

export class MessageDto {
  @ApiProperty({ example: 'Transaction will be added to Block 2' })
  readonly message!: string;
}

export class RegisteredDto {
  @ApiProperty({ example: 'New nodes have been added' })
  readonly message!: string;
  @ApiProperty({ type: [String], example: ['127.0.0.1:5001'] })
  readonly total_nodes!: readonly string[];
}

export class ProgressDto {
  @ApiProperty()
  readonly mining!: boolean;
  @ApiProperty({ required: false, example: 2, description: 'The block that is searched' })
  readonly index?: number;
  @ApiProperty({ required: false, example: 81_000 })
  readonly tries?: number;
  @ApiProperty({ required: false, example: 0.2 })
  readonly seconds?: number;
  @ApiProperty({ example: 65_536, description: 'How many it takes on average' })
  readonly expected_tries!: number;
}

class NodeDto {
  @ApiProperty({ example: '127.0.0.1:5001' })
  readonly node!: string;
  @ApiProperty({
    type: String,
    required: false,
    example: 'has 3 valid blocks',
    description: 'What came of asking it for its chain, since the start of this node',
  })
  readonly result?: string | undefined;
}

export class NodesDto {
  @ApiProperty({ type: [NodeDto] })
  readonly nodes!: readonly NodeDto[];
}
