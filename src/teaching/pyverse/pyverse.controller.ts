/** The routes of PyVerse's node. */
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiNotAcceptableResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ApiOpenAnswer, ApiOriginalText, ApiProblem, ApiStoreFailure } from '../http/api-docs.js';
import { OriginalAnswer } from '../http/original-answer.js';
import { readAddresses } from '../pow/addresses.js';
import {
  MessageDto,
  MISSING_VALUES,
  NO_NODES,
  nodesBody,
  RegisteredDto,
  RegisterNodesDto,
} from '../pow/dto.js';
import { JsonText, jsonText } from '../pow/json-answer.js';
import { ProofNode } from '../pow/proof-node.js';
import { pyObject, type PyValue } from '../python-json/values.js';
import { pyStr } from '../python-json/write.js';
import { AddressesDto, NodesFormDto, signedBody, SignedTransactionDto } from './dto.js';
import { REWARD_SENDER } from './pyverse-rules.js';
import { isSigned } from './signature.js';

const FORMS = ['application/x-www-form-urlencoded', 'application/json'] as const;

@ApiTags('chain')
@Controller()
export class PyverseController {
  constructor(private readonly node: ProofNode) {}

  @ApiOperation({
    summary: 'Adds a transaction that its sender signed',
    description: `As the original, it takes those of the sender “${REWARD_SENDER}” from anybody: an exercise in docs/classroom.md.`,
  })
  @ApiConsumes(...FORMS)
  @ApiBody({ type: SignedTransactionDto })
  @ApiCreatedResponse({ type: MessageDto })
  @ApiNotAcceptableResponse({
    description: 'The signature is wrong: “Invalid Transaction!”',
    type: MessageDto,
  })
  @ApiOriginalText(400, MISSING_VALUES)
  @ApiStoreFailure()
  @Post('transactions/new')
  newTransaction(@Body(signedBody) body: SignedTransactionDto): MessageDto {
    const { sender_address, recipient_address, amount, signature } = body;
    const fields = { sender_address, recipient_address, value: pyStr(amount) };
    if (sender_address !== REWARD_SENDER && !isSigned(fields, signature)) {
      throw OriginalAnswer.json(406, { message: 'Invalid Transaction!' });
    }
    const index = this.node.submit(pyObject(fields));
    return { message: `Transaction will be added to Block ${index}` };
  }

  @ApiOperation({ summary: 'The transactions that wait for a block' })
  @ApiOpenAnswer('Oldest first', { transactions: [] })
  @JsonText()
  @Get('transactions/get')
  pending(): string {
    return jsonText({ transactions: this.node.pending });
  }

  @ApiOperation({
    summary: 'Mines the next block and pays this node for it',
    description: 'GET /mine/progress says how far it is, DELETE /mine stops it.',
  })
  @ApiOpenAnswer('The block', {
    message: 'New Block Forged',
    block_number: 2,
    transactions: [{ sender_address: REWARD_SENDER, recipient_address: '0a1b…', value: 1 }],
    nonce: 153,
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
      block_number: field('index'),
      transactions: field('transactions'),
      nonce: field('nonce'),
      previous_hash: field('previous_hash'),
    });
  }

  @ApiOperation({ summary: 'Adds nodes that GET /nodes/resolve asks' })
  @ApiConsumes(...FORMS)
  @ApiBody({ type: NodesFormDto })
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

  @ApiOperation({ summary: 'The registered nodes' })
  @ApiOkResponse({ type: AddressesDto })
  @Get('nodes/get')
  nodes(): AddressesDto {
    return { nodes: this.node.nodes.map(({ node }) => node) };
  }
}
