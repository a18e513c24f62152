/** The log's lines about a witness at its start: its verifier key, which others put into their policies. */
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { warnOfExposure } from '../keys/key-file.js';
import type { KnownLogs } from './known-logs.js';

/** Written once the node's logger is in place: before that, the lines would not be JSON. */
export class StartLines implements OnApplicationBootstrap {
  constructor(
    private readonly keyFile: string,
    private readonly verifierKey: string,
    private readonly logs: Pick<KnownLogs, 'listed'>,
  ) {}

  onApplicationBootstrap(): void {
    const { length } = this.logs.listed;
    const others = length === 0 ? '' : ` and ${length} other ${length === 1 ? 'log' : 'logs'}`;
    new Logger('Witness').log(
      `cosigns the checkpoints of the chains that this node follows${others}. Verifier key: ${this.verifierKey}`,
    );
    warnOfExposure(this.keyFile, 'cosign in the name of this witness');
  }
}
