/** Assembles a proof-of-work node: the tutorial's, or its variant with wallets. */
import { Injectable, Module, type BeforeApplicationShutdown, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ProofOfWorkConfig } from '../../config/config.js';
import { SystemClock, type Clock } from '../clock.js';
import { RootController, TeachingInfo, TeachingModule } from '../http/base.module.js';
import { createTeachingApp, type TeachingAppOptions } from '../http/teaching-app.js';
import { TeachingStore } from '../store/teaching-store.js';
import { ChainController } from './chain.controller.js';
import { ThreadMiner, type Miner } from './miner.js';
import { ProofNode } from './proof-node.js';
import type { ProofRules } from './rules.js';

export interface ProofRole extends TeachingAppOptions {
  readonly rules: ProofRules;
  readonly controller: Type;
}

/** Cancels searches and requests to other nodes before connections are closed, since clients wait for them. */
@Injectable()
class StopNode implements BeforeApplicationShutdown {
  constructor(private readonly node: ProofNode) {}
  beforeApplicationShutdown(): void {
    this.node.stop();
  }
}

@Module({})
class ProofModule {}

class ProofInfo extends TeachingInfo {
  constructor(
    private readonly role: string,
    private readonly node: ProofNode,
  ) {
    super();
  }
  override details(): Readonly<Record<string, string | number>> {
    const { id, blocks, head, pending, zeros } = this.node;
    return { role: this.role, id, blocks: blocks.length, head: head.hash, pending: pending.length, zeros };
  }
}

export interface ProofNodeOptions {
  readonly miner?: Miner;
  readonly clock?: Clock;
  readonly peerTimeoutMs?: number;
}

export interface OpenProofNode {
  readonly app: NestFastifyApplication;
  readonly node: ProofNode;
  readonly extras: string;
  close(): Promise<void>;
}

export async function openProofNode(
  config: ProofOfWorkConfig,
  role: ProofRole,
  { miner = new ThreadMiner(), clock = new SystemClock(), ...limits }: ProofNodeOptions = {},
): Promise<OpenProofNode> {
  const store = TeachingStore.open(config.databaseFile, config.role);
  const node = new ProofNode({ rules: role.rules, zeros: config.zeros, store, miner, clock, ...limits });
  const root = {
    module: ProofModule,
    imports: [TeachingModule.forRoot(new ProofInfo(config.role, node))],
    controllers: [ChainController, role.controller, RootController],
    providers: [{ provide: ProofNode, useValue: node }, StopNode],
  };
  const app = await createTeachingApp(root, config, role);
  return {
    app,
    node,
    extras: ` with ${node.blocks.length} blocks, difficulty ${config.zeros} zeros`,
    close: async () => store.close(),
  };
}
