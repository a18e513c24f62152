/** How SQLite's driver is made ready: on a copy of it whose build is quick, for the real one takes two minutes. */
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { until } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const ABI = process.versions.modules;
const TARGET = `${process.platform}-${process.arch}`;
/** The real binary, wherever it is here. */
const binary = [`lib/binding/node-v${ABI}-${TARGET}`, 'build/Release']
  .map((folder) => path.resolve('node_modules/better-sqlite3', folder, 'better_sqlite3.node'))
  .find((file) => existsSync(file)) as string;

/** What "compiles": says so in a file, and does what HOW asks for. */
const COMPILER = `
  const fs = require('node:fs');
  fs.appendFileSync(process.env.BUILDS, 'x');
  if (process.env.HOW === 'fails') process.exit(1);
  if (process.env.HOW === 'hangs') return void setInterval(() => {}, 1000);
  fs.mkdirSync('build/Release', { recursive: true });
  fs.copyFileSync(${JSON.stringify(binary)}, 'build/Release/better_sqlite3.node');
`;

class Checkout {
  readonly root = temporaryFolder();
  readonly driver = path.join(this.root, 'node_modules/better-sqlite3');
  readonly own = path.join(this.driver, `lib/binding/node-v${ABI}-${TARGET}/better_sqlite3.node`);
  readonly shared = path.join(this.driver, 'build/Release/better_sqlite3.node');
  private readonly builds = path.join(this.root, 'builds');

  constructor(readonly cache = path.join(temporaryFolder(), 'cache')) {
    for (const script of ['ensure-sqlite.mjs', 'project.mjs'])
      cpSync(path.join('scripts', script), path.join(this.root, 'scripts', script));
    for (const name of ['bindings', 'file-uri-to-path'])
      cpSync(path.join('node_modules', name), path.join(this.root, 'node_modules', name), {
        recursive: true,
      });
    for (const name of ['index.js', 'database.js', 'sqlite-error.js', 'util.js', 'methods'])
      cpSync(path.join('node_modules/better-sqlite3/lib', name), path.join(this.driver, 'lib', name), {
        recursive: true,
      });
    const { version } = JSON.parse(readFileSync('node_modules/better-sqlite3/package.json', 'utf8')) as {
      version: string;
    };
    const manifest = {
      name: 'better-sqlite3',
      version,
      main: 'lib/index.js',
      scripts: { install: 'node compile.cjs' },
    };
    writeFileSync(path.join(this.driver, 'package.json'), JSON.stringify(manifest));
    writeFileSync(path.join(this.driver, 'compile.cjs'), COMPILER);
  }

  get command(): readonly string[] {
    return [path.join(this.root, 'scripts/ensure-sqlite.mjs')];
  }

  environment(how: string): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env;
    return { PATH, HOME, SQLITE_BUILD_CACHE: this.cache, BUILDS: this.builds, HOW: how };
  }

  ensure(how = 'works'): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, this.command, { env: this.environment(how), encoding: 'utf8' });
  }

  get timesBuilt(): number {
    return existsSync(this.builds) ? readFileSync(this.builds).length : 0;
  }

  get loads(): boolean {
    const open = `new (require(${JSON.stringify(this.driver)}))(':memory:')`;
    return spawnSync(process.execPath, ['-e', open], { stdio: 'ignore' }).status === 0;
  }

  get leftovers(): readonly string[] {
    const folder = path.join(this.root, 'node_modules/.cache/better-sqlite3-builds');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** The binary that is kept, and its sum. */
  get kept(): readonly string[] {
    return readdirSync(this.cache)
      .sort()
      .map((name) => path.join(this.cache, name));
  }
}

afterAll(removeTemporary);

describe("SQLite's driver", () => {
  it('is built once, kept, and taken from there by the next install', () => {
    const first = new Checkout();
    expect(first.loads).toBe(false);
    expect(first.ensure()).toMatchObject({ status: 0, stdout: '' });
    expect([first.loads, first.timesBuilt, first.leftovers]).toEqual([true, 1, []]);

    const second = new Checkout(first.cache);
    expect(second.ensure().status).toBe(0);
    expect([second.loads, second.timesBuilt]).toEqual([true, 0]);
    expect(second.kept).toHaveLength(2);
  });

  it.each<[how: string, damage: (file: string, sum: string) => void]>([
    [
      'has another byte',
      (file) => {
        const bytes = readFileSync(file);
        bytes[bytes.length >> 1]! ^= 1;
        writeFileSync(file, bytes);
      },
    ],
    [
      'is empty, with the right sum',
      (file, sum) => {
        writeFileSync(file, '');
        writeFileSync(sum, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n');
      },
    ],
    [
      'has the sum of another',
      (_, sum) => {
        writeFileSync(sum, `${'0'.repeat(64)}\n`);
      },
    ],
  ])('is built again, and kept, where what was kept %s', (_, damage) => {
    const first = new Checkout();
    first.ensure();
    const [file, sum] = first.kept as [string, string];
    damage(file, sum);
    const second = new Checkout(first.cache);
    expect(second.ensure()).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('is damaged') as string,
    });
    expect([second.loads, second.timesBuilt]).toEqual([true, 1]);

    const third = new Checkout(first.cache);
    third.ensure();
    expect([third.loads, third.timesBuilt]).toEqual([true, 0]);
  });

  it('is taken from what an earlier version kept, which has no sum', () => {
    const first = new Checkout();
    first.ensure();
    rmSync(first.kept[1]!);
    const second = new Checkout(first.cache);
    expect(second.ensure().status).toBe(0);
    expect([second.loads, second.timesBuilt]).toEqual([true, 0]);
    expect(second.kept).toHaveLength(2);
  });

  it('stays as it was, for whatever Node can use it, when a build fails or is killed', async () => {
    const checkout = new Checkout();
    cpSync('package.json', checkout.shared);
    const before = readFileSync(checkout.shared);
    expect(checkout.ensure('fails')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('better-sqlite3 could not be built: it needs Python 3') as string,
    });
    expect([checkout.leftovers, existsSync(checkout.cache)]).toEqual([[], false]);

    const killed = spawn(process.execPath, checkout.command, {
      env: checkout.environment('hangs'),
      stdio: 'ignore',
      detached: true,
    });
    await until(() => checkout.timesBuilt === 2);
    process.kill(-killed.pid!, 'SIGKILL');
    await once(killed, 'exit');
    expect(readFileSync(checkout.shared)).toEqual(before);

    expect(checkout.ensure().status).toBe(0);
    expect([checkout.loads, checkout.leftovers]).toEqual([true, []]);
  });

  it('says what is in the way of keeping it, and works all the same', () => {
    const file = path.join(temporaryFolder(), 'no folder');
    writeFileSync(file, '');
    const checkout = new Checkout(file);
    expect(checkout.ensure()).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('could not be kept') as string,
    });
    expect(checkout.loads).toBe(true);
  });
});
