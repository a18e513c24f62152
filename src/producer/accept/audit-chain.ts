/** AUDIT_CHAIN: an information chain of this producer with a record of each privileged act. */
import { Logger } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';
import { isInformationContract } from '../../chain/contract/kinds.js';
import { ActTrail, type Act } from '../../http/server/acts.js';
import { Forbidden } from '../../http/server/problem.js';
import type { Clock } from '../../ledger/clock.js';
import { OperatorError } from '../../ledger/errors.js';
import type { Chain } from '../../ledger/store.js';
import type { Producer } from '../chain/producer.js';
import { draftInformation } from './drafts.js';

/** @throws OperatorError if there is no such information chain */
export function findAuditChain(name: string, chains: readonly Chain[]): Chain {
  const found = chains.find((chain) => chain.name === name);
  if (found !== undefined && isInformationContract(found.contract)) return found;
  const problem = found === undefined ? 'there is no such chain' : `${name} is of another kind`;
  throw new OperatorError(`AUDIT_CHAIN must name an information chain of this producer: ${problem}`);
}

export class AuditChain extends ActTrail {
  private readonly logger = new Logger('Access');
  private readonly lost: Counter;

  constructor(
    private readonly producer: Producer,
    private readonly chain: Chain,
    private readonly clock: Pick<Clock, 'now'>,
    registry: Registry,
  ) {
    super();
    this.lost = new Counter({
      name: 'bpsc_audit_records_lost_total',
      help: 'Acts that happened and could not be recorded on AUDIT_CHAIN; the log has them',
      registers: [registry],
    });
  }

  /** @throws Forbidden if a client wants to add a record to this chain, which only this node does */
  refuseClients({ id, name }: Chain): void {
    if (id !== this.chain.id) return;
    throw new Forbidden(
      'AUDIT_CHAIN',
      `${name} is this node's AUDIT_CHAIN: only the node itself adds records to it`,
    );
  }

  override async record({ token, act, chain, detail }: Act): Promise<void> {
    const where = chain === undefined ? {} : { chain: chain.name, chain_id: chain.id };
    const record = { act, token, ...where, ...detail, at: this.clock.now() };
    try {
      const outcomes = await this.producer.chain(this.chain.id).submit([draftInformation(record, undefined)]);
      for (const outcome of outcomes) if (outcome instanceof Error) throw outcome;
    } catch (error) {
      this.lost.inc();
      this.logger.error(
        `an act could not be recorded on ${this.chain.name} (AUDIT_CHAIN): ${(error as Error).message}: ${JSON.stringify(record)}`,
      );
    }
  }
}
