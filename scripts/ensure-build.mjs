// Makes ready what dist needs to run: the build itself, and SQLite's driver.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fail, root } from './project.mjs';

/** Holds the fingerprint of the sources that dist was made from. */
export const stamp = path.join(root, 'dist/.made-from');
const require = createRequire(import.meta.url);

/**
 * Builds when dist is missing or was made from other sources; a published package brings its dist and never builds.
 * Costs some tens of milliseconds when there is nothing to do. Says what it does on stderr.
 */
export async function ensureBuild() {
  await ensureDriver();
  if (!canBuild()) {
    if (existsSync(path.join(root, 'dist/main.js'))) return;
    fail(`There is no build in ${root}, and what makes one isn't installed: npm ci`);
  }
  if (isFresh()) return;
  // Loaded only now: a build's own imports would be felt in every `npx bpsc`.
  const { build, BuildFailed } = await import('./build.mjs');
  await build({ onlyIfStale: true }).catch((error) => {
    if (!(error instanceof BuildFailed)) throw error;
    fail(error.message);
  });
}

export function isFresh() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

/** The tests, and the client that is generated from the schema. */
const notBuilt = /\.spec\.tsx?$|[/\\]testing[/\\]|^src[/\\]generated[/\\]/;

/** By content, not by time: a checkout or a copy gives files any times, and a deleted file has none. */
export function fingerprint() {
  const hash = createHash('sha256');
  const files = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'prisma/schema.prisma'];
  for (const folder of ['src', 'web']) {
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name));
      if (entry.isFile() && !notBuilt.test(file)) files.push(file);
    }
  }
  for (const file of files.sort()) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

/** Makes SQLite's driver ready, where it is used for the first time by this Node after an install. */
export async function ensureDriver() {
  if (driverLoads()) return;
  const { ensureSqlite } = await import('./ensure-sqlite.mjs');
  ensureSqlite();
}

function driverLoads() {
  try {
    const Database = require('better-sqlite3');
    new Database(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

function canBuild() {
  if (!existsSync(path.join(root, 'src')) || !existsSync(path.join(root, 'web'))) return false;
  try {
    for (const tool of ['typescript', 'vite']) require.resolve(`${tool}/package.json`);
    return true;
  } catch {
    return false;
  }
}
