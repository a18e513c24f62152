/** A wallet in a user's hands: the real `bpsc` and the package's client against a real producer of signed wallets. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { BpscClient } from '../../src/client/client.js';
import { KeySigner } from '../../src/client/signer.js';
import { ISSUER, MALLORY } from '../support/chain-builder.js';
import { runCli, type CliResult } from '../support/cli.js';
import { call, killNodes, producerIn, startNode, until, type NodeProcess } from '../support/node-process.js';
import { removeTemporary, temporaryFolder } from '../support/temporary.js';

const home = temporaryFolder();
const wallets = path.join(home, '.bpsc', 'wallets');
const env = { HOME: home, BPSC_PASSPHRASE: 'correct horse' };
let producer: NodeProcess;
let alice: string;
let bob: string;

/** As a user at a terminal whose node is the producer, and whose wallet is alice unless it is said. */
function bpsc(args: readonly string[], more: Record<string, string> = {}): Promise<CliResult> {
  const node = producer.url;
  return runCli(args, home, { ...env, BPSC_NODE: node, BPSC_WALLET: 'alice', ...more });
}

interface Balance {
  readonly available: string;
  readonly held: string;
  readonly balance: string;
}
interface Sent {
  readonly repeated: boolean;
  readonly transaction: { readonly id: string };
}

async function printed<T>(args: readonly string[], more: Record<string, string> = {}): Promise<T> {
  const { code, stdout, stderr } = await bpsc([...args, '--json'], more);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

const balance = (wallet: string): Promise<Balance> => printed(['balance', '--wallet', wallet]);
const mine = (): Promise<unknown> => call(`${producer.url}/mine`);

const lines: Line[] = [];

/** Stands between a wallet and the producer. */
class Line {
  /** what becomes of a POST's answer; `held`: the producer never hears of it */
  posts: 'pass' | 'lost' | 'silent' | 'held' = 'pass';
  seen = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(): Promise<Line> {
    const server = createServer((request, response) => {
      void (async () => {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        const isPost = request.method === 'POST';
        if (isPost) line.seen++;
        if (isPost && line.posts === 'held') return;
        const url = producer.url + (request.url ?? '/');
        const answer = await call(url, isPost ? Buffer.concat(pieces).toString('utf8') : undefined);
        if (isPost && line.posts === 'lost') return void response.destroy();
        if (isPost && line.posts === 'silent') return;
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        response.end(answer.text);
      })();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line: Line = new Line(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    lines.push(line);
    return line;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

beforeAll(async () => {
  const made = await Promise.all(['alice', 'bob'].map((name) => runCli(['wallet', 'new', name], home, env)));
  [alice = '', bob = ''] = made.map(({ stdout }) => stdout.trim());
  producer = await startNode(
    producerIn(home, {
      WALLET_POLICY: 'signed',
      WALLET_ALLOCATIONS: JSON.stringify([{ address: alice, amount: '1000' }]),
      WALLET_ISSUER: ISSUER.address,
      TOKEN_DECIMALS: '2',
      FEE_RATE: '0.01',
    }),
  );
});
afterAll(async () => {
  lines.forEach((line) => line.close());
  await killNodes();
  removeTemporary();
});

it('shows its wallets', async () => {
  const { stdout } = await bpsc(['wallet', 'list']);
  expect(stdout).toBe(`WALLET  ADDRESS\nalice   ${alice}\nbob     ${bob}\n`);
  expect((await bpsc(['wallet', 'show'], { BPSC_PASSPHRASE: '' })).stdout).toContain(alice);
});

it('pays, and shows what is there', async () => {
  expect(await balance('alice')).toMatchObject({ available: '1000', held: '0', balance: '1000' });
  const { code, stdout, stderr } = await bpsc(['send', '100', bob, '--memo', 'lunch']);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('arrives  99 AKA, fee 1 AKA\n');
  await mine();
  expect((await balance('alice')).available).toBe('900');
  expect((await balance('bob')).available).toBe('99');
  const history = await bpsc(['history', bob, '--wide'], { BPSC_WALLET: '' });
  expect(history.stdout).toMatch(
    new RegExp(`\n\\S+ +transfer +\\+99 +${alice} +delivered +2 +[0-9a-f]{64}\n$`),
  );
});

it('moves nothing where something is wrong', async () => {
  const typo = bob.replace(/.$/, bob.endsWith('q') ? 'p' : 'q');
  for (const command of [
    ['send', '1', typo],
    ['balance', typo],
    ['history', typo],
  ]) {
    const { code, stderr } = await bpsc(command);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^bpsc: the (recipient|address) must be a wallet's address.*\n$/),
    ]);
  }
  const overdrawn = await bpsc(['send', '5000', bob]);
  expect([overdrawn.code, overdrawn.stderr]).toEqual([
    1,
    expect.stringMatching(/^bpsc: refused: .*\(OVERDRAWN\)\n$/),
  ]);
  const closed = await bpsc(['send', '1', bob], { BPSC_PASSPHRASE: 'incorrect horse' });
  expect([closed.code, closed.stderr]).toEqual([2, expect.stringContaining('the passphrase is wrong')]);
  const silent = await bpsc(['send', '1', bob], { BPSC_PASSPHRASE: '' });
  expect([silent.code, silent.stderr]).toEqual([2, expect.stringContaining('there is no terminal')]);
  const stranger = await bpsc(['send', '1', bob, '--chain-id', 'ab'.repeat(32)]);
  expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining('belongs to another chain')]);
  expect((await balance('alice')).available).toBe('900');
  expect(existsSync(path.join(wallets, 'alice.json.pending'))).toBe(false);
});

it('holds payments until they are accepted or declined', async () => {
  const hold = (amount: string): Promise<Sent> => printed(['send', amount, bob, '--hold-until', '1h']);
  const [first, second] = [(await hold('50')).transaction.id, (await hold('30')).transaction.id];
  await mine();
  expect(await balance('alice')).toMatchObject({ available: '820', held: '80', balance: '900' });
  const thief = await bpsc(['accept', first]);
  expect([thief.code, thief.stderr]).toEqual([1, expect.stringContaining('(NOT_RECIPIENT)')]);
  const accepted = await bpsc(['accept', first, '--wallet', 'bob']);
  expect([accepted.code, accepted.stdout]).toEqual([0, expect.stringContaining(`accepted  ${first}\n`)]);
  expect((await bpsc(['decline', second, '--wallet', 'bob'])).code).toBe(0);
  const again = await bpsc(['accept', second, '--wallet', 'bob']);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('(HOLD_ENDED)')]);
  await mine();
  expect(await balance('alice')).toMatchObject({ available: '850', held: '0' });
  expect((await balance('bob')).available).toBe('148.5');
  const { stdout } = await bpsc(['history', '--wide']);
  expect(stdout).toMatch(new RegExp(`hold +-50 +${bob} +delivered .*${first}`));
  expect(stdout).toMatch(new RegExp(`hold +-30 +${bob} +declined .*${second}`));
});

it('pays once when the answer is lost, and resumes', async () => {
  const line = await Line.open();
  line.posts = 'lost';
  const lost = await bpsc(['send', '10', bob, '--node', line.url]);
  expect([lost.code, lost.stdout]).toEqual([4, '']);
  expect(lost.stderr).toContain('bpsc send --resume');
  expect(line.seen).toBe(5);
  expect((await balance('alice')).available).toBe('840');
  const next = await bpsc(['send', '10', bob]);
  expect([next.code, next.stderr]).toEqual([2, expect.stringContaining('bpsc send --resume --wallet alice')]);
  line.posts = 'pass';
  const resumed = await bpsc(['send', '--resume'], { BPSC_PASSPHRASE: '' });
  expect([resumed.code, resumed.stderr]).toEqual([0, '']);
  expect(resumed.stdout).toContain('paid once');
  expect(line.seen).toBe(6);
  expect((await balance('alice')).available).toBe('840');
  line.close();
});

it.each([
  ['before the node heard of it', 'held', '830', false],
  ['after the node accepted it', 'silent', '820', true],
] as const)('pays once when it is killed %s', async (_when, posts, available, repeated) => {
  const line = await Line.open();
  line.posts = posts;
  const child = spawn(
    process.execPath,
    [path.resolve('dist/cli/main.js'), 'send', '10', bob, '--node', line.url],
    {
      env: { ...process.env, ...env, BPSC_WALLET: 'alice' },
      stdio: 'ignore',
    },
  );
  await until(() => line.seen === 1);
  if (posts === 'silent') await until(async () => (await balance('alice')).available === available);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(existsSync(path.join(wallets, 'alice.json.pending'))).toBe(true);
  line.close();
  expect(await printed<Sent>(['send', '--resume', '--node', producer.url])).toMatchObject({ repeated });
  expect((await balance('alice')).available).toBe(available);
  expect((await bpsc(['send', '--resume'])).code).toBe(2);
});

describe('the client', () => {
  const issuer = new KeySigner(Buffer.from('e5'.repeat(32), 'hex'));

  it('issues, follows, proves, and says what there is', async () => {
    const client = new BpscClient(producer.url);
    const { transaction, block } = await client.issue({ from: issuer, to: bob, amount: '7' });
    const waiting = [];
    for await (const { id } of client.pending()) waiting.push(id);
    expect(waiting).toContain(transaction.id);
    await mine();
    expect(await client.verifyTransaction(transaction.id)).toMatchObject({
      entry: { type: 'issue', amountSend: '7' },
      header: { index: block },
    });
    expect(await client.transaction(transaction.id)).toMatchObject({ state: 'delivered', status: 'sealed' });
    expect(await client.supply()).toMatchObject({ allocated: '1000', issued: '7', held: '0' });
    const head = await client.head();
    for (const from of [1, head.index - 1]) {
      const hashes: string[] = [];
      for await (const { header, historyChecked } of client.follow('token', from)) {
        hashes.push(header.hash);
        expect(historyChecked).toBe(from === 1);
        if (header.index === head.index) break;
      }
      expect(hashes).toHaveLength(head.index - from + 1);
      expect(hashes.at(-1)).toBe(head.hash);
    }
    const recorded = await client.inform({ degree: 'BSc' }, 'record-1');
    expect(await client.inform({ degree: 'BSc' }, 'record-1')).toEqual({ ...recorded, repeated: true });
  });

  it('sees why a payment is refused', async () => {
    const mallory = new KeySigner(Buffer.from('d4'.repeat(32), 'hex'));
    expect(mallory.address).toBe(MALLORY.address);
    await expect(
      new BpscClient(producer.url).send({ from: mallory, to: bob, amount: '1' }),
    ).rejects.toMatchObject({
      name: 'RefusedError',
      status: 422,
      code: 'OVERDRAWN',
      nonce: expect.any(String) as string,
    });
  });

  it('is what the package gives, and works without node:crypto, as in a browser', () => {
    const program = `
      process.getBuiltinModule = undefined;
      const { BpscClient, isAddress } = await import('bpsc');
      const [url, address] = process.argv.slice(1);
      const client = new BpscClient(url);
      for await (const { header } of client.follow('token')) if (header.index === 2) break;
      const { available } = await client.wallet(address);
      console.log(isAddress(address), available, (await client.contract()).symbol);
    `;
    const args = ['--input-type=module', '-e', program, producer.url, bob];
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
    expect(output).toMatch(/^true [0-9.]+ AKA\n$/);
  });
});
