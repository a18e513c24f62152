// Generates the Prisma client into src/generated/prisma, unless what is there was made from this schema by this Prisma.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root, isMain } from './project.mjs';

const schema = path.join(root, 'prisma/schema.prisma');
const output = path.join(root, 'src/generated/prisma');
const stamp = path.join(output, '.made-from');

export function generate() {
  const require = createRequire(import.meta.url);
  const { version } = require('prisma-cli/package.json');
  const madeFrom = createHash('sha256').update(version).update(readFileSync(schema)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === madeFrom) return;

  rmSync(output, { recursive: true, force: true });
  const cli = require.resolve('prisma-cli/build/index.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'generate', '--schema', schema], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      // `generate` downloads the native schema engine unless it is given one. It never runs it, so any file will do.
      PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (status !== 0) throw new Error(`prisma generate failed:\n${stdout}${stderr}`);
  writeFileSync(stamp, madeFrom);
}

if (isMain(import.meta)) generate();
