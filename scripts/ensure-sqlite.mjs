// Makes better-sqlite3 loadable, compiling it at most once per machine and kind of Node.
// Its own install script (denied in package.json and .npmrc) would download a binary, or compile for two minutes, at
// every install, over the one that another Node uses. Here each ABI has a binary of its own, built aside and put in
// place whole once a database was opened with it; what was built is kept outside the checkout for later installs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fail, isMain } from './project.mjs';

const packageFile = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
const directory = path.dirname(packageFile);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8'));
const { platform, arch, versions } = process;

/** Where better-sqlite3 looks for the binary of this Node alone, after it looked for {@link shared}. */
const own = binaryOf(versions.modules);
/** Where its own install script puts the binary of whatever Node ran it; one of another Node ends the search. */
const shared = path.join(directory, 'build/Release/better_sqlite3.node');
const cache = process.env.SQLITE_BUILD_CACHE ?? path.join(os.homedir(), '.cache/better-sqlite3-build');
const cached = path.join(cache, `${version}-abi${versions.modules}-${platform}-${arch}${libc()}.node`);
/** Builds are made here, each in a folder that is named after its process. */
const builds = path.join(directory, '../.cache/better-sqlite3-builds');

/** Ends the process with a line on stderr where it can't be done. */
export function ensureSqlite() {
  removeAbandonedBuilds();
  if (opens(shared)) {
    keep(shared);
    return;
  }
  if (!opens(own) && !takeFromCache()) build();
  moveAway(shared);
  keep(own);
}

function binaryOf(abi) {
  return path.join(directory, `lib/binding/node-v${abi}-${platform}-${arch}/better_sqlite3.node`);
}

/** '' for glibc and where there is but one. */
function libc() {
  if (platform !== 'linux') return '';
  return process.report.getReport().header.glibcVersionRuntime === undefined ? '-musl' : '';
}

/** Whether a database can be made with the binary. In a process of its own, which a broken one may take down. */
function opens(binary) {
  if (!existsSync(binary)) return false;
  const attempt = `
    const db = new (require(${JSON.stringify(directory)}))(':memory:', { nativeBinding: ${JSON.stringify(binary)} });
    db.exec('CREATE TABLE t (a TEXT PRIMARY KEY, b BLOB)');
    db.prepare('INSERT INTO t VALUES (?, ?)').run('é', Buffer.of(1, 0, 2));
    const { a, b } = db.prepare('SELECT * FROM t').get();
    process.exit(a === 'é' && b.equals(Buffer.of(1, 0, 2)) ? 0 : 1);`;
  return spawnSync(process.execPath, ['-e', attempt], { stdio: 'ignore' }).status === 0;
}

/** @returns whether there was a binary that is what was kept, and opens a database */
function takeFromCache() {
  if (!existsSync(cached)) return false;
  const sum = keptSum();
  // The copy is what is looked at, so that nobody changes it in between.
  const copy = `${own}.${process.pid}.node`;
  copyTo(cached, copy);
  // Earlier versions kept no sums.
  if ((sum === undefined || sha256(copy) === sum) && opens(copy)) {
    renameSync(copy, own);
    return true;
  }
  rmSync(copy);
  console.error(`${cached} is damaged: building it again`);
  return false;
}

/** Keeps a binary for later installs. Nothing is lost when that fails. */
function keep(binary) {
  try {
    const sum = sha256(binary);
    if (keptSum() === sum && existsSync(cached) && sha256(cached) === sum) return;
    // A crash between the two leaves a binary with the sum of another: it counts as damaged, and is built again.
    copyWhole(binary, cached);
    writeFileSync(`${cached}.sha256.${process.pid}`, `${sum}\n`);
    renameSync(`${cached}.sha256.${process.pid}`, `${cached}.sha256`);
  } catch (error) {
    console.warn(`better-sqlite3 works, but could not be kept for later installs: ${error.message}`);
  }
}

function keptSum() {
  return existsSync(`${cached}.sha256`) ? readFileSync(`${cached}.sha256`, 'utf8').trim() : undefined;
}

function build() {
  // To stderr: what was started may owe its stdout to a program.
  console.error(
    `better-sqlite3 ${version} for Node ${process.version}: downloading, or building (about 2 minutes, once per machine)`,
  );
  mkdirSync(builds, { recursive: true });
  const aside = mkdtempSync(path.join(builds, `${process.pid}-`));
  try {
    cpSync(directory, aside, {
      recursive: true,
      filter: (from) => !/[/\\](build|lib[/\\]binding)$/.test(from),
    });
    const { status, stdout, stderr } = spawnSync('npm', ['run', 'install'], {
      cwd: aside,
      encoding: 'utf8',
      maxBuffer: Infinity,
      shell: platform === 'win32',
      env: { ...process.env, ...localHeaders() },
    });
    const built = path.join(aside, 'build/Release/better_sqlite3.node');
    if (status === 0 && opens(built)) {
      copyWhole(built, own);
      return;
    }
    console.error(`${stdout}${stderr}`);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  fail(
    'better-sqlite3 could not be built: it needs Python 3, make, a C++ compiler and the headers of this Node ' +
      '(beside it, or from nodejs.org)',
  );
}

/** What a killed process left. */
function removeAbandonedBuilds() {
  for (const name of existsSync(builds) ? readdirSync(builds) : []) {
    try {
      process.kill(Number.parseInt(name, 10), 0);
    } catch (error) {
      if (error.code === 'ESRCH') rmSync(path.join(builds, name), { recursive: true, force: true });
    }
  }
}

/** Gives a binary of another Node's the place where that one finds it; one that nobody can use goes. */
function moveAway(binary) {
  if (!existsSync(binary)) return;
  const attempt = `require(${JSON.stringify(binary)})`;
  const { stderr } = spawnSync(process.execPath, ['-e', attempt], { encoding: 'utf8' });
  const abi = /NODE_MODULE_VERSION (\d+)/.exec(stderr)?.[1];
  if (abi === undefined) {
    rmSync(binary);
    return;
  }
  mkdirSync(path.dirname(binaryOf(abi)), { recursive: true });
  renameSync(binary, binaryOf(abi));
}

/** Node's headers, where they came with it, so that they need not be downloaded: as in its archives and in npm's `node`. */
function localHeaders() {
  if (process.env.npm_config_nodedir !== undefined) return {};
  const prefix = path.join(path.dirname(realpathSync(process.execPath)), '..');
  const names = ['.', `node_modules/node-${platform}-${arch}`, `../node-${platform}-${arch}`];
  const found = names.map((name) => path.join(prefix, name)).find(hasHeaders);
  return found === undefined ? {} : { npm_config_nodedir: found };
}

function hasHeaders(prefix) {
  const header = path.join(prefix, 'include/node/node_version.h');
  if (!existsSync(header)) return false;
  const text = readFileSync(header, 'utf8');
  const number = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  return ['MAJOR', 'MINOR', 'PATCH'].map(number).join('.') === versions.node;
}

/** By rename, so that an install next door never sees half a file. */
function copyWhole(from, to) {
  const temporary = `${to}.${process.pid}`;
  copyTo(from, temporary);
  renameSync(temporary, to);
}

function copyTo(from, to) {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

if (isMain(import.meta)) ensureSqlite();
