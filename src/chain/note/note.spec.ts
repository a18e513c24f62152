import { createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { COSIGNER, GoldenLog, publicKeyOf, signatureBy } from '../../../test/support/golden-log.js';
import { OTHER_PRODUCER, PRODUCER } from '../../../test/support/chain-builder.js';
import { parsePublicKey, toHex } from '../bytes/bytes.js';
import { fromBase64, toBase64 } from './base64.js';
import {
  chainOfOrigin,
  checkpointText,
  formatCheckpoint,
  parseCheckpoint,
  parseDecimal,
} from './checkpoint.js';
import { cosignatureBytes, cosignatureOf, cosignedText } from './cosignature.js';
import { formatNote, parseNote, verifyNote, type SignedNote } from './signed-note.js';
import { formatVerifierKey, isKeyName, keyId, parseVerifierKey, type VerifierKey } from './verifier-key.js';

const log = new GoldenLog();
const parsed = (note: string): SignedNote => {
  const result = parseNote(note);
  if (typeof result === 'string') throw new Error(result);
  return result;
};

describe('the vectors', () => {
  it('of the log’s key and checkpoint are what they were in the first version, forever', () => {
    expect(formatVerifierKey(log.key)).toBe(
      'bpsc/502a113683a758a556004024518041a8e0ef751d8110d034ef0b43b0cdb0348e+8177083c+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c',
    );
    expect(toHex(log.root(4))).toBe('bc3595dd44668dca446516a88e99b29bb4759817c095cd2fc13758986f12d276');
    expect(log.checkpoint(4)).toBe(
      `bpsc/${log.chain}\n4\nvDWV3URmjcpEZRaojpmym7R1mBfAlc0vwTdYmG8S0nY=\n\n` +
        `— bpsc/${log.chain} gXcIPIB+rFlbXjUX+IDYNf8fwoAbSH6mom5zlYsjQZQ2nVndgQdMgRrDE009pYFhPtfvz6sCMBWl2mxAw+RspS5atAA=\n`,
    );
  });

  it('of the cosigner are what they were in the first version, forever', () => {
    expect(formatVerifierKey(COSIGNER.key)).toBe(
      'bpsc.example/follower-1+e8cb9a92+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU',
    );
    expect(log.cosigned(log.checkpoint(4), COSIGNER, 1_760_000_011)).toBe(
      `${log.checkpoint(4)}— bpsc.example/follower-1 ` +
        '6MuakgAAAABo53gLDBslCK4jW0RHlqeWRcQwvt8/YhfpgzApZpe+FrVF29F8TSYXdue7Egah/737TLvTD4F5y9CWvWA8gc1Gq5FKCQ==\n',
    );
  });

  it('of the standard verify', () => {
    const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    const note =
      'This is an example message.\n\n' +
      '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
    expect(verifyNote(parsed(note), [key as VerifierKey])).toEqual([{ key, time: undefined }]);
    expect(formatNote(parsed(note))).toBe(note);
  });

  it('of the Go implementation verify', () => {
    // golang.org/x/mod/sumdb/note, example_test.go
    const key = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const note =
      'If you think cryptography is the answer to your problem,\n' +
      "then you don't know what your problem is.\n\n" +
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    expect(verifyNote(parsed(note), [key as VerifierKey])).toEqual([{ key, time: undefined }]);
    expect(verifyNote(parsed(note.replace('your', 'my')), [key as VerifierKey])).toBe(
      'the signature by PeterNeumann is not valid',
    );
  });
});

describe('base64', () => {
  it('has one text for each value', () => {
    expect(fromBase64('AQI=')).toEqual(Uint8Array.of(1, 2));
    expect(fromBase64('')).toEqual(Uint8Array.of());
    for (const text of ['AQI', 'AQJ=', 'AQI==', 'AQ I=', 'AQI=\n', 'A', '_-8=', 'AQI=AQI=', 'é===']) {
      expect({ text, bytes: fromBase64(text) }).toEqual({ text, bytes: undefined });
    }
  });
});

describe('a verifier key', () => {
  const text = formatVerifierKey(log.key);

  it('is read back as it was written', () => {
    expect(parseVerifierKey(text)).toEqual(log.key);
    expect(parseVerifierKey(formatVerifierKey(COSIGNER.key))).toEqual(COSIGNER.key);
  });

  it('is refused with any of its characters changed', () => {
    for (let at = 0; at < text.length; at++) {
      const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      expect({ changed, key: parseVerifierKey(changed) }).toEqual({ changed, key: undefined });
    }
    expect(parseVerifierKey(`${text}\n`)).toBeUndefined();
    expect(parseVerifierKey(` ${text}`)).toBeUndefined();
  });

  it('of another type is none that is known', () => {
    const bytes = new Uint8Array(33).fill(7);
    const name = 'a';
    const publicKey = parsePublicKey('07'.repeat(32)) as VerifierKey['publicKey'];
    for (const type of [0, 2, 5, 6, 255]) {
      bytes[0] = type;
      const id = keyId({ name, publicKey, type } as unknown as VerifierKey);
      expect(parseVerifierKey(`${name}+${id}+${toBase64(bytes)}`)).toBeUndefined();
    }
  });

  it.each(['a b', 'a+b', 'a\u00a0b', 'a\u0085b', 'a\u3000b', 'a\nb', '', '\ud800', 'a\u0007'])(
    'has not the name %j',
    (name) => {
      expect(isKeyName(name)).toBe(false);
    },
  );

  it.each(['a', 'bpsc/x', 'é.example', 'a\ufeffb', '\u{1f600}'])('may have the name %j', (name) => {
    expect(isKeyName(name)).toBe(true);
  });
});

describe('a note', () => {
  const line = '— a AAAAAAE=\n';

  it('may have empty lines in its text, and at least 16 signatures', () => {
    expect(parsed(`a\n\nb\n\n${line}`).text).toBe('a\n\nb\n');
    expect(parsed(`a\n\n${line.repeat(16)}`).signatures).toHaveLength(16);
    expect(parsed(`a\n\n${line.repeat(64)}`).signatures).toHaveLength(64);
  });

  it.each([
    ['', 'empty line'],
    ['a\n', 'empty line'],
    [`a\n${line}`, 'empty line'],
    ['a\n\n', 'must have a signature'],
    [`a\n\n${line.slice(0, -1)}`, 'end with a line feed'],
    [`a\n\n${line}x\n`, 'a signature line must be'],
    ['a\n\n- a AAAAAAE=\n', 'a signature line must be'],
    ['a\n\n— a  AAAAAAE=\n', 'a signature line must be'],
    ['a\n\n— a AAAAAAE= \n', 'a signature line must be'],
    ['a\n\n— a AAAAAAF\n', 'a signature line must be'],
    ['a\n\n— a AAAAAA==\n', 'a signature line must be'],
    ['a\n\n— a+b AAAAAAE=\n', 'a signature line must be'],
    [`a\r\n\n${line}`, 'control characters'],
    [`a\t\n\n${line}`, 'control characters'],
    [`\ud800\n\n${line}`, 'UTF-8'],
    [`a\n\n${line.repeat(65)}`, 'at most 64 signatures'],
    [`${'a'.repeat(600_000)}\n\n${line}`, 'at most 524288 characters'],
  ])('%j is none', (text, problem) => {
    expect(parseNote(text)).toContain(problem);
  });

  it('is refused as a whole where a known key’s signature fails, and counts nothing of unknown keys', () => {
    const note = parsed(log.cosigned(log.checkpoint(), COSIGNER, 5));
    const stranger = { ...log.key, publicKey: publicKeyOf(OTHER_PRODUCER) };
    expect(verifyNote(note, [log.key, COSIGNER.key])).toEqual([
      { key: log.key, time: undefined },
      { key: COSIGNER.key, time: 5 },
    ]);
    expect(verifyNote(note, [stranger])).toEqual([]);
    const [first, second] = note.signatures;
    const damaged = {
      ...second!,
      signature: second!.signature.map((byte, i) => (i === 30 ? byte ^ 1 : byte)),
    };
    expect(verifyNote({ ...note, signatures: [first!, damaged] }, [log.key, COSIGNER.key])).toBe(
      'the signature by bpsc.example/follower-1 is not valid',
    );
    expect(verifyNote({ ...note, signatures: [first!, damaged] }, [log.key])).toHaveLength(1);
    expect(verifyNote({ ...note, text: `${note.text}x\n` }, [log.key])).toContain('is not valid');
  });
});

describe('a cosignature', () => {
  it('has its time in it, and covers it', () => {
    const text = checkpointText('a', { size: 1, root: log.root(1) });
    const signature = signatureBy(OTHER_PRODUCER, cosignedText(7, text));
    const bytes = cosignatureBytes({ time: 7, signature });
    expect(cosignatureOf(bytes)).toEqual({ time: 7, signature });
    bytes[7] = 8;
    const note = {
      text,
      signatures: [{ name: COSIGNER.key.name, id: keyId(COSIGNER.key), signature: bytes }],
    };
    expect(verifyNote(note, [COSIGNER.key])).toContain('is not valid');
  });

  it.each([
    ['shorter', new Uint8Array(71)],
    ['longer', new Uint8Array(73)],
    ['with a time beyond 2^53', new Uint8Array(72).fill(255, 0, 8)],
  ])('%s is none', (_what, bytes) => {
    expect(cosignatureOf(bytes)).toBeUndefined();
  });
});

describe('a checkpoint', () => {
  const good = log.checkpoint();

  it('is read back as it was written', () => {
    expect(parseCheckpoint(good)).toMatchObject({ origin: log.key.name, size: 4, root: log.root() });
    expect(chainOfOrigin(log.key.name)).toBe(log.chain);
    expect(chainOfOrigin(`bpsc/${log.chain}x`)).toBeUndefined();
    expect(chainOfOrigin('example.com/log')).toBeUndefined();
  });

  it.each([
    ['another size', '\n4\n', '\n04\n', 'tree size'],
    ['a size beyond 2^53', '\n4\n', '\n9007199254740992\n', 'tree size'],
    ['no size', '\n4\n', '\n\n', 'tree size'],
    ['a shorter root', 'vDWV', '', 'root hash'],
    ['a root in another form', '0nY=', '0nZ=', 'root hash'],
  ])('with %s is none', (_what, from, to, problem) => {
    expect(parseCheckpoint(good.replace(from, to))).toContain(problem);
  });

  it('of another log may have extension lines, but no empty ones', () => {
    const { signatures } = parsed(good);
    const text = checkpointText('example.com/log', { size: 4, root: log.root() });
    expect(parseCheckpoint(formatNote({ text: `${text}more\n`, signatures }))).toMatchObject({ size: 4 });
    expect(parseCheckpoint(formatNote({ text: `${text}\nmore\n`, signatures }))).toContain('extension lines');
    expect(parseCheckpoint(formatNote({ text: `\n${text}`, signatures }))).toContain('origin');
  });

  it('is accepted by another program’s reader, and refused by it when it is changed', () => {
    // No part of the package's public interface: it is the one reader of checkpoints on npm that others rely on.
    const { verifyCheckpoint } = createRequire(import.meta.url)('@sigstore/verify/dist/tlog/checkpoint') as {
      verifyCheckpoint: (entry: object, logs: readonly object[]) => { logSize: bigint; logHash: Buffer };
    };
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(PRODUCER.publicKey, 'hex'),
    ]);
    const logs = [
      {
        logID: Buffer.from(keyId(log.key), 'hex'),
        baseURL: log.key.name,
        publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
      },
    ];
    const read = (envelope: string) =>
      verifyCheckpoint({ inclusionProof: { checkpoint: { envelope } } }, logs);
    expect(read(good)).toMatchObject({ logSize: 4n, logHash: Buffer.from(log.root()) });
    expect(read(log.cosigned(good, COSIGNER, 9))).toMatchObject({ logSize: 4n });
    expect(() => read(good.replace('\n4\n', '\n5\n'))).toThrow('invalid checkpoint signature');
  });

  it('is made of a producer’s signature', () => {
    const head = { size: 0, root: log.root(0) };
    const signature = signatureBy(PRODUCER, checkpointText(log.key.name, head));
    const checkpoint = formatCheckpoint(log.key, head, signature);
    expect(verifyNote(parsed(checkpoint), [log.key])).toHaveLength(1);
  });
});

test.each([
  ['0', 0],
  ['9007199254740991', 2 ** 53 - 1],
  ['9007199254740992', undefined],
  ['00', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['', undefined],
])('the decimal %j is %s', (text, value) => {
  expect(parseDecimal(text)).toBe(value);
});
