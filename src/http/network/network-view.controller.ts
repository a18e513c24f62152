/** GET /network: the state of the nodes that this one knows. */
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NetworkDto } from '../dto/network.dto.js';
import { NetworkView } from './network-view.js';

@ApiTags('network')
@Controller('network')
export class NetworkViewController {
  constructor(private readonly view: NetworkView) {}

  @ApiOperation({
    summary: 'How the registered nodes and the upstream stand, and whether they agree with this node',
    description:
      'This node asks them, so that a browser needn’t; what they said is kept for two seconds. Nothing here is proven but what `signed` says.',
  })
  @ApiOkResponse({ type: NetworkDto })
  @Get()
  network(): Promise<NetworkDto> {
    return this.view.look();
  }
}
