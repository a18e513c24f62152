// npm run simulate: compiles the simulation next to the build that it runs, and starts it.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';
import { ensureBuild } from './ensure-build.mjs';
import { root } from './project.mjs';

const folder = path.join(root, 'simulation');
const target = path.join(root, 'dist/simulation');
const compiler = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

await ensureBuild();
rmSync(target, { recursive: true, force: true });
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.spec.ts')) continue;
  const file = path.join(entry.parentPath, entry.name);
  const { code } = transformSync(readFileSync(file, 'utf8'), { ...compiler, filename: file });
  const made = path.join(target, path.relative(folder, file).replace(/\.ts$/, '.js'));
  mkdirSync(path.dirname(made), { recursive: true });
  // The build has src's files one folder higher.
  writeFileSync(made, code.replace(/(from ['"](?:\.\.\/)+)src\//g, '$1'));
}
process.setSourceMapsEnabled(true);
await import(pathToFileURL(path.join(target, 'main.js')).href);
