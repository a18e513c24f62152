/** `ROLE=pos`: the server of the proof-of-stake tutorial. */
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PosConfig } from '../../config/config.js';
import { SystemClock, type Clock } from '../clock.js';
import { RootController, TeachingInfo, TeachingModule } from '../http/base.module.js';
import { createTeachingApp } from '../http/teaching-app.js';
import { TeachingStore } from '../store/teaching-store.js';
import { PosController } from './pos.controller.js';
import { PosGame } from './pos-game.js';
import { ValidatorServer } from './validator-server.js';

@Module({})
class PosModule {}

class PosInfo extends TeachingInfo {
  constructor(private readonly game: PosGame) {
    super();
  }
  override details(): Readonly<Record<string, string | number>> {
    const { length, head, validators } = this.game;
    return { role: 'pos', blocks: length, head: head.hash, validators: validators.length };
  }
}

export interface OpenPosNode {
  readonly app: NestFastifyApplication;
  readonly extras: string;
  readonly game: PosGame;
  start(): Promise<string>;
  close(): Promise<void>;
}

export async function openPos(
  config: PosConfig,
  _fail?: unknown,
  clock: Clock = new SystemClock(),
): Promise<OpenPosNode> {
  const store = TeachingStore.open(config.databaseFile, config.role);
  const game = new PosGame({ store, clock, roundMs: config.roundMs });
  const server = new ValidatorServer(game, clock);
  const root = {
    module: PosModule,
    imports: [TeachingModule.forRoot(new PosInfo(game))],
    controllers: [PosController, RootController],
    providers: [{ provide: PosGame, useValue: game }],
  };
  const app = await createTeachingApp(root, config, {
    title: 'Proof of stake',
    description:
      'The server of the tutorial pos.py. Validators take part by TCP (nc localhost 9090); here is what to see of it.',
  });
  return {
    app,
    game,
    extras: ` with ${game.length} blocks, a round every ${config.roundMs} ms`,
    async start() {
      const port = await server.listen(config.host, config.tcpPort);
      game.start();
      return `validators connect to ${config.host}:${port}: nc ${config.host} ${port}`;
    },
    async close() {
      game.stop();
      await server.close();
      store.close();
    },
  };
}
