/** The base of every teaching node: health, and a redirection from `/` to its API. */
import { Controller, Get, Global, Module, Redirect, type DynamicModule } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiExtraModels, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  TerminusModule,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { ProblemDto } from '../../http/dto/problem.dto.js';

/** A node's description in its health report. */
export abstract class TeachingInfo {
  abstract details(): Readonly<Record<string, string | number>>;
}

// Every route may answer with a problem, even if it doesn't document one.
@ApiExtraModels(ProblemDto)
@ApiTags('health')
@Controller('health')
export class TeachingHealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly info: TeachingInfo,
  ) {}

  @ApiOperation({ summary: 'Green as long as the process answers' })
  @HealthCheck()
  @Get('live')
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @ApiOperation({ summary: 'Green when this node can be asked, with how far it is' })
  @HealthCheck()
  @Get('ready')
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.indicator.check('node').up({ ...this.info.details() })]);
  }
}

@Controller()
export class RootController {
  @ApiExcludeEndpoint()
  @Redirect('/api', 302)
  @Get()
  root(): void {
    // A browser that opens the node shows its API.
  }
}

@Global()
@Module({})
export class TeachingModule {
  static forRoot(info: TeachingInfo): DynamicModule {
    const provided = { provide: TeachingInfo, useValue: info };
    return {
      module: TeachingModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [TeachingHealthController],
      providers: [provided],
      exports: [provided],
    };
  }
}
