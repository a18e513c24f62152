// For Prisma's own commands (`npx prisma validate`, `format`, `studio`); the application doesn't read it.
import { defineConfig } from 'prisma-cli/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'file:./data/producer.db' },
});
