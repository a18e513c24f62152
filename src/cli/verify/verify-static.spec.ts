import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FileServer } from '../../../test/support/file-server.js';
import { filesIn } from '../../../test/support/static-folder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { SYSTEM_DISK } from '../../static/write/disk.js';
import { StaticExport } from '../../static/write/static-export.js';
import { run } from '../testing/test-io.js';

let producer: TestProducer;
let folder: string;
let files: readonly string[];

beforeAll(async () => {
  producer = await startTestProducer(temporaryFolder());
  for (const count of [100, 200]) {
    await Promise.all(Array.from({ length: count }, () => producer.transfer({})));
    await producer.token.seal();
  }
  await Promise.all(Array.from({ length: 258 }, (_, n) => producer.inform({ n, text: 'ä"\\' })));
  await producer.information.seal();
  folder = temporaryFolder();
  const exported = new StaticExport(SYSTEM_DISK, folder, { pause: () => Promise.resolve() });
  await exported.advance(producer.store.stores());
  exported.close();
  files = [...filesIn(folder).keys()].filter((name) => !path.basename(name).startsWith('.'));
});
afterAll(async () => {
  await producer.close();
  removeTemporary();
});

const verify = (...args: string[]) => run(['verify', '--quiet', ...args]);

interface Report {
  readonly ok: boolean;
  readonly role: string;
  readonly chains: readonly { ok: boolean; files_compared: number; fault: { code: string } | null }[];
}

describe('bpsc verify static:', () => {
  it('compares every file of a folder, and says so', async () => {
    const { code, stdout, stderr } = await verify(`static:${folder}`);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^aka \(token chain\)\n.*blocks +3, with 300 entries\n.*files +9, each as the chain gives it\n/s,
    );
    expect(stdout).toContain('OK: every block and every entry was verified from genesis.');
    const report = JSON.parse((await verify('--json', `static:${folder}`)).stdout) as Report;
    expect(report).toMatchObject({
      ok: true,
      role: 'static',
      chains: [
        { ok: true, files_compared: 9 },
        { ok: true, files_compared: 11 },
      ],
    });
    // And chains.json.
    expect(files).toHaveLength(9 + 11 + 1);
  });

  it('does so over HTTP', async () => {
    const server = await FileServer.start(folder);
    const { code, stdout } = await verify(`static:${server.url}`);
    expect([code, stdout]).toEqual([0, expect.stringContaining('files      9, each')]);
    server.alter = (name, bytes) => (name.endsWith('tile/1/000.p/1') ? Buffer.alloc(32) : bytes);
    expect(await verify(`static:${server.url}/`)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /FAULT in aka: it stores other data that does not match the chain \(hash 0 of tile\/1\/000\.p\/1: expected [0-9a-f]{64}, found 0{64}\)/,
      ) as string,
    });
    server.misbehave = (_name, response) => {
      response.writeHead(503).end();
      return true;
    };
    expect(await verify(`static:${server.url}`)).toMatchObject({
      code: 2,
      stderr: `bpsc: ${server.url}: GET /chains.json: answers with status 503\n`,
    });
    await server.close();
  });

  it('finds a changed byte in any file, wherever it is', async () => {
    for (const name of files.filter((each) => each !== 'chains.json')) {
      const file = path.join(folder, name);
      const bytes = readFileSync(file);
      for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] as number) ^ 1;
        writeFileSync(file, changed);
        expect([name, at, (await verify(`static:${folder}`)).code]).toEqual([name, at, 1]);
      }
      writeFileSync(file, bytes);
    }
    expect((await verify(`static:${folder}`)).code).toBe(0);
  });

  it('finds a file that is missing, and names it', async () => {
    for (const name of files.filter((each) => each !== 'chains.json')) {
      const file = path.join(folder, name);
      const bytes = readFileSync(file);
      rmSync(file);
      const { code, stdout } = await verify(`static:${folder}`);
      expect([name, code]).toEqual([name, 1]);
      expect(stdout).toContain(`(${name}: expected a file, found none)`);
      writeFileSync(file, bytes);
    }
  });

  it.each([
    ['/nowhere', 'has no static files of bpsc: there is no chains.json'],
    ['127.0.0.1:1', 'ECONNREFUSED'],
  ])('says that there is nothing at %s', async (place, message) => {
    const { code, stderr } = await verify(`static:${place}`);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('verifies the one chain that is asked for, and holds it against its pins', async () => {
    const { id } = producer.tokenStore.chain;
    expect((await verify(`static:${folder}`, '--chain', 'aka')).stdout).not.toContain('information (');
    expect((await verify(`static:${folder}`, '--chain-id', id)).code).toBe(0);
    expect((await verify(`static:${folder}`, '--producer', 'ab'.repeat(32))).code).toBe(1);
  });
});
