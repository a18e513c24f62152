// npm run bench: a build where one is needed, then the benches, with their own arguments behind `--`.
import { ensureBuild } from './ensure-build.mjs';

await ensureBuild();
await import('../bench/main.mjs');
