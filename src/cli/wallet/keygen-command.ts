/** `bpsc keygen`: creates an Ed25519 key. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { Command } from 'commander';
import { document, EXIT, Trouble, type ExitCode, type Io } from '../shell/io.js';
import { writeNewFile } from '../shell/new-file.js';

const DESCRIPTION = `Makes an Ed25519 key and prints its public key, as 64 hex digits.

With a file, the private key goes there as PKCS#8 PEM with mode 0600; a file that exists
is never overwritten. Without one it goes to stdout, and the public key to stderr, so that
it can be piped into whatever keeps your secrets; onto a terminal it isn't printed.

A producer makes its own key when it makes its chains: it needs none from here. A holder's key protects
tokens only on a chain whose wallets are signed: on an open one, signatures are not checked.`;

const EXAMPLES = `
Examples:
  bpsc keygen holder.pem
  bpsc keygen | age -r age1… > holder.pem.age
`;

/** @param end is called with the exit status */
export function keygenCommand(io: Io, end: (code: ExitCode) => void): Command {
  return new Command('keygen')
    .summary('make an Ed25519 key')
    .description(DESCRIPTION)
    .argument('[file]', 'where the private key goes')
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .action((file: string | undefined, { json }: { readonly json?: true }) => {
      if (file === undefined) printKey(json === true, io);
      else writeKey(file, json === true, io);
      end(EXIT.ok);
    });
}

function writeKey(file: string, isJson: boolean, io: Io): void {
  const { pem, publicKey } = makeKey();
  writeNewFile(file, pem, `${file} exists, and a key is never overwritten: name another file`);
  if (isJson) {
    io.stdout.write(document({ file, public_key: publicKey }));
    return;
  }
  io.stderr.write(`The private key is in ${file}: keep it secret, and keep a copy. Its public key is\n`);
  io.stdout.write(`${publicKey}\n`);
}

function printKey(isJson: boolean, io: Io): void {
  if (io.stdout.isTTY === true) {
    throw new Trouble(
      'a private key is not printed onto a terminal: name a file for it, or pipe it somewhere',
    );
  }
  const { pem, publicKey } = makeKey();
  if (isJson) {
    io.stdout.write(document({ private_key: pem, public_key: publicKey }));
    return;
  }
  io.stdout.write(pem);
  io.stderr.write(`public key ${publicKey}\n`);
}

function makeKey(): { pem: string; publicKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    // The 32 raw bytes end the DER form (RFC 8410, section 4).
    publicKey: spki.subarray(-32).toString('hex'),
  };
}
