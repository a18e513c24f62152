// npm start: one node, in this process, so that signals and exit codes are its own.
import { existsSync } from 'node:fs';
import { ensureBuild } from './ensure-build.mjs';
import { endWithNpm } from './with-npm.mjs';

endWithNpm();
await ensureBuild();
if (existsSync('.env')) process.loadEnvFile('.env');
process.setSourceMapsEnabled(true);
await import('../dist/main.js');
