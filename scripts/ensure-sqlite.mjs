// Makes better-sqlite3 loadable, compiling it at most once per machine.
// Its own install script (denied in package.json and .npmrc) would download a binary, or compile for two minutes, at
// every install; the result is kept outside the checkout instead, by version, Node ABI, platform and architecture.
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

let keep = !existsSync(cached);
if (!loads() && existsSync(cached)) place(cached, binary);
if (!loads()) {
  build();
  // What was kept, if anything was, doesn't load here.
  keep = true;
}
if (keep) {
  try {
    place(binary, cached);
  } catch (error) {
    console.warn(`better-sqlite3 works, but could not be kept for later installs: ${error.message}`);
  }
}

function build() {
  // To stderr: what was started may owe its stdout to a program.
  console.error(`better-sqlite3 ${version}: building (about 2 minutes, once per machine)`);
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'install'], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: Infinity,
    shell: process.platform === 'win32',
    env: { ...process.env, ...localHeaders() },
  });
  if (status === 0 && loads()) return;
  console.error(
    `${stdout}${stderr}\nbetter-sqlite3 could not be built: it needs Python 3, make, a C++ compiler and the headers of this Node ` +
      '(beside it, or from nodejs.org)',
  );
  process.exit(1);
}

/** Node's headers, where they came with it, so that they need not be downloaded. */
function localHeaders() {
  const prefix = path.join(path.dirname(process.execPath), '..');
  const header = path.join(prefix, 'include/node/node_version.h');
  if (process.env.npm_config_nodedir !== undefined || !existsSync(header)) return {};
  const text = readFileSync(header, 'utf8');
  const number = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  const theirs = ['MAJOR', 'MINOR', 'PATCH'].map(number).join('.');
  return theirs === process.versions.node ? { npm_config_nodedir: prefix } : {};
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
