// npm run build: the Prisma client where it is missing, then src to dist and web to dist/web. Safe beside other builds and running nodes:
// one build at a time, made next door and put in place whole.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ensureDriver, fingerprint, isFresh, stamp } from './ensure-build.mjs';
import { generate } from './prisma-generate.mjs';
import { fail, isMain, root } from './project.mjs';

const waitMs = 300_000;
const lock = path.join(root, 'node_modules/.cache/bpsc-build.lock');
const dist = path.join(root, 'dist');

/** Builds, or waits for the build that is under way. With `onlyIfStale` a build that became fresh meanwhile will do. */
export async function build({ onlyIfStale = false } = {}) {
  await takeLock();
  try {
    if (onlyIfStale && isFresh()) return;
    process.stderr.write('Building …\n');
    // Taken before the compiler reads the sources: a change made meanwhile leaves the build stale, as it should.
    const builtFrom = fingerprint();
    generate();
    await compile(builtFrom);
  } finally {
    rmSync(lock, { force: true });
  }
}

async function compile(builtFrom) {
  const next = path.join(root, 'dist.tmp');
  const previous = path.join(root, 'dist.old.tmp');
  const config = path.join(root, 'tsconfig.tmp');
  writeFileSync(
    config,
    '{ "extends": "./tsconfig.build.json", "compilerOptions": { "outDir": "dist.tmp" } }\n',
  );
  try {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'scripts/compile.mjs'), config],
      { cwd: root, encoding: 'utf8' },
    );
    // To stderr, for `bpsc --json` owns stdout.
    if (status !== 0) throw new BuildFailed(`${stdout}${stderr}`.trim());
    if (!existsSync(path.join(next, 'main.js')))
      throw new BuildFailed(`the compiler made no main.js\n${stdout}${stderr}`);
    await compileWeb('web', path.join(next, 'web'), 'index.html');
    await compileWeb('web/teaching', path.join(next, 'teaching/web'), 'wallet.html');
    writeFileSync(path.join(next, path.basename(stamp)), builtFrom);
    rmSync(previous, { recursive: true, force: true });
    if (existsSync(dist)) renameSync(dist, previous);
    renameSync(next, dist);
  } finally {
    for (const leftover of [config, next, previous]) rmSync(leftover, { recursive: true, force: true });
  }
}

/** The explorer or the teaching pages. Vite is loaded only here, and runs silently: its errors are in what it throws. */
async function compileWeb(folder, outDir, page) {
  const vite = await import('vite');
  try {
    await vite.build({ root: path.join(root, folder), logLevel: 'silent', build: { outDir } });
  } catch (error) {
    throw new BuildFailed(`${folder}: ${error.message}`);
  }
  if (!existsSync(path.join(outDir, page))) throw new BuildFailed(`vite made no ${page}`);
  compressFiles(outDir);
}

/** Beside each file what a node sends of it to those who take it compressed, so that no node compresses at run time. */
function compressFiles(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(content));
  }
}

/** What the compiler said; there is nothing in our own stack trace. */
export class BuildFailed extends Error {}

async function takeLock() {
  mkdirSync(path.dirname(lock), { recursive: true });
  const deadline = Date.now() + waitMs;
  for (let isReported = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) {
      rmSync(lock, { force: true });
      continue;
    }
    if (Date.now() > deadline) throw new BuildFailed(`another build holds ${lock}`);
    if (!isReported) process.stderr.write('Waiting for another build …\n');
    isReported = true;
    await sleep(200);
  }
}

function isAbandoned() {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    // 0 when its maker is between creating and writing it.
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

if (isMain(import.meta)) {
  // A user who builds by hand goes on to run the result.
  await ensureDriver();
  await build().catch((error) => {
    if (!(error instanceof BuildFailed)) throw error;
    fail(error.message);
  });
}
