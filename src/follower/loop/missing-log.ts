/** Logs the pinned chains that are not followed and, as long as no chain is followed at all, the reason. */
import { Logger } from '@nestjs/common';
import type { FollowerStatus } from '../http/follower-status.js';
import type { FirstTurns } from './first-turns.js';

export class MissingLog {
  private readonly logger = new Logger('Follower');
  private last = '';

  /** One for all upstreams, so that each state is logged once. */
  constructor(
    private readonly status: Pick<FollowerStatus, 'missing' | 'all'>,
    private readonly firstTurns: Pick<FirstTurns, 'areOver'>,
  ) {}

  /** Logs what is missing if it has changed, once every upstream has been tried and one of them answers. */
  update(): void {
    const { all } = this.status;
    if (!this.firstTurns.areOver || !all.some(({ contact }) => contact.state === 'answers')) return;
    const text = this.status.missing().join('\n  ');
    if (text === this.last) return;
    this.last = text;
    if (text === '') this.logger.log('every chain that is wanted is followed now');
    else this.logger.warn(`not everything that is wanted is followed:\n  ${text}`);
  }
}
