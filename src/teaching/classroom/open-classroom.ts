/** `npm run classroom`: the networks of a class and the server of their page. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NodeConfig } from '../../config/config.js';
import { TeachingInfo, TeachingModule } from '../http/base.module.js';
import { servePage } from '../http/pages.js';
import { createTeachingApp } from '../http/teaching-app.js';
import { Classroom } from './classroom.js';
import { ClassroomController } from './classroom.controller.js';

@Module({})
class ClassroomModule {}

class ClassroomInfo extends TeachingInfo {
  override details(): Readonly<Record<string, string | number>> {
    return { role: 'classroom' };
  }
}

export interface OpenClassroom {
  readonly app: NestFastifyApplication;
  readonly extras: string;
  close(): Promise<void>;
}

/** Starts all nodes with temporary chains. @throws OperatorError if one doesn't start */
export async function openClassroom(config: NodeConfig): Promise<OpenClassroom> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bpsc-classroom-'));
  // Runs however this process ends, unless it is killed.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const classroom = new Classroom({ folder, port: config.port === 0 ? 0 : config.port + 1 });
  const root = {
    module: ClassroomModule,
    imports: [TeachingModule.forRoot(new ClassroomInfo())],
    controllers: [ClassroomController],
    providers: [{ provide: Classroom, useValue: classroom }],
  };
  const app = await createTeachingApp(root, config, {
    title: 'Classroom',
    description: 'Proof of work, proof of stake and the smart blockchain, side by side on this machine.',
  });
  await servePage(app, 'classroom.html', ['/']);
  try {
    await classroom.start();
  } catch (error) {
    await classroom.stop();
    throw error;
  }
  return { app, extras: ', with the page of the class', close: () => classroom.stop() };
}
