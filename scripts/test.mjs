// npm test: a build where one is needed (the e2e tests run it), then Jest, with Jest's own arguments behind `--`.
import { run } from 'jest';
import { ensureBuild } from './ensure-build.mjs';
import { generate } from './prisma-generate.mjs';
import { root } from './project.mjs';

process.chdir(root);
await ensureBuild();
// The unit tests import the generated client, which a build may have been shipped without.
generate();
await run(process.argv.slice(2));
