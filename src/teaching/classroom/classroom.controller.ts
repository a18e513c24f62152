/** The routes of the classroom's page. */
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
} from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ApiOpenAnswer, ApiOriginalText, ApiProblem } from '../http/api-docs.js';
import { BodyPipe } from '../http/body.js';
import { MessageDto } from '../pow/dto.js';
import { Classroom } from './classroom.js';
import type { ClassroomState, NetworkName } from './state.js';

const NETWORKS: readonly NetworkName[] = ['proof_of_work', 'proof_of_stake', 'bpsc'];

export class LoadDto {
  @ApiProperty({ enum: NETWORKS })
  @IsIn(NETWORKS, { message: `network must be one of ${NETWORKS.join(', ')}` })
  readonly network!: NetworkName;
}

const MISSING = `network is missing: one of ${NETWORKS.join(', ')}`;
export const loadBody = new BodyPipe(LoadDto, ['network'], MISSING);

@ApiTags('classroom')
@Controller()
export class ClassroomController {
  constructor(private readonly classroom: Classroom) {}

  @ApiOperation({ summary: 'The three networks as they are now' })
  @ApiOpenAnswer('`ClassroomState` in src/teaching/classroom/state.ts', { proof_of_work: {}, events: [] })
  @Get('state')
  state(): ClassroomState {
    return this.classroom.state;
  }

  @ApiOperation({ summary: 'Sends a hundred payments to a network, within five seconds' })
  @ApiBody({ type: LoadDto })
  @ApiOkResponse({ type: MessageDto })
  @ApiOriginalText(400, MISSING)
  @HttpCode(200)
  @Post('load')
  load(@Body(loadBody) { network }: LoadDto): MessageDto {
    this.classroom.load(network);
    return { message: `100 payments are sent to ${network}` };
  }

  @ApiOperation({ summary: 'Stops or starts a node by its name' })
  @ApiOkResponse({ type: MessageDto })
  @ApiProblem(404, 'Not Found', 'There is no such node')
  @HttpCode(200)
  @Post('nodes/:name/:action')
  switch(@Param('name') name: string, @Param('action') action: string): MessageDto {
    if (action !== 'start' && action !== 'stop') {
      throw new BadRequestException('what is done to a node must be start or stop');
    }
    if (this.classroom.switch(name, action === 'start')) return { message: `${name}: ${action}` };
    throw new NotFoundException(`there is no node ${JSON.stringify(name)} in the classroom`);
  }
}
