/** POST /add-checkpoint: a log asks for a cosignature (C2SP tlog-witness). Text in, text out, and no token. */
import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatSignatureLine } from '../../chain/note/signed-note.js';
import { TakesText } from '../../http/requests/text-body.js';
import { ApiProblems } from '../../http/openapi/api-problems.js';
import { TEXT_TYPE } from '../../http/requests/request.js';
import { Unavailable } from '../../ledger/errors.js';
import { ADD_CHECKPOINT, ADD_CHECKPOINT_BYTES_MAX, SIZE_TYPE } from '../../ledger/witness-limits.js';
import type { CosignerAnswer } from '../cosigner.js';
import { WitnessMetrics } from '../witness-metrics.js';
import { Witness } from '../witness.js';

const EXAMPLE =
  'old 1\n\nbpsc/…\n4\nvDWV3URmjcpEZRaojpmym7R1mBfAlc0vwTdYmG8S0nY=\n\n— bpsc/… gXcIPIB+rFlb…\n';
const text = (type: string, example: string) => ({ [type]: { schema: { type: 'string' }, example } });
const refused = (description: string, example: string) => ({
  description,
  content: text('text/plain', example),
});

@ApiTags('witness')
@Controller()
export class AddCheckpointController {
  constructor(
    private readonly witness: Witness,
    private readonly metrics: WitnessMetrics,
  ) {}

  @ApiOperation({
    summary: 'A cosignature of a checkpoint',
    description:
      'For logs that this witness knows (C2SP tlog-witness): a line with `old` and the size that the witness cosigned ' +
      'last, the consistency proof from there, a hash per line in base64, an empty line, and the checkpoint. The ' +
      'witness pulls the block of a chain that it follows if it doesn’t have it yet, and waits for it for up to 5 ' +
      'seconds. It cosigns no smaller tree after a larger one, and no two roots of one size. No token is needed, and ' +
      'any content type will do.',
  })
  @ApiBody({ schema: { type: 'string' }, required: true, examples: { request: { value: EXAMPLE } } })
  @ApiResponse({
    status: 200,
    description: 'The cosignature, as a line to append to the checkpoint',
    content: text('text/plain', '— witness.example/w1 6MuakgAAAABo53gL…\n'),
  })
  @ApiResponse({
    status: 400,
    ...refused(
      'Not a request of this form, or `old` is above the size',
      'the first line must be old and a tree size\n',
    ),
  })
  @ApiResponse({
    status: 403,
    ...refused('The log did not sign it', 'the checkpoint is not signed by a trusted key\n'),
  })
  @ApiResponse({ status: 404, ...refused('An unknown log', 'the log example.com/log is not known here\n') })
  @ApiResponse({
    status: 409,
    description:
      '`old` is not the size that this witness cosigned last, which is the answer: ask again from there',
    content: text(SIZE_TYPE, '1\n'),
  })
  @ApiResponse({
    status: 422,
    ...refused(
      'It is not proven consistent with the last one',
      'the checkpoint is not proven consistent with that of size 1\n',
    ),
  })
  @ApiProblems(503)
  @TakesText(ADD_CHECKPOINT_BYTES_MAX)
  @HttpCode(200)
  @Post(ADD_CHECKPOINT)
  async add(@Req() { body }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      const answer = await this.witness.answer(typeof body === 'string' ? body : '');
      this.metrics.answered(answer.status);
      send(reply, answer);
    } catch (error) {
      this.metrics.answered(error instanceof Unavailable ? 503 : 500);
      throw error;
    }
  }
}

function send(reply: FastifyReply, answer: CosignerAnswer): void {
  switch (answer.status) {
    case 200:
      reply.code(200).type(TEXT_TYPE).send(formatSignatureLine(answer.cosignature));
      return;
    case 409:
      reply.code(409).type(SIZE_TYPE).send(`${answer.size}\n`);
      return;
    default:
      reply.code(answer.status).type(TEXT_TYPE).send(`${answer.reason}\n`);
  }
}
