/** Routes that every proof-of-work node has. */
import { Controller, Delete, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiOpenAnswer, ApiStoreFailure } from '../http/api-docs.js';
import { MessageDto, NodesDto, ProgressDto } from './dto.js';
import { blocksText, chainText, JsonText } from './json-answer.js';
import { ProofNode } from './proof-node.js';

const CHAIN = {
  chain: [{ index: 1, previous_hash: '1', proof: 100, timestamp: 1506057125.900785, transactions: [] }],
  length: 1,
};

@ApiTags('chain')
@Controller()
export class ChainController {
  constructor(private readonly node: ProofNode) {}

  @ApiOperation({
    summary: 'The whole chain',
    description:
      'Each block is sent as the very text that is hashed: SHA-256 of it is the next block’s previous_hash.',
  })
  @ApiOpenAnswer('With `proof` in each block, or in the variant with wallets `nonce`', CHAIN)
  @JsonText()
  @Get('chain')
  chain(): string {
    return chainText(this.node.blocks);
  }

  @ApiOperation({ summary: 'Takes the longest valid chain among those of the registered nodes' })
  @ApiOpenAnswer('`new_chain` where ours was replaced, else `chain`', {
    message: 'Our chain was replaced',
    new_chain: CHAIN.chain,
  })
  @ApiStoreFailure()
  @JsonText()
  @Get('nodes/resolve')
  async resolve(): Promise<string> {
    const { replaced } = await this.node.resolve();
    const blocks = blocksText(this.node.blocks);
    return replaced
      ? `{"message": "Our chain was replaced", "new_chain": ${blocks}}`
      : `{"message": "Our chain is authoritative", "chain": ${blocks}}`;
  }

  @ApiOperation({ summary: 'The registered nodes, and what came of asking them for their chains' })
  @ApiOkResponse({ type: NodesDto })
  @Get('nodes')
  nodes(): NodesDto {
    return { nodes: this.node.nodes };
  }

  @ApiOperation({ summary: 'How far the search for the next block’s proof is' })
  @ApiOkResponse({ type: ProgressDto })
  @Get('mine/progress')
  progress(): ProgressDto {
    const { progress, zeros } = this.node;
    return { mining: progress !== undefined, ...progress, expected_tries: 16 ** zeros };
  }

  @ApiOperation({ summary: 'Stops the search; requests that wait for its block are answered 409' })
  @ApiOkResponse({ type: MessageDto })
  @Delete('mine')
  stop(): MessageDto {
    return { message: this.node.stopMining() ? 'Mining was stopped' : 'Nothing was being mined' };
  }
}
