// npm run pack:client [-- --out <folder>]: the client as a package of its own, @bpsc/client, for Node and browsers: one ES
// module bundled from the same sources that `bpsc` exports, their types, and nothing of the server.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild } from './ensure-build.mjs';
import { fail, root } from './project.mjs';

const { values } = parseArgs({ options: { out: { type: 'string', default: '.' } } });
const out = path.resolve(values.out);
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** What the client takes from elsewhere; everything else is in the bundle. */
const dependencies = ['@noble/curves', '@noble/hashes', '@scure/base'];
const sizeMax = 60_000;

process.chdir(root);
await ensureBuild();
const folder = mkdtempSync(path.join(tmpdir(), 'bpsc-client-'));
try {
  await bundle();
  await bundleTypes();
  writeManifest();
  cpSync('LICENSE', path.join(folder, 'LICENSE'));
  cpSync('docs/client-package.md', path.join(folder, 'README.md'));
  console.log(pack());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function bundle() {
  const { build } = await import('vite');
  await build({
    configFile: false,
    logLevel: 'silent',
    root,
    publicDir: false,
    build: {
      outDir: folder,
      target: 'es2022',
      // Readable, but without comments: the declarations have those.
      minify: false,
      lib: { entry: 'src/client/index.ts', formats: ['es'], fileName: () => 'index.js' },
      rolldownOptions: {
        external: (id) => dependencies.some((name) => id.startsWith(`${name}/`) || id === name),
        output: { comments: false },
      },
    },
  });
}

/** One file with the declarations of what the package exports, and of no more. */
async function bundleTypes() {
  const { generateDtsBundle } = await import('dts-bundle-generator');
  const entry = {
    filePath: path.join(root, 'dist/client/index.d.ts'),
    output: { exportReferencedTypes: false, noBanner: true },
  };
  const [types] = generateDtsBundle([entry]);
  writeFileSync(path.join(folder, 'index.d.ts'), types);
}

function writeManifest() {
  const { version, license, engines } = manifest;
  const client = {
    name: '@bpsc/client',
    version,
    description:
      'Client of bpsc, a ledger that one authority writes and anyone can check: reads, pays, signs, verifies',
    license,
    type: 'module',
    engines,
    sideEffects: false,
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './package.json': './package.json',
    },
    types: './index.d.ts',
    dependencies: Object.fromEntries(dependencies.map((name) => [name, manifest.dependencies[name]])),
  };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(client, null, 2)}\n`);
}

/** @returns the package's path */
function pack() {
  mkdirSync(out, { recursive: true });
  const { status, stdout, stderr } = spawnSync('npm', ['pack', folder, '--json', '--ignore-scripts'], {
    cwd: out,
    encoding: 'utf8',
  });
  if (status !== 0) fail(`npm pack failed:\n${stderr}`);
  const file = path.join(out, JSON.parse(stdout)[0].filename);
  const { size } = statSync(file);
  if (size > sizeMax) fail(`${file} takes ${size} bytes; the client is meant to stay below ${sizeMax}.`);
  return file;
}
