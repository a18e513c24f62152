#!/usr/bin/env node
// The command `bpsc`, in a checkout and as an installed package.
import { ensureBuild } from './ensure-build.mjs';

await ensureBuild();
process.setSourceMapsEnabled(true);
await import('../dist/cli/main.js');
