/** Metrics for Prometheus. */
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';

const EXAMPLE = 'process_cpu_seconds_total 0.27\n';

@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @ApiOperation({ summary: 'Metrics in the Prometheus text format' })
  @ApiOkResponse({
    description: 'Counters, gauges and histograms',
    content: { 'text/plain': { schema: { type: 'string' }, example: EXAMPLE } },
  })
  @Get()
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    const text = await this.registry.metrics();
    void reply.type(this.registry.contentType).send(text);
  }
}
