import path from 'node:path';
import { FileServer } from '../../../test/support/file-server.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { startTestFollower, type TestFollower } from '../../../test/support/test-follower.js';
import { startTestProducer, type TestProducer } from '../../../test/support/test-producer.js';
import { SYSTEM_DISK } from '../../static/write/disk.js';
import { StaticExport } from '../../static/write/static-export.js';

let producer: TestProducer;
let folder: string;
let files: StaticExport;
let server: FileServer;
let follower: TestFollower;
const others: TestFollower[] = [];

beforeEach(async () => {
  producer = await startTestProducer(temporaryFolder());
  folder = temporaryFolder();
  files = new StaticExport(SYSTEM_DISK, folder, { pause: () => Promise.resolve() });
  server = await FileServer.start(folder);
  follower = await newFollower();
});
afterEach(async () => {
  await Promise.all([follower, ...others.splice(0)].map((each) => each.close()));
  await server.close();
  files.close();
  await producer.close();
});
afterAll(removeTemporary);

const newFollower = (): Promise<TestFollower> =>
  startTestFollower(path.join(temporaryFolder(), 'follower.db'), `static:${server.url}`);
const write = (): Promise<unknown> => files.advance(producer.store.stores());
const ids = (): { token: string; information: string } => ({
  token: producer.tokenStore.chain.id,
  information: producer.informationStore.chain.id,
});

async function seal(transfers: number, records = 1): Promise<void> {
  await Promise.all(Array.from({ length: transfers }, () => producer.transfer({})));
  await Promise.all(Array.from({ length: records }, (_, n) => producer.inform({ n, text: 'ä"\\' })));
  if (transfers > 0) await producer.token.seal();
  if (records > 0) await producer.information.seal();
}

const chainText = (store: TestFollower['store']): string[] =>
  store.stores().map((each) => Buffer.from(each.entriesOnWire(0, each.head().header.treeSize)).toString());

const codes = async (): Promise<string[]> => (await follower.faults()).map(({ fault }) => fault);

it('is followed to its checkpoint, page by page, with the content of records', async () => {
  await seal(300, 3);
  await seal(0, 1);
  await write();
  expect(await follower.round()).toEqual(['token', 'information']);
  for (const [transfers, records] of [
    [1, 0],
    [300, 260],
    [0, 1],
  ] as const) {
    await seal(transfers, records);
    await write();
    expect(await follower.round()).toEqual(['token', 'information']);
  }
  expect(chainText(follower.store)).toEqual(chainText(producer.store));
  expect(follower.store.stores().map((store) => store.signedHead()?.header.hash)).toEqual(
    producer.store.stores().map((store) => store.head().header.hash),
  );
  expect(follower.status.troubles()).toEqual([]);
  expect(await codes()).toEqual([]);
});

it('asks for little where there is nothing new', async () => {
  await seal(2);
  await write();
  await follower.round();
  server.requests.length = 0;
  await follower.round();
  const { token, information } = ids();
  expect([...server.requests].sort()).toEqual(
    ['chains.json']
      .concat([token, information].flatMap((id) => [`${id}/checkpoint`, `${id}/head.json`]))
      .sort(),
  );
});

it('falls back to the full file where a partial one has gone', async () => {
  await seal(255, 255);
  await write();
  const { token, information } = ids();
  const old = new Map<string, Buffer>();
  server.alter = (file, bytes) => {
    old.set(file, bytes);
    return bytes;
  };
  await (async () => {
    const other = await newFollower();
    others.push(other);
    await other.round();
  })();
  await seal(10, 10);
  await write();
  // A copy on the way still has the old heads; the partial files are gone.
  server.alter = (file, bytes) => (/(head\.json|checkpoint)$/.test(file) ? old.get(file) : bytes);
  expect(await follower.round()).toEqual(['token', 'information']);
  expect(follower.heads()).toEqual([2, 2]);
  expect(server.requests).toContain(`${token}/tile/entries/000`);
  expect(server.requests).toContain(`${information}/tile/entries/000`);
});

it('takes the block of the checkpoint where the head is newer', async () => {
  await seal(2);
  await write();
  const old = new Map<string, Buffer>();
  server.alter = (file, bytes) => {
    if (file.endsWith('checkpoint')) old.set(file, bytes);
    return bytes;
  };
  await follower.round();
  for (let n = 0; n < 3; n++) await seal(1);
  await write();
  server.alter = (file, bytes) => old.get(file) ?? bytes;
  expect(await follower.round()).toEqual(['token', 'information']);
  expect(follower.heads()).toEqual([2, 2]);
  const other = await newFollower();
  others.push(other);
  expect(await other.round()).toEqual(['token', 'information']);
  expect(other.heads()).toEqual([2, 2]);
  server.alter = (_file, bytes) => bytes;
  await other.round();
  expect(other.heads()).toEqual([5, 5]);
});

describe('a host that lies', () => {
  beforeEach(async () => {
    await seal(300, 3);
    await write();
  });

  const flip = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] as number) ^ 1;
    return copy;
  };

  it.each([
    [
      'an entry',
      'tile/entries/000',
      (bytes: Buffer) => flip(bytes, 50),
      ['ENTRY_MALFORMED', 'TREE_ROOT_MISMATCH', 'FEE_SPLIT_WRONG', 'MALFORMED'],
    ],
    ['a bundle that is cut', 'tile/entries/000', (bytes: Buffer) => bytes.subarray(0, 1000), ['MALFORMED']],
    ['no text', 'block/000.p/2', () => Buffer.from([0xff, 0xfe]), ['MALFORMED']],
    [
      'a line too few',
      'block/000.p/2',
      (bytes: Buffer) => bytes.subarray(0, bytes.indexOf('\n') + 1),
      ['MALFORMED'],
    ],
    ['a head that is none', 'head.json', () => '{"header":{}}', ['MALFORMED']],
    ['a checkpoint that is none', 'checkpoint', () => 'nothing', ['MALFORMED']],
    [
      'another contract',
      'contract.json',
      (bytes: Buffer) => bytes.toString().replace('"decimals":18', '"decimals":17'),
      ['CHAIN_ID_MISMATCH'],
    ],
    [
      'a contract with a key twice',
      'contract.json',
      (bytes: Buffer) => bytes.toString().replace('{', '{"version":1,'),
      ['MALFORMED'],
    ],
    ['a file that does not end', 'head.json', () => Buffer.alloc(1e6), ['MALFORMED']],
    [
      'another block',
      'block/000.p/2',
      (bytes: Buffer) => bytes.toString().replace(/"timestamp":(\d)/, '"timestamp":0$1'),
      ['MALFORMED'],
    ],
  ] as const)('with %s is at fault, and nothing false is stored', async (_name, file, change, expected) => {
    const { token } = ids();
    server.alter = (asked, bytes) => (asked === `${token}/${file}` ? change(bytes) : bytes);
    await follower.round();
    const [code] = await codes();
    expect(expected).toContain(code);
    const stored = follower.store.stores().find(({ chain }) => chain.id === token);
    expect(stored?.head().header.index ?? 1).toBe(1);
    // The other chain is followed all the same.
    expect(follower.named()).toMatchObject({ information: 2 });
  });

  it.each([
    ['other information', (line: string) => line.replace('"n":0', '"n":1'), 'INFORMATION_HASH_MISMATCH'],
    ['more fields', (line: string) => line.replace('{', '{"type":"x",'), 'ENTRY_MALFORMED'],
    ['no JSON', () => '{"information":', 'MALFORMED'],
    ['nothing in the place of a record', () => '{}', 'ENTRY_MALFORMED'],
  ] as const)('with %s as content is at fault', async (_name, change, expected) => {
    const { information } = ids();
    server.alter = (asked, bytes) =>
      asked === `${information}/content/000`
        ? bytes
            .toString()
            .split('\n')
            .map((line, place) => (place === 0 ? change(line) : line))
            .join('\n')
        : bytes;
    await follower.round();
    expect(await codes()).toEqual([expected]);
    expect(follower.named()).toMatchObject({ aka: 2, information: 1 });
  });
});

describe('a host that does not have everything', () => {
  beforeEach(async () => {
    await seal(3, 3);
    await write();
  });

  it.each(['tile/entries/000.p/3', 'block/000.p/2', 'content/000'])(
    'is asked again for %s, and is not at fault',
    async (file) => {
      const { information } = ids();
      const { alter } = server;
      server.alter = (asked, bytes) => (asked === `${information}/${file}` ? undefined : bytes);
      await follower.round();
      expect(follower.status.all[0]?.lastError?.message).toContain('there is no');
      expect(await codes()).toEqual([]);
      server.alter = alter;
      expect(await follower.round()).toEqual(['token', 'information']);
    },
  );

  it('is not yet there while its content has fewer lines', async () => {
    const { information } = ids();
    server.alter = (asked, bytes) =>
      asked === `${information}/content/000` ? bytes.subarray(0, bytes.indexOf('\n') + 1) : bytes;
    await follower.round();
    expect(follower.status.all[0]?.lastError?.message).toContain('there is no content of entry 1');
    expect(await codes()).toEqual([]);
  });

  it.each([
    [
      'status 500',
      (response: { writeHead(status: number): { end(): unknown } }) => response.writeHead(500).end(),
      'unreachable',
    ],
    [
      'status 403',
      (response: { writeHead(status: number): { end(): unknown } }) => response.writeHead(403).end(),
      'unreachable',
    ],
  ] as const)('with %s is unreachable', async (_name, answer, state) => {
    server.misbehave = (_file, response) => {
      answer(response);
      return true;
    };
    await follower.round();
    expect(follower.status.details()).toMatchObject({ upstream_state: state });
  });

  it('with something else at its address is no bpsc’s', async () => {
    server.alter = () => '<html>';
    await follower.round();
    expect(follower.status.troubles()[0]).toContain(
      'answers, but has no static files of bpsc: chains.json is not a list',
    );
  });
});
