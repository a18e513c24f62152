import { firstOf } from '../../../test/support/first-of.js';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { producerConfig } from '../../../test/support/test-producer.js';
import { chainId, type Contract, type TokenContract } from '../../chain/contract/contract.js';
import type { VerifiedBlock } from '../../chain/block/verify-block.js';
import { OperatorError } from '../../ledger/errors.js';
import { openStorage, type Storage } from '../../storage/sqlite/database.js';
import { openProducer, sealGenesis } from './birth.js';
import { SigningKey } from '../../keys/key-file.js';

let storage: Storage | undefined;
afterEach(async () => {
  await storage?.close();
  storage = undefined;
});
afterAll(removeTemporary);

/** Starts as the program does. @returns the producer's public key */
async function start(folder: string, env: Record<string, string> = {}): Promise<string> {
  await storage?.close();
  const config = producerConfig(folder, env);
  storage = await openStorage(config.databaseFile, 'producer');
  return openProducer(config, storage.store, 1_760_000_000_000).publicKey;
}

const key = (folder: string): string => path.join(folder, 'key.pem');
const database = (folder: string): string => path.join(folder, 'producer.db');

describe('the first start of a producer', () => {
  it('makes a key, a contract for each chain and both genesis blocks', async () => {
    const folder = temporaryFolder();
    const publicKey = await start(folder);
    expect(statSync(key(folder)).mode & 0o777).toBe(0o600);
    const chains = storage?.store.chains() ?? [];
    expect(chains.map(({ contract }) => [contract.kind, contract.name, contract.producer])).toEqual([
      ['token', 'aka', publicKey],
      ['information', 'information', publicKey],
    ]);
    expect(firstOf((storage as Storage).store, 'token').head().header).toMatchObject({
      index: 1,
      treeSize: 0,
      timestamp: 1_760_000_000_000,
    });
    expect(firstOf((storage as Storage).store, 'information').head().header).toMatchObject({
      index: 1,
      treeSize: 0,
    });
  });

  it('refuses names that look like others, or that no URL can hold, and leaves nothing', async () => {
    const folder = temporaryFolder();
    const wrong = {
      TOKEN_SYMBOL: 'A\u200bKA',
      FEE_WALLET: '..',
      WALLET_ISSUER: 'mint\u202e',
      WALLET_ALLOCATIONS: '[{"address":"a","amount":"1"},{"address":"\ufeffb","amount":"1"}]',
    };
    const error = await start(folder, wrong).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OperatorError);
    expect((error as Error).message.split('\n').map((line) => line.split(' must not ')[0])).toEqual([
      ...["the chain aka can't be made:", '  symbol (TOKEN_SYMBOL)', '  fee.wallet (FEE_WALLET)'],
      ...['  wallets.issuer (WALLET_ISSUER)', '  wallets.allocations[1].address (WALLET_ALLOCATIONS)'],
    ]);
    expect([existsSync(key(folder)), existsSync(`${key(folder)}.new`)]).toEqual([false, false]);
    expect(storage?.store.chains()).toEqual([]);
    await start(folder);
  });

  it('is followed by starts that keep the names of a chain from before, whatever they are', async () => {
    const folder = temporaryFolder();
    const publicKey = await start(folder);
    const [token, information] = storage?.store.chains() ?? [];
    const contract = { ...(token?.contract as TokenContract), feeWallet: '..', symbol: 'A\u200bKA' };
    const old = temporaryFolder();
    copyFileSync(key(folder), key(old));
    await storage?.close();
    storage = await openStorage(producerConfig(old).databaseFile, 'producer');
    const genesis = (of: Contract): VerifiedBlock => sealGenesis(of, SigningKey.read(key(old)) as SigningKey);
    storage.store.createChains(
      [contract, information?.contract as Contract].map((of) => ({
        chain: { id: chainId(of), name: of.name, origin: 'configured' as const, contract: of },
        genesis: genesis(of),
      })),
    );
    expect(await start(old, { FEE_WALLET: '..', TOKEN_SYMBOL: 'A\u200bKA' })).toBe(publicKey);
  });

  it('is followed by starts that change nothing', async () => {
    const folder = temporaryFolder();
    const publicKey = await start(folder);
    const chains = storage?.store.chains();
    expect(await start(folder)).toBe(publicKey);
    expect(storage?.store.chains()).toEqual(chains);
  });

  it('is begun again after a crash before the chains were stored', async () => {
    const folder = temporaryFolder();
    SigningKey.generate().write(`${key(folder)}.new`);
    await start(folder);
    expect(existsSync(`${key(folder)}.new`)).toBe(false);
    expect(existsSync(key(folder))).toBe(true);
  });

  it('is finished by the next start after a crash before the key had its name', async () => {
    const folder = temporaryFolder();
    const publicKey = await start(folder);
    renameSync(key(folder), `${key(folder)}.new`);
    expect(await start(folder)).toBe(publicKey);
    expect(existsSync(key(folder))).toBe(true);
  });
});

describe('a key and a database that do not belong together', () => {
  it('refuses a key without its chains, and makes no new ones', async () => {
    const folder = temporaryFolder();
    await start(folder);
    await storage?.close();
    storage = undefined;
    rmSync(database(folder));
    await expect(start(folder)).rejects.toThrow(/there is a key .* but no chain in .*restore the database/);
    expect(storage).toBeDefined();
    expect((storage as unknown as Storage).store.chains()).toEqual([]);
  });

  it('refuses chains without their key, and makes no new one', async () => {
    const folder = temporaryFolder();
    await start(folder);
    rmSync(key(folder));
    await expect(start(folder)).rejects.toThrow(
      /there are chains in .* but their key .* is missing: restore it/,
    );
    expect(existsSync(key(folder))).toBe(false);
  });

  it('does not take a foreign half-made key for the missing one', async () => {
    const folder = temporaryFolder();
    await start(folder);
    rmSync(key(folder));
    SigningKey.generate().write(`${key(folder)}.new`);
    await expect(start(folder)).rejects.toThrow(/is missing/);
  });

  it('refuses another key', async () => {
    const folder = temporaryFolder();
    await start(folder);
    SigningKey.generate().write(key(folder));
    await expect(start(folder)).rejects.toThrow(/is not the one that the chains in .* name/);
  });

  it('refuses a file that is no key', async () => {
    const folder = temporaryFolder();
    await start(folder);
    writeFileSync(key(folder), 'not a key');
    await expect(start(folder)).rejects.toThrow(/contains no Ed25519 private key in PKCS#8 PEM form/);
  });

  it('refuses a key file that cannot be read', async () => {
    const folder = temporaryFolder();
    await expect(start(folder, { PRODUCER_KEY_FILE: folder })).rejects.toThrow(/cannot be read/);
  });
});

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;
describeOnLinux('a key path that leads to something other than a regular file', () => {
  it('is refused at once: a FIFO, which would block the start until somebody writes to it', async () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [key(folder)]);
    await expect(start(folder)).rejects.toThrow(/key\.pem cannot be read: it is not a regular file/);
    expect(storage?.store.chains()).toEqual([]);
  });

  it('is refused at once: a file of the kernel, which may block as well', async () => {
    const env = { PRODUCER_KEY_FILE: '/proc/kmsg' };
    await expect(start(temporaryFolder(), env)).rejects.toThrow(
      /the key file \/proc\/kmsg contains no Ed25519/,
    );
  });
});

describe('a configuration that differs from the stored contract', () => {
  it('is refused with a table of what differs', async () => {
    const folder = temporaryFolder();
    await start(folder);
    const env = { FEE_RATE: '0.01', TOKEN_SYMBOL: 'XYZ', INFORMATION_BLOCK_MAX_ENTRIES: '7' };
    const error: unknown = await start(folder, env).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OperatorError);
    expect((error as Error).message.split('\n')).toEqual([
      'the configuration differs from the stored contract, which never changes:',
      '  chain        field                 stored     configured',
      '  aka          token.symbol          "AKA"      "XYZ"',
      '  aka          fee.rate              "0.00005"  "0.01"',
      '  information  schedule.max_entries  null       7',
      expect.stringMatching(/^Set the configuration back, or set DATABASE_URL and PRODUCER_KEY_FILE/),
    ]);
  });
});

describe('a list of chains', () => {
  const CHAINS = (...names: readonly string[]): Record<string, string> => ({
    CHAINS: JSON.stringify(
      names.map((name) => ({ kind: name.startsWith('t') ? 'token' : 'information', name })),
    ),
  });
  const names = (): readonly string[] => storage?.store.chains().map(({ name }) => name) ?? [];

  it('is refused if followers could not read the list of its chains, and leaves nothing', async () => {
    const folder = temporaryFolder();
    const allocations = Array.from({ length: 4096 }, (_, i) => ({ address: `w${i}`, amount: '1' }));
    const listed = Array.from({ length: 14 }, (_, i) => ({
      kind: 'token',
      name: `gold-${i}`,
      wallets: { allocations },
    }));
    const file = path.join(folder, 'chains.json');
    writeFileSync(file, JSON.stringify(listed));
    await expect(start(folder, { CHAINS: file })).rejects.toThrow(
      /^there is no room for the chain gold-5: GET \/chains, the list that followers read, has at most 16777216 bytes/,
    );
    expect([names(), existsSync(key(folder))]).toEqual([[], false]);
    writeFileSync(file, JSON.stringify(listed.slice(0, 5)));
    await start(folder, { CHAINS: file });
    writeFileSync(file, JSON.stringify(listed.slice(0, 6)));
    await expect(start(folder, { CHAINS: file })).rejects.toThrow(/no room for the chain gold-5/);
    expect(names()).toHaveLength(5);
  });

  it('is made at the first start, and may grow', async () => {
    const folder = temporaryFolder();
    const publicKey = await start(folder, CHAINS('t-gold', 'i-notes', 't-silver'));
    expect(names()).toEqual(['t-gold', 'i-notes', 't-silver']);
    const before = storage?.store.chains();
    // Another order changes nothing; what is new comes behind.
    expect(await start(folder, CHAINS('i-diplomas', 't-silver', 't-gold', 'i-notes', 't-bronze'))).toBe(
      publicKey,
    );
    expect(names()).toEqual(['t-gold', 'i-notes', 't-silver', 'i-diplomas', 't-bronze']);
    expect(storage?.store.chains().slice(0, 3)).toEqual(before);
    for (const { contract } of storage?.store.chains() ?? []) expect(contract.producer).toBe(publicKey);
  });

  it('grows from the two chains without a list', async () => {
    const folder = temporaryFolder();
    await start(folder);
    await expect(start(folder, CHAINS('i-notes'))).rejects.toThrow(
      /^CHAINS does not list aka, information, which are chains of /,
    );
    const listed = [
      { kind: 'token', name: 'aka' },
      { kind: 'information', name: 'information' },
      { kind: 'token', name: 'gold' },
    ];
    await start(folder, { CHAINS: JSON.stringify(listed) });
    expect(names()).toEqual(['aka', 'information', 'gold']);
    await expect(start(folder)).rejects.toThrow(
      /^CHAINS is not set, but .* has the chains aka, information, gold: /,
    );
  });

  it('is refused where a chain differs from its contract, with nothing made', async () => {
    const folder = temporaryFolder();
    await start(folder, CHAINS('t-gold', 'i-notes'));
    const changed = [
      { kind: 'information', name: 't-gold' },
      { kind: 'information', name: 'i-notes' },
      { kind: 'token', name: 'new' },
    ];
    await expect(start(folder, { CHAINS: JSON.stringify(changed) })).rejects.toThrow(
      /t-gold +kind +"token" +"information"/,
    );
    expect(names()).toEqual(['t-gold', 'i-notes']);
  });
});
