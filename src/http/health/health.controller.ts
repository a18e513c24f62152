/** Liveness and readiness of this node. */
import {
  Catch,
  Controller,
  Get,
  ServiceUnavailableException,
  UseFilters,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Access } from '../../access/access.js';
import { NodeInfo } from '../../ledger/node-info.js';

/** Keeps Terminus's own format for failed checks, which its users know, instead of a problem document. */
@Catch(ServiceUnavailableException)
class HealthFilter implements ExceptionFilter<ServiceUnavailableException> {
  catch(error: ServiceUnavailableException, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(error.getStatus()).send(error.getResponse());
  }
}

@ApiTags('health')
@UseFilters(HealthFilter)
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicator: HealthIndicatorService,
    private readonly info: NodeInfo,
    private readonly access: Access,
  ) {}

  @ApiOperation({ summary: 'Liveness: 200 as long as the process answers' })
  @HealthCheck()
  @Get('live')
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @ApiOperation({ summary: 'Readiness: 503, with the reasons, if this node is not ready' })
  @HealthCheck()
  @Get('ready')
  ready(): Promise<HealthCheckResult> {
    return this.health.check([() => this.node()]);
  }

  private node(): HealthIndicatorResult {
    const { role } = this.info;
    const check = this.indicator.check('node');
    const troubles = this.info.troubles();
    const facts = { role, ...this.info.details(), ...this.tokens() };
    return troubles.length === 0 ? check.up(facts) : check.down({ ...facts, troubles });
  }

  /** Not a trouble: the node works on with the tokens from before, and taking it out of service would help nobody. */
  private tokens(): Readonly<Record<string, string>> {
    return this.access.hasFile ? { tokens_file: this.access.trouble() ?? 'readable' } : {};
  }
}
