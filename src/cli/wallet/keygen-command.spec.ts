import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { removeTemporary, temporaryFolder } from '../../../test/support/temporary.js';
import { parsePublicKey, parseSignature } from '../../chain/bytes/bytes.js';
import { verifySignature } from '../../chain/bytes/ed25519.js';
import { run } from '../testing/test-io.js';

afterAll(removeTemporary);

function isKeyPair(pem: string, publicKey: string): boolean {
  const key = createPrivateKey(pem);
  expect(key.asymmetricKeyType).toBe('ed25519');
  expect(createPublicKey(key).export({ format: 'jwk' }).x).toBe(
    Buffer.from(publicKey, 'hex').toString('base64url'),
  );
  const signature = parseSignature(sign(null, Buffer.from('hello'), key).toString('hex'));
  return verifySignature(parsePublicKey(publicKey)!, 'hello', signature!);
}

describe('bpsc keygen', () => {
  it('writes the private key to a file that only its owner can read, and prints the public key', async () => {
    const file = path.join(temporaryFolder(), 'key.pem');
    const { code, stdout, stderr } = await run(['keygen', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(stderr).toContain(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const pem = readFileSync(file, 'utf8');
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(isKeyPair(pem, stdout.trim())).toBe(true);
  });

  it('overwrites nothing', async () => {
    const file = path.join(temporaryFolder(), 'key.pem');
    await run(['keygen', file]);
    const before = readFileSync(file, 'utf8');
    const { code, stdout, stderr } = await run(['keygen', file]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`bpsc: ${file} exists, and a key is never overwritten: name another file\n`);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('says why a file can not be written', async () => {
    const { code, stderr } = await run(['keygen', path.join(temporaryFolder(), 'no', 'key.pem')]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^bpsc: .*key\.pem cannot be written: ENOENT.*\n$/),
    ]);
  });

  it('prints the private key into a pipe, and the public key beside it', async () => {
    const { code, stdout, stderr } = await run(['keygen']);
    expect(code).toBe(0);
    expect(isKeyPair(stdout, /^public key ([0-9a-f]{64})\n$/.exec(stderr)![1]!)).toBe(true);
  });

  it('prints JSON', async () => {
    const piped = JSON.parse((await run(['keygen', '--json'])).stdout) as Record<string, string>;
    expect(isKeyPair(piped.private_key!, piped.public_key!)).toBe(true);
    const file = path.join(temporaryFolder(), 'key.pem');
    const made = JSON.parse((await run(['keygen', file, '--json'])).stdout) as Record<string, string>;
    expect(made).toEqual({ file, public_key: expect.any(String) as string });
    expect(isKeyPair(readFileSync(file, 'utf8'), made.public_key!)).toBe(true);
  });

  it('prints no private key onto a terminal', async () => {
    const { code, stdout, stderr } = await run(['keygen'], { isTTY: true });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^bpsc: a private key is not printed onto a terminal: .*\n$/);
  });
});
