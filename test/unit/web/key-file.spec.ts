/** The page's wallet files and those of the command line are the same. */
import { keyFileText, openKey, parseKeyFile } from '../../../src/cli/wallet/key-file.js';
import { makeKeyFile, openKeyFile } from '../../../web/src/signing/key-file.js';
import { ALICE } from '../../support/chain-builder.js';

const PASSPHRASE = 'correct horse';
const SEED = Buffer.from('a1'.repeat(32), 'hex');
const CHEAP = { n: 2 ** 14, r: 8, p: 1 };
const WRONG = 'The passphrase is wrong, or the file was changed.';

describe('a wallet’s file in the browser', () => {
  it('is opened by the command line', async () => {
    const { signer, text } = await makeKeyFile(PASSPHRASE);
    const key = parseKeyFile(text);
    if (typeof key === 'string') throw new Error(key);
    expect(key.address).toBe(signer.address);
    await expect(openKey('f', { ...key, isExposed: false }, PASSPHRASE)).resolves.toHaveLength(32);
  }, 60_000);

  it('opens what the command line wrote, for its passphrase alone', async () => {
    const text = await keyFileText(SEED, PASSPHRASE, CHEAP);
    const { address, publicKey } = await openKeyFile(text, PASSPHRASE);
    expect({ address, publicKey }).toEqual({ address: ALICE.address, publicKey: ALICE.publicKey });
    await expect(openKeyFile(text, 'another one')).rejects.toThrow(WRONG);
  });

  it('is refused where anything in it was changed', async () => {
    const text = await keyFileText(SEED, PASSPHRASE, CHEAP);
    type Fields = Record<string, unknown> & { crypto: Record<string, unknown> };
    const changed = (change: (fields: Fields) => unknown): Promise<unknown> => {
      const fields = JSON.parse(text) as Fields;
      change(fields);
      return openKeyFile(JSON.stringify(fields), PASSPHRASE);
    };
    await expect(changed((fields) => (fields.address = 'bp1x'))).rejects.toThrow(WRONG);
    await expect(changed(({ crypto }) => (crypto.p = 2))).rejects.toThrow(WRONG);
    await expect(changed(({ crypto }) => (crypto.n = 2 ** 30))).rejects.toThrow(/out of the range/);
    await expect(changed(({ crypto }) => (crypto.p = 9))).rejects.toThrow(/out of the range/);
    await expect(changed(({ crypto }) => (crypto.salt = 'aa'))).rejects.toThrow(
      'crypto.salt must be 32 bytes',
    );
    await expect(changed((fields) => (fields.version = 2))).rejects.toThrow(/not a wallet of version 1/);
    await expect(openKeyFile('no json', PASSPHRASE)).rejects.toThrow(/not a wallet of version 1/);
  });
});
