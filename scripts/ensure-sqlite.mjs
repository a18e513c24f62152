// Makes better-sqlite3 loadable, compiling it at most once per machine.
// Its own install script (denied in package.json) would download a binary, or compile for two minutes, at every
// install; the result is kept outside the checkout instead, by version, Node ABI, platform and architecture.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const packageFile = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
const directory = path.dirname(packageFile);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8'));
const binary = path.join(directory, 'build/Release/better_sqlite3.node');
const cached = path.join(
  process.env.SQLITE_BUILD_CACHE ?? path.join(os.homedir(), '.cache/better-sqlite3-build'),
  `${version}-abi${process.versions.modules}-${process.platform}-${process.arch}.node`,
);

if (!loads() && existsSync(cached)) place(cached, binary);
if (!loads()) {
  console.log(`better-sqlite3 ${version}: building (about 2 minutes, once per machine)`);
  const { status } = spawnSync('npm', ['run', 'install'], {
    cwd: directory,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0 || !loads()) {
    console.error('better-sqlite3 could not be built: it needs python3, make and a C++ compiler');
    process.exit(1);
  }
}
if (!existsSync(cached)) {
  try {
    place(binary, cached);
  } catch (error) {
    console.warn(`better-sqlite3 works, but could not be kept for later installs: ${error.message}`);
  }
}

function loads() {
  if (!existsSync(binary)) return false;
  try {
    // In a process of its own: a broken binary may take its process down, and a loaded one can't be replaced.
    execFileSync(process.execPath, ['-e', `new (require(${JSON.stringify(directory)}))(':memory:')`], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** By rename, so that an install next door never sees half a file. */
function place(from, to) {
  mkdirSync(path.dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}`;
  copyFileSync(from, temporary);
  renameSync(temporary, to);
}
