// Prisma's own schema engine as WebAssembly over better-sqlite3: no native engine, no download.
// Not a public interface of Prisma's: @prisma/schema-engine-wasm is pinned to the build that prisma itself depends on.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as wasm from '@prisma/schema-engine-wasm/schema_engine_bg';

const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
const { exports } = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(glue.replace(/\.js$/, '.wasm'))),
  { './schema_engine_bg.js': wasm },
);
wasm.__wbg_set_wasm(exports);
exports.__wbindgen_start();

/** The SQL that takes the migrations, replayed on an empty database, to the schema; '' when they agree. */
export async function difference(schemaFile, migrationsDirectory) {
  const schema = { path: schemaFile, content: readFileSync(schemaFile, 'utf8') };
  const factory = bindMigrationAwareSqlAdapterFactory(
    asTheEngineExpects(new PrismaBetterSqlite3({ url: ':memory:' })),
  );
  const engine = await wasm.SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => {},
    factory,
  );
  try {
    const result = await engine.diff({
      from: { tag: 'migrations', ...migrations(migrationsDirectory) },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.exitCode === 0 ? '' : result.stdout;
  } catch (error) {
    // "External error id#0": the driver's own error waits in the factory's registry.
    const id = /External error id#(\d+)/.exec(error.message)?.[1];
    if (id !== undefined) error.cause = factory.errorRegistry.consumeError(Number(id))?.error;
    throw error;
  } finally {
    engine.free();
  }
}

function migrations(directory) {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const read = (...names) => readFileSync(path.join(directory, ...names), 'utf8');
  return {
    baseDir: path.resolve(directory),
    lockfile: { path: 'migration_lock.toml', content: read('migration_lock.toml') },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: read(name, 'migration.sql') } },
    })),
  };
}

/** Bridges the two points where the engine and better-sqlite3 don't fit. */
function asTheEngineExpects(factory) {
  const adapt = (adapter) =>
    new Proxy(adapter, {
      get(target, key) {
        // A whole migration.sql comes as one statement, which better-sqlite3 refuses.
        if (key === 'executeRaw') {
          return async (query) => {
            if (query.args.length > 0) return target.executeRaw(query);
            await target.executeScript(query.sql);
            return 0;
          };
        }
        // The engine writes `name = "an_index"`; better-sqlite3's SQLite takes double quotes for a column's name only.
        if (key === 'queryRaw') {
          return (query) =>
            target.queryRaw({ ...query, sql: query.sql.replace(/(\bname\s*=\s*)"([^"]*)"/gi, `$1'$2'`) });
        }
        const value = target[key];
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => adapt(await factory.connect()),
    connectToShadowDb: async () => adapt(await factory.connectToShadowDb()),
  };
}
