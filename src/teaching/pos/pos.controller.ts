/** Shows a proof-of-stake chain over HTTP; validators take part over TCP. */
import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ApiOpenAnswer } from '../http/api-docs.js';
import { PosGame } from './pos-game.js';

class ValidatorDto {
  @ApiProperty({ example: '4e07…', description: 'SHA-256 of the time when it came' })
  readonly address!: string;
  @ApiProperty({ example: 100 })
  readonly stake!: number;
  @ApiProperty({ example: 0.25, description: 'Of all stakes here' })
  readonly share!: number;
  @ApiProperty({ example: '2026-11-26 09:30:00.123456', description: 'Local time' })
  readonly since!: string;
}

class ValidatorsDto {
  @ApiProperty({ type: [ValidatorDto] })
  readonly validators!: readonly ValidatorDto[];
  @ApiProperty({ example: 400 })
  readonly total_stake!: number;
}

class CandidateDto {
  @ApiProperty({ example: '4e07…' })
  readonly validator!: string;
  @ApiProperty({ example: 100 })
  readonly stake!: number;
  @ApiProperty({ example: 0.25, description: 'That it wins: its stake / the stakes of all candidates' })
  readonly probability!: number;
  @ApiProperty({ example: '72', description: 'As text: it may have any size' })
  readonly bpm!: string;
}

class RoundDto {
  @ApiProperty({ example: 1 })
  readonly number!: number;
  @ApiProperty({ example: '2026-11-26 09:30:10.000001' })
  readonly at!: string;
  @ApiProperty({ type: [CandidateDto] })
  readonly candidates!: readonly CandidateDto[];
  @ApiProperty({ example: '4e07…' })
  readonly winner!: string;
  @ApiProperty({ example: 1, description: 'Of the block that was appended' })
  readonly index!: number;
}

class RoundsDto {
  @ApiProperty({ example: 10_000 })
  readonly round_ms!: number;
  @ApiProperty({ example: 3200 })
  readonly next_lottery_in_ms!: number;
  @ApiProperty({ type: [CandidateDto], description: 'Who could win the next round, as things are' })
  readonly candidates!: readonly CandidateDto[];
  @ApiProperty({ type: [RoundDto], description: 'The last 1000, oldest first' })
  readonly rounds!: readonly RoundDto[];
}

@ApiTags('chain')
@Controller()
export class PosController {
  constructor(private readonly game: PosGame) {}

  @ApiOperation({ summary: 'The whole chain, its keys in the order of the original' })
  @ApiOpenAnswer('The genesis block has its keys in another order than the others', {
    chain: [
      {
        Index: 0,
        Timestamp: '2026-11-26 09:30:00.123456',
        BPM: 0,
        PrevHash: '',
        Validator: '',
        Hash: '9bd58252bbed62b0af795f7c177c9b115bbb161f41df0ac728443cfb2b9e2067',
      },
    ],
    length: 1,
  })
  @Header('content-type', 'application/json; charset=utf-8')
  @Get('chain')
  chain(): string {
    return `{"chain": ${this.game.chainText}, "length": ${this.game.length}}`;
  }

  @ApiOperation({ summary: 'Who is connected, with which stake' })
  @ApiOkResponse({ type: ValidatorsDto })
  @Get('validators')
  validators(): ValidatorsDto {
    const { validators } = this.game;
    const total_stake = validators.reduce((sum, { stake }) => sum + stake, 0);
    return {
      validators: validators.map((validator) => ({ ...validator, share: validator.stake / total_stake })),
      total_stake,
    };
  }

  @ApiOperation({ summary: 'Who could win with which probability, and who won' })
  @ApiOkResponse({ type: RoundsDto })
  @Get('rounds')
  rounds(): RoundsDto {
    const { roundMs, nextLotteryInMs, candidates, rounds } = this.game;
    return { round_ms: roundMs, next_lottery_in_ms: nextLotteryInMs, candidates, rounds };
  }
}
