import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ALICE, walletAddress } from '../../../test/support/chain-builder.js';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { keyFileText, openKey, parseKeyFile, readKeyFile, type KeyFile } from './key-file.js';

afterAll(removeTemporary);

const SEED = 'a1'.repeat(32);
const CHEAP = { n: 2 ** 14, r: 8, p: 1 };
const PASSPHRASE = 'correct horse';
let text: string;
beforeAll(async () => {
  text = await keyFileText(Buffer.from(SEED, 'hex'), PASSPHRASE, CHEAP);
});

type Fields = Record<string, unknown> & { crypto: Record<string, unknown> };

function changed(change: (fields: Fields) => unknown): string {
  const fields = JSON.parse(text) as Fields;
  change(fields);
  return JSON.stringify(fields);
}

function parsed(of = text): KeyFile {
  const key = parseKeyFile(of);
  if (typeof key === 'string') throw new Error(key);
  return { ...key, isExposed: false };
}

describe("a wallet's file", () => {
  it('shows address and public key, and gives the key only for the passphrase', async () => {
    const key = parsed();
    expect(key).toMatchObject({ address: ALICE.address, publicKey: ALICE.publicKey });
    expect(Buffer.from(await openKey('f', key, PASSPHRASE)).toString('hex')).toBe(SEED);
    expect(text).not.toContain(SEED);
  });

  it('is another each time', async () => {
    expect(await keyFileText(Buffer.from(SEED, 'hex'), PASSPHRASE, CHEAP)).not.toBe(text);
  });

  it('takes a passphrase by its letters, however they are encoded', async () => {
    const accented = await keyFileText(Buffer.from(SEED, 'hex'), 'caf\u00e9 caf\u00e9', CHEAP);
    await expect(openKey('f', parsed(accented), 'cafe\u0301 cafe\u0301')).resolves.toHaveLength(32);
  });

  it('costs a guess 128 MiB by default', async () => {
    const { crypto } = JSON.parse(await keyFileText(Buffer.from(SEED, 'hex'), PASSPHRASE)) as Fields;
    expect(crypto).toMatchObject({ kdf: 'scrypt', n: 131_072, r: 8, p: 1, cipher: 'aes-256-gcm' });
  });

  it.each(['wrong', '', `${PASSPHRASE} `])('stays closed to the passphrase %p', async (passphrase) => {
    await expect(openKey('f', parsed(), passphrase)).rejects.toThrow(
      "f can't be opened: the passphrase is wrong, or the file was changed",
    );
  });

  const other = (value: unknown): string => (value === '0' ? '1' : '0');
  const flipped = (hex: unknown): string => other(String(hex)[0]) + String(hex).slice(1);
  it.each<[string, (fields: Fields) => unknown]>([
    ['ciphertext', ({ crypto }) => (crypto.ciphertext = flipped(crypto.ciphertext))],
    ['tag', ({ crypto }) => (crypto.tag = flipped(crypto.tag))],
    ['salt', ({ crypto }) => (crypto.salt = flipped(crypto.salt))],
    ['iv', ({ crypto }) => (crypto.iv = flipped(crypto.iv))],
    ['cost', ({ crypto }) => (crypto.p = 2)],
    [
      'key',
      (fields) =>
        Object.assign(fields, { public_key: '8a'.repeat(32), address: walletAddress('8a'.repeat(32)) }),
    ],
  ])('stays closed when its %s was changed', async (_name, change) => {
    await expect(openKey('f', parsed(changed(change)), PASSPHRASE)).rejects.toThrow(/passphrase is wrong/);
  });

  it.each<[string, (fields: Fields) => unknown, RegExp]>([
    ['version', (fields) => (fields.version = 2), /^its version is not 1/],
    ['public key', (fields) => (fields.public_key = 'x'), /^public_key must be/],
    ['address', (fields) => (fields.address = 'bp1x'), /^its address is not/],
    ['kdf', ({ crypto }) => (crypto.kdf = 'none'), /^crypto.kdf must be scrypt/],
    ['cipher', ({ crypto }) => (crypto.cipher = 'none'), /^crypto.cipher must be/],
    ['n that is small', ({ crypto }) => (crypto.n = 2), /^crypto.n must be/],
    ['n that is odd', ({ crypto }) => (crypto.n = 2 ** 17 + 1), /^crypto.n must be/],
    ['n that eats memory', ({ crypto }) => (crypto.n = 2 ** 30), /^crypto.r must be such/],
    ['r that eats memory', ({ crypto }) => (crypto.r = 2 ** 20), /^crypto.r must be such/],
    ['p that takes long', ({ crypto }) => (crypto.p = 1e9), /^crypto.p must be 1 to 4/],
    ['salt', ({ crypto }) => (crypto.salt = ''), /^crypto.salt must be 32 bytes/],
    ['iv', ({ crypto }) => (crypto.iv = '0'.repeat(26)), /^crypto.iv must be 12 bytes/],
    ['tag', ({ crypto }) => (crypto.tag = 'Z'.repeat(32)), /^crypto.tag must be 16 bytes/],
    ['ciphertext', ({ crypto }) => (crypto.ciphertext = '00'), /^crypto.ciphertext must be 32/],
    ['crypto', (fields) => Object.assign(fields, { crypto: 1 }), /^crypto.kdf/],
  ])('is refused, before any work, for its %s', (_name, change, message) => {
    expect(parseKeyFile(changed(change))).toMatch(message);
  });

  it('is distinguished from other files', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'a.json');
    const reading = (content: string): (() => unknown) => {
      writeFileSync(file, content);
      return () => readKeyFile(file);
    };
    expect(reading('x')).toThrow(`${file} is not a bpsc wallet: it is no JSON`);
    expect(reading('[]')).toThrow('it is no JSON object');
    expect(reading(' '.repeat(20_000))).toThrow('it has 20000 bytes, and no wallet is so large');
    expect(() => readKeyFile(path.join(folder, 'none.json'))).toThrow('there is no wallet ');
    expect(() => readKeyFile(folder)).toThrow('cannot be read: EISDIR');
  });

  it('is seen to be readable by others', () => {
    const file = path.join(temporaryFolder(), 'a.json');
    writeFileSync(file, text, { mode: 0o600 });
    expect(readKeyFile(file).isExposed).toBe(false);
    for (const mode of [0o640, 0o604, 0o666]) {
      chmodSync(file, mode);
      expect(readKeyFile(file).isExposed).toBe(true);
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
