/** Signed notes: a text and the signatures of several keys over it (C2SP signed-note 1.0.0). */
import { fromHex, parseSignature, toHex, type Signature } from '../bytes/bytes.js';
import { verifySignature } from '../bytes/ed25519.js';
import { fromBase64, toBase64 } from './base64.js';
import { cosignatureBytes, cosignatureOf, cosignedText, type Cosignature } from './cosignature.js';
import { ED25519, isKeyName, keyId, type VerifierKey } from './verifier-key.js';

/** A signature line. */
export interface NoteSignature {
  readonly name: string;
  /** 8 lower-case hex digits */
  readonly id: string;
  /** the bytes after the key's id */
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** with the line feed at its end; this is what is signed */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A signature of a known key, verified. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** POSIX seconds; only of a cosignature */
  readonly time: number | undefined;
}

/** The standard asks for 16 at least. */
export const NOTE_SIGNATURES_MAX = 64;
/** Characters (UTF-16 units) of a note: 64 signatures, post-quantum ones included. */
export const NOTE_CHARACTERS_MAX = 512 * 1024;

const ID_BYTES = 4;

/** The note in a text from outside; a sentence about what is wrong with it otherwise. */
export function parseNote(note: string): SignedNote | string {
  if (note.length > NOTE_CHARACTERS_MAX) return `a note must be at most ${NOTE_CHARACTERS_MAX} characters`;
  // eslint-disable-next-line no-control-regex -- they are what the standard forbids
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.isWellFormed()) {
    return 'a note must be UTF-8 without control characters';
  }
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return 'a note must have an empty line between its text and its signatures';
  const lines = note.slice(split + 2).split('\n');
  if (lines.pop() !== '') return 'a note must end with a line feed';
  if (lines.length === 0) return 'a note must have a signature';
  if (lines.length > NOTE_SIGNATURES_MAX) return `a note must have at most ${NOTE_SIGNATURES_MAX} signatures`;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) {
      return 'a signature line must be an em dash, a key’s name, and its id and signature in canonical base64';
    }
    signatures.push(signature);
  }
  return { text: note.slice(0, split + 1), signatures };
}

export function formatNote({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(formatSignatureLine).join('')}`;
}

/** `— <name> <base64(id ‖ signature)>` and a line feed. */
export function formatSignatureLine({ name, id, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(new Uint8Array([...fromHex(id), ...signature]))}\n`;
}

/** A line without its line feed; undefined where it is none. */
export function parseSignatureLine(line: string): NoteSignature | undefined {
  const [, name = '', encoded = ''] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes.length <= ID_BYTES || !isKeyName(name)) return undefined;
  return { name, id: toHex(bytes.subarray(0, ID_BYTES)), signature: bytes.slice(ID_BYTES) };
}

/** An Ed25519 signature over the text, by a key of that type. */
export function noteSignature(key: VerifierKey, signature: Signature): NoteSignature {
  return { name: key.name, id: keyId(key), signature: fromHex(signature) };
}

/** A cosignature by a key of that type. */
export function noteCosignature(key: VerifierKey, cosignature: Cosignature): NoteSignature {
  return { name: key.name, id: keyId(key), signature: cosignatureBytes(cosignature) };
}

/**
 * The verified signatures of known keys, in the note's order. Signatures of unknown keys are ignored.
 * @returns a sentence where a known key's signature fails: then the whole note is refused
 */
export function verifyNote(
  { text, signatures }: SignedNote,
  keys: readonly VerifierKey[],
): readonly VerifiedSignature[] | string {
  const known = new Map(keys.map((key) => [`${key.name}+${keyId(key)}`, key]));
  const verified: VerifiedSignature[] = [];
  for (const { name, id, signature } of signatures) {
    const key = known.get(`${name}+${id}`);
    if (key === undefined) continue;
    const time = signedAt(key, text, signature);
    if (time === 'invalid') return `the signature by ${name} is not valid`;
    verified.push({ key, time });
  }
  return verified;
}

function signedAt(key: VerifierKey, text: string, bytes: Uint8Array): number | undefined | 'invalid' {
  if (key.type === ED25519) {
    const signature = parseSignature(toHex(bytes));
    return signature !== undefined && verifySignature(key.publicKey, text, signature) ? undefined : 'invalid';
  }
  const cosignature = cosignatureOf(bytes);
  if (cosignature === undefined) return 'invalid';
  const { time, signature } = cosignature;
  return verifySignature(key.publicKey, cosignedText(time, text), signature) ? time : 'invalid';
}
