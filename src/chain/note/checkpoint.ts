/** Checkpoints: a log's tree head as a signed note (C2SP tlog-checkpoint 1.0.0, protocol section 8). */
import type { BlockHeader } from '../block/block.js';
import { fromHex, parseHash, toHex, type Hash, type PublicKey, type Signature } from '../bytes/bytes.js';
import { HASH_BYTES } from '../tree/tree.js';
import type { TreeHead } from '../tree/proofs.js';
import { fromBase64, toBase64 } from './base64.js';
import { formatNote, noteSignature, parseNote, verifyNote, type SignedNote } from './signed-note.js';
import { ED25519, keyId, type VerifierKey } from './verifier-key.js';

export interface Checkpoint extends TreeHead {
  readonly origin: string;
  /** the note that it was parsed from: its text is what is signed */
  readonly note: SignedNote;
}

const ORIGIN = /^bpsc\/(.*)$/s;

/** The origin, and the name of the producer's key, of a chain's checkpoints. */
export function chainOrigin(chain: Hash): string {
  return `bpsc/${chain}`;
}

/** The chain that an origin names; undefined for a log of another kind. */
export function chainOfOrigin(origin: string): Hash | undefined {
  return parseHash(ORIGIN.exec(origin)?.[1]);
}

/** The key that signs a chain's checkpoints: the producer's own, under the chain's origin. */
export function checkpointKey(chain: Hash, publicKey: PublicKey): VerifierKey {
  return { name: chainOrigin(chain), type: ED25519, publicKey };
}

/** The text of a checkpoint, which is what is signed: three lines, and no extension lines. */
export function checkpointText(origin: string, { size, root }: TreeHead): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** A chain's checkpoint with the producer's signature over {@link checkpointText}. */
export function formatCheckpoint(key: VerifierKey, head: TreeHead, signature: Signature): string {
  const text = checkpointText(key.name, head);
  return formatNote({ text, signatures: [noteSignature(key, signature)] });
}

/** The checkpoint in a text from outside, its form only; a sentence about what is wrong with it otherwise. */
export function parseCheckpoint(text: string): Checkpoint | string {
  const note = parseNote(text);
  if (typeof note === 'string') return note;
  const [origin = '', sizeText = '', rootText = '', ...extensions] = note.text.slice(0, -1).split('\n');
  if (origin === '') return 'a checkpoint must begin with an origin';
  const size = parseDecimal(sizeText);
  if (size === undefined) return 'a checkpoint’s second line must be a tree size, as a decimal number';
  const root = fromBase64(rootText);
  if (root?.length !== HASH_BYTES) return 'a checkpoint’s third line must be a root hash, 32 bytes in base64';
  if (extensions.includes('')) return 'a checkpoint’s extension lines must not be empty';
  return { origin, size, root, note };
}

/**
 * The producer's signature in a checkpoint of the tree at a block; a sentence that says what was expected otherwise.
 * @param text from outside
 */
export function signatureOfHead(
  text: string,
  { chain, treeSize, treeRoot }: BlockHeader,
  producer: PublicKey,
): Signature | { readonly expected: string } {
  const checkpoint = parseCheckpoint(text);
  if (typeof checkpoint === 'string') return { expected: `a checkpoint: ${checkpoint}` };
  const key = checkpointKey(chain, producer);
  if (checkpoint.note.text !== checkpointText(key.name, treeHead(treeSize, treeRoot))) {
    return { expected: `the checkpoint of the head: ${treeSize} entries with the root ${treeRoot}` };
  }
  const verified = verifyNote(checkpoint.note, [key]);
  if (typeof verified === 'string' || verified.length === 0)
    return { expected: 'a checkpoint that the producer signed' };
  const own = checkpoint.note.signatures.find(({ name, id }) => name === key.name && id === keyId(key));
  return toHex(own?.signature ?? new Uint8Array()) as Signature;
}

/** A whole number below 2^53 in decimal digits, without leading zeros; undefined for any other text. */
export function parseDecimal(text: string): number | undefined {
  const value = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A tree head whose root is in hex digits. */
export function treeHead(size: number, root: Hash): TreeHead {
  return { size, root: fromHex(root) };
}
