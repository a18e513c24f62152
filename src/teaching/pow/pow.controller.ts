/** The routes of "Learn Blockchains by Building One". */
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { pyObject, type PyValue } from '../python-json/values.js';
import { ApiOpenAnswer, ApiOriginalText, ApiProblem, ApiStoreFailure } from '../http/api-docs.js';
import { readAddresses } from './addresses.js';
import {
  MessageDto,
  MISSING_VALUES,
  NewTransactionDto,
  NO_NODES,
  nodesBody,
  RegisteredDto,
  RegisterNodesDto,
  transactionBody,
} from './dto.js';
import { jsonText, JsonText } from './json-answer.js';
import { ProofNode } from './proof-node.js';

@ApiTags('chain')
@Controller()
export class PowController {
  constructor(private readonly node: ProofNode) {}

  @ApiOperation({ summary: 'Adds a transaction; it waits for the next block on disk' })
  @ApiBody({ type: NewTransactionDto })
  @ApiCreatedResponse({ type: MessageDto })
  @ApiOriginalText(400, MISSING_VALUES)
  @ApiStoreFailure()
  @Post('transactions/new')
  newTransaction(@Body(transactionBody) { sender, recipient, amount }: NewTransactionDto): MessageDto {
    const index = this.node.submit(pyObject({ sender, recipient, amount }));
    return { message: `Transaction will be added to Block ${index}` };
  }

  @ApiOperation({ summary: 'The transactions that wait for a block' })
  @ApiOpenAnswer('Oldest first', { transactions: [{ sender: 'a', recipient: 'b', amount: 5 }] })
  @JsonText()
  @Get('transactions/pending')
  pending(): string {
    return jsonText({ transactions: this.node.pending });
  }

  @ApiOperation({
    summary: 'Mines the next block and pays this node for it',
    description: 'Takes as long as it takes; GET /mine/progress says how far it is, DELETE /mine stops it.',
  })
  @ApiOpenAnswer('The block', {
    message: 'New Block Forged',
    index: 2,
    transactions: [{ sender: '0', recipient: '0a1b…', amount: 1 }],
    proof: 110650,
    previous_hash: '9bd58252bbed62b0af795f7c177c9b115bbb161f41df0ac728443cfb2b9e2067',
  })
  @ApiProblem(409, 'Conflict', 'Another block is being mined, or this one was stopped or is stale')
  @ApiStoreFailure()
  @JsonText()
  @Get('mine')
  async mine(): Promise<string> {
    const { block } = await this.node.mine();
    const field = (name: string): PyValue => block.get(name) ?? null;
    return jsonText({
      message: 'New Block Forged',
      index: field('index'),
      transactions: field('transactions'),
      proof: field('proof'),
      previous_hash: field('previous_hash'),
    });
  }

  @ApiOperation({ summary: 'Adds nodes that GET /nodes/resolve asks' })
  @ApiBody({ type: RegisterNodesDto })
  @ApiCreatedResponse({ type: RegisteredDto })
  @ApiOriginalText(400, NO_NODES)
  @ApiProblem(409, 'Conflict', 'A node knows at most 100 others')
  @ApiStoreFailure()
  @HttpCode(201)
  @Post('nodes/register')
  register(@Body(nodesBody) { nodes }: RegisterNodesDto): {
    message: string;
    total_nodes: readonly string[];
  } {
    const total_nodes = this.node.register(readAddresses(nodes));
    return { message: 'New nodes have been added', total_nodes };
  }
}
