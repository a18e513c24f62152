#!/usr/bin/env node
// The command `bpsc`, in a checkout and as an installed package.
import { ensureBuild } from './ensure-build.mjs';
import { fail } from './project.mjs';

const [command, file, ...others] = process.argv.slice(2);
if (command === 'start' && !file?.startsWith('-') && others.length === 0) {
  const { start } = await import('./start.mjs');
  await start(file).catch((error) => {
    if (error.code !== 'ENOENT' || error.syscall !== 'open' || error.path !== file) throw error;
    fail(`bpsc: there is no file ${file} with a node's settings`);
  });
} else {
  await ensureBuild();
  process.setSourceMapsEnabled(true);
  await import('../dist/cli/main.js');
}
