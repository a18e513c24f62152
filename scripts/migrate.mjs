// npm run migrate:check        fails when the migrations, replayed, don't give prisma/schema.prisma
// npm run migrate:new -- NAME  writes the migration that is missing
// Triggers, CHECKs and partial indexes written into a migration by hand are not seen by either.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fail, root, shown } from './project.mjs';
import { difference } from './schema-engine.mjs';
import { ensureDriver } from './ensure-build.mjs';

await ensureDriver();

/**
 * Prisma writes AUTOINCREMENT after every `Int @id`. An INTEGER PRIMARY KEY is the rowid without it, and is filled in
 * without it; all that it adds is a write to another table at every insert. The drift check doesn't see it.
 */
const plainRowids = (sql) => sql.replaceAll(' PRIMARY KEY AUTOINCREMENT', ' PRIMARY KEY');

const migrations = path.join(root, 'prisma/migrations');
const [command, name] = process.argv.slice(2);
const sql = await difference(path.join(root, 'prisma/schema.prisma'), migrations);

if (command === 'check') {
  if (sql !== '')
    fail(
      `prisma/schema.prisma is ahead of prisma/migrations (npm run migrate:new -- NAME). Missing:\n\n${sql}`,
    );
  console.log('The migrations give the schema.');
} else if (command === 'create' && /^[a-z][a-z0-9_]*$/.test(name ?? '')) {
  if (sql === '') {
    console.log('The migrations give the schema: nothing to create.');
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const directory = path.join(migrations, `${stamp}_${name}`);
    mkdirSync(directory);
    writeFileSync(path.join(directory, 'migration.sql'), plainRowids(sql));
    console.log(`Created ${shown(directory)}/migration.sql: read it before you commit it.`);
  }
} else {
  fail('usage: migrate.mjs check | create NAME   (NAME: lower-case letters, digits and _)');
}
