// npm start, and bpsc start [file]: one node, in this process, so that signals and exit codes are its own.
import { existsSync } from 'node:fs';
import { ensureBuild } from './ensure-build.mjs';
import { isMain } from './project.mjs';
import { endWithNpm } from './with-npm.mjs';

/** @param file with the node's settings; by default .env, where there is one */
export async function start(file) {
  endWithNpm();
  await ensureBuild();
  if (file !== undefined || existsSync('.env')) process.loadEnvFile(file ?? '.env');
  process.setSourceMapsEnabled(true);
  await import('../dist/main.js');
}

if (isMain(import.meta)) await start();
