/** The client's own package, as its users get it: packed, installed in an empty project, compiled, run in Node and in a browser. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/chromium.js';
import { FileServer } from '../support/file-server.js';
import { call, killNodes, producerIn, startNode, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const SIZE_MAX = 60_000;
const DEPENDENCIES = ['@noble/curves', '@noble/hashes', '@scure/base'];
const project = temporaryFolder();
let pages: FileServer;
let producer: NodeProcess;

/** What a program does with it; the browser runs the same, compiled. */
const PROGRAM = `
import { BpscClient, KeySigner, parseVerifierKey, verifyReceipt, type ProvenEntry } from '@bpsc/client';

export async function payAndProve(url: string, nonce: string): Promise<string> {
  const client = new BpscClient(url);
  const { id }: { readonly id: string } = await client.send({ from: 'alice', to: 'bob', amount: '20', nonce });
  await fetch(\`\${url}/mine\`, { method: 'POST' });
  for await (const { entries } of client.follow('token')) if (entries.some((entry) => entry.id === id)) break;
  const { all } = await client.chains();
  const key = parseVerifierKey(String((await (await fetch(\`\${url}/chains\`)).json()).chains[0].verifier_key));
  const proven = verifyReceipt(await client.receipt(id), { logs: key === undefined ? [] : [key] });
  if ('problem' in proven) throw new Error(proven.problem);
  const entry: ProvenEntry = proven;
  return [all.length, entry.leaf['amount_receive'], KeySigner.generate().signer.address.slice(0, 3)].join(' ');
}
`;

function npm(...args: readonly string[]): string {
  return execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund'], {
    cwd: project,
    encoding: 'utf8',
  });
}

/** Compiles the project as a user who changed nothing but these options. @throws with what the compiler says */
function tsc(...options: readonly string[]): void {
  const compiler = path.resolve('node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options], {
    cwd: project,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout);
}

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/pack-client.mjs', '--out', project], { stdio: 'pipe' });
  // What it depends on comes from here, so that the test needs no registry.
  const here = DEPENDENCIES.map((name) => [name, `file:${path.resolve('node_modules', name)}`]);
  const manifest = {
    type: 'module',
    dependencies: { '@bpsc/client': `file:${tarball()}`, ...Object.fromEntries(here) },
    overrides: Object.fromEntries(here.map(([name]) => [name, `$${name}`])),
  };
  writeFileSync(path.join(project, 'package.json'), JSON.stringify(manifest));
  npm('install');
  const compilerOptions = {
    strict: true,
    target: 'es2023',
    module: 'nodenext',
    types: [],
    rootDir: 'src',
    outDir: 'built',
  };
  writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  mkdirSync(path.join(project, 'src'));
  writeFileSync(path.join(project, 'src/program.ts'), PROGRAM);
  tsc();
  pages = await FileServer.start(project);
  const cors = { CORS_ORIGIN: pages.url, CORS_WRITE: 'true' };
  producer = await startNode({ ...producerIn(temporaryFolder()), ...cors });
});

afterAll(async () => {
  await killNodes();
  await pages.close();
  removeTemporary();
});

function tarball(): string {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  return path.join(project, `bpsc-client-${version}.tgz`);
}

describe('the package @bpsc/client', () => {
  it('is small, and depends on three small packages', () => {
    expect(statSync(tarball()).size).toBeLessThan(SIZE_MAX);
    const installed = path.join(project, 'node_modules/@bpsc/client/package.json');
    const { dependencies } = JSON.parse(readFileSync(installed, 'utf8')) as { readonly dependencies: object };
    expect(Object.keys(dependencies)).toEqual(DEPENDENCIES);
  });

  it('compiles for bundlers too', () => {
    tsc('--noEmit', '--module', 'esnext', '--moduleResolution', 'bundler');
  });

  it('pays, follows and proves in Node', () => {
    const run = `import('./built/program.js').then(async ({ payAndProve }) => console.log(await payAndProve('${producer.url}', 'node')))`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', run], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(output).toBe('2 19.999 bp1\n');
  });
});

describeInBrowser('the package @bpsc/client in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it('pays, follows and proves', async () => {
    const imports = {
      '@bpsc/client': './node_modules/@bpsc/client/index.js',
      ...Object.fromEntries(
        DEPENDENCIES.flatMap((name) => [
          [name, `./node_modules/${name}/index.js`],
          [`${name}/`, `./node_modules/${name}/`],
        ]),
      ),
    };
    const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>
      <script type="module">import { payAndProve } from './built/program.js'; window.payAndProve = payAndProve;</script>`;
    writeFileSync(path.join(project, 'page.html'), page);
    const tab = await browser.newPage();
    await tab.goto(`${pages.url}/page.html`);
    await tab.waitForFunction(() => 'payAndProve' in window);
    const result = await tab.evaluate(
      (url) =>
        (window as unknown as { payAndProve: (url: string, nonce: string) => Promise<string> }).payAndProve(
          url,
          'browser',
        ),
      producer.url,
    );
    expect(result).toBe('2 19.999 bp1');
    expect((await call(`${producer.url}/wallets/bob`)).body).toMatchObject({ available: '39.998' });
  });
});
